import { ValidationError } from "./errors";

/** An amount of memory or disk. Whole bytes, never negative. */
export class Size {
  /** @param amount whole bytes, 0 or more */
  public static bytes(amount: number): Size {
    return new Size(amount, "Size.bytes");
  }

  /** @param amount units of 1,024 bytes */
  public static kibibytes(amount: number): Size {
    return new Size(amount * 1024, "Size.kibibytes");
  }

  /** @param amount units of 1,024 KiB */
  public static mebibytes(amount: number): Size {
    return new Size(amount * 1024 ** 2, "Size.mebibytes");
  }

  /** @param amount units of 1,024 MiB */
  public static gibibytes(amount: number): Size {
    return new Size(amount * 1024 ** 3, "Size.gibibytes");
  }

  private readonly amount: number;

  private constructor(bytes: number, prop: string) {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new ValidationError("Size", {
        code: "core/size",
        prop,
        got: bytes,
        allowed: "a whole number of bytes, 0 or more",
        mend: "Give an amount that comes to whole bytes",
      });
    }
    this.amount = bytes;
  }

  /** Whole bytes. */
  public toBytes(): number {
    return this.amount;
  }

  /** MiB, with a fraction where there is one. */
  public toMebibytes(): number {
    return this.amount / 1024 ** 2;
  }

  /** Tells whether this amount is smaller than another. */
  public isSmallerThan(other: Size): boolean {
    return this.amount < other.amount;
  }

  /** The amount in the largest binary unit that keeps it whole: `256MiB`. */
  public toString(): string {
    for (const [unit, bytes] of [
      ["GiB", 1024 ** 3],
      ["MiB", 1024 ** 2],
      ["KiB", 1024],
    ] as const) {
      if (this.amount >= bytes && this.amount % bytes === 0) return `${this.amount / bytes}${unit}`;
    }
    return `${this.amount}B`;
  }

  /** The same as `toString`. */
  public toJSON(): string {
    return this.toString();
  }
}
