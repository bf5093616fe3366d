import { Annotations, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { isLoopback } from "../core/addresses";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { defined } from "../core/objects";
import { isToken } from "../core/tokens";
import type { IRegistry } from "../discovery/registry";
import type {
  DnsNameOptions,
  IServiceCatalog,
  RegistrationSubject,
  ServiceRegistration,
} from "../discovery/service-catalog";
import { Container } from "../docker/container";
import type { ContainerImage } from "../docker/container-image";
import type { ContainerProps, HostMount } from "../docker/container-props";
import type { IDockerHost } from "../docker/docker-host";
import { Labels } from "../docker/labels";
import type { INetwork } from "../docker/network";
import { RestartPolicy } from "../docker/restart-policy";
import { renderRegistratorCommand } from "./flags";
import type { RegistratorOptions } from "./registrator-options";
import { isConsulCatalogue } from "./registry-uri";
import { ServiceCatalog } from "./service-catalog";

/** Where the TLS files of the registry lie in the container. */
const TLS_DIRECTORY = "/etc/registrator/tls";

/** Props of registrator. */
export interface RegistratorProps
  extends
    RegistratorOptions,
    Pick<
      ContainerProps,
      "memory" | "memorySwap" | "cpus" | "cpuShares" | "logDriver" | "labels" | "platform"
    > {
  /** The host whose containers it registers. One registrator a host. */
  readonly host: IDockerHost;
  /**
   * registrator's image, by digest or by a tag that names a version. A tag that moves (`master`) gives a warning:
   * Docker Hub's only tags with the flags of 7.4.0 are such. `latest` there is the release of 2016, which lacks
   * `-explicit`, consul-tls, metadata, HTTPS and gRPC checks, initial status and deregister-after.
   */
  readonly image: ContainerImage;
  /** What services are registered in: the host's own Consul agent, or another registry. */
  readonly registry: IRegistry;
  /**
   * A network on which the registry is reached.
   * @default - the host's own network
   */
  readonly network?: INetwork;
  /**
   * `-ip`.
   * @default - the host's address, unless `internal` is true
   */
  readonly ip?: string;
  /**
   * The name that begins each service's ID (`hostname:container:port`). It must stay the same when registrator is
   * made anew, and no other registrator of the registry may have it.
   * @default - the host's name
   */
  readonly hostname?: string;
  /**
   * A folder of the host with `ca.pem`, `cert.pem` and `key.pem`, for the backend consul-tls, and only for it: the
   * agent is verified, and registrator shows its certificate. It is mounted read-only; nothing of it reaches state.
   * @default - none
   */
  readonly registryCertPath?: string;
  /**
   * The engine's socket on the host. registrator reads containers and events; mounted read-only it can still be
   * spoken to in full, so whoever takes registrator over has the host. A proxy of the socket that lets GET requests
   * through (GET /events, /containers, /version) is enough for it.
   * @default "/var/run/docker.sock"
   */
  readonly dockerSocket?: string;
  /**
   * The container's name.
   * @default "registrator"
   */
  readonly containerName?: string;
}

/**
 * registrator, which registers each container of its host that publishes a port, and takes it out again when the
 * container ends. It is the host's service catalogue too: `container.registerIn(registrator, ...)`.
 */
export class Registrator extends Construct implements IServiceCatalog {
  /** The DNS domain in which the services are found. */
  public readonly domain: string;
  /** The container. */
  public readonly container: Container;
  /** The command line, without the program. */
  public readonly command: readonly string[];
  private readonly catalog: ServiceCatalog;
  private readonly registry: IRegistry;

  /**
   * @throws ValidationError registrator/registry-loopback, registrator/registry-cert-path,
   * registrator/duplicate-hostname, docker/duplicate for a second registrator on the host, and what its flags'
   * renderer says
   */
  constructor(scope: Construct, id: string, props: RegistratorProps) {
    super(scope, id);
    const { host, image, registry, network, dockerSocket = "/var/run/docker.sock" } = props;
    const hostname = props.hostname ?? host.hostName;
    host.claims.claim("registrator (one a host)", "registrator", this, "host");
    this.requireReachableRegistry(props);
    this.claimHostname(hostname, registry);
    const ip = props.ip ?? (props.internal === true ? undefined : host.address);
    const options: RegistratorOptions = { ...props, ...(ip === undefined ? {} : { ip }) };
    this.command = renderRegistratorCommand(options, registry, this);
    this.registry = registry;
    this.catalog = ServiceCatalog.fromConsul({
      domain: registry.domain ?? "consul",
      allowsScriptChecks: registry.allowsScriptChecks ?? false,
      // A container's label may say another address.
      ...(ip === undefined || props.useIpFromLabel !== undefined ? {} : { registeredAddress: ip }),
      ...(props.internal === undefined ? {} : { internal: props.internal }),
      ...(props.explicit === undefined ? {} : { explicit: props.explicit }),
    });
    this.domain = this.catalog.domain;
    if (image.imageDigest === undefined && !/\d/.test(image.imageTag ?? "")) {
      Annotations.of(this).addWarning(
        `image ${image.name}: its tag moves, so two deploys may run two programs; name the image by its digest, ContainerImage.digest("${image.repository}", "sha256:...", { tag: "${image.imageTag ?? ""}" })`,
      );
    }
    const { memory, memorySwap, cpus, cpuShares, logDriver, platform } = props;
    this.container = new Container(this, "Container", {
      ...defined({ memory, memorySwap, cpus, cpuShares, logDriver, platform }),
      ...(props.labels === undefined ? {} : { labels: props.labels }),
      host,
      image,
      containerName: props.containerName ?? "registrator",
      hostname,
      command: this.command,
      networkMode: network === undefined ? "host" : "bridge",
      hostMounts: [
        { hostPath: dockerSocket, containerPath: "/tmp/docker.sock", readOnly: true },
        ...this.registryMounts(props),
      ],
      ...(registry.kind === "consul-tls"
        ? {
            environment: {
              CONSUL_CACERT: `${TLS_DIRECTORY}/ca.pem`,
              CONSUL_CLIENT_CERT: `${TLS_DIRECTORY}/cert.pem`,
              CONSUL_CLIENT_KEY: `${TLS_DIRECTORY}/key.pem`,
            },
          }
        : {}),
      // The end of the event stream ends the process: it must come back whatever its exit status.
      restart: RestartPolicy.always(),
      stopGracePeriod: Duration.seconds(5),
      readOnlyRoot: true,
      // Root without any capability still owns the socket.
      capabilities: { drop: ["ALL"] },
      securityOptions: ["no-new-privileges:true"],
    });
    this.container.ignoreIn(this.catalog).addLabel(Labels.role, "registrator");
    if (network !== undefined) this.container.attachTo(network);
    this.node.defaultChild = this.container.node.defaultChild;
  }

  /** The name under which a service of this catalogue is found; see `ServiceCatalog.dnsNameOf`. */
  public dnsNameOf(service: string, options: DnsNameOptions = {}): string {
    this.requireConsulCatalogue("dnsNameOf", service);
    return this.catalog.dnsNameOf(service, options);
  }

  /** The labels that register a container's port; see `ServiceCatalog.registrationLabels`. */
  public registrationLabels(
    subject: RegistrationSubject,
    registration: ServiceRegistration,
  ): Readonly<Record<string, string>> {
    this.requireConsulCatalogue("registerIn", registration.name);
    return this.catalog.registrationLabels(subject, registration);
  }

  /** The label that keeps a container out of the catalogue. */
  public ignoreLabels(): Readonly<Record<string, string>> {
    return this.catalog.ignoreLabels();
  }

  private requireConsulCatalogue(prop: string, got: unknown): void {
    if (isConsulCatalogue(this.registry.kind)) return;
    throw new ValidationError(this, {
      code: "registrator/no-catalogue",
      prop,
      got,
      allowed: `a registry that is Consul's catalogue; this one is ${this.registry.kind}, which keeps neither checks nor metadata and answers no such name`,
      mend: "Register in Consul's catalogue, or read the registry's keys yourself",
    });
  }

  /** What registrator must reach beside the engine's socket: the registry's own socket, or its TLS files. */
  private registryMounts(props: RegistratorProps): HostMount[] {
    const { registry, registryCertPath } = props;
    if ((registry.kind === "consul-tls") !== (registryCertPath !== undefined)) {
      throw new ValidationError(this, {
        code: "registrator/registry-cert-path",
        prop: "registryCertPath",
        got: registryCertPath,
        allowed:
          "a folder with ca.pem, cert.pem and key.pem for the registry consul-tls, and nothing for the others",
        mend:
          registryCertPath === undefined
            ? "Give the folder on the host"
            : "Leave it out, or take a registry of the kind consul-tls",
      });
    }
    if (registryCertPath !== undefined) {
      return [{ hostPath: registryCertPath, containerPath: TLS_DIRECTORY, readOnly: true }];
    }
    if (registry.kind !== "consul-unix" && registry.kind !== "consulkv-unix") return [];
    return [{ hostPath: registry.endpoint, containerPath: registry.endpoint }];
  }

  /**
   * Of two registrators with one hostname each takes the other's services for leftovers and removes them. Within a
   * stack the registries of one kind and datacenter count as one; hosts' own names differ there anyway.
   */
  private claimHostname(hostname: string, { kind, datacenter = "" }: IRegistry): void {
    if (isToken(hostname)) return;
    const stack = TerraformStack.of(this);
    const taken = Registrator.hostnames.get(stack) ?? new Map<string, string>();
    Registrator.hostnames.set(stack, taken);
    const key = `${kind} ${datacenter} ${hostname}`;
    const owner = taken.get(key);
    if (owner !== undefined) {
      throw new ValidationError(this, {
        code: "registrator/duplicate-hostname",
        prop: "hostname",
        got: hostname,
        allowed: `a hostname that no other registrator has; ${owner} has this one, and each would remove what the other registers`,
        mend: "Leave it out, so that each has its host's name",
      });
    }
    taken.set(key, this.node.path);
  }

  private static readonly hostnames = new WeakMap<TerraformStack, Map<string, string>>();

  private requireReachableRegistry(props: RegistratorProps): void {
    const { network, registry } = props;
    if (network === undefined || !isOwnHost(registry.endpoint)) return;
    throw new ValidationError(this, {
      code: "registrator/registry-loopback",
      prop: "network",
      got: network.networkName,
      allowed: `no network of its own while the registry is at ${registry.endpoint}: that is loopback, the container's own`,
      mend: "Leave network out, so that registrator shares the host's network, or take the agent's address in that network",
    });
  }
}

/** Tells whether an endpoint `address:port` is the machine's, or container's, own loopback. */
function isOwnHost(endpoint: string): boolean {
  if (isToken(endpoint)) return false;
  const name = endpoint.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || isLoopback(name);
}
