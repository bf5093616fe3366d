import { encodedRuns, isReadable } from "./base64";
import { byteRuns } from "./byte-runs";
import { encodingsOf } from "./encodings";
import type { TextKind } from "./named-secrets";
import type { Span } from "./pattern-set";
import { PatternSet, SHORTEST_PATTERN } from "./pattern-set";
import type { TextSecrets } from "./text-secrets";

/** A part of a text that is hidden, and the secret that it stands for. */
export interface HiddenSpan extends Span {
  readonly secret: string;
}

/** Of secrets longer than this only three parts are looked for, and a text with all three is hidden as a whole. */
const LONG = 4096;
const PART = 512;
const PARTS = 3;
const DEEPEST_ENCODING = 3;
/** Texts shorter than this are cheaper to look through again than to remember. */
const WORTH_REMEMBERING = 256;

interface Owner {
  readonly secret: string;
  /** Which part of a long secret the pattern is of. */
  readonly part?: number;
}

/** Finds secrets in texts: the copies of known ones in all their encodings, and what names and shapes tell. */
export class Scrubber {
  readonly #patterns: PatternSet<Owner>;
  readonly #clean: Record<TextKind, Set<string>> = {
    text: new Set(),
    entry: new Set(),
    passwords: new Set(),
  };

  /** @param secrets the known secrets; those that are too short to look for are left out */
  constructor(
    secrets: Iterable<string>,
    private readonly textSecrets: TextSecrets,
  ) {
    this.#patterns = new PatternSet(patternsOf(secrets));
  }

  /** What has to be hidden in a text, in its order, without overlaps. */
  hidden(text: string, kind: TextKind): readonly HiddenSpan[] {
    if (text.length >= WORTH_REMEMBERING && this.#clean[kind].has(text)) {
      return [];
    }
    const found = this.#find(text, kind, 0);
    if (found.length === 0) {
      if (text.length >= WORTH_REMEMBERING) {
        this.#clean[kind].add(text);
      }
      return found;
    }
    return merge(text, found);
  }

  #find(text: string, kind: TextKind, depth: number): HiddenSpan[] {
    const whole = { start: 0, end: text.length, secret: text };
    const found: HiddenSpan[] = [];
    const matches = this.#patterns.matches(text);
    if (matches === undefined) {
      return [whole];
    }
    const parts = new Map<string, Set<number>>();
    for (const { start, end, owner } of matches) {
      if (owner.part === undefined) {
        found.push({ start, end, secret: owner.secret });
        continue;
      }
      const seen = parts.get(owner.secret) ?? new Set();
      parts.set(owner.secret, seen.add(owner.part));
      if (seen.size === PARTS) {
        return [whole];
      }
    }
    for (const span of this.textSecrets.spans(text, kind)) {
      found.push({ ...span, secret: text.slice(span.start, span.end) });
    }
    if (depth < DEEPEST_ENCODING) {
      const known = this.#patterns.size > 0;
      for (const { start, end, decoded, further } of encodedRuns(text)) {
        if (
          ((known || isReadable(decoded)) && this.#findEncoded(decoded, depth + 1)) ||
          (known && this.#holdsKnown(further))
        ) {
          found.push({ start, end, secret: text.slice(start, end) });
        }
      }
      for (const { start, end, decoded } of known ? byteRuns(text) : []) {
        if (this.#holdsKnown(decoded)) {
          found.push({ start, end, secret: text.slice(start, end) });
        }
      }
    }
    return found;
  }

  #findEncoded(decoded: string, depth: number): boolean {
    if (isReadable(decoded)) {
      return this.#find(decoded, "text", depth).length > 0;
    }
    // Bytes: names mean nothing in them, but known secrets may stand between.
    return this.#holdsKnown([decoded]);
  }

  #holdsKnown(texts: Iterable<string>): boolean {
    for (const text of texts) {
      const matches = this.#patterns.matches(text);
      if (matches === undefined || matches.length > 0) {
        return true;
      }
    }
    return false;
  }
}

function* patternsOf(secrets: Iterable<string>): Iterable<readonly [string, Owner]> {
  for (const secret of secrets) {
    if (secret.length < SHORTEST_PATTERN || secret.trim() === "") {
      continue;
    }
    if (secret.length <= LONG) {
      const owner = { secret };
      for (const pattern of encodingsOf(secret)) {
        yield [pattern, owner];
      }
      continue;
    }
    const middle = (secret.length - PART) >>> 1;
    for (const [part, start] of [0, middle, secret.length - PART].entries()) {
      const owner = { secret, part };
      for (const pattern of encodingsOf(secret.slice(start, start + PART))) {
        yield [pattern, owner];
      }
    }
  }
}

/** Joins what overlaps. What several secrets share stands for itself. */
function merge(text: string, spans: HiddenSpan[]): readonly HiddenSpan[] {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: { start: number; end: number; secret: string }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push({ ...span });
    } else if (span.end > last.end) {
      last.end = span.end;
      last.secret = text.slice(last.start, last.end);
    }
  }
  return merged;
}
