import type { Duration } from "../core/duration";

/**
 * What registrator's flags say, each under the flag's own name. Follows registrator's "Run Reference" and the
 * program itself (master, 7.4.0: `registrator.go`, `bridge/bridge.go`).
 */
export interface RegistratorOptions {
  /**
   * `-ip`: the address that every published port of this host is registered at, so one for each host. It must be
   * reachable from the agent, which runs the checks, and from whoever looks the service up. Excludes `internal`,
   * which never reads it.
   * @default - none: then `internal` must be true. Without either, registrator guesses, and may register 127.0.1.1 or the address on a random network
   */
  readonly ip?: string;
  /**
   * `-internal`: registers the container's own address and port, published or not. Of a container with several
   * networks an arbitrary one's address is taken.
   * @default false
   */
  readonly internal?: boolean;
  /**
   * `-explicit`: registers only ports that a label gives a name (`SERVICE_NAME`, `SERVICE_<port>_NAME`).
   * @default false
   */
  readonly explicit?: boolean;
  /**
   * `-useIpFromLabel`: the label of a container whose value is registered as its address, up to a slash where there
   * is one. A container without the label is registered as if the flag were absent.
   * @default - no label is read
   */
  readonly useIpFromLabel?: string;
  /**
   * `-ttl`: the time after which the backend forgets a service that is no longer refreshed. Whole seconds, longer
   * than `ttlRefresh`, only together with it, and only with etcd and SkyDNS 2: the other backends ignore it.
   * @default - services do not expire
   */
  readonly ttl?: Duration;
  /**
   * `-ttl-refresh`: the time between two refreshes of all services. Whole seconds; only together with `ttl`.
   * @default - services are not refreshed
   */
  readonly ttlRefresh?: Duration;
  /**
   * `-tags`: tags that are added to every service. One that holds `{{` is a Go template over the container
   * (`{{ .Config.Hostname }}`) and is handed on as it stands; commas in what it yields separate tags. A fault in a
   * template ends registrator at the first container.
   * @default - none
   */
  readonly tags?: readonly string[];
  /**
   * `-resync`: the time between two comparisons of what runs with what is registered. Whole seconds, 1 or more.
   * It alone mends what changed while the registry was away, and an emptied registry. Every run writes every service
   * once.
   * @default Duration.seconds(5): with it and a DNS TTL of 3 s, a name is right again within 10 s of the registry's return
   */
  readonly resync?: Duration;
  /**
   * `-deregister`: what happens to the services of a container that ended. `on-success` keeps those of one that
   * failed, until someone removes them; a container that a signal ended counts as successful.
   * @default "always"
   */
  readonly deregister?: "always" | "on-success";
  /**
   * `-retry-attempts`: how often the connection at the start is tried again before registrator gives up: 0 or more,
   * -1 for ever. etcd's version is asked before that, and only once.
   * @default -1
   */
  readonly retryAttempts?: number;
  /**
   * `-retry-interval`: the time between two such attempts, 1 ms or more.
   * @default Duration.seconds(2), registrator's own
   */
  readonly retryInterval?: Duration;
  /**
   * `-cleanup`: removes services that an earlier registrator of this host left behind, at the start and with every
   * resync. Only Consul's catalogue can be cleaned. It removes what `deregister: "on-success"` means to keep, so the
   * two exclude each other.
   * @default - true where it can work: with the backends consul, consul-tls and consul-unix, unless `deregister` is "on-success"
   */
  readonly cleanup?: boolean;
  /**
   * The path of the registry's URI, without the first slash: the prefix of the keys (consulkv, consulkv-unix,
   * etcd), the base path (zookeeper; all but its last part must exist), the domain (skydns2). Consul's catalogue has
   * none.
   * @default - skydns2: the registry's `domain`; etcd and zookeeper: the root; consulkv and consulkv-unix: must be given, registrator ends without it
   */
  readonly registryPath?: string;
  /**
   * Says that etcd 3.4 or 3.5 was started with `--enable-v2`: registrator speaks only the v2 API, which these
   * versions turn off by default.
   * @default false
   */
  readonly etcdEnableV2?: boolean;
}
