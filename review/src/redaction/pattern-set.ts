/** A part of a text, `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a pattern stands, and whose it is. */
export interface PatternMatch<T> extends Span {
  readonly owner: T;
}

/** Shorter patterns cannot be looked for. */
export const SHORTEST_PATTERN = 6;

const BASE = 0x01000193;
/** `BASE` to the power of `SHORTEST_PATTERN - 1`, modulo 2^32. */
const LEADING = [...Array(SHORTEST_PATTERN - 1).keys()].reduce((power) => Math.imul(power, BASE), 1);

/**
 * Finds many patterns in one pass over a text (Rabin and Karp): a rolling hash of as many characters as the shortest
 * pattern may have says where a pattern can start; a table of prefixes, whose lengths double, says which.
 */
export class PatternSet<T> {
  /** Lengths of prefixes that are in `#prefixes`, longest first, by the hash of the first characters. */
  readonly #lengths = new Map<number, number[]>();
  readonly #prefixes = new Map<string, { readonly pattern: string; readonly owner: T }[]>();
  readonly #starts: Uint8Array;
  readonly #mask: number;
  readonly #size: number;

  constructor(patterns: readonly (readonly [pattern: string, owner: T])[]) {
    const long = patterns.filter(([pattern]) => pattern.length >= SHORTEST_PATTERN);
    this.#size = long.length;
    let places = 4096;
    while (places < 1 << 22 && places < long.length * 32) {
      places *= 2;
    }
    this.#mask = places - 1;
    this.#starts = new Uint8Array(places);
    for (const [pattern, owner] of long) {
      const hash = hashOf(pattern);
      this.#starts[(hash ^ (hash >>> 15)) & this.#mask] = 1;
      let length = SHORTEST_PATTERN;
      while (length * 2 <= pattern.length) {
        length *= 2;
      }
      const lengths = this.#lengths.get(hash);
      if (lengths === undefined) {
        this.#lengths.set(hash, [length]);
      } else if (!lengths.includes(length)) {
        lengths.push(length);
        lengths.sort((a, b) => b - a);
      }
      const prefix = pattern.slice(0, length);
      const bucket = this.#prefixes.get(prefix);
      if (bucket === undefined) {
        this.#prefixes.set(prefix, [{ pattern, owner }]);
      } else {
        bucket.push({ pattern, owner });
      }
    }
  }

  /** How many patterns there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Where patterns stand in a text, in the order of their starts. Matches may overlap.
   * @returns undefined if the text was made to be slow, so that the caller hides all of it
   */
  matches(text: string): PatternMatch<T>[] | undefined {
    const found: PatternMatch<T>[] = [];
    if (this.#size === 0 || text.length < SHORTEST_PATTERN) {
      return found;
    }
    let budget = text.length * 64 + 16_000_000;
    const starts = this.#starts;
    const mask = this.#mask;
    let hash = 0;
    for (let end = 0; end < SHORTEST_PATTERN - 1; end++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
    }
    for (let start = 0, end = SHORTEST_PATTERN - 1; end < text.length; start++, end++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
      if (starts[(hash ^ (hash >>> 15)) & mask] === 1) {
        for (const length of this.#lengths.get(hash) ?? []) {
          if (start + length > text.length) {
            continue;
          }
          budget -= length;
          for (const { pattern, owner } of this.#prefixes.get(text.slice(start, start + length)) ?? []) {
            budget -= pattern.length;
            if (text.startsWith(pattern, start)) {
              found.push({ start, end: start + pattern.length, owner });
            }
          }
          if (budget < 0 || found.length > MOST_MATCHES) {
            return undefined;
          }
        }
      }
      hash = (hash - Math.imul(text.charCodeAt(start), LEADING)) | 0;
    }
    return found;
  }
}

const MOST_MATCHES = 1_000_000;

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < SHORTEST_PATTERN; index++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
