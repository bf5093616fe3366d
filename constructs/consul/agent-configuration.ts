import type { Duration } from "../core/duration";
import type { Size } from "../core/size";
import type { AgentAddresses, AgentPorts } from "./agent-listeners";
import type {
  CacheConfig,
  ConnectConfig,
  LocalityConfig,
  PeeringConfig,
  RpcConfig,
  UnixSocketsConfig,
  XdsConfig,
} from "./agent-sections";
import type { DnsConfig } from "./dns-config";
import type { HttpConfig, UiConfig } from "./http-api";
import type { LimitsConfig } from "./limits";
import type { ListenAddress } from "./listen-address";
import type { AutopilotConfig, GossipConfig, PerformanceConfig } from "./performance";
import type { RaftLogstoreConfig } from "./raft-logstore";
import type { RawConfiguration } from "./raw-configuration";
import type { TelemetryConfig } from "./telemetry";

/**
 * The configuration of a Consul agent, server or client, in Consul's own words. What is left out is Consul's own
 * default, unless the option says otherwise. Keys of Consul Enterprise, and those that hold secrets, are not here.
 *
 * Follows Consul's page "Agents - Configuration file reference".
 */
export interface ConsulAgentConfiguration {
  // Who the agent is

  /**
   * The datacenter: a DNS label in lower case.
   * @default "dc1", Consul's own
   */
  readonly datacenter?: string;
  /**
   * The datacenter that is the authority for ACLs and certificates.
   * @default - `datacenter`
   */
  readonly primaryDatacenter?: string;
  /**
   * The agent's name, a DNS label; unique in the datacenter.
   * @default - the machine's host name
   */
  readonly nodeName?: string;
  /**
   * The agent's identity, a UUID in lower case. It stays with the data, so it is seldom given.
   * @default - Consul makes one and keeps it with its data
   */
  readonly nodeId?: string;
  /**
   * Facts about the node, up to 64: names of letters, digits, `-` and `_`, up to 128, that do not begin with
   * `consul-`; values up to 512 characters.
   * @default - none
   */
  readonly nodeMeta?: Readonly<Record<string, string>>;
  /**
   * Whether the agent is a server: one that keeps the data.
   * @default false, Consul's own
   */
  readonly server?: boolean;
  /**
   * How many servers found the cluster together: 1, 3, 5 or 7, the same on all of them. Only on servers.
   * @default - the agent waits for servers that are there already
   */
  readonly bootstrapExpect?: number;
  /**
   * Where the agent is. Known from Consul 1.16 on.
   * @default - unknown
   */
  readonly locality?: LocalityConfig;

  // Whom it joins

  /**
   * Agents that it tries to join until one answers: addresses, names, or Consul's cloud auto-join.
   * @default - none
   */
  readonly retryJoin?: readonly string[];
  /**
   * The time between two tries.
   * @default Duration.seconds(30), Consul's own
   */
  readonly retryInterval?: Duration;
  /**
   * How often it tries before it gives up and ends; 0 for ever.
   * @default 0, Consul's own
   */
  readonly retryMax?: number;
  /**
   * Servers of other datacenters that it tries to join. Only on servers.
   * @default - none
   */
  readonly retryJoinWan?: readonly string[];
  /**
   * The time between two tries.
   * @default Duration.seconds(30), Consul's own
   */
  readonly retryIntervalWan?: Duration;
  /**
   * How often it tries before it gives up and ends; 0 for ever.
   * @default 0, Consul's own
   */
  readonly retryMaxWan?: number;
  /**
   * The primary datacenter's mesh gateways, `address:port`. Only on servers.
   * @default - none
   */
  readonly primaryGateways?: readonly string[];
  /**
   * The time between two tries to reach them.
   * @default Duration.seconds(30), Consul's own
   */
  readonly primaryGatewaysInterval?: Duration;
  /**
   * Joins again at the next start even after it left on purpose.
   * @default false, Consul's own
   */
  readonly rejoinAfterLeave?: boolean;
  /**
   * Leaves the cluster when it is told to end (SIGTERM).
   * @default - Consul's own: clients leave, servers do not
   */
  readonly leaveOnTerminate?: boolean;
  /**
   * Does not leave the cluster on an interrupt (SIGINT).
   * @default - Consul's own: clients leave, servers do not
   */
  readonly skipLeaveOnInterrupt?: boolean;
  /**
   * How long a server may have been away and still join with its data, 6 hours or more. Known from Consul
   * 1.15.3 on.
   * @default Duration.hours(168), Consul's own
   */
  readonly serverRejoinAgeMax?: Duration;
  /**
   * How long an agent that failed is tried before it is forgotten, 8 hours or more.
   * @default Duration.hours(72), Consul's own
   */
  readonly reconnectTimeout?: Duration;
  /**
   * The same between datacenters.
   * @default Duration.hours(72), Consul's own
   */
  readonly reconnectTimeoutWan?: Duration;
  /**
   * After how long the others forget this agent when it fails. Only on clients; known from Consul 1.9 on.
   * @default - the others' `reconnectTimeout`
   */
  readonly advertiseReconnectTimeout?: Duration;

