/**
 * What every format does to a text of a plan before its own escaping: whatever nobody sees, or what moves its neighbours
 * about, is written out, and what is long is shortened with a count.
 */

/**
 * Characters that are written out: controls, formats (bidirectional overrides, zero-width characters, tags), separators of
 * lines and paragraphs, spaces other than the usual one, fillers and variation selectors, halves of surrogate pairs, private
 * and non-characters.
 */
const INVISIBLE =
  /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/gu;

/** Most texts have none of them, which this tells ten times as fast. */
const PLAIN = /^[\u0020-\u007e]*$/;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Puts something else in place of every invisible character; a space is visible. */
export function replaceInvisible(text: string, written: (character: string) => string): string {
  return PLAIN.test(text) ? text : text.replace(INVISIBLE, written);
}

/** A text in one line, with every invisible character written out: `\n`, `\u{202e}`. */
export function visible(text: string): string {
  return replaceInvisible(
    text,
    (character) => SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Gives as much of a text's beginning (or end) as fits into a number of bytes, without parting a character. */
function part(characters: readonly string[], bytes: number, fromEnd: boolean): number {
  let taken = 0;
  let size = 0;
  while (taken < characters.length) {
    size += bytesOf(characters[fromEnd ? characters.length - 1 - taken : taken] ?? "");
    if (size > bytes) break;
    taken += 1;
  }
  return taken;
}

/**
 * Shortens a text in its middle, and says how many characters are missing there.
 *
 * @param text the text; made visible already
 * @param bytes at most so many bytes of UTF-8, without the count
 */
export function shorten(text: string, bytes: number): string {
  if (text.length <= bytes && bytesOf(text) <= bytes) return text;
  const characters = Array.from(text);
  const head = part(characters, Math.ceil(bytes * 0.6), false);
  const tail = Math.min(part(characters, Math.floor(bytes * 0.4), true), characters.length - head);
  const missing = characters.length - head - tail;
  if (missing <= 0) return text;
  return `${characters.slice(0, head).join("")}…(${missing} more characters)…${tail === 0 ? "" : characters.slice(-tail).join("")}`;
}

/**
 * Shortens two texts that are compared, so that the place where they begin to differ stays in sight.
 *
 * @param before a text; made visible already
 * @param after the other
 * @param bytes at most so many bytes of UTF-8 for each, without the counts
 */
export function shortenPair(before: string, after: string, bytes: number): readonly [string, string] {
  if (bytesOf(before) <= bytes && bytesOf(after) <= bytes) return [before, after];
  const left = Array.from(before);
  const right = Array.from(after);
  let same = 0;
  while (same < left.length && same < right.length && left[same] === right[same]) same += 1;
  // A little of what is alike before the difference shows where it is.
  const context = Math.floor(bytes / 8);
  const from = same - part(left.slice(0, same), context, true);
  if (from < context) return [shorten(before, bytes), shorten(after, bytes)];
  const rest = (characters: readonly string[]): string =>
    `…(${from} more characters)…${shorten(characters.slice(from).join(""), bytes)}`;
  return [rest(left), rest(right)];
}
