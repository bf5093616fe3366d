import { Construct } from "constructs";
import { isLoopback, isUnspecified, requireAddress } from "../core/addresses";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { defined } from "../core/objects";
import { isToken } from "../core/tokens";
import type { DnsEndpoint, IDnsServer } from "../discovery/dns";
import type { IRegistry } from "../discovery/registry";
import { Container } from "../docker/container";
import { ContainerFile } from "../docker/container-file";
import type { ContainerImage } from "../docker/container-image";
import type { ContainerProps } from "../docker/container-props";
import type { IDockerHost } from "../docker/docker-host";
import { HealthCheck } from "../docker/health-check";
import { Labels } from "../docker/labels";
import type { INetwork } from "../docker/network";
import { RestartPolicy } from "../docker/restart-policy";
import { type IVolume, RetainedVolume } from "../docker/volume";
import type { ConsulAgentConfiguration } from "./agent-configuration";
import { claimMember } from "./cluster-members";
import type { IConsulCluster } from "./consul-cluster";
import { requireImageOfVersion } from "./consul-image";
import { type HealthGate, renderHealthGate } from "./health-gate";
import { ListenAddress } from "./listen-address";
import { renderAgentConfiguration } from "./render-agent-configuration";

/** An agent's place on a bridge network of its host. */
export interface AgentBridge {
  /** The network. */
  readonly network: INetwork;
  /** The agent's fixed address in it, outside the network's IP range. */
  readonly address: string;
  /**
   * The host's address that the HTTP API and DNS are published on.
   * @default - the network's gateway: the host and its containers reach it, and nobody else
   */
  readonly publishAddress?: string;
}

/** What an agent's container may be told beside what these constructs say. */
export type AgentContainerProps = Pick<
  ContainerProps,
  "memory" | "memorySwap" | "cpus" | "cpuShares" | "cpuSet" | "logDriver" | "ulimits" | "labels" | "platform"
>;

/** Props that servers and other agents share. */
export interface ConsulContainerProps extends AgentContainerProps {
  /** The cluster that it belongs to. */
  readonly cluster: IConsulCluster;
  /** The host. One agent a host: a server is its host's agent. */
  readonly host: IDockerHost;
  /** Consul's image, which holds the cluster's version. Its entrypoint is that of `hashicorp/consul`. */
  readonly image: ContainerImage;
  /**
   * A bridge network of the host instead of the host's own network. On the host's network the agent binds to the
   * host's address and answers clients on loopback and on `clientAddresses`.
   * @default - the host's own network
   */
  readonly bridge?: AgentBridge;
  /**
   * On the host's network: further addresses of the host on which clients reach the HTTP API, such as a bridge
   * network's gateway, at which containers reach it. Where a stack makes that network, the agent starts after it:
   * `agent.container.startAfter(network)`.
   * @default - loopback alone
   */
  readonly clientAddresses?: readonly string[];
  /**
   * On the host's network: further addresses on which it answers DNS and nothing else, such as the host's address,
   * so that other hosts can ask it when their own agent is away.
   * @default - none beside `clientAddresses`
   */
  readonly dnsAddresses?: readonly string[];
  /**
   * Where its data lie. The volume is the agent's alone.
   * @default - a retained volume named `<container name>-data`: `destroy` leaves it
   */
  readonly volume?: IVolume;
  /**
   * The container's name.
   * @default "consul"
   */
  readonly containerName?: string;
  /**
   * Further settings of the agent. What the construct says by itself (who it is, whom it joins, where it listens)
   * is refused here.
   * @default - none
   */
  readonly configuration?: Partial<ConsulAgentConfiguration>;
  /**
   * The longest time that Terraform waits for it to pass its health check when it is made.
   * @default Duration.minutes(2)
   */
  readonly timeout?: Duration;
}

