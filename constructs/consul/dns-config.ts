import { isAddress, isUnspecified } from "../core/addresses";
import type { Duration } from "../core/duration";
import { isToken } from "../core/tokens";
import type { Option, OptionTable } from "./option";
import { count, flag, map, oneOf, seconds, section, time } from "./option-kinds";

/** The SOA record of Consul's zone. Follows `dns_config.soa` of Consul's agent configuration and RFC 1035, section 3.3.13. */
export interface SoaConfig {
  /**
   * How often a secondary server would ask for changes; whole seconds.
   * @default Duration.hours(1), Consul's own
   */
  readonly refresh?: Duration;
  /**
   * How long it would wait after a failed refresh; whole seconds, shorter than the refresh.
   * @default Duration.minutes(10), Consul's own
   */
  readonly retry?: Duration;
  /**
   * How long its copy would be good; whole seconds, longer than the refresh.
   * @default Duration.days(1), Consul's own
   */
  readonly expire?: Duration;
  /**
   * How long a resolver may remember that a name does not exist (RFC 2308); whole seconds. With 0, as Consul has it,
   * every lookup of a missing name reaches the agent; with much more, a new service is found late.
   * @default Duration.seconds(1)
   */
  readonly minTtl?: Duration;
}

/** How the agent answers DNS. Follows `dns_config` of Consul's agent configuration. */
export interface DnsConfig {
  /**
   * Whether an agent's server answers without asking the leader. Answers may then be as old as `maxStale`.
   * @default true, Consul's own
   */
  readonly allowStale?: boolean;
  /**
   * The most address records in one answer; 0 for no limit. Unlike `udpAnswerLimit` this holds for TCP too.
   * @default 0, Consul's own
   */
  readonly aRecordLimit?: number;
  /**
   * Sends names in full, for programs that cannot read compressed ones.
   * @default false, Consul's own
   */
  readonly disableCompression?: boolean;
  /**
   * Tells the one who asks, by the TC flag, that an answer over UDP was cut, so that resolvers ask again over TCP.
   * Without it a resolver in front keeps the instances that fitted and never sees the others.
   * @default true
   */
  readonly enableTruncate?: boolean;
  /**
   * How old an answer may be when `allowStale` is on. Only with `allowStale`.
   * @default Duration.hours(87600), Consul's own: a server cut from the others goes on answering
   */
  readonly maxStale?: Duration;
  /**
   * How long a resolver may keep the address of a node.
   * @default Duration.seconds(10): nodes change their address seldom
   */
  readonly nodeTtl?: Duration;
  /**
   * Leaves out instances whose checks are in the state warning, as well as critical ones.
   * @default true: an instance that is not well gets no new clients
   */
  readonly onlyPassing?: boolean;
  /**
   * The order in which recursors are asked. Known from Consul 1.11 on.
   * @default "sequential", Consul's own
   */
  readonly recursorStrategy?: "sequential" | "random";
  /**
   * How long a recursor may take.
   * @default Duration.seconds(2), Consul's own
   */
  readonly recursorTimeout?: Duration;
  /**
   * How long a resolver may keep a service's answer, by the service's name. A name that ends in `*` stands for all
   * names that begin so; `*` for all that no other entry fits. It is the time for which a stopped instance is still
   * found, and what takes the load off the agents.
   * @default { "*": Duration.seconds(3) }; `*` is added to other entries too, unless it is among them
   */
  readonly serviceTtl?: Readonly<Record<string, Duration>>;
  /**
   * The most records in an answer over UDP to one who asks without EDNS, 1 to 8. With EDNS, as BIND asks, it is as
   * many as fit.
   * @default 3, Consul's own
   */
  readonly udpAnswerLimit?: number;
  /**
   * Adds a node's metadata as TXT records to answers about the node.
   * @default true, Consul's own
   */
  readonly enableAdditionalNodeMetaTxt?: boolean;
  /**
   * The zone's SOA record.
   * @default - Consul's own, with `minTtl` 1 s
   */
  readonly soa?: SoaConfig;
  /**
   * Answers from the agent's own cache, which refreshes itself in the background.
   * @default false, Consul's own
   */
  readonly useCache?: boolean;
  /**
   * How old an answer from the agent's cache may be. Only with `useCache`.
   * @default - as long as the cache keeps it
   */
  readonly cacheMaxAge?: Duration;
}

const SOA: OptionTable<SoaConfig> = {
  refresh: seconds(),
  retry: seconds(),
  expire: seconds(),
  minTtl: seconds({ zero: true }),
};

/** How `dnsConfig` is written. */
export const DNS_CONFIG: OptionTable<DnsConfig> = {
  allowStale: flag(),
  aRecordLimit: count(),
  disableCompression: flag(),
  enableTruncate: flag(),
  maxStale: time(),
  nodeTtl: time({ zero: true }),
  onlyPassing: flag(),
  recursorStrategy: oneOf(["sequential", "random"], { since: "1.11.0" }),
  recursorTimeout: time(),
  serviceTtl: map(time({ zero: true }), {
    names: /^(?:\*|[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|[A-Za-z0-9][A-Za-z0-9-]{0,61}\*)$/,
    allowed: "a service's name (a DNS label), its beginning with * behind it, or * alone",
  }),
  // With 0 an agent cuts such answers down to none, and it takes no more than 8 for more.
  udpAnswerLimit: count({ min: 1, max: 8 }),
  enableAdditionalNodeMetaTxt: flag(),
  soa: section(SOA),
  useCache: flag(),
  cacheMaxAge: time(),
};

/** A resolver that an agent passes other names on to: `address`, `address:port` or `[address]:port`. */
export function recursor(): Option<string> {
  return {
    write: (value: unknown, at) => {
      if (isToken(value)) return value as string;
      const match =
        typeof value === "string" ? /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(value) : null;
      const address =
        typeof value === "string" && isAddress(value) ? value : (match?.[1] ?? match?.[2] ?? "");
      const port = match?.[3] === undefined ? 53 : Number(match[3]);
      if (isAddress(address) && !isUnspecified(address) && port >= 1 && port <= 65_535)
        return value as string;
      return at.fail(
        "consul/recursor",
        value,
        "an address, with a port or without (53)",
        "Write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53",
      );
    },
  };
}
