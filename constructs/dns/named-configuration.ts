import type { Duration } from "../core/duration";
import type { Size } from "../core/size";
import type { DnsEndpoint } from "../discovery/dns";
import type { AddressMatchElement } from "./address-match";
import type { DnssecValidation } from "./dnssec-validation";
import type { ForwardZone } from "./forward-zone";
import type { Prefetch } from "./cache-bounds";
import type { StaleAnswers } from "./stale-answers";

/**
 * What a named does that forwards zones and resolves the rest for known clients. The words are those of the BIND 9
 * Administrator Reference Manual (ARM), written in camelCase.
 */
export interface NamedConfiguration {
  /** The version of BIND that reads it: `9.18`, or in full. 9.16 to 9.20, which differ. */
  readonly version: string;
  /**
   * The IPv4 addresses that named listens on. Only those count that an interface of the machine, or the container,
   * has: of 127.0.0.0/8 usually 127.0.0.1 alone. Every interface: AddressMatch.any().
   */
  readonly listenOn: readonly AddressMatchElement[];
  /**
   * The IPv6 addresses that named listens on.
   * @default - none
   */
  readonly listenOnV6?: readonly AddressMatchElement[];
  /**
   * The UDP and TCP port that named listens on.
   * @default 53
   */
  readonly port?: number;
  /**
   * Who may ask. The first element that matches decides.
   * @default - `localhost` and `localnets`
   */
  readonly allowQuery?: readonly AddressMatchElement[];
  /**
   * Who may ask for what named has to ask others for, which is all that a forwarder knows, and may see what it has
   * cached.
   * @default - as allowQuery
   */
  readonly allowRecursion?: readonly AddressMatchElement[];
  /**
   * The zones whose names are asked for elsewhere. Written sorted by name.
   * @default - none
   */
  readonly forwardZones?: readonly ForwardZone[];
  /**
   * Who is asked for every other name: the resolvers of the site or the provider. They alone are asked, also for
   * names of private reverse zones, which named would otherwise answer itself.
   * @default - none: named asks the root's name servers and those below, and needs a way to them at port 53
   */
  readonly forwarders?: readonly DnsEndpoint[];
  /**
   * `first` is an error: where no forwarder answers, named would ask the root, and private names would leak.
   * @default "only"
   */
  readonly forward?: "only";
  /**
   * Whether answers are validated.
   * @default DnssecValidation.auto()
   */
  readonly dnssecValidation?: DnssecValidation;
  /**
   * The most memory that the cache takes, 2 MiB or more. BIND's own default is 90% of the machine's memory, which in
   * a container is the host's.
   * @default Size.mebibytes(64)
   */
  readonly maxCacheSize?: Size;
  /**
   * The longest time for which an answer is kept; whole seconds, at least 1.
   * @default - BIND's own: a week
   */
  readonly maxCacheTtl?: Duration;
  /**
   * The shortest time for which an answer is kept; whole seconds, at most 90. What is gone is found that much longer.
   * @default - BIND's own: 0
   */
  readonly minCacheTtl?: Duration;
  /**
   * The longest time for which it is remembered that a name does not exist; whole seconds, at most 7 days.
   * @default - BIND's own: 3 hours; the zone's SOA record says less
   */
  readonly maxNcacheTtl?: Duration;
  /**
   * The shortest time for which it is remembered that a name does not exist; whole seconds, at most 90. A new
   * service stays unknown that long to who asked too early.
   * @default - BIND's own: 0
   */
  readonly minNcacheTtl?: Duration;
  /**
   * When an answer that is asked for is renewed before it runs out.
   * @default - BIND's own: with 2 s left, if it lived for 9 s or more
   */
  readonly prefetch?: Prefetch | "off";
  /**
   * Answers from what is known while nobody answers for a zone.
   * @default {} - for an hour
   */
  readonly staleAnswers?: StaleAnswers | "off";
  /**
   * How long named tries before it answers SERVFAIL or from what it knew: 10 to 30 s before 9.20, which raise less
   * to 10 s; 301 ms to 30 s in 9.20.
   * @default - 2.5 s in 9.20 with stale answers, as no other setting of 9.20 makes them come in time; else BIND's own, 10 s
   */
  readonly resolverQueryTimeout?: Duration;
  /**
   * The most queries that named sends for one query of a client before it gives up. Asking from the root takes many;
   * through forwarders, one for each that is silent.
   * @default - BIND's own; in 9.16 with stale answers and forwarders as many as the longest list of forwarders, but 4 to 6, as nothing else ends the wait in time there
   */
  readonly maxRecursionQueries?: number;
  /**
   * How many clients may wait for the same answer before some are dropped; 0 for any number. The quotas guard
   * against floods, and lose ordinary lookups where an answer that many ask for runs out.
   * @default 0
   */
  readonly clientsPerQuery?: number;
  /**
   * How far named may raise clientsPerQuery itself; 0 for any number. Not below clientsPerQuery.
   * @default 0
   */
  readonly maxClientsPerQuery?: number;
  /**
   * How many clients may wait for answers of others at a time; each takes about 20 KB.
   * @default - BIND's own: 1000
   */
  readonly recursiveClients?: number;
  /**
   * How many TCP connections are held at a time.
   * @default - BIND's own: 150
   */
  readonly tcpClients?: number;
  /**
   * Which records are left out that nobody asked for. `yes` takes the addresses out of SRV answers; BIND's own
   * default leaves out only who is in charge of the zone, and answers more queries than `no`.
   * @default "no-auth-recursive", BIND's own
   */
  readonly minimalResponses?: "no" | "yes" | "no-auth" | "no-auth-recursive";
  /**
   * The built-in empty zones (private reverse zones and the like, RFC 6303) that named shall not answer itself; "all"
   * for all. A zone in forwardZones needs no word here.
   * @default - none
   */
  readonly disableEmptyZone?: readonly string[] | "all";
  /**
   * The folder for what named writes: its user must be able to write there.
   * @default "/var/cache/bind"
   */
  readonly directory?: string;
  /**
   * The folder for the keys of the root that named keeps up to date.
   * @default - `directory`
   */
  readonly managedKeysDirectory?: string;
  /**
   * The least severity that is logged, to standard error.
   * @default "info"
   */
  readonly logSeverity?: "critical" | "error" | "warning" | "notice" | "info";
  /**
   * Logs every query. It costs about a quarter of the throughput.
   * @default false
   */
  readonly querylog?: boolean;
  /**
   * Logs every response. From 9.20 on.
   * @default false
   */
  readonly responselog?: boolean;
  /**
   * Further statements of `options`, by their names in named.conf, that take one word, number, yes or no.
   * @default - none
   */
  readonly otherOptions?: Readonly<Record<string, boolean | number | string>>;
}