/** What the construct says by itself, and so nobody else may. */
const OWN = [
  "server", "bootstrapExpect", "datacenter", "domain", "nodeName", "retryJoin", "bindAddr", "advertiseAddr", "clientAddr", "addresses", "ports", "dataDir",
] as const satisfies readonly (keyof ConsulAgentConfiguration)[]; // prettier-ignore

const CONFIGURATION_FILE = "/consul/config/agent.json";
const DATA_DIRECTORY = "/consul/data";
const GATE_FILE = "/usr/local/lib/consul-health-gate.sh";

/** The addresses on which an agent answers clients. */
interface ClientListeners {
  readonly http: readonly string[];
  readonly dns: readonly string[];
}

/** What tells a server from another agent. */
export interface AgentRole {
  readonly kind: "server" | "client";
  readonly nodeName: string;
  /** The address that other agents come to. */
  readonly advertiseAddress: string;
  readonly gate: HealthGate;
  readonly configuration: Partial<ConsulAgentConfiguration>;
}

/**
 * An agent in a container: configuration, data, listeners and health check. Server and client agents are made of it.
 */
export abstract class ConsulContainer extends Construct implements IRegistry, IDnsServer {
  public readonly kind = "consul";
  /** The cluster that it belongs to. */
  public readonly cluster: IConsulCluster;
  /** The host that it runs on. */
  public readonly host: IDockerHost;
  /** Its node name. */
  public readonly nodeName: string;
  /** The container. */
  public readonly container: Container;
  /** Where its data lie. */
  public readonly volume: IVolume;
  /** The agent's configuration file, as it lies in the container. */
  public readonly configurationText: string;
  /** The agent's HTTP API as a registrator on the same network reaches it: `address:port`. */
  public readonly endpoint: string;
  public readonly version: string;
  public readonly domain: string;
  public readonly datacenter: string;
  public readonly allowsScriptChecks: boolean;
  /** The agent's own DNS: one endpoint. The cluster's others are `cluster.dnsEndpoints`. */
  public readonly dnsEndpoints: readonly DnsEndpoint[];

  protected constructor(scope: Construct, id: string, props: ConsulContainerProps, role: AgentRole) {
    super(scope, id);
    const { cluster, host, bridge, configuration = {} } = props;
    const containerName = props.containerName ?? "consul";
    this.cluster = cluster;
    this.host = host;
    this.nodeName = role.nodeName;
    this.version = cluster.version;
    this.domain = cluster.domain;
    this.datacenter = cluster.datacenter;
    this.allowsScriptChecks = configuration.enableScriptChecks ?? false;
    this.refuseOwn(configuration);
    requireImageOfVersion(this, "image", props.image, cluster.version);
    host.claims.claim("Consul agent (one a host)", "agent", this, "host");
    this.volume = props.volume ?? RetainedVolume.named(`${containerName}-data`);
    host.claims.claim("data volume", this.volume.volumeName, this, "volume");
    this.requireAdvertiseAddress(props, role);
    claimMember(this, cluster, { nodeName: role.nodeName, address: role.advertiseAddress });

    const addresses = this.addresses(props);
    const local = addresses.dns.find((address) => !isLoopback(address)) ?? "127.0.0.1";
    const api = bridge === undefined ? "127.0.0.1" : bridge.address;
    this.endpoint = `${api}:${cluster.ports.http}`;
    this.dnsEndpoints = [{ address: bridge === undefined ? local : bridge.address, port: cluster.ports.dns }];
    const others = cluster.servers
      .filter((server) => server.nodeName !== role.nodeName)
      .map((server) => server.address);
    this.configurationText = renderAgentConfiguration(
      {
        ...configuration,
        ...role.configuration,
        datacenter: cluster.datacenter,
        domain: cluster.domain,
        nodeName: role.nodeName,
        dataDir: DATA_DIRECTORY,
        bindAddr: bridge === undefined ? role.advertiseAddress : bridge.address,
        advertiseAddr: role.advertiseAddress,
        clientAddr: addresses.http,
        ...(addresses.dns.length > addresses.http.length ? { addresses: { dns: addresses.dns } } : {}),
        ...(cluster.configuredPorts === undefined ? {} : { ports: cluster.configuredPorts }),
        ...(others.length === 0 ? {} : { retryJoin: others }),
        // 30 s, as Consul has it, would be the time that a new cluster stands without a leader.
        retryInterval: configuration.retryInterval ?? Duration.seconds(2),
      },
      { version: cluster.version, location: this },
    );
    this.container = this.makeContainer(props, containerName, role);
    this.publishListeners(props, role, addresses);
    this.node.defaultChild = this.container.node.defaultChild;
  }

