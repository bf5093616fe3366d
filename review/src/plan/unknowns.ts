import type { z } from "zod";
import type { UnknownPart } from "./plan";
import { isObject, kindOf } from "./read-document";

/** The longest text of the plan that an unknown part repeats. */
const LONGEST = 80;

/** What the plan says in a place where a word of the format is expected; of anything else only the kind. */
function word(value: unknown): string {
  if (typeof value === "string") return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  if (Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item === "string")) {
    const words = value.join(", ");
    return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : `[${words}]`;
  }
  return kindOf(value);
}

/** Collects what is not known. */
export class Unknowns {
  readonly parts: UnknownPart[] = [];

  /** Notes a word that is not known. */
  word(where: string, what: string, got: unknown): void {
    this.parts.push({ where, what, got: word(got) });
  }

  /** Notes a value that is not what the format says; nothing but its kind, as it may be a secret. */
  value(where: string, what: string, got: unknown): void {
    this.parts.push({ where, what, got: kindOf(got) });
  }

  /**
   * Checks a value, and notes each field that is not as it should be.
   *
   * @returns the value itself, without the faulty fields, and whether it was sound
   */
  check(
    where: string,
    schema: z.ZodType,
    value: unknown,
  ): { fields: Readonly<Record<string, unknown>>; sound: boolean } {
    const { success, error } = schema.safeParse(value);
    if (success) return { fields: value as Readonly<Record<string, unknown>>, sound: true };
    if (!isObject(value)) {
      this.value(where, "field of another type", value);
      return { fields: {}, sound: false };
    }
    const faulty = new Set(error.issues.map((issue) => String(issue.path[0] ?? "")));
    for (const key of faulty) this.value(where, `field of another type: ${key}`, value[key]);
    return {
      fields: Object.fromEntries(Object.entries(value).filter(([key]) => !faulty.has(key))),
      sound: false,
    };
  }
}
