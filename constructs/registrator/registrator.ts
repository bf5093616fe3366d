import { Annotations } from "cdktf";
import { Construct } from "constructs";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import type { IRegistry } from "../discovery/registry";
import type {
  DnsNameOptions,
  IServiceCatalog,
  RegistrationSubject,
  ServiceRegistration,
} from "../discovery/service-catalog";
import { Container } from "../docker/container";
import type { ContainerImage } from "../docker/container-image";
import type { ContainerProps } from "../docker/container-props";
import type { IDockerHost } from "../docker/docker-host";
import { Labels } from "../docker/labels";
import type { INetwork } from "../docker/network";
import { RestartPolicy } from "../docker/restart-policy";
import { renderRegistratorCommand } from "./flags";
import type { RegistratorOptions } from "./registrator-options";
import { ServiceCatalog } from "./service-catalog";

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

  constructor(scope: Construct, id: string, props: RegistratorProps) {
    super(scope, id);
    const { host, image, registry, network, dockerSocket = "/var/run/docker.sock" } = props;
    const hostname = props.hostname ?? host.hostName;
    host.claims.claim("registrator (one a host)", "registrator", this, "host");
    this.requireReachableRegistry(props);
    const ip = props.ip ?? (props.internal === true ? undefined : host.address);
    const options: RegistratorOptions = { ...props, ...(ip === undefined ? {} : { ip }) };
    this.command = renderRegistratorCommand(options, registry, this);
    this.catalog = ServiceCatalog.fromConsul({
      domain: registry.domain ?? "consul",
      allowsScriptChecks: registry.allowsScriptChecks ?? false,
      ...(ip === undefined ? {} : { registeredAddress: ip }),
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
    const passed = { memory, memorySwap, cpus, cpuShares, logDriver, platform };
    this.container = new Container(this, "Container", {
      ...(Object.fromEntries(
        Object.entries(passed).filter(([, value]) => value !== undefined),
      ) as Partial<ContainerProps>),
      host,
      image,
      containerName: props.containerName ?? "registrator",
      hostname,
      command: this.command,
      networkMode: network === undefined ? "host" : "bridge",
      hostMounts: [{ hostPath: dockerSocket, containerPath: "/tmp/docker.sock", readOnly: true }],
      // The end of the event stream ends the process: it must come back whatever its exit status.
      restart: RestartPolicy.always(),
      stopGracePeriod: Duration.seconds(5),
      readOnlyRoot: true,
      // Root without any capability still owns the socket.
      capabilities: { drop: ["ALL"] },
      securityOptions: ["no-new-privileges:true"],
      labels: { ...props.labels, ...this.catalog.ignoreLabels(), [Labels.role]: "registrator" },
    });
    if (network !== undefined) this.container.attachTo(network);
    this.node.defaultChild = this.container.node.defaultChild as Construct;
  }

  /** The name under which a service of this catalogue is found; see `ServiceCatalog.dnsNameOf`. */
  public dnsNameOf(service: string, options: DnsNameOptions = {}): string {
    return this.catalog.dnsNameOf(service, options);
  }

  /** The labels that register a container's port; see `ServiceCatalog.registrationLabels`. */
  public registrationLabels(
    subject: RegistrationSubject,
    registration: ServiceRegistration,
  ): Readonly<Record<string, string>> {
    return this.catalog.registrationLabels(subject, registration);
  }

  /** The label that keeps a container out of the catalogue. */
  public ignoreLabels(): Readonly<Record<string, string>> {
    return this.catalog.ignoreLabels();
  }

  private requireReachableRegistry(props: RegistratorProps): void {
    const { network, registry } = props;
    if (network === undefined || !registry.endpoint.startsWith("127.")) return;
    throw new ValidationError(this, {
      code: "registrator/registry-loopback",
      prop: "network",
      got: network.networkName,
      allowed: `no network of its own while the registry is at ${registry.endpoint}: that is loopback, the container's own`,
      mend: "Leave network out, so that registrator shares the host's network, or take the agent's address in that network",
    });
  }
}