  // Where it listens

  /**
   * The address for all talk among agents. One literal address: with every interface and several addresses
   * Consul does not start.
   * @default - Consul's own: every interface, and the machine's one private address is told to the others
   */
  readonly bindAddr?: string | ListenAddress;
  /**
   * The addresses for clients: DNS, HTTP, HTTPS and gRPC.
   * @default ["127.0.0.1"], Consul's own
   */
  readonly clientAddr?: readonly (string | ListenAddress)[];
  /**
   * Where single listeners for clients differ.
   * @default - `clientAddr` for all
   */
  readonly addresses?: AgentAddresses;
  /**
   * The ports.
   * @default - Consul's own
   */
  readonly ports?: AgentPorts;
  /**
   * The address that the others are told to come to.
   * @default - `bindAddr`
   */
  readonly advertiseAddr?: string | ListenAddress;
  /**
   * The IPv4 address that is told beside it.
   * @default - none
   */
  readonly advertiseAddrIpv4?: string | ListenAddress;
  /**
   * The IPv6 address that is told beside it.
   * @default - none
   */
  readonly advertiseAddrIpv6?: string | ListenAddress;
  /**
   * The address that servers of other datacenters are told.
   * @default - `advertiseAddr`
   */
  readonly advertiseAddrWan?: string | ListenAddress;
  /**
   * The IPv4 address that is told them beside it.
   * @default - none
   */
  readonly advertiseAddrWanIpv4?: string | ListenAddress;
  /**
   * The IPv6 address that is told them beside it. Known from Consul 1.10 on.
   * @default - none
   */
  readonly advertiseAddrWanIpv6?: string | ListenAddress;
  /**
   * The address for gossip in the datacenter.
   * @default - `bindAddr`
   */
  readonly serfLan?: string | ListenAddress;
  /**
   * The address for gossip between datacenters.
   * @default - `bindAddr`
   */
  readonly serfWan?: string | ListenAddress;
  /**
   * The networks whose agents may join, as blocks of addresses.
   * @default - all
   */
  readonly serfLanAllowedCidrs?: readonly string[];
  /**
   * The same between datacenters.
   * @default - all
   */
  readonly serfWanAllowedCidrs?: readonly string[];
  /**
   * Further addresses of the node, by name.
   * @default - none
   */
  readonly taggedAddresses?: Readonly<Record<string, string>>;
  /**
   * Answers lookups from other datacenters with `advertiseAddrWan`.
   * @default false, Consul's own
   */
  readonly translateWanAddrs?: boolean;
  /**
   * Who may use listeners that are sockets in the file system.
   * @default - Consul's own
   */
  readonly unixSockets?: UnixSocketsConfig;

  // What it answers