  private makeContainer(props: ConsulContainerProps, containerName: string, role: AgentRole): Container {
    const { memory, memorySwap, cpus, cpuShares, cpuSet, logDriver, ulimits, platform } = props;
    const container = new Container(this, "Container", {
      ...defined({ memory, memorySwap, cpus, cpuShares, cpuSet, logDriver, ulimits, platform }),
      ...(props.labels === undefined ? {} : { labels: props.labels }),
      host: props.host,
      image: props.image,
      containerName,
      // In words: the image's own command is a development agent that forgets everything.
      command: ["agent"],
      networkMode: props.bridge === undefined ? "host" : "bridge",
      files: [
        ContainerFile.text(CONFIGURATION_FILE, this.configurationText),
        ContainerFile.text(GATE_FILE, renderHealthGate(role.gate), { permissions: "0755" }),
      ],
      volumes: [{ volume: this.volume, containerPath: DATA_DIRECTORY }],
      healthCheck: HealthCheck.exec(["/bin/sh", GATE_FILE], {
        interval: Duration.seconds(3),
        timeout: Duration.seconds(3),
        retries: 3,
      }),
      waitUntilHealthy: props.timeout ?? Duration.minutes(2),
      restart: RestartPolicy.always(),
      stopGracePeriod: Duration.seconds(20),
      // The image's entrypoint starts as root, gives data and configuration to consul's user and becomes it.
      capabilities: { drop: ["CAP_AUDIT_WRITE", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SYS_CHROOT"] },
    });
    container.addLabel(Labels.role, role.kind === "server" ? "consul-server" : "consul-agent");
    container.addLabel(Labels.data, this.volume.volumeName);
    return role.kind === "server" ? container.addLabel(Labels.gate, "health-check") : container;
  }

  /** On the host's network nothing is published, but every listener takes a port of the host. */
  private claimListeners(
    { cluster, host }: ConsulContainerProps,
    role: AgentRole,
    at: ClientListeners,
  ): void {
    const { ports } = cluster;
    const claim = (addresses: readonly string[], port: number, ...protocols: readonly ("tcp" | "udp")[]) => {
      if (port === -1) return;
      for (const address of addresses) {
        for (const protocol of protocols)
          host.claims.claimPort(address, port, protocol, this, "cluster.ports");
      }
    };
    claim(at.http, ports.http, "tcp");
    claim(at.dns, ports.dns, "tcp", "udp");
    claim([role.advertiseAddress], ports.serfLan, "tcp", "udp");
    if (role.kind === "client") return;
    claim([role.advertiseAddress], ports.server, "tcp");
    claim([role.advertiseAddress], ports.serfWan, "tcp", "udp");
  }

  private publishListeners(props: ConsulContainerProps, role: AgentRole, addresses: ClientListeners): void {
    const { bridge, cluster } = props;
    if (bridge === undefined) {
      this.claimListeners(props, role, addresses);
      return;
    }
    this.container.attachTo(bridge.network, { ipv4Address: bridge.address });
    const publishAddress = bridge.publishAddress ?? bridge.network.gateway;
    if (publishAddress === undefined) {
      throw new ValidationError(this, {
        code: "consul/publish-address",
        prop: "bridge.publishAddress",
        got: undefined,
        allowed: "an address of the host, where the network's gateway is unknown",
        mend: "Give the address, or tell the network's subnet",
      });
    }
    const publish = (port: number, protocol: "tcp" | "udp", hostAddress: string) => {
      if (port !== -1) this.container.publish({ containerPort: port, hostPort: port, protocol, hostAddress });
    };
    publish(cluster.ports.http, "tcp", publishAddress);
    for (const protocol of ["tcp", "udp"] as const) publish(cluster.ports.dns, protocol, publishAddress);
    // The other agents come to the container itself when it tells them its own address.
    if (role.advertiseAddress === bridge.address) return;
    publish(cluster.ports.serfLan, "tcp", role.advertiseAddress);
    publish(cluster.ports.serfLan, "udp", role.advertiseAddress);
    if (role.kind === "client") return;
    publish(cluster.ports.server, "tcp", role.advertiseAddress);
    publish(cluster.ports.serfWan, "tcp", role.advertiseAddress);
    publish(cluster.ports.serfWan, "udp", role.advertiseAddress);
  }

  /** Others must reach the agent where it says that it is. */
  private requireAdvertiseAddress({ bridge, host }: ConsulContainerProps, role: AgentRole): void {
    const address = role.advertiseAddress;
    if (isToken(address)) return;
    requireAddress(this, "advertiseAddress", address);
    const fault = (allowed: string, mend: string) =>
      new ValidationError(this, {
        code: "consul/advertise-address",
        prop: role.kind === "server" ? "cluster.servers" : "advertiseAddress",
        got: address,
        allowed,
        mend,
      });
    if (isLoopback(address) && role.kind === "client") {
      throw fault(
        "an address at which the other agents reach this one: loopback is their own",
        `Give an address of ${host.hostName} in the network that the agents share`,
      );
    }
    if (bridge?.network.subnet?.contains(address) !== true) return;
    if (address === bridge.address || address === bridge.network.gateway) return;
    throw fault(
      `the agent's own address in ${bridge.network.networkName} (${bridge.address}), or an address of the host`,
      "Give the cluster and the bridge the same address",
    );
  }

  private addresses(props: ConsulContainerProps): ClientListeners {
    const { bridge, clientAddresses = [], dnsAddresses = [] } = props;
    for (const [prop, given] of [
      ["clientAddresses", clientAddresses],
      ["dnsAddresses", dnsAddresses],
    ] as const) {
      given.forEach((address, i) => {
        requireAddress(this, `${prop}[${i}]`, address);
        if (isToken(address) || !isUnspecified(address)) return;
        throw new ValidationError(this, {
          code: "consul/every-interface",
          prop: `${prop}[${i}]`,
          got: address,
          allowed: "one address of the host",
          mend: "Give the addresses that clients use: without ACLs whoever reaches the API may write to it",
        });
      });
      if (bridge !== undefined && given.length > 0) {
        throw new ValidationError(this, {
          code: "consul/addresses-on-bridge",
          prop,
          got: given,
          allowed: "nothing together with bridge: there the ports are published",
          mend: "Give bridge.publishAddress instead",
        });
      }
    }
    if (bridge !== undefined) {
      return { http: ["127.0.0.1", bridge.address], dns: ["127.0.0.1", bridge.address] };
    }
    const http = [...new Set(["127.0.0.1", ...clientAddresses])];
    return { http, dns: [...new Set([...http, ...dnsAddresses])] };
  }

  private refuseOwn(configuration: Partial<ConsulAgentConfiguration>): void {
    for (const key of OWN) {
      const value = configuration[key];
      if (value === undefined) continue;
      throw new ValidationError(this, {
        code: "consul/own-configuration",
        prop: `configuration.${key}`,
        got: value instanceof ListenAddress ? value.text : value,
        allowed: "nothing: the construct says this by itself, from the cluster, the host and the network",
        mend: "Say it there: in the cluster, or in the construct's own props",
      });
    }
  }
}
