import semver from "semver";
import { type Location, ValidationError } from "./errors";

/**
 * Checks an exact version and gives it back as a full `major.minor.patch`. A leading `v`, a missing patch
 * (`9.18`) and whatever Debian puts behind (`20.10.24+dfsg1`) are understood.
 * @throws ValidationError core/version
 */
export function requireVersion(location: Location, prop: string, text: string): string {
  // Zeros in front, as in Docker's 19.03.15, are no part of semver's grammar.
  const version = /^v?\d+(\.\d+){1,2}([-+~].*)?$/.test(text)
    ? semver.coerce(text.replace(/(?<=[v.])0+(?=\d)/g, ""))?.version
    : undefined;
  if (version !== undefined) return version;
  throw new ValidationError(location, {
    code: "core/version",
    prop,
    got: text,
    allowed: "an exact version such as 1.19.2",
    mend: "Give the version that runs there: no range, no name such as latest",
  });
}

/** Tells whether a version is in a range of npm's grammar (`>=1.12.0 <1.22.0`); pre-releases count as their release. */
export function inRange(version: string, range: string): boolean {
  return semver.satisfies(semver.coerce(version) ?? version, range);
}

/** Compares two versions: negative when the first is older. */
export function compareVersions(a: string, b: string): number {
  return semver.compare(semver.coerce(a) ?? a, semver.coerce(b) ?? b);
}
