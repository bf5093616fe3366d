import { Construct } from "constructs";
import { isLoopback } from "../core/addresses";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { defined } from "../core/objects";
import type { IDnsResolver, IDnsServer } from "../discovery/dns";
import { Container } from "../docker/container";
import { ContainerFile } from "../docker/container-file";
import type { ContainerImage } from "../docker/container-image";
import type { ContainerProps } from "../docker/container-props";
import type { IDockerHost } from "../docker/docker-host";
import { Labels } from "../docker/labels";
import type { INetwork } from "../docker/network";
import { RestartPolicy } from "../docker/restart-policy";
import type { NamedConfiguration } from "./named-configuration";
import { renderNamedConf } from "./named-conf";

/** What the construct says by itself. */
type OwnSettings =
  "version" | "forwardZones" | "listenOn" | "listenOnV6" | "port" | "allowQuery" | "directory";

/** Props of BIND in a container. */
export interface BindForwarderProps extends Pick<
  ContainerProps,
  "memory" | "memorySwap" | "cpus" | "cpuShares" | "logDriver" | "labels" | "platform"
> {
  /** The host. */
  readonly host: IDockerHost;
  /** An image with `/usr/sbin/named`, a user `bind` and the folder /var/cache/bind, such as ISC's or Debian's. */
  readonly image: ContainerImage;
  /** The version of BIND in the image: `9.18`, or in full. */
  readonly version: string;
  /** The network that it lies on. */
  readonly network: INetwork;
  /** Its fixed address there, outside the network's IP range. */
  readonly address: string;
  /**
   * The zones that are forwarded, each to all of its servers: a Consul cluster, a single agent, or any name, address
   * and port. Other names go to `configuration.forwarders`, or to the root servers without them.
   */
  readonly zones: readonly IDnsServer[];
  /**
   * The host's address that port 53 is published on, for the host itself and for containers of all its networks.
   * @default - the network's gateway
   */
  readonly publishAddress?: string;
  /**
   * Who may ask: addresses and blocks of addresses, beside the network itself and the host. Containers of other
   * networks and the host's programs come as the network's gateway.
   * @default - nobody else
   */
  readonly allowQuery?: NamedConfiguration["allowQuery"];
  /**
   * Further settings: upstream resolvers, DNSSEC, the cache, stale answers.
   * @default - see there
   */
  readonly configuration?: Partial<Omit<NamedConfiguration, OwnSettings>>;
  /**
   * The container's name.
   * @default "bind"
   */
  readonly containerName?: string;
}

const CONFIGURATION_FILE = "/etc/bind/named.conf";

/**
 * BIND in a container, which forwards private zones to the agents that know them and all other names upstream. It is
 * the resolver of its host's containers, whatever network they are on: `new Container(..., { dns: bind })`.
 */
export class BindForwarder extends Construct implements IDnsResolver {
  /**
   * The address at which containers ask it, port 53: the published one; its own where that is loopback, which only
   * containers of its network reach.
   */
  public readonly resolverAddress: string;
  /** The host's address that port 53 is published on. */
  public readonly publishAddress: string;
  /** The host that it runs on. */
  public readonly host: IDockerHost;
  /** The container. */
  public readonly container: Container;
  /** The zones that are forwarded. */
  public readonly forwardedZones: readonly IDnsServer[];
  /** named's configuration file, as it lies in the container. */
  public readonly configurationText: string;

  /** @throws ValidationError dns/resolver-address, dns/forwards-to-itself, dns/network-without-subnet, and those of `renderNamedConf` */
  constructor(scope: Construct, id: string, props: BindForwarderProps) {
    super(scope, id);
    const { host, network, address } = props;
    this.host = host;
    this.forwardedZones = [...props.zones];
    this.publishAddress = this.publishedAt(props);
    this.resolverAddress = isLoopback(this.publishAddress) ? address : this.publishAddress;
    this.refuseItself(props);
    this.configurationText = renderNamedConf(
      {
        ...props.configuration,
        version: props.version,
        forwardZones: props.zones.map((zone) => ({ name: zone.domain, forwarders: zone.dnsEndpoints })),
        listenOn: ["127.0.0.1", address],
        allowQuery: ["127.0.0.1", ...this.networkOf(props), ...(props.allowQuery ?? [])],
      },
      this,
    );
    const { memory, memorySwap, cpus, cpuShares, logDriver, platform } = props;
    this.container = new Container(this, "Container", {
      ...defined({ memory, memorySwap, cpus, cpuShares, logDriver, platform }),
      host,
      image: props.image,
      containerName: props.containerName ?? "bind",
      entrypoint: ["/usr/sbin/named"],
      // In the foreground, logging to standard error as named.conf says, as the user that the packages make.
      command: ["-f", "-u", "bind", "-c", CONFIGURATION_FILE],
      files: [ContainerFile.text(CONFIGURATION_FILE, this.configurationText)],
      restart: RestartPolicy.always(),
      stopGracePeriod: Duration.seconds(5),
      // named begins as root, opens port 53, and becomes its user.
      capabilities: { drop: ["ALL"], add: ["CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID"] },
      securityOptions: ["no-new-privileges:true"],
      ...(props.labels === undefined ? {} : { labels: props.labels }),
    });
    this.container.addLabel(Labels.role, "bind");
    this.container.attachTo(network, { ipv4Address: address });
    for (const protocol of ["tcp", "udp"] as const) {
      this.container.publish({ containerPort: 53, hostPort: 53, protocol, hostAddress: this.publishAddress });
    }
    this.node.defaultChild = this.container.node.defaultChild;
  }

  /** Its published address is itself too, which its own configuration does not show. */
  private refuseItself(props: BindForwarderProps): void {
    const lists = [
      ...props.zones.map((zone, i) => [`forwardZones[${i}].forwarders`, zone.dnsEndpoints] as const),
      ["forwarders", props.configuration?.forwarders ?? []] as const,
    ];
    for (const [prop, endpoints] of lists) {
      const i = endpoints.findIndex(({ address, port }) => address === this.publishAddress && port === 53);
      if (i < 0) continue;
      throw new ValidationError(this, {
        code: "dns/forwards-to-itself",
        prop: `${prop}[${i}]`,
        got: endpoints[i],
        allowed: "another server than this one",
        mend: "This is where it is published, and it would ask itself for ever: name the other server's own address",
      });
    }
  }

  private publishedAt(props: BindForwarderProps): string {
    const address = props.publishAddress ?? props.network.gateway;
    if (address !== undefined) return address;
    throw new ValidationError(this, {
      code: "dns/resolver-address",
      prop: "publishAddress",
      got: undefined,
      allowed: "an address of the host, where the network's gateway is unknown",
      mend: "Give the address at which containers reach the host",
    });
  }

  /** The clients of the network itself; the host, and containers of other networks, come as its gateway. */
  private networkOf(props: BindForwarderProps): string[] {
    const { network } = props;
    if (network.subnet !== undefined) return [network.subnet.toString()];
    throw new ValidationError(this, {
      code: "dns/network-without-subnet",
      prop: "network",
      got: network.networkName,
      allowed: "a network whose subnet is known: its containers are the ones that may ask",
      mend: "Tell the subnet where the network is imported",
    });
  }
}
