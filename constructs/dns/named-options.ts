import { type Location, ValidationError } from "../core/errors";
import { compareVersions } from "../core/versions";
import type { BindVersion } from "./bind-versions";
import type { NamedConfiguration } from "./named-configuration";
import { type Statement, statement } from "./statements";

/** What is known of a statement of `options`. */
export interface NamedOption {
  /** The prop of NamedConfiguration that says it. */
  readonly prop?: keyof NamedConfiguration;
  /** Why it is always written alike, where no prop says it. */
  readonly fixed?: string;
  /** The first version that takes it. */
  readonly since?: string;
  /** The first version that takes it no more. */
  readonly until?: string;
  /** What stands in for it, as the end of "Use ...". */
  readonly instead?: string;
}

const NO_BANNER = "who asks is told nothing of the program or the machine";

/**
 * The statements of `options` that the renderer writes, and those of one word that came or went between 9.16 and
 * 9.20. Follows the grammar that each release carries (`misc/options` of its sources) and the release notes. What
 * a release still reads but calls obsolete counts as gone: it has no effect.
 */
export const NAMED_OPTIONS: Readonly<Record<string, NamedOption>> = {
  "additional-from-cache": { until: "9.16.0", instead: "minimalResponses" },
  "allow-query": { prop: "allowQuery" },
  "allow-recursion": { prop: "allowRecursion" },
  "auto-dnssec": { until: "9.20.0", instead: "dnssec-policy in a zone; a forwarder signs nothing" },
  "check-svcb": { since: "9.20.0" },
  "cleaning-interval": { until: "9.16.0", instead: "maxCacheSize" },
  "clients-per-query": { prop: "clientsPerQuery" },
  coresize: { until: "9.20.0", instead: "the container's ulimits" },
  datasize: { until: "9.20.0", instead: "the container's memory limit" },
  directory: { prop: "directory" },
  "disable-empty-zone": { prop: "disableEmptyZone" },
  "dnssec-enable": { until: "9.16.0", instead: "dnssecValidation: DNSSEC itself is always on" },
  "dnssec-lookaside": { until: "9.16.0", instead: "dnssecValidation: the look-aside registry is closed" },
  "dnssec-validation": { prop: "dnssecValidation" },
  "empty-zones-enable": { prop: "disableEmptyZone" },
  "filter-aaaa-on-v4": { until: "9.16.0", instead: "the plugin filter-aaaa" },
  files: { until: "9.20.0", instead: "the container's ulimits" },
  forward: { prop: "forward" },
  forwarders: { prop: "forwarders" },
  "glue-cache": { until: "9.20.0", instead: "nothing in its place: it is always on" },
  "host-statistics": { until: "9.16.0", instead: "nothing in its place" },
  hostname: { fixed: NO_BANNER },
  "ipv4only-enable": { since: "9.18.0", instead: "disableEmptyZone" },
  "listen-on": { prop: "listenOn" },
  "listen-on-v6": { prop: "listenOnV6" },
  "managed-keys-directory": { prop: "managedKeysDirectory" },
  "max-cache-size": { prop: "maxCacheSize" },
  "max-cache-ttl": { prop: "maxCacheTtl" },
  "max-clients-per-query": { prop: "maxClientsPerQuery" },
  "max-ncache-ttl": { prop: "maxNcacheTtl" },
  "max-recursion-queries": { prop: "maxRecursionQueries" },
  "max-stale-ttl": { prop: "staleAnswers" },
  "min-cache-ttl": { prop: "minCacheTtl" },
  "min-ncache-ttl": { prop: "minNcacheTtl" },
  "minimal-responses": { prop: "minimalResponses" },
  "notify-defer": { since: "9.20.0" },
  "pid-file": { fixed: "named runs in the foreground, and whoever started it knows its process" },
  port: { prop: "port" },
  prefetch: { prop: "prefetch" },
  querylog: { prop: "querylog" },
  recursion: { fixed: "named forwards only where it recurses; allowRecursion says for whom" },
  "recursive-clients": { prop: "recursiveClients" },
  "reserved-sockets": { until: "9.20.0", instead: "the container's ulimits" },
  "resolver-nonbackoff-tries": { until: "9.20.0", instead: "resolverQueryTimeout" },
  "resolver-query-timeout": { prop: "resolverQueryTimeout" },
  "resolver-retry-interval": { until: "9.20.0", instead: "resolverQueryTimeout" },
  "resolver-use-dns64": { since: "9.20.0" },
  responselog: { prop: "responselog", since: "9.20.0", instead: "querylog, or BIND 9.20" },
  "server-id": { fixed: NO_BANNER },
  "session-keyfile": { fixed: "a key for local dynamic updates serves a server with zones of its own" },
  "sig0checks-quota": { since: "9.20.0" },
  "sig0key-checks-limit": { since: "9.20.0" },
  "sig0message-checks-limit": { since: "9.20.0" },
  stacksize: { until: "9.20.0", instead: "the container's ulimits" },
  "stale-answer-client-timeout": { prop: "staleAnswers" },
  "stale-answer-enable": { prop: "staleAnswers" },
  "stale-answer-ttl": { prop: "staleAnswers" },
  "stale-cache-enable": { prop: "staleAnswers" },
  "stale-refresh-time": { prop: "staleAnswers" },
  "suppress-initial-notify": { until: "9.18.0", instead: "nothing in its place: it never had an effect" },
  "tcp-clients": { prop: "tcpClients" },
  "tcp-receive-buffer": { since: "9.18.0", instead: "the host's sysctls" },
  "tcp-reuse-timeout": { since: "9.20.0" },
  "tcp-send-buffer": { since: "9.18.0", instead: "the host's sysctls" },
  "udp-receive-buffer": { since: "9.18.0", instead: "the host's sysctls" },
  "udp-send-buffer": { since: "9.18.0", instead: "the host's sysctls" },
  "use-alt-transfer-source": {
    until: "9.20.0",
    instead: "nothing in its place: a forwarder transfers nothing",
  },
  "use-queryport-pool": { until: "9.16.0", instead: "nothing in its place: ports are always random" },
  "validate-except": { prop: "dnssecValidation" },
  version: { fixed: NO_BANNER },
};