  /**
   * The domain that it answers DNS for, without the final dot.
   * @default "consul", Consul's own
   */
  readonly domain?: string;
  /**
   * A second domain that it answers for, to move from one to the other.
   * @default - none
   */
  readonly altDomain?: string;
  /**
   * Resolvers that other names are passed on to. Never one that forwards to this agent.
   * @default - none: other names are refused
   */
  readonly recursors?: readonly string[];
  /**
   * How it answers DNS.
   * @default - Consul's own, with the TTLs, `onlyPassing` and `enableTruncate` that are described there
   */
  readonly dnsConfig?: DnsConfig;
  /**
   * How the HTTP API behaves.
   * @default - Consul's own
   */
  readonly httpConfig?: HttpConfig;
  /**
   * The user interface.
   * @default - none
   */
  readonly uiConfig?: UiConfig;
  /**
   * How long a blocking query waits that says nothing of it.
   * @default Duration.minutes(5), Consul's own
   */
  readonly defaultQueryTime?: Duration;
  /**
   * How long a blocking query may wait at most.
   * @default Duration.minutes(10), Consul's own
   */
  readonly maxQueryTime?: Duration;
  /**
   * How old answers of the HTTP API's discovery endpoints may be; 0 s: as fresh as the request asks.
   * @default Duration.seconds(0), Consul's own
   */
  readonly discoveryMaxStale?: Duration;
  /**
   * Follows the health of services by a stream from the servers. Known from Consul 1.9 on.
   * @default - Consul's own: true from 1.10 on
   */
  readonly useStreamingBackend?: boolean;
  /**
   * What servers offer to agents. Known from Consul 1.9 on.
   * @default - Consul's own
   */
  readonly rpc?: RpcConfig;
  /**
   * How often the agent's cache may ask the servers.
   * @default - Consul's own: no limit
   */
  readonly cache?: CacheConfig;

  // How it works

  /**
   * Where its data lie, an absolute path; in the image `hashicorp/consul` its volume.
   * @default "/consul/data"
   */
  readonly dataDir?: string;
  /**
   * How fast it notices and how long it waits.
   * @default - Consul's own, with `raftMultiplier` 1 on servers
   */
  readonly performance?: PerformanceConfig;
  /**
   * How servers look after each other.
   * @default - Consul's own
   */
  readonly autopilot?: AutopilotConfig;
  /**
   * Gossip in the datacenter.
   * @default - Consul's own
   */
  readonly gossipLan?: GossipConfig;
  /**
   * Gossip between datacenters.
   * @default - Consul's own
   */
  readonly gossipWan?: GossipConfig;
  /**
   * The version of raft's protocol. 3 is the only one that every supported version takes.
   * @default 3, Consul's own
   */
  readonly raftProtocol?: number;
  /**
   * Elects a leader without asking first whether the vote can be won. Known from Consul 1.21 on.
   * @default false, Consul's own
   */
  readonly raftPrevoteDisabled?: boolean;
  /**
   * How often a server looks whether a snapshot is due.
   * @default Duration.seconds(30), Consul's own
   */
  readonly raftSnapshotInterval?: Duration;
  /**
   * How many log entries make one due, 1 or more. A restarted server begins with what stands in its last snapshot, and answers
   * from that for some milliseconds until it has read the log: a service that is not in there does not exist so long.
   * @default 1: a change is in a snapshot after a minute at the latest. Consul's own is 16384
   */
  readonly raftSnapshotThreshold?: number;
  /**
   * How many log entries stay after a snapshot, 1 or more.
   * @default 10240, Consul's own
   */
  readonly raftTrailingLogs?: number;
  /**
   * Where the raft log lies. Known from Consul 1.15 on.
   * @default - Consul's own
   */
  readonly raftLogstore?: RaftLogstoreConfig;
  /**
   * What it lets clients do.
   * @default - Consul's own
   */
  readonly limits?: LimitsConfig;
  /**
   * The service mesh.
   * @default - Consul's own
   */
  readonly connect?: ConnectConfig;
  /**
   * Peering of clusters. Known from Consul 1.13 on.
   * @default - Consul's own: on
   */
  readonly peering?: PeeringConfig;
  /**
   * How proxies are configured. Known from Consul 1.14 on.
   * @default - Consul's own
   */
  readonly xds?: XdsConfig;
  /**
   * Whether services of the mesh may talk without an intention that says so. Known from Consul 1.18 on.
   * @default - the ACLs' default policy
   */
  readonly defaultIntentionPolicy?: "allow" | "deny";
  /**
   * Features that Consul calls experiments. Known from Consul 1.16 on.
   * @default - none
   */
  readonly experiments?: readonly string[];
  /**
   * Reads its files again when they change. Known from Consul 1.12 on.
   * @default false, Consul's own
   */
  readonly autoReloadConfig?: boolean;
  /**
   * The shortest time to live of a session.
   * @default Duration.seconds(10), Consul's own
   */
  readonly sessionTtlMin?: Duration;
  /**
   * Takes any character in keys of the key-value store. Known from Consul 1.22 on.
   * @default false, Consul's own
   */
  readonly disableKvKeyValidation?: boolean;
  /**
   * Makes the identity at random instead of from the machine. Containers of one machine would share the
   * machine's.
   * @default true, Consul's own
   */
  readonly disableHostNodeId?: boolean;
  /**
   * Measures no distances between nodes.
   * @default false, Consul's own
   */
  readonly disableCoordinates?: boolean;
  /**
   * Refuses `consul exec`.
   * @default true, Consul's own
   */
  readonly disableRemoteExec?: boolean;
  /**
   * Does not ask HashiCorp for new versions: versions are declared here, and a host may have no way out.
   * @default true
   */
  readonly disableUpdateCheck?: boolean;
  /**
   * Sends no anonymous signature with that question.
   * @default false, Consul's own
   */
  readonly disableAnonymousSignature?: boolean;
  /**
   * Takes unprintable characters in the HTTP API's paths.
   * @default false, Consul's own
   */
  readonly disableHttpUnprintableCharFilter?: boolean;
  /**
   * Keeps no file of the gossip keys.
   * @default false, Consul's own
   */
  readonly disableKeyringFile?: boolean;
  /**
   * Adds central defaults to services of the mesh.
   * @default true, Consul's own
   */
  readonly enableCentralServiceConfig?: boolean;
  /**
   * Offers profiles of itself over the HTTP API.
   * @default false, Consul's own
   */
  readonly enableDebug?: boolean;

