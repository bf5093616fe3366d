import { ValidationError } from "./errors";

/** A length of time. Whole milliseconds, never negative. */
export class Duration {
  /** @param amount whole milliseconds, 0 or more */
  public static milliseconds(amount: number): Duration {
    return new Duration(amount, "Duration.milliseconds");
  }

  /** @param amount seconds, 0 or more; a fraction down to a millisecond is allowed */
  public static seconds(amount: number): Duration {
    return new Duration(amount * 1_000, "Duration.seconds");
  }

  /** @param amount minutes, 0 or more */
  public static minutes(amount: number): Duration {
    return new Duration(amount * 60_000, "Duration.minutes");
  }

  /** @param amount hours, 0 or more */
  public static hours(amount: number): Duration {
    return new Duration(amount * 3_600_000, "Duration.hours");
  }

  /** @param amount days of 24 hours, 0 or more */
  public static days(amount: number): Duration {
    return new Duration(amount * 86_400_000, "Duration.days");
  }

  private readonly ms: number;

  private constructor(ms: number, prop: string) {
    const rounded = Math.round(ms);
    if (!Number.isSafeInteger(rounded) || Math.abs(ms - rounded) > 1e-6 || rounded < 0) {
      throw new ValidationError("Duration", {
        code: "core/duration",
        prop,
        got: ms,
        allowed: "a whole number of milliseconds, 0 or more",
        mend: "Give a time that is not negative and no finer than a millisecond",
      });
    }
    this.ms = rounded;
  }

  /** Whole milliseconds. */
  public toMilliseconds(): number {
    return this.ms;
  }

  /** Seconds, with a fraction where there is one. */
  public toSeconds(): number {
    return this.ms / 1_000;
  }

  /** Whole seconds, rounded up. */
  public toWholeSeconds(): number {
    return Math.ceil(this.ms / 1_000);
  }

  /** Tells whether this time is longer than another. */
  public isLongerThan(other: Duration): boolean {
    return this.ms > other.ms;
  }

  /** Tells whether this is no time at all. */
  public isZero(): boolean {
    return this.ms === 0;
  }

  /**
   * The text that Go's `time.Duration.String` writes: `1m0s`, `1.5s`, `250ms`, `0s`. Docker's provider reads
   * durations back in this form, so any other spelling would plan a change for ever.
   */
  public toGoString(): string {
    if (this.ms === 0) return "0s";
    if (this.ms < 1_000) return `${this.ms}ms`;
    const hours = Math.floor(this.ms / 3_600_000);
    const minutes = Math.floor((this.ms % 3_600_000) / 60_000);
    const seconds = (this.ms % 60_000) / 1_000;
    return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
  }

  /** The same as `toGoString`. */
  public toString(): string {
    return this.toGoString();
  }

  /** The same as `toGoString`, so that messages and JSON show a time and not its fields. */
  public toJSON(): string {
    return this.toGoString();
  }
}
