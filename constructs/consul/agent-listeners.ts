import type { ListenAddress } from "./listen-address";
import type { OptionTable } from "./option";
import { listenAddresses, port } from "./option-kinds";

/**
 * The agent's ports. -1 turns a listener off, where Consul can do without it. Follows `ports` of Consul's agent
 * configuration.
 */
export interface AgentPorts {
  /**
   * DNS, TCP and UDP; -1 for none.
   * @default 8600, Consul's own
   */
  readonly dns?: number;
  /**
   * The HTTP API; -1 for none.
   * @default 8500, Consul's own
   */
  readonly http?: number;
  /**
   * The HTTPS API; -1 for none.
   * @default -1, Consul's own
   */
  readonly https?: number;
  /**
   * gRPC in plain text, for proxies; -1 for none.
   * @default -1, Consul's own
   */
  readonly grpc?: number;
  /**
   * gRPC over TLS; -1 for none. Known from Consul 1.14 on.
   * @default - Consul's own: 8503 on servers, -1 on clients
   */
  readonly grpcTls?: number;
  /**
   * Gossip among the agents of a datacenter, TCP and UDP.
   * @default 8301, Consul's own
   */
  readonly serfLan?: number;
  /**
   * Gossip among the servers of all datacenters, TCP and UDP; -1 for none.
   * @default 8302, Consul's own
   */
  readonly serfWan?: number;
  /**
   * The servers' RPC, TCP.
   * @default 8300, Consul's own
   */
  readonly server?: number;
  /**
   * The first port that sidecar proxies are given.
   * @default 21000, Consul's own
   */
  readonly sidecarMinPort?: number;
  /**
   * The last port that sidecar proxies are given.
   * @default 21255, Consul's own
   */
  readonly sidecarMaxPort?: number;
  /**
   * The first port under which checks are exposed through proxies.
   * @default 21500, Consul's own
   */
  readonly exposeMinPort?: number;
  /**
   * The last port under which checks are exposed through proxies.
   * @default 21755, Consul's own
   */
  readonly exposeMaxPort?: number;
}

/** How `ports` is written. */
export const PORTS: OptionTable<AgentPorts> = {
  dns: port({ off: true }),
  http: port({ off: true }),
  https: port({ off: true }),
  grpc: port({ off: true }),
  grpcTls: port({ off: true, since: "1.14.0" }),
  serfLan: port(),
  serfWan: port({ off: true }),
  server: port(),
  sidecarMinPort: port(),
  sidecarMaxPort: port(),
  exposeMinPort: port(),
  exposeMaxPort: port(),
};

/**
 * Where single listeners differ from `clientAddr`: the addresses of each. Follows `addresses` of Consul's agent
 * configuration.
 */
export interface AgentAddresses {
  /**
   * DNS.
   * @default - `clientAddr`
   */
  readonly dns?: readonly (string | ListenAddress)[];
  /**
   * The HTTP API.
   * @default - `clientAddr`
   */
  readonly http?: readonly (string | ListenAddress)[];
  /**
   * The HTTPS API.
   * @default - `clientAddr`
   */
  readonly https?: readonly (string | ListenAddress)[];
  /**
   * gRPC in plain text.
   * @default - `clientAddr`
   */
  readonly grpc?: readonly (string | ListenAddress)[];
  /**
   * gRPC over TLS. Known from Consul 1.14 on.
   * @default - `clientAddr`
   */
  readonly grpcTls?: readonly (string | ListenAddress)[];
}

/** How `addresses` is written. */
export const ADDRESSES: OptionTable<AgentAddresses> = {
  dns: listenAddresses(),
  http: listenAddresses(),
  https: listenAddresses(),
  grpc: listenAddresses(),
  grpcTls: listenAddresses({ since: "1.14.0" }),
};
