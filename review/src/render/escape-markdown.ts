/**
 * Markdown in which texts of plans have no effect. They stand in code alone: GitHub gives mentions, references, emoji, math
 * and links no effect there, and no parser of Markdown looks into it. In `<summary>`, whose content is HTML, code is an
 * element whose text has entities for everything but letters and digits.
 */
import { shorten, visible } from "./escape";

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  return longest;
}

/**
 * A text as a code span.
 *
 * @param text any text
 * @param bytes at most so many bytes of it
 */
export function code(text: string, bytes = 240): string {
  const shown = shorten(visible(text), bytes);
  // CommonMark has no empty code span.
  if (shown === "") return "(empty)";
  const fence = "`".repeat(longestRun(shown) + 1);
  // One space on either side is taken off again; a span of nothing but spaces keeps all of them.
  const pad = /^[` ]|[` ]$/.test(shown) && /[^ ]/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A text as a code span in a cell of a table, where a pipe would end the cell. */
export function codeCell(text: string, bytes = 120): string {
  return code(visible(text).replace(/\|/g, "\\u{7c}"), bytes);
}

/** A text as a code element of HTML: for `<summary>`. */
export function htmlCode(text: string, bytes = 160): string {
  const shown = shorten(visible(text), bytes);
  const entities = Array.from(shown, (character) =>
    /[A-Za-z0-9 ]/.test(character) ? character : `&#${character.codePointAt(0) ?? 0};`,
  );
  return `<code>${entities.join("")}</code>`;
}

/** A word that no parser and no autolink takes for anything: letters, with the usual punctuation around it. */
const WORD = /^[("']?[A-Za-z]+(?:['’-][A-Za-z]+)*["']?[).,;:!?]{0,2}$/;
/** A number that is neither a list's marker nor part of a commit's hash. */
const NUMBER = /^[0-9]{1,4},?$/;
/** Punctuation that stands alone after code. */
const PUNCTUATION = /^[).,;:!?]{1,2}$/;
/** Letters that could be a commit's hash, which GitHub links. */
const HASH = /(?<![a-z])[a-f]{7,}(?![a-z])/i;

/**
 * A sentence (a message, a reason) that may hold texts of a plan: plain words stay, everything else becomes code.
 *
 * @param text any text; what stands between backticks in it becomes code
 * @param bytes at most so many bytes of it
 */
export function prose(text: string, bytes = 800): string {
  const label = `${bytes} ${text}`;
  const known = PROSE.get(label);
  if (known !== undefined) return known;
  const written = writtenProse(text, bytes);
  if (PROSE.size >= MOST_PROSE) PROSE.clear();
  PROSE.set(label, written);
  return written;
}

/** The same reasons and advice stand beside thousands of changes. */
const PROSE = new Map<string, string>();
const MOST_PROSE = 100;

function writtenProse(text: string, bytes: number): string {
  const shown = shorten(visible(text.replace(/[ \t\r\n]+/g, " ").trim()), bytes);
  if (shown === "") return "(no text)";
  const pieces: string[] = [];
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    let inner = pending.join(" ");
    // The punctuation that ends a sentence, and a bracket whose other half stands elsewhere, read better outside.
    const end = /[^.,;:!?][.,;:!?]$/.test(inner) ? inner.slice(-1) : "";
    if (end !== "") inner = inner.slice(0, -1);
    const open = /^\([^()]+$/.test(inner) ? "(" : "";
    const close = /^[^()]+\)$/.test(inner) ? ")" : "";
    inner = inner.slice(open.length, inner.length - close.length);
    pieces.push(`${open}${code(inner, Infinity)}${close}${end}`);
    pending = [];
  };
  shown.split(/(?<![^\s(])(`[^`]+`)(?=[\s.,;:!?)]|$)/).forEach((segment, position) => {
    if (position % 2 === 1) {
      flush();
      pieces.push(code(segment.slice(1, -1), Infinity));
      return;
    }
    for (const word of segment.split(" ").filter((each) => each !== "")) {
      const last = pieces.at(-1);
      if (pending.length === 0 && last !== undefined && PUNCTUATION.test(word)) {
        pieces[pieces.length - 1] = last + word;
      } else if ((WORD.test(word) || NUMBER.test(word)) && !HASH.test(word)) {
        flush();
        pieces.push(word);
      } else {
        pending.push(word);
      }
    }
  });
  flush();
  return pieces.join(" ");
}

/**
 * Lines as a fenced block.
 *
 * @param lines the lines, made visible already
 * @param info the language, `diff`
 */
export function fenced(lines: readonly string[], info: string): string {
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${info}\n${text}\n${fence}`;
}

/** A link to a page: code, if it is not a plain address of the web. */
export function link(words: string, target: string): string {
  return /^https?:\/\/[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?(?:\/[A-Za-z0-9._~/%#?&=+-]*)?$/.test(target) &&
    target.length <= 400
    ? `[${words}](${target})`
    : `${words}: ${code(target)}`;
}

/** A label of a Mermaid picture: what is not a letter, a digit or a usual sign of names becomes `_`. */
export function mermaidLabel(text: string, characters = 60): string {
  const label = text
    .replace(/[^A-Za-z0-9 _./:-]/gu, "_")
    // A colon that no port follows could begin an icon or an address.
    .replace(/:(?![0-9])/g, "_")
    .trim();
  const short = label.length > characters ? `${label.slice(0, characters)}...` : label;
  return short === "" ? "_" : short;
}
