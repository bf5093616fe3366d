import type { IConstruct } from "constructs";
import { canonicalAddress, isLoopback, isUnspecified, requireAddress } from "../core/addresses";
import { requireDnsLabel, requireDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { canonicalJson } from "../core/objects";
import { isToken } from "../core/tokens";
import type {
  DnsNameOptions,
  IServiceCatalog,
  RegisteredPort,
  RegistrationSubject,
  ServiceRegistration,
} from "../discovery/service-catalog";
import { requireDefaultServiceName } from "./default-service-name";
import { renderServiceLabels, requireServiceName } from "./service-labels";

/** What is known of a Consul catalogue and of the registrators that fill it. */
export interface ConsulServiceCatalogOptions {
  /**
   * The DNS domain that the agents answer for (Consul's `domain`).
   * @default "consul"
   */
  readonly domain?: string;
  /**
   * The datacenter that names are looked up in, unless `dnsNameOf` is told another.
   * @default - the one of the agent that answers
   */
  readonly datacenter?: string;
  /**
   * Whether the agents run script checks that come through their API (Consul's `enable_script_checks`;
   * `enable_local_script_checks` is not enough).
   * @default false
   */
  readonly allowsScriptChecks?: boolean;
  /**
   * The address that registrator registers ports at (its `-ip`), where it is the same for every container that is
   * registered here: then it is compared with the addresses that ports are published on.
   * @default - unknown: nothing is compared
   */
  readonly registeredAddress?: string;
  /**
   * Whether registrator runs with `-internal`: then ports need not be published, and the container's own address is
   * registered. Excludes `registeredAddress`.
   * @default false
   */
  readonly internal?: boolean;
  /**
   * Whether registrator runs with `-explicit`: then every registration needs a name.
   * @default false
   */
  readonly explicit?: boolean;
}

/** Words that Consul's DNS takes for the kind of a query, wherever they stand (`DNSServer.dispatch`). */
const QUERY_KINDS = ["service", "connect", "virtual", "ingress", "node", "query", "addr"];

/** What each container has registered, port by port, whatever catalogue it went through: the labels are the container's. */
const registered = new WeakMap<IConstruct, Map<number, Readonly<Record<string, string>>>>();

/**
 * Consul's catalogue as registrator fills it: the labels that register a container's ports, and the names under
 * which they are found. Follows registrator's "Service Object" and "Backend Reference" (master, 7.4.0), and Consul's
 * "DNS reference".
 */
export class ServiceCatalog implements IServiceCatalog {
  /**
   * The catalogue of a Consul datacenter, whoever runs it.
   * @throws ValidationError core/domain-name, core/dns-label, core/address, registrator/datacenter,
   * registrator/registered-address
   */
  public static fromConsul(options: ConsulServiceCatalogOptions = {}): ServiceCatalog {
    return new ServiceCatalog(options);
  }

  /** The DNS domain that the agents answer for. */
  public readonly domain: string;
  private readonly options: ConsulServiceCatalogOptions;

  private constructor(options: ConsulServiceCatalogOptions) {
    const location = "ServiceCatalog.fromConsul";
    this.domain = options.domain ?? "consul";
    this.options = { ...options };
    requireDomainName(location, "domain", this.domain);
    if (options.datacenter !== undefined) requireDatacenter(location, "datacenter", options.datacenter);
    const address = options.registeredAddress;
    if (address === undefined) return;
    requireAddress(location, "registeredAddress", address);
    if (options.internal === true || (!isToken(address) && isUnspecified(address))) {
      throw new ValidationError(location, {
        code: "registrator/registered-address",
        prop: "registeredAddress",
        got: address,
        allowed: "one address, and nothing together with internal",
        mend: "Give what registrator has as its -ip, or leave it out",
      });
    }
  }

  /**
   * The name under which a service's addresses (A, AAAA) and its addresses with ports (SRV) are found, in Consul's
   * grammar `[tag.]<service>.service[.<datacenter>].<domain>`.
   * @throws ValidationError registrator/service-name, registrator/datacenter, core/dns-label (for the tag) and
   * core/domain-name (if the whole is longer than 253 characters)
   */
  public dnsNameOf(service: string, options: DnsNameOptions = {}): string {
    const location = "ServiceCatalog.dnsNameOf";
    const { tag, datacenter = this.options.datacenter } = options;
    // Consul's own service may be looked up, though no container may be registered as it.
    if (service === "consul") requireDnsLabel(location, "service", service);
    else requireServiceName(location, "service", service);
    if (tag !== undefined) requireDnsLabel(location, "tag", tag);
    if (datacenter !== undefined) requireDatacenter(location, "datacenter", datacenter);
    const name = [
      ...(tag === undefined ? [] : [tag]),
      service,
      "service",
      ...(datacenter === undefined ? [] : [datacenter]),
      this.domain,
    ].join(".");
    requireDomainName(location, "service", name);
    return name;
  }

  /**
   * The labels `SERVICE_<port>_*` that a container must carry.
   * @throws ValidationError registrator/not-published, registrator/name-required, registrator/default-name,
   * registrator/script-check, registrator/check-udp, registrator/check-address, registrator/address-unreachable,
   * registrator/duplicate-port, and those of `renderServiceLabels`
   */
  public registrationLabels(
    subject: RegistrationSubject,
    registration: ServiceRegistration,
  ): Readonly<Record<string, string>> {
    const location = subject.construct;
    const labels = renderServiceLabels(registration, location);
    const ports = subject.publishedPorts.filter((published) => published.containerPort === registration.port);
    this.requirePublished(subject, registration, ports);
    this.requireName(subject, registration);
    this.requireRunnableCheck(location, registration, ports);
    this.requireReachable(location, registration, ports);
    requireFirst(location, registration.port, labels);
    return labels;
  }

  /** The label that keeps a container out of the catalogue. */
  public ignoreLabels(): Readonly<Record<string, string>> {
    return { SERVICE_IGNORE: "true" };
  }

  private requirePublished(
    subject: RegistrationSubject,
    registration: ServiceRegistration,
    ports: readonly RegisteredPort[],
  ): void {
    if (ports.length > 0 || this.options.internal === true) return;
    const published = subject.publishedPorts.map((port) => `${port.containerPort}/${port.protocol}`);
    throw new ValidationError(subject.construct, {
      code: "registrator/not-published",
      prop: "port",
      got: registration.port,
      allowed: `a container port that is published (${published.join(", ") || "none is"})`,
      mend: "Publish the port; the container's number counts here, not the host's",
    });
  }

  private requireName(subject: RegistrationSubject, registration: ServiceRegistration): void {
    if (registration.name !== undefined) return;
    if (this.options.explicit === true) {
      throw new ValidationError(subject.construct, {
        code: "registrator/name-required",
        prop: "name",
        got: undefined,
        allowed: "a name: registrator runs with -explicit and passes over what has none",
        mend: `Name the service of port ${registration.port}`,
      });
    }
    // With -internal the image's exposed ports count too, and those are unknown here.
    if (subject.image === undefined || this.options.internal === true) return;
    requireDefaultServiceName(subject.construct, subject.image, registration.port, subject.publishedPorts);
  }

  private requireRunnableCheck(
    location: Location,
    registration: ServiceRegistration,
    ports: readonly RegisteredPort[],
  ): void {
    const { check, port } = registration;
    if (check?.kind === "script" && this.options.allowsScriptChecks !== true) {
      throw new ValidationError(location, {
        code: "registrator/script-check",
        prop: "check",
        got: check.target,
        allowed: "a check over the network or a time to live, unless the agents allow script checks",
        mend: "Take another check, or set enable_script_checks on the agents and allowsScriptChecks here",
      });
    }
    if (
      check?.usesNetwork === true &&
      ports.length > 0 &&
      ports.every(({ protocol }) => protocol === "udp")
    ) {
      throw new ValidationError(location, {
        code: "registrator/check-udp",
        prop: "check",
        got: check.kind,
        allowed: `a time to live or none for port ${port}, which is published over UDP alone: ${check.kind} connects over TCP`,
        mend: "Leave the check out, take Check.ttl, or publish the port over TCP too",
      });
    }
  }

  /** Compares where the port is published, where it is registered, and from where the agent would check it. */
  private requireReachable(
    location: Location,
    registration: ServiceRegistration,
    ports: readonly RegisteredPort[],
  ): void {
    if (this.options.internal === true) return;
    const known = (address: string | undefined) =>
      address === undefined || isToken(address) || isUnspecified(address)
        ? undefined
        : canonicalAddress(address);
    const at = known(this.options.registeredAddress);
    const network = registration.check?.usesNetwork === true;
    const refuseCheck = (got: string, why: string, mend: string): never => {
      throw new ValidationError(location, {
        code: "registrator/check-address",
        prop: "check",
        got,
        allowed: `a time to live or none: ${why}`,
        mend,
      });
    };
    if (network && at !== undefined && isLoopback(at)) {
      refuseCheck(
        at,
        "the service is registered at loopback, and the agent would ask itself",
        "Leave it out",
      );
    }
    if (network && at?.includes(":") === true) {
      refuseCheck(
        at,
        "registrator writes the address of a check without the brackets that IPv6 needs",
        "Leave it out, or register an IPv4 address",
      );
    }
    for (const published of ports) {
      const on = known(published.hostAddress);
      if (on === undefined || !isLoopback(on)) continue;
      if (at !== undefined && !isLoopback(at)) {
        throw new ValidationError(location, {
          code: "registrator/address-unreachable",
          prop: "port",
          got: `${registration.port} published on ${on}`,
          allowed: `a port that is published on ${at}, the address that it is registered at`,
          mend: `Publish it on ${at}`,
        });
      }
      if (network) {
        refuseCheck(
          on,
          "the port is published on loopback, where the agent finds itself and not the service",
          "Publish the port on an address of the host that the agent reaches, or leave the check out",
        );
      }
    }
  }
}

function requireDatacenter(location: Location, prop: string, datacenter: string): void {
  requireDnsLabel(location, prop, datacenter);
  if (isToken(datacenter) || !QUERY_KINDS.includes(datacenter.toLowerCase())) return;
  throw new ValidationError(location, {
    code: "registrator/datacenter",
    prop,
    got: datacenter,
    allowed: `any label but ${QUERY_KINDS.join(", ")}: Consul's DNS takes these for the kind of a query`,
    mend: "Give the datacenter's name as the agents have it",
  });
}

/** The same labels again are no fault: they may be asked for more than once. */
function requireFirst(construct: IConstruct, port: number, labels: Readonly<Record<string, string>>): void {
  let ports = registered.get(construct);
  if (ports === undefined)
    registered.set(construct, (ports = new Map<number, Readonly<Record<string, string>>>()));
  const before = ports.get(port);
  if (before !== undefined && canonicalJson(before) !== canonicalJson(labels)) {
    throw new ValidationError(construct, {
      code: "registrator/duplicate-port",
      prop: "port",
      got: port,
      allowed: "one registration a port: registrator makes one service of it",
      mend: "Put name, tags, metadata and check into one registration",
    });
  }
  ports.set(port, labels);
}
