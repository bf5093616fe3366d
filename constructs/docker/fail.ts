import { type Location, ValidationError } from "../core/errors";

/** Throws a ValidationError for one value; the location is known already. */
export type Fail = (code: string, prop: string, got: unknown, allowed: string, mend: string) => never;

/** What throws for one construct. */
export function failAt(location: Location): Fail {
  return (code, prop, got, allowed, mend) => {
    throw new ValidationError(location, { code, prop, got, allowed, mend });
  };
}
