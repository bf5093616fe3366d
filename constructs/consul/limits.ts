import type { Duration } from "../core/duration";
import type { Size } from "../core/size";
import type { OptionTable } from "./option";
import { count, oneOf, rate, section, size, time } from "./option-kinds";

/** How many requests a server takes from all clients together. Known from Consul 1.15 on. */
export interface RequestLimits {
  /**
   * What happens beyond the rates: nothing, a log line, or a refusal.
   * @default "disabled", Consul's own
   */
  readonly mode?: "disabled" | "permissive" | "enforcing";
  /**
   * Reads a second.
   * @default - no limit
   */
  readonly readRate?: number;
  /**
   * Writes a second.
   * @default - no limit
   */
  readonly writeRate?: number;
}

/** What the agent lets clients do. Follows `limits` of Consul's agent configuration. */
export interface LimitsConfig {
  /**
   * Connections to the HTTP API from one address, 1 or more. Behind a bridge network many containers may share one.
   * @default 200, Consul's own
   */
  readonly httpMaxConnsPerClient?: number;
  /**
   * How long a TLS handshake on the HTTPS port may take.
   * @default Duration.seconds(5), Consul's own
   */
  readonly httpsHandshakeTimeout?: Duration;
  /**
   * The largest value in the key-value store.
   * @default Size.kibibytes(512), Consul's own
   */
  readonly kvMaxValueSize?: Size;
  /**
   * The rates of requests that a server takes. Known from Consul 1.15 on.
   * @default - no limit
   */
  readonly requestLimits?: RequestLimits;
  /**
   * How long an agent waits for a server's answer. Known from Consul 1.14 on, and in 1.11.11, 1.12.6 and 1.13.3.
   * @default Duration.seconds(60), Consul's own
   */
  readonly rpcClientTimeout?: Duration;
  /**
   * How long a handshake on the servers' RPC port may take.
   * @default Duration.seconds(5), Consul's own
   */
  readonly rpcHandshakeTimeout?: Duration;
  /**
   * How many requests an agent may send to the servers at once beyond `rpcRate`.
   * @default 1000, Consul's own
   */
  readonly rpcMaxBurst?: number;
  /**
   * Connections to the servers' RPC port from one address, 1 or more.
   * @default 100, Consul's own
   */
  readonly rpcMaxConnsPerClient?: number;
  /**
   * Requests a second that an agent sends to the servers.
   * @default - no limit
   */
  readonly rpcRate?: number;
  /**
   * The largest transaction.
   * @default Size.kibibytes(512), Consul's own
   */
  readonly txnMaxReqLen?: Size;
}

/** How `limits` is written. */
export const LIMITS: OptionTable<LimitsConfig> = {
  httpMaxConnsPerClient: count({ min: 1 }),
  httpsHandshakeTimeout: time(),
  kvMaxValueSize: size(),
  requestLimits: section<RequestLimits>(
    { mode: oneOf(["disabled", "permissive", "enforcing"]), readRate: rate(), writeRate: rate() },
    { since: "1.15.0" },
  ),
  rpcClientTimeout: time({ since: "1.14.0", backports: ["1.13.3", "1.12.6", "1.11.11"] }),
  rpcHandshakeTimeout: time(),
  rpcMaxBurst: count({ min: 1 }),
  rpcMaxConnsPerClient: count({ min: 1 }),
  rpcRate: rate(),
  txnMaxReqLen: size(),
};