  // Checks

  /**
   * Runs script checks, those that come over the HTTP API too. Whoever reaches the API then runs programs as
   * the agent: `enableLocalScriptChecks` is safer where it is enough. registrator's script checks come over
   * the API.
   * @default false, Consul's own
   */
  readonly enableScriptChecks?: boolean;
  /**
   * Runs script checks that its own files define.
   * @default false, Consul's own
   */
  readonly enableLocalScriptChecks?: boolean;
  /**
   * How often a check's changed output is sent to the servers if its state stays the same; 0 s: at once.
   * @default Duration.minutes(5), Consul's own
   */
  readonly checkUpdateInterval?: Duration;
  /**
   * How much of a check's output is kept.
   * @default Size.kibibytes(4), Consul's own
   */
  readonly checkOutputMaxSize?: Size;
  /**
   * Keeps no output of checks.
   * @default false, Consul's own
   */
  readonly discardCheckOutput?: boolean;

  // What it says of itself

  /**
   * The least grave of the lines that it logs.
   * @default "info", Consul's own
   */
  readonly logLevel?: "trace" | "debug" | "info" | "warn" | "error";
  /**
   * Logs lines of JSON.
   * @default false, Consul's own
   */
  readonly logJson?: boolean;
  /**
   * A file for the log beside the standard output.
   * @default - none
   */
  readonly logFile?: string;
  /**
   * The size at which a new file begins.
   * @default - none
   */
  readonly logRotateBytes?: Size;
  /**
   * The age at which a new file begins.
   * @default Duration.hours(24), Consul's own
   */
  readonly logRotateDuration?: Duration;
  /**
   * How many old files are kept; 0 for all.
   * @default 0, Consul's own
   */
  readonly logRotateMaxFiles?: number;
  /**
   * Logs to syslog too.
   * @default false, Consul's own
   */
  readonly enableSyslog?: boolean;
  /**
   * Syslog's facility. Only with `enableSyslog`.
   * @default "LOCAL0", Consul's own
   */
  readonly syslogFacility?: string;
  /**
   * A file for the number of its process.
   * @default - none
   */
  readonly pidFile?: string;
  /**
   * Where its metrics go.
   * @default - nowhere
   */
  readonly telemetry?: TelemetryConfig;

  /**
   * Keys that are not typed here, in Consul's own spelling, merged into the rest. A key that has a prop here, that the
   * version does not know, or that holds a secret is refused.
   * @default - none
   */
  readonly raw?: RawConfiguration;
}
