import { canonicalAddress, hostPort, isAddress } from "../../core/addresses";
import { isDomainName } from "../../core/dns-names";
import type { Duration } from "../../core/duration";
import { type Location, ValidationError } from "../../core/errors";
import { requirePort } from "../../core/ports";

/** A place of a store. */
export interface StoreEndpoint {
  /** An address or a name. */
  readonly address: string;
  /**
   * The port.
   * @default 8500 for Consul, 2379 for etcd, 2181 for ZooKeeper
   */
  readonly port?: number;
}

/** How the store is spoken to over TLS; all three files, since the engine takes a part of them for plain text. */
export interface StoreTls {
  /** `kv.cacertfile`: the CA's path on the host. */
  readonly caFile: string;
  /** `kv.certfile`: the client certificate's path on the host. */
  readonly certFile: string;
  /** `kv.keyfile`: its key's path on the host. */
  readonly keyFile: string;
}

/** What the store's kinds have in common. */
export interface KeyValueStoreOptions {
  /**
   * TLS.
   * @default - plain text
   */
  readonly tls?: StoreTls;
  /**
   * `discovery.heartbeat`: how often the engine says that it is there. Whole seconds.
   * @default - the engine's own, 20 s, or a third of `discoveryTtl`
   */
  readonly discoveryHeartbeat?: Duration;
  /**
   * `discovery.ttl`: after how long without it an engine counts as gone. Whole seconds; with Consul at least 20.
   * @default - the engine's own, three heartbeats
   */
  readonly discoveryTtl?: Duration;
  /**
   * `kv.path`: where in the store.
   * @default - the engine's own, `docker/network/v1.0`
   */
  readonly path?: string;
}

/** The store that engines of key-value mode share: `cluster-store` and `cluster-store-opts`. */
export class KeyValueStore {
  /** Consul. It takes one endpoint: an agent, on the engine's own host as a rule. */
  public static consul(endpoint: StoreEndpoint, options: KeyValueStoreOptions = {}): KeyValueStore {
    return new KeyValueStore("consul", [endpoint], 8500, options);
  }

  /** etcd with its API v2 (etcd before 3.6, from 3.4 on with `--enable-v2`). */
  public static etcd(endpoints: readonly StoreEndpoint[], options: KeyValueStoreOptions = {}): KeyValueStore {
    return new KeyValueStore("etcd", endpoints, 2379, options);
  }

  /** ZooKeeper, which takes no TLS. */
  public static zooKeeper(
    endpoints: readonly StoreEndpoint[],
    options: Omit<KeyValueStoreOptions, "tls"> = {},
  ): KeyValueStore {
    return new KeyValueStore("zk", endpoints, 2181, options);
  }

  /**
   * Reads `consul://127.0.0.1:8500`, `etcd://a:2379,b:2379/prefix`, `zk://a:2181`.
   * @throws ValidationError docker/cluster-store
   */
  public static parse(url: string, options: KeyValueStoreOptions = {}): KeyValueStore {
    const match = /^(consul|etcd|zk|zookeeper):\/\/([^/]+)(?:\/(.*))?$/.exec(url);
    const [, scheme, authority, path] = match ?? [];
    if (scheme === undefined || authority === undefined) {
      return refuse(
        "KeyValueStore.parse",
        "clusterStore",
        url,
        "consul://, etcd:// or zk:// with an address",
      );
    }
    const endpoints = authority.split(",").map((text): StoreEndpoint => {
      const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
      const address = parts?.[1] ?? parts?.[2];
      if (address === undefined) {
        return refuse(
          "KeyValueStore.parse",
          "clusterStore",
          url,
          "addresses with a port each, separated by commas",
        );
      }
      return { address, ...(parts?.[3] === undefined ? {} : { port: Number(parts[3]) }) };
    });
    const withPath = path === undefined || path === "" ? options : { ...options, path };
    if (scheme === "consul") {
      const [first, second] = endpoints;
      if (first === undefined || second !== undefined) {
        return refuse(
          "KeyValueStore.parse",
          "clusterStore",
          url,
          "one endpoint: Consul's store takes no list",
          "Name the agent on the engine's own host, consul://127.0.0.1:8500: it knows the servers",
        );
      }
      return KeyValueStore.consul(first, withPath);
    }
    return scheme === "etcd"
      ? KeyValueStore.etcd(endpoints, withPath)
      : KeyValueStore.zooKeeper(endpoints, withPath);
  }

  private constructor(
    /** The store's kind, as the URL's scheme. */
    public readonly scheme: "consul" | "etcd" | "zk",
    private readonly endpoints: readonly StoreEndpoint[],
    private readonly defaultPort: number,
    private readonly options: KeyValueStoreOptions,
  ) {}

