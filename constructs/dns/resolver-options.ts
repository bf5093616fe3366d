import type { Duration } from "../core/duration";
import { isDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";

/** `options` of resolv.conf(5), for the programs of the host. */
export interface ResolverOptions {
  /**
   * How many dots a name must have to be asked for as it is first; 0 to 15.
   * @default - the C library's own, 1
   */
  readonly ndots?: number;
  /**
   * How long an answer is waited for; whole seconds, 1 to 30. A name server that is not there refuses at once on
   * loopback, so that this counts for a silent one alone.
   * @default - the C library's own, 5 s
   */
  readonly timeout?: Duration;
  /**
   * How often the name server is asked; 1 to 5.
   * @default - the C library's own, 2
   */
  readonly attempts?: number;
  /**
   * Asks for answers of more than 512 bytes over UDP.
   * @default false
   */
  readonly edns0?: boolean;
  /**
   * Asks for IPv4 and IPv6 addresses one after the other instead of both at once.
   * @default false
   */
  readonly singleRequest?: boolean;
  /**
   * Lets programs see whether the name server validated an answer (glibc 2.31).
   * @default false
   */
  readonly trustAd?: boolean;
}

/**
 * The words of `options`, in resolv.conf's own order.
 * @throws ValidationError dns/resolver-option
 */
export function resolverOptionWords(location: Location, options: ResolverOptions): string[] {
  const bounded = (
    prop: "ndots" | "timeout" | "attempts",
    value: number | undefined,
    least: number,
    most: number,
  ) => {
    if (value === undefined) return [];
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new ValidationError(location, {
        code: "dns/resolver-option",
        prop: `options.${prop}`,
        got: options[prop],
        allowed: `a whole number${prop === "timeout" ? " of seconds" : ""} from ${least} to ${most}`,
        mend: "The C library cuts anything else off: say what it does",
      });
    }
    return [`${prop}:${value}`];
  };
  const word = (given: boolean | undefined, name: string) => (given === true ? [name] : []);
  const seconds = options.timeout === undefined ? undefined : options.timeout.toMilliseconds() / 1000;
  return [
    ...bounded("ndots", options.ndots, 0, 15),
    ...bounded("timeout", seconds, 1, 30),
    ...bounded("attempts", options.attempts, 1, 5),
    ...word(options.edns0, "edns0"),
    ...word(options.singleRequest, "single-request"),
    ...word(options.trustAd, "trust-ad"),
  ];
}

/**
 * Checks domains that short names are looked for in.
 * @throws ValidationError dns/search-domain
 */
export function requireSearchDomains(location: Location, search: readonly string[]): void {
  const fail = (prop: string, got: unknown): never => {
    throw new ValidationError(location, {
      code: "dns/search-domain",
      prop,
      got,
      allowed: "one to six domains without a dot at the end, 256 characters together",
      mend: "Give domains alone, or leave the prop out to keep those of the host",
    });
  };
  // glibc before 2.26 ignores what is beyond these bounds.
  if (search.length < 1 || search.length > 6 || search.join(" ").length > 256) fail("search", search);
  search.forEach((domain, i) => {
    if (!isDomainName(domain)) fail(`search[${i}]`, domain);
  });
}
