import { pushValue } from "./hidden-value";
import type { Span } from "./pattern-set";
import { isAboutASecret } from "./secret-names";

/** Values of names that mean secrets, in quotes and in brackets. */

/** Reads a value in quotes or brackets, and returns where it ends; undefined if there is none at that place. */
export function readDelimited(text: string, at: number, found: Span[]): number | undefined {
  const open = /^(\\*)(["'`])/.exec(text.slice(at, at + 8));
  if (open !== null) {
    const start = at + open[0].length;
    const end = endOfQuoted(text, start, open[1] as string, open[2] as string);
    pushValue(found, text, { start, end });
    return end;
  }
  if (text[at] !== "{" && text[at] !== "[") {
    return undefined;
  }
  const block = blockSpan(text, at);
  readBlock(text, block, found);
  return block.end;
}

/** Where a text in quotes ends. One that is never closed goes on to the end of all. */
function endOfQuoted(text: string, start: number, escape: string, quote: string): number {
  const closing = escape + quote;
  for (let at = text.indexOf(closing, start); at !== -1; at = text.indexOf(closing, at + closing.length)) {
    let backslashes = 0;
    while (at - backslashes > start && text[at - backslashes - 1] === "\\") {
      backslashes++;
    }
    // Within n levels of JSON an inner quote has more backslashes before it than the closing one.
    const closes = backslashes === 0 || (escape === "" && quote === '"' && backslashes % 2 === 0);
    if (closes && quote === "'" && escape === "" && text[at + 1] === "'") {
      // YAML and SQL write a quote in quotes twice.
      at++;
    } else if (closes) {
      return at;
    }
  }
  return text.length;
}

/** From a bracket to the one that closes it; to the end if none does. */
function blockSpan(text: string, at: number): Span {
  let depth = 0;
  let quote = "";
  for (let index = at; index < text.length; index++) {
    const character = text[index] as string;
    if (quote !== "") {
      if (character === "\\") {
        index++;
      } else if (character === quote) {
        quote = "";
      }
    } else if (character === '"') {
      quote = character;
    } else if (character === "{" || character === "[") {
      depth++;
    } else if (character === "}" || character === "]") {
      depth--;
      if (depth === 0) {
        return { start: at + 1, end: index };
      }
    }
  }
  return { start: at + 1, end: text.length };
}

/** Values in a block: what is in quotes and no name, and bare words after a separator. */
const BLOCK_VALUE =
  /(?:\\{0,16}["']([^"'\\\n]{1,200})\\{0,16}["']|([A-Za-z_][\w.-]*))[ \t]*(=>|[=:])|\\{0,16}["']((?:[^"'\\]|\\[^"'])*)\\{0,16}["']|([^\s"'\\{}[\],;=:][^\s"'\\{}[\],;]*)/g;

function readBlock(text: string, block: Span, found: Span[]): void {
  let name = "";
  for (const match of text.slice(block.start, block.end).matchAll(BLOCK_VALUE)) {
    if (match[3] !== undefined) {
      name = match[1] ?? match[2] ?? "";
      continue;
    }
    const value = match[4] ?? match[5] ?? "";
    if (value !== "" && !(name !== "" && isAboutASecret(name)) && !/^[0-9.]{1,5}$/.test(value)) {
      const start = block.start + match.index + match[0].indexOf(value);
      pushValue(found, text, { start, end: start + value.length });
    }
    name = "";
  }
}
