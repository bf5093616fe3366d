import { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";
import type { BindVersion } from "./bind-versions";
import { wholeSeconds } from "./cache-bounds";
import type { NamedConfiguration } from "./named-configuration";
import { type Statement, statement } from "./statements";

/**
 * What named answers from what it knew while nobody answers for a zone ("serve-stale" of the ARM, RFC 8767).
 *
 * With the defaults a known name is answered within 4 s, whatever its servers do: at once where they refuse, within
 * 2 to 3.5 s where they are silent. BIND 9.16 needs forwarders for this; where it asks the root itself, a lookup that
 * comes while another one waits for the same name takes up to 8 s. That a name does not exist is not kept by 9.18
 * and 9.20, but that it has no record of a type is (an IPv6 address, which many programs ask for besides).
 */
export interface StaleAnswers {
  /**
   * How long after its end an answer is still given; whole seconds, at least 1.
   * @default Duration.hours(1)
   */
  readonly maxStaleTtl?: Duration;
  /**
   * For how long clients may keep such an answer; whole seconds, at least 1.
   * @default Duration.seconds(1)
   */
  readonly staleAnswerTtl?: Duration;
  /**
   * How long such an answer is given at once, unasked, after the servers failed: 0, or 30 s or more. It saves the
   * wait while they are silent, and delays what is new by as much once they are back.
   * @default Duration.seconds(0)
   */
  readonly staleRefreshTime?: Duration;
  /**
   * After how long an answer from what was known is given while the servers are still waited for. 9.16 and 9.18:
   * up to resolverQueryTimeout less 1 s. 9.20: only "off", or 0. With 0 it is given first and renewed afterwards,
   * always: names that are rarely asked for give addresses that have long been gone.
   * @default - Duration.milliseconds(1800) in 9.16 and 9.18, "off" in 9.20, where resolverQueryTimeout does it
   */
  readonly staleAnswerClientTimeout?: Duration | "off";
}

const LONGEST = 4_294_967_295;

/**
 * The statements about stale answers and about how long the servers are waited for.
 * @throws ValidationError dns/time, dns/stale-refresh-time, dns/stale-answer-client-timeout,
 * dns/resolver-query-timeout, dns/count
 */
export function staleStatements(
  location: Location,
  configuration: NamedConfiguration,
  bind: BindVersion,
): Statement[] {
  const { staleAnswers = {} } = configuration;
  const timeout = queryTimeout(location, configuration, bind);
  const waiting = [
    ...(timeout === undefined ? [] : [statement("resolver-query-timeout", String(timeout))]),
    ...recursionQueries(configuration, bind),
  ];
  if (staleAnswers === "off") {
    return [...waiting, statement("stale-answer-enable", "no"), statement("stale-cache-enable", "no")];
  }
  const {
    maxStaleTtl = Duration.hours(1),
    staleAnswerTtl = Duration.seconds(1),
    staleRefreshTime = Duration.seconds(0),
  } = staleAnswers;
  const mend = "BIND counts whole seconds, and raises 0 to 1";
  const bounds = { least: 1, most: LONGEST, mend };
  const refresh = staleRefreshTime.toSeconds();
  if (refresh !== 0 && (refresh < 30 || refresh > LONGEST || !Number.isInteger(refresh))) {
    throw new ValidationError(location, {
      code: "dns/stale-refresh-time",
      prop: "staleAnswers.staleRefreshTime",
      got: staleRefreshTime,
      allowed: "0 s, or whole seconds from 30 up (RFC 8767, section 5)",
      mend: "BIND raises anything between to 30 s: say what it does",
    });
  }
  return [
    ...waiting,
    statement("stale-answer-enable", "yes"),
    statement("stale-cache-enable", "yes"),
    statement("max-stale-ttl", wholeSeconds(location, "staleAnswers.maxStaleTtl", maxStaleTtl, bounds)),
    statement(
      "stale-answer-ttl",
      wholeSeconds(location, "staleAnswers.staleAnswerTtl", staleAnswerTtl, bounds),
    ),
    statement("stale-refresh-time", String(refresh)),
    statement(
      "stale-answer-client-timeout",
      clientTimeout(location, staleAnswers.staleAnswerClientTimeout, bind, timeout ?? 10_000),
    ),
  ];
}

function clientTimeout(
  location: Location,
  given: Duration | "off" | undefined,
  { release, version }: BindVersion,
  queryTimeoutMs: number,
): string {
  if (given === undefined) return release === "9.20" ? "off" : "1800";
  if (given === "off") return "off";
  const fail = (allowed: string, mend: string): never => {
    throw new ValidationError(location, {
      code: "dns/stale-answer-client-timeout",
      prop: "staleAnswers.staleAnswerClientTimeout",
      got: given,
      allowed,
      mend,
    });
  };
  const milliseconds = given.toMilliseconds();
  if (release === "9.20" && milliseconds !== 0) {
    fail(
      `"off" or 0 s with BIND ${version}`,
      "This version takes any other time for 0. Leave it out, and set resolverQueryTimeout to the longest wait",
    );
  }
  if (milliseconds > queryTimeoutMs - 1_000) {
    fail(
      `at most resolverQueryTimeout less 1 s, ${queryTimeoutMs - 1_000} ms`,
      "Shorten it: a client's own patience is 5 s",
    );
  }
  return String(milliseconds);
}

/** Milliseconds, or undefined for BIND's own 10 s. */
function queryTimeout(
  location: Location,
  { resolverQueryTimeout, staleAnswers = {} }: NamedConfiguration,
  { release, version }: BindVersion,
): number | undefined {
  if (resolverQueryTimeout === undefined) {
    return release === "9.20" && staleAnswers !== "off" ? 2_500 : undefined;
  }
  const milliseconds = resolverQueryTimeout.toMilliseconds();
  const least = release === "9.20" ? 301 : 10_000;
  if (milliseconds >= least && milliseconds <= 30_000) return milliseconds;
  throw new ValidationError(location, {
    code: "dns/resolver-query-timeout",
    prop: "resolverQueryTimeout",
    got: resolverQueryTimeout,
    allowed: `${least} ms to 30 s with BIND ${version}`,
    mend:
      release === "9.20"
        ? "BIND reads up to 300 as seconds"
        : "This version raises less to 10 s: staleAnswers.staleAnswerClientTimeout answers sooner",
  });
}

/**
 * BIND 9.16 gives its stale answer after the client timeout only to who asked first; who asks for the same name
 * meanwhile waits until it gives up, which nothing but this number shortens. It sends one query every 0.8 s.
 */
function recursionQueries(configuration: NamedConfiguration, { release }: BindVersion): Statement[] {
  const { maxRecursionQueries, staleAnswers, forwarders = [], forwardZones = [] } = configuration;
  if (maxRecursionQueries !== undefined)
    return [statement("max-recursion-queries", String(maxRecursionQueries))];
  if (release !== "9.16" || staleAnswers === "off" || forwarders.length === 0) return [];
  const longest = Math.max(forwarders.length, ...forwardZones.map((zone) => zone.forwarders.length));
  return [statement("max-recursion-queries", String(Math.min(6, Math.max(4, longest))))];
}