/** Tells whether a version of BIND knows an option; one that the table does not have counts as known. */
export function knowsOption(option: string, version: string): boolean {
  const { since, until } = NAMED_OPTIONS[option] ?? {};
  return (
    (since === undefined || compareVersions(version, since) >= 0) &&
    (until === undefined || compareVersions(version, until) < 0)
  );
}

/**
 * Checks that a version of BIND knows an option.
 * @throws ValidationError dns/option-unknown-to-version
 */
export function requireOption(location: Location, prop: string, option: string, bind: BindVersion): void {
  if (knowsOption(option, bind.version)) return;
  const { since, until, instead } = NAMED_OPTIONS[option] ?? {};
  const span = [since && `from ${since} on`, until && `before ${until}`].filter((part) => part !== undefined);
  throw new ValidationError(location, {
    code: "dns/option-unknown-to-version",
    prop,
    got: `${option} with BIND ${bind.version}`,
    allowed: `${option} with BIND ${span.join(" and ")} only`,
    mend: instead === undefined ? "Leave it out, or take another version" : `Leave it out. Use ${instead}`,
  });
}

/** A word of `otherOptions`: it can hold nothing that ends a statement, a block, a string or a line. */
const PLAIN_WORD = /^[A-Za-z0-9][A-Za-z0-9.:_-]*$/;

/**
 * The statements of `otherOptions`, sorted by name.
 * @throws ValidationError dns/option-name, dns/option-has-prop, dns/option-is-fixed, dns/option-unknown-to-version,
 * dns/option-value
 */
export function otherStatements(
  location: Location,
  options: Readonly<Record<string, boolean | number | string>>,
  bind: BindVersion,
): Statement[] {
  return Object.keys(options)
    .sort()
    .map((name) => {
      const prop = `otherOptions.${name}`;
      const value = options[name];
      const fail = (code: string, allowed: string, mend: string): never => {
        throw new ValidationError(location, { code, prop, got: value, allowed, mend });
      };
      if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
        fail(
          "dns/option-name",
          "the name of an option, as named.conf writes it",
          "Write it as tcp-listen-queue",
        );
      }
      const known = Object.hasOwn(NAMED_OPTIONS, name) ? NAMED_OPTIONS[name] : undefined;
      requireOption(location, prop, name, bind);
      if (known?.prop !== undefined) {
        fail("dns/option-has-prop", "an option that has no prop of its own", `Use the prop ${known.prop}`);
      }
      if (known?.fixed !== undefined) {
        fail("dns/option-is-fixed", `what the renderer writes: ${known.fixed}`, "Leave it out");
      }
      if (typeof value === "boolean") return statement(name, value ? "yes" : "no");
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0)
        return statement(name, String(value));
      if (typeof value === "string" && PLAIN_WORD.test(value)) return statement(name, value);
      return fail(
        "dns/option-value",
        "true, false, a whole number from 0 up, or one word of letters, digits and .:_-",
        "Give one plain value; options that take lists or blocks need a prop of their own",
      );
    });
}