  /**
   * What the engine could not work with.
   * @throws ValidationError docker/cluster-store, docker/cluster-store-tls, docker/cluster-store-timing
   */
  public validate(location: Location): void {
    if (this.endpoints.length === 0) {
      refuse(location, "clusterStore", "no endpoint", "one endpoint or more", "Name where the store answers");
    }
    for (const { address, port } of this.endpoints) {
      if (!isAddress(address) && !isDomainName(address))
        refuse(location, "clusterStore", address, "an address or a name of the store");
      if (port !== undefined) requirePort(location, "clusterStore.port", port);
    }
    const { tls } = this.options as { tls?: Partial<StoreTls> };
    if (tls !== undefined) {
      const files = [tls.caFile, tls.certFile, tls.keyFile];
      if (this.scheme === "zk" || files.some((file) => file === undefined || !file.startsWith("/"))) {
        throw new ValidationError(location, {
          code: "docker/cluster-store-tls",
          prop: "clusterStore.tls",
          got: this.scheme === "zk" ? "TLS with ZooKeeper" : tls,
          allowed:
            this.scheme === "zk"
              ? "no TLS: the engine speaks none with ZooKeeper"
              : "caFile, certFile and keyFile, all three absolute paths on the host",
          mend: "Give all three: with one or two of them the engine silently speaks plain text",
        });
      }
    }
    this.validateTiming(location);
  }

  private validateTiming(location: Location): void {
    const { discoveryHeartbeat, discoveryTtl } = this.options;
    const [heartbeat, ttl] = [discoveryHeartbeat, discoveryTtl].map((time) => time?.toMilliseconds());
    const fail = (got: string, allowed: string): never => {
      throw new ValidationError(location, {
        code: "docker/cluster-store-timing",
        prop: "clusterStore.discoveryTtl",
        got,
        allowed,
        mend: "Leave both out for 20 s and 60 s, or give a TTL of three heartbeats",
      });
    };
    for (const time of [heartbeat, ttl]) {
      if (time !== undefined && (time % 1000 !== 0 || time < 1000))
        fail(`${time} ms`, "whole seconds, 1 or more");
    }
    const effectiveTtl = ttl ?? (heartbeat === undefined ? 60_000 : heartbeat * 3);
    const effectiveHeartbeat = heartbeat ?? (ttl === undefined ? 20_000 : Math.floor(ttl / 3000) * 1000);
    const text = `heartbeat ${effectiveHeartbeat / 1000} s, TTL ${effectiveTtl / 1000} s`;
    if (effectiveTtl <= effectiveHeartbeat) fail(text, "a TTL longer than the heartbeat");
    // Half of it is the session's TTL, and Consul takes none below 10 s.
    if (this.scheme === "consul" && effectiveTtl < 20_000) fail(text, "a TTL of at least 20 s with Consul");
  }

  /** The value of `cluster-store`. */
  public get url(): string {
    const places = this.endpoints.map(({ address, port = this.defaultPort }) =>
      hostPort(isAddress(address) ? canonicalAddress(address) : address, port),
    );
    return `${this.scheme}://${places.join(",")}`;
  }

  /** The value of `cluster-store-opts`; undefined where there is nothing to say. */
  public get storeOpts(): Readonly<Record<string, string>> | undefined {
    const { tls, discoveryHeartbeat, discoveryTtl, path } = this.options;
    const opts = {
      ...(discoveryHeartbeat === undefined
        ? {}
        : { "discovery.heartbeat": String(discoveryHeartbeat.toMilliseconds() / 1000) }),
      ...(discoveryTtl === undefined
        ? {}
        : { "discovery.ttl": String(discoveryTtl.toMilliseconds() / 1000) }),
      ...(tls === undefined
        ? {}
        : { "kv.cacertfile": tls.caFile, "kv.certfile": tls.certFile, "kv.keyfile": tls.keyFile }),
      ...(path === undefined ? {} : { "kv.path": path }),
    };
    return Object.keys(opts).length === 0 ? undefined : opts;
  }

  /** The files that must lie on the host. */
  public get requiredFiles(): readonly string[] {
    const { tls } = this.options;
    return tls === undefined ? [] : [tls.caFile, tls.certFile, tls.keyFile];
  }
}

function refuse(
  location: Location,
  prop: string,
  got: unknown,
  allowed: string,
  mend = "Write it as the engine takes it: consul://127.0.0.1:8500",
): never {
  throw new ValidationError(location, { code: "docker/cluster-store", prop, got, allowed, mend });
}
