import { Duration } from "../core/duration";
import type { OptionTable } from "./option";
import { count, flag, time } from "./option-kinds";

/** How fast the agent notices and how long it waits. Follows `performance` of Consul's agent configuration. */
export interface PerformanceConfig {
  /**
   * Balances the proxies' connections among the servers. Known from Consul 1.21 on.
   * @default true, Consul's own
   */
  readonly enableXdsLoadBalancing?: boolean;
  /**
   * The time between two signs of life on gRPC connections to servers, a second or more. Known from Consul 1.17 on,
   * and in 1.14.11, 1.15.7 and 1.16.3.
   * @default Duration.seconds(30), Consul's own
   */
  readonly grpcKeepaliveInterval?: Duration;
  /**
   * How long such a sign may go unanswered, a second or more. Known from the same versions.
   * @default Duration.seconds(20), Consul's own
   */
  readonly grpcKeepaliveTimeout?: Duration;
  /**
   * How long a server that leaves still answers, so that clients find another one.
   * @default Duration.seconds(5), Consul's own
   */
  readonly leaveDrainTime?: Duration;
  /**
   * Multiplies raft's times, 1 to 10. Consul's own 5 is for the smallest machines; its server performance page
   * asks for 1 in production: a lost leader is replaced in seconds rather than in tens of seconds.
   * @default - 1 on servers; on clients Consul's own, which has no effect there
   */
  readonly raftMultiplier?: number;
  /**
   * How long an agent holds a request back while there is no leader.
   * @default Duration.seconds(7), Consul's own
   */
  readonly rpcHoldTimeout?: Duration;
}

const KEEPALIVE = { since: "1.17.0", backports: ["1.16.3", "1.15.7", "1.14.11"], min: Duration.seconds(1) };

/** How `performance` is written. */
export const PERFORMANCE: OptionTable<PerformanceConfig> = {
  enableXdsLoadBalancing: flag({ since: "1.21.0" }),
  grpcKeepaliveInterval: time(KEEPALIVE),
  grpcKeepaliveTimeout: time(KEEPALIVE),
  leaveDrainTime: time({ zero: true }),
  raftMultiplier: count({ min: 1, max: 10 }),
  rpcHoldTimeout: time(),
};

/**
 * How servers look after each other. Consul takes these only when the cluster is made; afterwards they are changed with
 * `consul operator autopilot set-config`. Follows `autopilot` of Consul's agent configuration.
 */
export interface AutopilotConfig {
  /**
   * Removes dead servers when a new one joins.
   * @default true, Consul's own
   */
  readonly cleanupDeadServers?: boolean;
  /**
   * How long a healthy server may go without contact to the leader.
   * @default Duration.milliseconds(200), Consul's own
   */
  readonly lastContactThreshold?: Duration;
  /**
   * How many log entries a healthy server may lie behind.
   * @default 250, Consul's own
   */
  readonly maxTrailingLogs?: number;
  /**
   * Removes no dead server below this number; at most `bootstrapExpect`.
   * @default - no such number
   */
  readonly minQuorum?: number;
  /**
   * How long a new server must be healthy before it votes.
   * @default Duration.seconds(10), Consul's own
   */
  readonly serverStabilizationTime?: Duration;
}

/** How `autopilot` is written. */
export const AUTOPILOT: OptionTable<AutopilotConfig> = {
  cleanupDeadServers: flag(),
  lastContactThreshold: time(),
  maxTrailingLogs: count(),
  minQuorum: count({ min: 1 }),
  serverStabilizationTime: time({ zero: true }),
};

/** How agents find out about each other by gossip. Follows `gossip_lan` and `gossip_wan` of Consul's agent configuration. */
export interface GossipConfig {
  /**
   * The time between two rounds.
   * @default - Consul's own: 200 ms in a datacenter, 500 ms between them
   */
  readonly gossipInterval?: Duration;
  /**
   * How many others are told in each round, 1 or more.
   * @default 3, Consul's own
   */
  readonly gossipNodes?: number;
  /**
   * The time between two probes of another agent.
   * @default - Consul's own: 1 s in a datacenter, 5 s between them
   */
  readonly probeInterval?: Duration;
  /**
   * How long a probe may take; shorter than the interval.
   * @default - Consul's own: 500 ms in a datacenter, 3 s between them
   */
  readonly probeTimeout?: Duration;
  /**
   * Multiplies how often news is passed on.
   * @default 4, Consul's own
   */
  readonly retransmitMult?: number;
  /**
   * Multiplies how long a silent agent is only suspected.
   * @default - Consul's own: 4 in a datacenter, 6 between them
   */
  readonly suspicionMult?: number;
}

/** How `gossip_lan` and `gossip_wan` are written. */
export const GOSSIP: OptionTable<GossipConfig> = {
  gossipInterval: time(),
  gossipNodes: count({ min: 1 }),
  probeInterval: time(),
  probeTimeout: time(),
  retransmitMult: count({ min: 1 }),
  suspicionMult: count({ min: 1 }),
};
