/**
 * What `JSON.parse` does not tell of a text: how deep it nests, which keys stand twice in one object, and which numbers
 * a double does not hold. One pass, without recursion; the text need not be sound JSON.
 */

/** How deep a document may nest. Terraform's stay below a hundred; recursion over one of this depth is safe. */
export const MAX_DEPTH = 512;

/** What was found in a text. */
export interface JsonScan {
  /** Whether it nests deeper than `MAX_DEPTH`; then nothing else was looked at to the end. */
  readonly tooDeep: boolean;
  /** Where a key stands that its object has already, or -1. */
  readonly repeatedKeyAt: number;
  /** Where numbers stand that a double does not hold: start and end, one after the other. */
  readonly inexactNumbers: readonly number[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;

/** Where the string ends that opens at `start`: the position of its closing quote, or -1. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let first = end;
    while (first - 1 > start && text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    if ((end - first) % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}

/** A key's name: the text between its quotes, without escapes. */
function nameOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    // Not JSON: that is for `JSON.parse` to say.
    return raw;
  }
}

/** Objects with more keys than this have a set of them; in smaller ones each key is compared with those before. */
const MOST_COMPARED = 64;

/**
 * The keys of the objects that are open, by their places in the text: a copy of every key of a plan would take as much
 * memory as the plan.
 */
class Keys {
  /** A hash, the start and the end of each key, those of the innermost object last. */
  readonly #places: number[] = [];
  /** Where the keys of each depth begin in `#places`. */
  readonly #first: number[] = [];
  readonly #sets: (Set<string> | undefined)[] = [];

  constructor(private readonly text: string) {}

  /** An object or a list begins. */
  open(depth: number): void {
    this.#first[depth] = this.#places.length;
    this.#sets[depth] = undefined;
  }

  /** It ends. */
  close(depth: number): void {
    const first = this.#first[depth];
    if (first !== undefined) this.#places.length = Math.min(this.#places.length, first);
    this.#sets[depth] = undefined;
  }

  /** Adds a key, by the places of its quotes. Gives whether its object has it already. */
  add(depth: number, start: number, end: number): boolean {
    const first = this.#first[depth] ?? 0;
    let names = this.#sets[depth];
    const hash = this.#hashOf(start, end);
    if (names === undefined && (hash === undefined || this.#places.length - first > MOST_COMPARED * 3)) {
      names = new Set();
      for (let at = first; at < this.#places.length; at += 3)
        names.add(nameOf(this.text, this.#places[at + 1] ?? 0, this.#places[at + 2] ?? 0));
      this.#sets[depth] = names;
    }
    if (names !== undefined) {
      const name = nameOf(this.text, start, end);
      if (names.has(name)) return true;
      names.add(name);
      return false;
    }
    for (let at = first; at < this.#places.length; at += 3)
      if (
        this.#places[at] === hash &&
        this.#isSame(start, end, this.#places[at + 1] ?? 0, this.#places[at + 2] ?? 0)
      )
        return true;
    this.#places.push(hash ?? 0, start, end);
    return false;
  }

  /** A hash of a key; undefined for one with escapes, whose text is not its name. */
  #hashOf(start: number, end: number): number | undefined {
    let hash = 0;
    for (let at = start + 1; at < end; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    return hash;
  }

  #isSame(start: number, end: number, otherStart: number, otherEnd: number): boolean {
    if (end - start !== otherEnd - otherStart) return false;
    for (let at = 1; at < end - start; at += 1)
      if (this.text.charCodeAt(start + at) !== this.text.charCodeAt(otherStart + at)) return false;
    return true;
  }
}

/** A number's digits without sign, point, exponent, and the zeros at both ends. */
function significant(literal: string): string {
  return literal
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
}

/** More digits than this `toPrecision` does not give. */
const MAX_PRECISION = 100;

/**
 * Whether a double holds the number: its digits come back from it, be it in the shortest form, or in the exact one,
 * which is how Terraform writes what a provider gave as a double.
 */
function isExact(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  const digits = significant(literal);
  return (
    digits === significant(value.toExponential()) || digits === significant(value.toPrecision(MAX_PRECISION))
  );
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** Whether the character can stand in a number: digits, `+`, `-`, `.`, `E`, `e`. */
const isOfNumber = (code: number) =>
  isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x45 || code === 0x65;

/** Fewer digits than this a double always holds, unless there is an exponent. */
const EXACT_LENGTH = 15;

/** Looks through a text. */
export function scanJson(text: string): JsonScan {
  const keys = new Keys(text);
  const inexactNumbers: number[] = [];
  let repeatedKeyAt = -1;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (end < 0) break;
      let next = end + 1;
      while (text.charCodeAt(next) <= SPACE) next += 1;
      if (text.charCodeAt(next) === COLON && repeatedKeyAt < 0) {
        if (keys.add(depth, at, end)) repeatedKeyAt = at;
      }
      at = next - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return { tooDeep: true, repeatedKeyAt, inexactNumbers };
      keys.open(depth);
    } else if (code === 0x7d || code === 0x5d) {
      keys.close(depth);
      depth = Math.max(0, depth - 1);
    } else if (isDigit(code) || code === 0x2d) {
      let end = at + 1;
      let exponent = false;
      while (isOfNumber(text.charCodeAt(end))) {
        if (text.charCodeAt(end) === 0x65 || text.charCodeAt(end) === 0x45) exponent = true;
        end += 1;
      }
      if ((exponent || end - at > EXACT_LENGTH) && !isExact(text.slice(at, end)))
        inexactNumbers.push(at, end);
      at = end - 1;
    }
  }
  return { tooDeep: false, repeatedKeyAt, inexactNumbers };
}

/** The text with numbers that a double does not hold as strings of their digits, so that none of them is lost. */
export function quoteNumbers(text: string, places: readonly number[]): string {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < places.length; i += 2) {
    const start = places[i] ?? 0;
    const end = places[i + 1] ?? 0;
    parts.push(text.slice(from, start), '"', text.slice(start, end), '"');
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join("");
}
