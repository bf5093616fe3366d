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
/** Prefixes are at most the shortest pattern's length doubled so often: bits of a number count them. */
const MOST_DOUBLED = 24;

type Entry<T> = readonly [pattern: string, owner: T];

/** A pattern, and those with the same prefix that were added after it. */
interface Chain<T> {
  readonly pattern: string;
  readonly owner: T;
  next: Chain<T> | undefined;
  /** The last one of the chain; of its first one only. */
  last: Chain<T> | undefined;
}

/** Finds many patterns in one pass over a text. */
export class PatternSet<T> {
  readonly #groups: readonly PatternGroup<T>[];
  readonly #size: number;

  constructor(patterns: readonly Entry<T>[]) {
    const usable = patterns.filter(([pattern]) => pattern.length >= SHORTEST_PATTERN);
    const groups = [
      usable.filter(([pattern]) => pattern.length < LONGER_PATTERN),
      usable.filter(([pattern]) => pattern.length >= LONGER_PATTERN),
    ];
    this.#groups = groups.filter((group) => group.length > 0).map((group) => new PatternGroup(group));
    this.#size = usable.length;
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
 */
class PatternGroup<T> {
  readonly #window: number;
  readonly #block: number;
  readonly #leaps: Uint8Array;
  readonly #mask: number;
  /**
   * Lengths of prefixes that are in `#prefixes`, by the hash of the first characters: the bit n is for the shortest
   * length doubled n times. There can be a hundred thousand, so a number takes the place of a list.
   */
  readonly #lengths = new Map<number, number>();
  readonly #prefixes = new Map<string, Chain<T>>();

  constructor(patterns: readonly Entry<T>[]) {
    this.#window = patterns.reduce((least, [pattern]) => Math.min(least, pattern.length), WIDEST_WINDOW);
    this.#block = this.#window < LONGER_PATTERN ? 3 : 4;
    let places = 4096;
    while (places < 1 << 21 && places < patterns.length * this.#window * 4) {
      places *= 2;
    }
    this.#mask = places - 1;
    this.#leaps = new Uint8Array(places).fill(this.#window - this.#block + 1);
    for (const [pattern, owner] of patterns) {
      for (let end = this.#block; end <= this.#window; end++) {
        const place = this.#place(pattern, end - 1);
        this.#leaps[place] = Math.min(this.#leaps[place] as number, this.#window - end);
      }
      this.#add(pattern, owner);
    }
  }

  #add(pattern: string, owner: T): void {
    let length = SHORTEST_PATTERN;
    let doubled = 0;
    while (length * 2 <= pattern.length && doubled < MOST_DOUBLED) {
      length *= 2;
      doubled++;
    }
    const hash = hashOf(pattern, 0);
    this.#lengths.set(hash, (this.#lengths.get(hash) ?? 0) | (1 << doubled));
    const prefix = pattern.slice(0, length);
    const added: Chain<T> = { pattern, owner, next: undefined, last: undefined };
    const first = this.#prefixes.get(prefix);
    if (first === undefined) {
      this.#prefixes.set(prefix, added);
    } else {
      (first.last ?? first).next = added;
      first.last = added;
    }
  }

  /** Where the leap for the block that ends at a place stands. */
  #place(text: string, last: number): number {
    let hash = text.charCodeAt(last);
    hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 1);
    hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 2);
    if (this.#block === 4) {
      hash = Math.imul(hash, BASE) ^ text.charCodeAt(last - 3);
    }
    return (hash ^ (hash >>> 15)) & this.#mask;
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
      for (let bits = this.#lengths.get(hashOf(text, start)) ?? 0; bits !== 0;) {
        const doubled = 31 - Math.clz32(bits);
        bits ^= 1 << doubled;
        const length = SHORTEST_PATTERN << doubled;
        if (start + length > text.length) {
          continue;
        }
        budget -= length;
        const first = this.#prefixes.get(text.slice(start, start + length));
        for (let chain = first; chain !== undefined; chain = chain.next) {
          const { pattern, owner } = chain;
          budget -= pattern.length;
          if (text.startsWith(pattern, start)) {
            found.push({ start, end: start + pattern.length, owner });
          }
        }
        if (budget < 0 || found.length > MOST_MATCHES) {
          return false;
        }
      }
      last++;
    }
    return true;
  }
}

function hashOf(text: string, start: number): number {
  let hash = 0;
  for (let index = start; index < start + SHORTEST_PATTERN; index++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
