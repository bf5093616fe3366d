import { type Location, ValidationError } from "../core/errors";
import { compareVersions, inRange, requireVersion } from "../core/versions";

/** A stable release of BIND that the renderer knows. */
export type BindRelease = "9.16" | "9.18" | "9.20";

/** What is known of a release. */
interface BindReleaseFacts {
  /** Its versions, as a range of npm's grammar. */
  readonly range: string;
  /** The version whose own named-checkconf and named have loaded what the renderer writes. */
  readonly tried: string;
}

/**
 * The releases that the renderer knows, oldest first, each with the version that was tried (those of Debian 11, 12
 * and 13). Another patch version is rendered as the one that was tried.
 */
export const BIND_RELEASES: Readonly<Record<BindRelease, BindReleaseFacts>> = {
  "9.16": { range: ">=9.16.0 <9.17.0", tried: "9.16.50" },
  "9.18": { range: ">=9.18.0 <9.19.0", tried: "9.18.49" },
  "9.20": { range: ">=9.20.0 <9.21.0", tried: "9.20.26" },
};

/** A checked version. */
export interface BindVersion {
  /** `major.minor.patch`. */
  readonly version: string;
  /** Its release, by which the renderer decides. */
  readonly release: BindRelease;
}

/**
 * Checks BIND's version: `9.18`, `9.18.49`, or as Debian writes it.
 * @throws ValidationError core/version, dns/bind-version
 */
export function requireBindVersion(location: Location, prop: string, text: string): BindVersion {
  const version = requireVersion(location, prop, text);
  for (const [release, { range }] of Object.entries(BIND_RELEASES)) {
    if (inRange(version, range)) return { version, release: release as BindRelease };
  }
  const mend =
    compareVersions(version, "9.16.0") < 0
      ? "Older ones get no security fixes, and know neither stale-refresh-time nor stale-answer-client-timeout: take 9.18 or 9.20"
      : compareVersions(version, "9.21.0") >= 0
        ? "Newer ones are untried, and options come and go with every release: take 9.20"
        : "An odd minor number is a development release: take the stable one that follows it";
  throw new ValidationError(location, {
    code: "dns/bind-version",
    prop,
    got: text,
    allowed: "a stable version of BIND from 9.16 to 9.20",
    mend,
  });
}
