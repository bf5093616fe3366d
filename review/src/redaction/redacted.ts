/**
 * Values after redaction. Whoever reads plans for people works on these alone, so that no secret can reach a reader.
 */

/** A secret in place of its value. Two of them can be compared, and nothing else can be learnt from them. */
export class Secret {
  readonly #identity: string;

  /**
   * @param identity the same for the same value; never shown
   * @param hash a keyed hash of the value, for readers; only where the pipeline gave a key
   */
  constructor(
    identity: string,
    readonly hash?: string,
  ) {
    this.#identity = identity;
  }

  /** Whether it stands for the same value. */
  equals(other: Secret): boolean {
    return this.#identity === other.#identity;
  }
}

/** In place of what is known only after apply. */
export class Unknown {
  /** The one there is. */
  static readonly VALUE = new Unknown();

  private constructor() {
    // One is enough: they are all alike.
  }
}

/** A text that the plan holds encoded (`content_base64` of an upload): decoded, with its secrets removed. */
export class EncodedText {
  constructor(
    readonly encoding: "base64",
    readonly text: string,
  ) {}
}

/** A value without secrets: JSON, with the classes above as further leaves. Strings may hold `REDACTED` in place of a secret. */
export type Redacted =
  | null
  | boolean
  | number
  | string
  | Secret
  | Unknown
  | EncodedText
  | readonly Redacted[]
  | { readonly [key: string]: Redacted };

/** What stands in a text in place of a secret. */
export const REDACTED = "(sensitive)";

/** A change without its secrets. */
export interface RedactedChange {
  /** Before; undefined where there was nothing. */
  readonly before: Redacted | undefined;
  /** After, with `Unknown` wherever it is known only after apply; undefined where nothing is left. */
  readonly after: Redacted | undefined;
}
