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
/** Patterns from here on are looked for apart, since they allow longer leaps. */
const LONGER_PATTERN = 12;
const WIDEST_WINDOW = 24;
const MOST_MATCHES = 1_000_000;
const BASE = 0x01000193;
/** Prefixes are at most the shortest pattern's length doubled so often: the bits of a 16-bit number count them. */
const MOST_DOUBLED = 15;
const MOST_LEAPS = 1 << 21;
const MOST_BEGINNINGS = 1 << 25;

type Entry<T> = readonly [pattern: string, owner: T];

/** Finds many patterns in one pass over a text. */
export class PatternSet<T> {
  readonly #groups: readonly PatternGroup<T>[];
  readonly #size: number;

  constructor(patterns: Iterable<Entry<T>>) {
    const short = { patterns: [] as string[], owners: [] as T[] };
    const long = { patterns: [] as string[], owners: [] as T[] };
    for (const [pattern, owner] of patterns) {
      if (pattern.length >= SHORTEST_PATTERN) {
        const group = pattern.length < LONGER_PATTERN ? short : long;
        group.patterns.push(pattern);
        group.owners.push(owner);
      }
    }
    this.#groups = [short, long]
      .filter((group) => group.patterns.length > 0)
      .map((group) => new PatternGroup(group.patterns, group.owners));
    this.#size = short.patterns.length + long.patterns.length;
  }

  /** How many patterns there are. */
  get size(): number {
    return this.#size;
  }

  /**
   * Where patterns stand in a text. Matches may overlap.
   * @returns undefined if the text was made to be slow, so that the caller hides all of it
   */
  matches(text: string): readonly PatternMatch<T>[] | undefined {
    const found: PatternMatch<T>[] = [];
    for (const group of this.#groups) {
      if (!group.find(text, found)) {
        return undefined;
      }
    }
    return found;
  }
}

/**
 * The algorithm of Wu and Manber: the last characters of a window, as wide as the shortest pattern, say how far the
 * next place is at which any pattern can begin. Where that is here, a table of prefixes, whose lengths double, says which.
 *
 * There can be a million patterns and more, so the tables are of numbers alone.
 */
class PatternGroup<T> {
  readonly #window: number;
  readonly #block: number;
  readonly #leaps: Uint8Array;
  /**
   * Lengths of prefixes, by the hash of the first characters: the bit n is for the shortest length doubled n times. What
   * has the same place shares its bits, so that some are looked for in vain.
   */
  readonly #lengths: Uint16Array;
  /** By the hash of a prefix, the number of the first pattern that has it; numbers begin at 1. */
  readonly #first: Uint32Array;
  /** By the number of a pattern, that of the next one at the same place, in the order of `#patterns`; 0 after the last. */
  readonly #next: Uint32Array;
  /** By the number of a pattern, the hash of its prefix. */
  readonly #hashes: Int32Array;

  constructor(
    private readonly patterns: readonly string[],
    private readonly owners: readonly T[],
  ) {
    const count = patterns.length;
    this.#window = patterns.reduce((least, pattern) => Math.min(least, pattern.length), WIDEST_WINDOW);
    this.#block = this.#window < LONGER_PATTERN ? 3 : 4;
    this.#leaps = new Uint8Array(powerOfTwo(count * this.#window * 4, MOST_LEAPS));
    this.#lengths = new Uint16Array(powerOfTwo(count * 4, MOST_BEGINNINGS));
    this.#first = new Uint32Array(powerOfTwo(count * 2, MOST_BEGINNINGS));
    this.#next = new Uint32Array(count + 1);
    this.#hashes = new Int32Array(count + 1);
    // Of too many patterns hardly any place would be left to leap from: leaps of 0 are always right.
    if (count < MOST_LEAPS) {
      this.#leaps.fill(this.#window - this.#block + 1);
      for (const pattern of patterns) {
        this.#addLeaps(pattern);
      }
    }
    for (let number = count; number > 0; number--) {
      this.#addPrefix(patterns[number - 1] as string, number);
    }
  }

  #addLeaps(pattern: string): void {
    for (let end = this.#block; end <= this.#window; end++) {
      const place = this.#place(pattern, end - 1);
      this.#leaps[place] = Math.min(this.#leaps[place] as number, this.#window - end);
    }
  }

  #addPrefix(pattern: string, number: number): void {
    let doubled = 0;
    while (doubled < MOST_DOUBLED && SHORTEST_PATTERN << (doubled + 1) <= pattern.length) {
      doubled++;
    }
    const beginning = hashOf(pattern, 0, SHORTEST_PATTERN, 0);
    const place = placeOf(beginning, this.#lengths);
    this.#lengths[place] = (this.#lengths[place] as number) | (1 << doubled);
    const hash = hashOf(pattern, SHORTEST_PATTERN, SHORTEST_PATTERN << doubled, beginning);
    this.#hashes[number] = hash;
    const bucket = placeOf(hash, this.#first);
    this.#next[number] = this.#first[bucket] as number;
    this.#first[bucket] = number;
  }

  /** Where the leap for the block that ends at a place stands. */
  #place(text: string, last: number): number {
    let hash = text.charCodeAt(last);
    hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 1);
    hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 2);
    if (this.#block === 4) {
      hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 3);
    }
    return placeOf(hash, this.#leaps);
  }

  /** Adds what stands in a text. Returns false where that took too much. */
  find(text: string, found: PatternMatch<T>[]): boolean {
    let budget = text.length * 64 + 16_000_000;
    const leaps = this.#leaps;
    for (let last = this.#window - 1; last < text.length;) {
      const leap = leaps[this.#place(text, last)] as number;
      if (leap > 0) {
        last += leap;
        continue;
      }
      const start = last - this.#window + 1;
      let hash = hashOf(text, start, start + SHORTEST_PATTERN, 0);
      let hashed = SHORTEST_PATTERN;
      for (let bits = this.#lengths[placeOf(hash, this.#lengths)] as number; bits !== 0; bits &= bits - 1) {
        const length = SHORTEST_PATTERN << (31 - Math.clz32(bits & -bits));
        if (start + length > text.length) {
          break;
        }
        hash = hashOf(text, start + hashed, start + length, hash);
        hashed = length;
        budget -= length + this.#findAt(text, start, hash, found);
        if (budget < 0 || found.length > MOST_MATCHES) {
          return false;
        }
      }
      last++;
    }
    return true;
  }

  /** Adds the patterns that begin at a place, of those whose prefix has a hash. Returns what that took. */
  #findAt(text: string, start: number, hash: number, found: PatternMatch<T>[]): number {
    let taken = 0;
    const first = this.#first[placeOf(hash, this.#first)] as number;
    for (let number = first; number !== 0; number = this.#next[number] as number) {
      taken++;
      if (this.#hashes[number] === hash) {
        const pattern = this.patterns[number - 1] as string;
        taken += pattern.length;
        if (text.startsWith(pattern, start)) {
          found.push({ start, end: start + pattern.length, owner: this.owners[number - 1] as T });
        }
      }
    }
    return taken;
  }
}

/** The next power of two, at least 4096. */
function powerOfTwo(least: number, most: number): number {
  let size = 4096;
  while (size < most && size < least) {
    size *= 2;
  }
  return size;
}

/** Goes on with the hash of characters. */
function hashOf(text: string, start: number, end: number, before: number): number {
  let hash = before;
  for (let index = start; index < end; index++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return hash;
}

/** Where what has a hash stands in a table, whose size is a power of two. */
function placeOf(hash: number, table: { readonly length: number }): number {
  return (hash ^ (hash >>> 15)) & (table.length - 1);
}
