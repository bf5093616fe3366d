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
/** The end of a line, also escaped as in JSON. */
const LINE_END = /[ \t]*(?:\\?\r?\n|(?:\\+r)?\\+n)[ \t]*/y;

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
        const joined = text.slice(start, end).replace(/\s+|\\+[rn]?/g, "");
        runs.push({ start, end, decoded: Buffer.from(joined, "base64").toString("utf8") });
      }
    }
    at = end + SHORTEST_RUN - 1;
  }
  return runs;
}

function kindAt(text: string, at: number): number {
  return KINDS[text.charCodeAt(at)] ?? 0;
}

function endOfRun(text: string, start: number): number {
  let end = start;
  while (end < text.length && kindAt(text, end) !== 0) {
    end++;
  }
  return end;
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
