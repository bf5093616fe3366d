import type { Identities } from "./identities";
import { REDACTED } from "./redacted";

/**
 * What stands in texts in place of secrets, within one change: `(sensitive)` for the first secret, `(sensitive 2)` for
 * the next other one, so that texts whose secrets differ differ. With a key it is `(sensitive 0123456789ab)`, the keyed
 * hash of the secret, which is the same everywhere.
 */
export class Labels {
  readonly #numbers = new Map<string, string>();

  constructor(private readonly identities: Identities) {}

  /** The label of a secret. */
  of(secret: string): string {
    const known = this.#numbers.get(secret);
    if (known !== undefined) {
      return known;
    }
    const number = this.#numbers.size + 1;
    const mark = this.identities.hash(secret) ?? (number === 1 ? undefined : String(number));
    const label = mark === undefined ? REDACTED : `${REDACTED.slice(0, -1)} ${mark})`;
    this.#numbers.set(secret, label);
    return label;
  }
}
