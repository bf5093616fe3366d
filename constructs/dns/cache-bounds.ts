import type { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";
import { Size } from "../core/size";
import type { NamedConfiguration } from "./named-configuration";
import { type Statement, statement } from "./statements";

/** When an answer is renewed before it runs out: `prefetch` of the ARM. */
export interface Prefetch {
  /** The time that is left, 1 to 10 s. */
  readonly trigger: Duration;
  /**
   * The time that the answer must have been given at first: at least 6 s more than the trigger.
   * @default - 9 s, or 6 s more than the trigger where that is longer
   */
  readonly eligibility?: Duration;
}

/**
 * Whole seconds, as BIND counts.
 * @throws ValidationError dns/time
 */
export function wholeSeconds(
  location: Location,
  prop: string,
  duration: Duration,
  bounds: { readonly least: number; readonly most: number; readonly mend: string },
): string {
  const seconds = duration.toSeconds();
  if (Number.isInteger(seconds) && seconds >= bounds.least && seconds <= bounds.most) return String(seconds);
  throw new ValidationError(location, {
    code: "dns/time",
    prop,
    got: duration,
    allowed: `whole seconds from ${bounds.least} to ${bounds.most}`,
    mend: bounds.mend,
  });
}

const DAY = 86_400;
/** The longest time that BIND reads, in seconds. */
const LONGEST = 4_294_967_295;

const TTL_BOUNDS = {
  maxCacheTtl: ["max-cache-ttl", 1, LONGEST, "Without a cache every lookup waits for the zone's servers"],
  minCacheTtl: ["min-cache-ttl", 0, 90, "BIND allows at most 90 s, as more would hide changes"],
  maxNcacheTtl: ["max-ncache-ttl", 0, 7 * DAY, "BIND allows at most 7 days"],
  minNcacheTtl: ["min-ncache-ttl", 0, 90, "BIND allows at most 90 s, as more would hide new names"],
} as const;

/**
 * The statements that bound the cache.
 * @throws ValidationError dns/cache-size, dns/time, dns/cache-ttls
 */
export function cacheStatements(location: Location, configuration: NamedConfiguration): Statement[] {
  const { maxCacheSize = Size.mebibytes(64), prefetch } = configuration;
  if (maxCacheSize.isSmallerThan(Size.mebibytes(2))) {
    throw new ValidationError(location, {
      code: "dns/cache-size",
      prop: "maxCacheSize",
      got: maxCacheSize,
      allowed: "2MiB or more",
      mend: "BIND takes less for 2 MiB, and 0 for all memory: name what it may take",
    });
  }
  const statements = [statement("max-cache-size", String(maxCacheSize.toBytes()))];
  for (const prop of ["maxCacheTtl", "minCacheTtl", "maxNcacheTtl", "minNcacheTtl"] as const) {
    const duration = configuration[prop];
    if (duration === undefined) continue;
    const [option, least, most, mend] = TTL_BOUNDS[prop];
    statements.push(statement(option, wholeSeconds(location, prop, duration, { least, most, mend })));
  }
  for (const [min, max, otherwise] of [
    ["minCacheTtl", "maxCacheTtl", 7 * DAY],
    ["minNcacheTtl", "maxNcacheTtl", 10_800],
  ] as const) {
    const longest = configuration[max]?.toSeconds() ?? otherwise;
    const shortest = configuration[min];
    if (shortest === undefined || shortest.toSeconds() <= longest) continue;
    throw new ValidationError(location, {
      code: "dns/cache-ttls",
      prop: min,
      got: shortest,
      allowed: `at most ${max}, ${longest} s`,
      mend: "Lower the shortest time or raise the longest",
    });
  }
  return prefetch === undefined ? statements : [...statements, prefetchStatement(location, prefetch)];
}

function prefetchStatement(location: Location, prefetch: Prefetch | "off"): Statement {
  if (prefetch === "off") return statement("prefetch", "0");
  const trigger = wholeSeconds(location, "prefetch.trigger", prefetch.trigger, {
    least: 1,
    most: 10,
    mend: 'BIND lowers more to 10 s; write "off" for none at all',
  });
  const least = Number(trigger) + 6;
  const eligibility =
    prefetch.eligibility === undefined
      ? String(Math.max(9, least))
      : wholeSeconds(location, "prefetch.eligibility", prefetch.eligibility, {
          least,
          most: 7 * DAY,
          mend: "BIND raises less to 6 s more than the trigger: say what it does",
        });
  return statement("prefetch", trigger, eligibility);
}
