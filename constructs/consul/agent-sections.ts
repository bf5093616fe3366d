import type { OptionTable } from "./option";
import { count, flag, rate, text } from "./option-kinds";

/** Where an agent is. Follows `locality` of Consul's agent configuration; known from 1.16 on. */
export interface LocalityConfig {
  /**
   * The region.
   * @default - unknown
   */
  readonly region?: string;
  /**
   * The zone in the region. Only with `region`.
   * @default - unknown
   */
  readonly zone?: string;
}

/** How `locality` is written. */
export const LOCALITY: OptionTable<LocalityConfig> = { region: text(), zone: text() };

/** What servers offer to agents. Follows `rpc` of Consul's agent configuration; known from 1.9 on. */
export interface RpcConfig {
  /**
   * Offers a stream of changes beside blocking queries. Has an effect on servers only.
   * @default - Consul's own: true from 1.10 on
   */
  readonly enableStreaming?: boolean;
}

/** How `rpc` is written. */
export const RPC: OptionTable<RpcConfig> = { enableStreaming: flag() };

/** How often the agent's cache may ask the servers for one entry. Follows `cache` of Consul's agent configuration. */
export interface CacheConfig {
  /**
   * How often at once, 1 or more.
   * @default 2, Consul's own
   */
  readonly entryFetchMaxBurst?: number;
  /**
   * How often a second.
   * @default - no limit
   */
  readonly entryFetchRate?: number;
}

/** How `cache` is written. */
export const CACHE: OptionTable<CacheConfig> = {
  entryFetchMaxBurst: count({ min: 1 }),
  entryFetchRate: rate(),
};

/** The service mesh. Follows `connect` of Consul's agent configuration. */
export interface ConnectConfig {
  /**
   * Turns it on.
   * @default - Consul's own: true from 1.14 on
   */
  readonly enabled?: boolean;
  /**
   * Joins datacenters through mesh gateways. Only on servers, and only with `enabled`.
   * @default false, Consul's own
   */
  readonly enableMeshGatewayWanFederation?: boolean;
}

/** How `connect` is written. */
export const CONNECT: OptionTable<ConnectConfig> = {
  enabled: flag(),
  enableMeshGatewayWanFederation: flag({ agents: "servers" }),
};

/** Peering of clusters. Follows `peering` of Consul's agent configuration; known from 1.13 on. */
export interface PeeringConfig {
  /**
   * Turns it on.
   * @default - Consul's own: true from 1.14 on
   */
  readonly enabled?: boolean;
}

/** How `peering` is written. */
export const PEERING: OptionTable<PeeringConfig> = { enabled: flag() };

/** How proxies are configured. Follows `xds` of Consul's agent configuration; known from 1.14 on. */
export interface XdsConfig {
  /**
   * How many proxies are told of a change each second.
   * @default 250, Consul's own
   */
  readonly updateMaxPerSecond?: number;
}

/** How `xds` is written. */
export const XDS: OptionTable<XdsConfig> = { updateMaxPerSecond: rate() };

/** Who may use listeners that are sockets in the file system. Follows `unix_sockets` of Consul's agent configuration. */
export interface UnixSocketsConfig {
  /**
   * The owner's name or number.
   * @default - the agent's own
   */
  readonly user?: string;
  /**
   * The group's number.
   * @default - the agent's own
   */
  readonly group?: string;
  /**
   * The permissions, in octal: `"0600"`.
   * @default - as the system makes them
   */
  readonly mode?: string;
}

/** How `unix_sockets` is written. */
export const UNIX_SOCKETS: OptionTable<UnixSocketsConfig> = {
  user: text(),
  group: text(),
  mode: text({ pattern: /^0?[0-7]{3}$/, allowed: "three octal digits, with a leading 0 or without" }),
};
