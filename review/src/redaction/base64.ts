/** Base64 in plans: attributes that are encoded, and pieces of text that look so. */

const STRICT = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;
// Everything that no text file holds: control characters but tab, line ends and escape (terminal colours).
// eslint-disable-next-line no-control-regex
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\ufffd]/;

/** The text that a text encodes; undefined if it is no base64, or what it encodes is no text in UTF-8. */
export function decodeText(encoded: string): string | undefined {
  const joined = /\s/.test(encoded) ? encoded.replace(/\s+/g, "") : encoded;
  if (joined === "" || !STRICT.test(joined)) {
    return undefined;
  }
  const decoded = Buffer.from(joined, "base64").toString("utf8");
  return BINARY.test(decoded) ? undefined : decoded;
}

/** Shorter pieces hold too little to be worth decoding; copies of secrets in them are found as they are encoded. */
const SHORTEST_RUN = 20;
/** Shorter lines do not go on from the line before. */
const SHORTEST_LINE = 16;
/** Lines are no shorter than that where an encoder breaks them. */
const SHORTEST_BROKEN = 2;
const LONGEST_FIRST = 200;
/** The end of a line, also escaped as in JSON. */
const LINE_END = /[ \t]*(?:\\?\r?\n|(?:\\+r)?\\+n)[ \t]*/y;
const LINE_ENDS = new RegExp(LINE_END.source, "g");

const LOWER = 1;
const UPPER = 2;
const OTHER = 4;
/** What kind of character of base64 each is; 0 for none. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z]/.test(character)
    ? LOWER
    : /[A-Z]/.test(character)
      ? UPPER
      : /[0-9+/_-]/.test(character)
        ? OTHER
        : 0;
});

/** A piece of a text that looks like base64, and what it encodes: perhaps no text at all. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
  /** What it encodes if it begins one, two or three characters later; of pieces over several lines. */
  readonly further: Iterable<string>;
}

/** Pieces of a text that look like base64, over several lines too. */
export function encodedRuns(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  // No run is missed by leaps of its least length.
  for (let at = SHORTEST_RUN - 1; at < text.length;) {
    if (kindAt(text, at) === 0) {
      at += SHORTEST_RUN;
      continue;
    }
    let start = at;
    while (start > 0 && kindAt(text, start - 1) !== 0) {
      start--;
    }
    let end = endOfRun(text, start);
    if (end - start >= SHORTEST_RUN) {
      end = overLines(text, end);
      while (text[end] === "=") {
        end++;
      }
      // Hashes, and words with dashes or slashes between them, are the most of what looks so.
      if (hasBothCases(text, start, end)) {
        runs.push(decodedRun(text, start, end));
        // The line below may be the last one, or no part of it.
        LINE_END.lastIndex = end;
        const line = LINE_END.test(text) ? LINE_END.lastIndex : end;
        const last = endOfRun(text, line, line + SHORTEST_LINE);
        if (last > line && line > end) {
          runs.push(decodedRun(text, start, last));
        }
      }
    }
    at = end + SHORTEST_RUN - 1;
  }
  if (text.includes("\n") || text.includes("\\n")) {
    addBroken(text, runs);
  }
  return runs;
}

function decodedRun(text: string, start: number, end: number): EncodedRun {
  const encoded = text.slice(start, end);
  const joined = encoded.replace(/\s+|\\+[rn]?/g, "");
  const decoded = Buffer.from(joined, "base64").toString("utf8");
  return { start, end, decoded, further: joined.length === encoded.length ? [] : shifted(joined) };
}

function* shifted(encoded: string): Generator<string> {
  for (let offset = 1; offset < 4; offset++) {
    yield Buffer.from(encoded.slice(offset), "base64").toString("utf8");
  }
}

/**
 * Adds pieces that are broken into lines too short to be pieces themselves: what the first line ends with, lines that are
 * alike long, and what the last one begins with.
 */
function addBroken(text: string, runs: EncodedRun[]): void {
  let start = 0;
  let end = 0;
  let width = 0;
  const close = (): void => {
    if (width > 0 && start < end && hasBothCases(text, start, end)) {
      runs.push(decodedRun(text, start, end));
    }
    width = 0;
  };
  const read = (from: number, to: number): void => {
    const own = endOfRun(text, from, Math.min(to, from + SHORTEST_RUN));
    const length = own - from;
    const fits = length < SHORTEST_RUN && length >= (width > 0 ? 1 : SHORTEST_BROKEN);
    if (fits && start < end && (width === 0 || length <= width)) {
      end = own;
      if (own === to && (width === 0 || length === width)) {
        width = length;
        return;
      }
      width ||= length;
    }
    close();
    start = beginOfRun(text, Math.max(from, to - LONGEST_FIRST), to);
    end = to;
  };
  let line = 0;
  for (const match of text.matchAll(LINE_ENDS)) {
    read(line, match.index);
    line = match.index + match[0].length;
  }
  read(line, text.length);
  close();
}

function kindAt(text: string, at: number): number {
  return KINDS[text.charCodeAt(at)] ?? 0;
}

function endOfRun(text: string, start: number, limit = text.length): number {
  let end = start;
  while (end < limit && kindAt(text, end) !== 0) {
    end++;
  }
  return end;
}

function beginOfRun(text: string, least: number, end: number): number {
  let start = end;
  while (start > least && kindAt(text, start - 1) !== 0) {
    start--;
  }
  return start;
}

/** The end of a run that goes on in lines below; its last line may be short if it is padded. */
function overLines(text: string, from: number): number {
  for (let end = from; ;) {
    LINE_END.lastIndex = end;
    if (!LINE_END.test(text)) {
      return end;
    }
    const line = LINE_END.lastIndex;
    const next = endOfRun(text, line);
    if (next - line < SHORTEST_LINE && !(next > line && text[next] === "=")) {
      return end;
    }
    end = next;
  }
}

function hasBothCases(text: string, start: number, end: number): boolean {
  let kinds = 0;
  for (let at = start; at < end && (kinds & (LOWER | UPPER)) !== (LOWER | UPPER); at++) {
    kinds |= kindAt(text, at);
  }
  return (kinds & (LOWER | UPPER)) === (LOWER | UPPER);
}

/** Whether bytes were decoded to a text that a person could read. */
export function isReadable(decoded: string): boolean {
  return !BINARY.test(decoded);
}
