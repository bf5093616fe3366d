/** Pieces of texts that spell bytes: in base32, or two hexadecimal digits at a time (`68:75:6e`). */

/** A piece of a text, and what it can mean, whatever character of it is the first. */
export interface ByteRun {
  readonly start: number;
  readonly end: number;
  readonly decoded: Iterable<string>;
}

/** What a shorter secret gives is looked for as it is encoded (`encodingsOf`). */
const SHORTEST_BASE32 = 16;
/** Six bytes, and what stands between them. */
const SHORTEST_PAIRS = 17;
const LINE_END = /[ \t]*(?:\\?\r?\n|(?:\\+r)?\\+n)[ \t]*/y;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const UPPER = tableOf(BASE32);
const LOWER = tableOf(BASE32.toLowerCase());
const PAIRS = tableOf("0123456789abcdefABCDEF: \t\r\n-");

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) {
    table[character.charCodeAt(0)] = 1;
  }
  return table;
}

/** Pieces of a text that spell bytes, perhaps. */
export function byteRuns(text: string): Iterable<ByteRun> {
  return text.length < Math.min(SHORTEST_BASE32, SHORTEST_PAIRS) ? NONE : allRuns(text);
}

const NONE: readonly ByteRun[] = [];

function* allRuns(text: string): Generator<ByteRun> {
  for (const table of [UPPER, LOWER]) {
    for (const { start, end } of runsOf(text, table, SHORTEST_BASE32)) {
      yield { start, end, decoded: base32Of(text.slice(start, end)) };
    }
  }
  for (const { start, end } of runsOf(text, PAIRS, SHORTEST_PAIRS)) {
    const run = text.slice(start, end);
    const digits = run.replace(/[^0-9A-Fa-f]/g, "");
    if (digits.length < run.length && digits.length >= 12) {
      const from = start + run.search(/[0-9A-Fa-f]/);
      yield { start: from, end: start + run.trimEnd().length, decoded: hexadecimalOf(digits) };
    }
  }
}

function* runsOf(
  text: string,
  table: Uint8Array,
  shortest: number,
): Generator<{ start: number; end: number }> {
  const has = (at: number): boolean => table[text.charCodeAt(at)] === 1;
  const endOf = (from: number): number => {
    let end = from;
    while (end < text.length && has(end)) {
      end++;
    }
    return end;
  };
  // No run is missed by leaps of its least length.
  for (let at = shortest - 1; at < text.length;) {
    if (!has(at)) {
      at += shortest;
      continue;
    }
    let start = at;
    while (start > 0 && has(start - 1)) {
      start--;
    }
    let end = endOf(at);
    if (end - start >= shortest) {
      for (let next = end; ; end = next) {
        LINE_END.lastIndex = end;
        next = LINE_END.test(text) ? endOf(LINE_END.lastIndex) : end;
        if (next <= Math.max(end, LINE_END.lastIndex)) {
          break;
        }
      }
      yield { start, end };
    }
    at = end + shortest;
  }
}

/** What base32 means, begun at each of the eight characters that five bytes take. */
function* base32Of(text: string): Generator<string> {
  const encoded = text.toUpperCase().replace(/\\+[RN]|[^A-Z2-7]/g, "");
  for (let offset = 0; offset < 8; offset++) {
    const bytes = Buffer.alloc(Math.floor(((encoded.length - offset) * 5) / 8));
    let bits = 0;
    let held = 0;
    let at = 0;
    for (let index = offset; index < encoded.length && at < bytes.length; index++) {
      const code = encoded.charCodeAt(index);
      held = ((held << 5) | (code >= 65 ? code - 65 : code - 24)) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (held >>> bits) & 0xff;
      }
    }
    yield bytes.toString("utf8");
  }
}

function* hexadecimalOf(digits: string): Generator<string> {
  yield Buffer.from(digits, "hex").toString("utf8");
  yield Buffer.from(digits.slice(1), "hex").toString("utf8");
}

/** A text in base32, without what pads it. */
export function base32(text: string): string {
  let encoded = "";
  let bits = 0;
  let held = 0;
  for (const byte of Buffer.from(text)) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) {
      encoded += BASE32[(held >>> (bits - 5)) & 31] as string;
    }
  }
  return bits > 0 ? encoded + (BASE32[(held << (5 - bits)) & 31] as string) : encoded;
}
