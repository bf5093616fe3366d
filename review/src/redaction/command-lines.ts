import { isProgram, PROGRAM, secretWords } from "./commands";
import type { Span } from "./pattern-set";
import { pushValue } from "./hidden-value";

/**
 * Commands in texts: command lines of shells, in their quotes or in those around them, and lists of words, in brackets or
 * line by line as YAML has them.
 */

/** What stands before every option, in some spelling: a cheap look before the dear one. */
const OPTION = /[\s"']--?[A-Za-z]/;
/** Longer commands are read so far only. */
const LONGEST_COMMAND = 4096;
const MOST_WORDS = 100;
const LONGEST_PATH = 200;

/** What a program reads from `echo` through a pipe. */
const PIPED =
  /(?:echo|printf)(?:[ \t]+-[neE]{1,3})?(?:[ \t]+["']?%s(?:\\n)?["']?)?[ \t]+("[^"\n]{1,1000}"|'[^'\n]{1,1000}'|[^\s|;&"']{1,1000})[ \t]*\|[^|;&\n]{0,300}?(--password-stdin|chpasswd|passwd[ \t]+--stdin)/g;

/** Whether a text may hold commands that take secrets. */
export function mayHoldCommands(text: string): boolean {
  return OPTION.test(text);
}

/** Adds where secrets stand in the commands of a text. */
export function findInCommands(text: string, found: Span[]): void {
  const quotes = new OuterQuotes(text);
  for (const match of text.matchAll(PROGRAM)) {
    const end = match.index + match[0].length;
    const start = pathBefore(text, match.index);
    if (!isProgram(text.slice(start, end), wordBefore(text, start))) {
      continue;
    }
    const words = wordsAfter(text, { start, end }, quotes);
    const spelt = words.map((word) => text.slice(word.start, word.end));
    for (const { index, start: from, end: to } of secretWords(match[0], spelt)) {
      const word = words[index] as Span;
      found.push({ start: word.start + from, end: word.start + to });
    }
  }
}

/** Adds what is handed to programs through pipes. */
export function findInPipes(text: string, found: Span[]): void {
  for (const match of text.matchAll(PIPED)) {
    const [, argument = "", program = ""] = match;
    const start = match.index + match[0].indexOf(argument, 4);
    const quotes = /^["']/.test(argument) ? 1 : 0;
    const colon = program === "chpasswd" ? argument.indexOf(":") + 1 : 0;
    pushValue(found, text, { start: start + Math.max(quotes, colon), end: start + argument.length - quotes });
  }
}

/** Where the path of a program begins. */
function pathBefore(text: string, name: number): number {
  let start = name;
  if (text[name - 1] === "/") {
    while (start > 0 && name - start < LONGEST_PATH && /[\w./-]/.test(text[start - 1] as string)) {
      start--;
    }
  }
  return start;
}

/** The word before a place in the same line; undefined where there is none. */
function wordBefore(text: string, at: number): string | undefined {
  return /([^\s"',[]+)(?:["']?,?[ \t]+["']?|["'],["'])$/.exec(
    text.slice(Math.max(0, at - LONGEST_PATH), at),
  )?.[1];
}

/** The words that follow a program, without their quotes, up to the next program. */
function wordsAfter(text: string, program: Span, quotes: OuterQuotes): readonly Span[] {
  const limit = Math.min(text.length, program.end + LONGEST_COMMAND);
  const quote = /^\\*["']/.exec(text.slice(program.end, program.end + 8))?.[0];
  const quoted = quote !== undefined && text.startsWith(quote, program.start - quote.length);
  const after = program.end + (quoted ? quote.length : 0);
  if (quoted && /^\s*,/.test(text.slice(after, after + 100))) {
    return listedWords(text, after, limit, quote);
  }
  if (
    /(?:^|\n)[ \t]*-[ \t]+["']?$/.test(
      text.slice(Math.max(0, program.start - LONGEST_PATH), program.start),
    ) &&
    /^[ \t]*\r?\n/.test(text.slice(after, after + 100))
  ) {
    return itemWords(text, after, limit);
  }
  return shellWords(text, program.end, limit, quotes.at(program.start));
}

/** `, "-p", "X"]`. */
function listedWords(text: string, from: number, limit: number, quote: string): readonly Span[] {
  const words: Span[] = [];
  for (let at = from; ;) {
    const separator = /^\s*,\s*/.exec(text.slice(at, at + LONGEST_PATH))?.[0].length ?? 0;
    const start = at + separator + quote.length;
    if (separator === 0 || !text.startsWith(quote, at + separator)) {
      return words;
    }
    const length = text.slice(start, limit).indexOf(quote);
    if (length === -1) {
      return words;
    }
    if (!add(text, words, { start, end: start + length })) {
      return words;
    }
    at = start + length + quote.length;
  }
}

/** The items of a list in YAML, one a line. */
function itemWords(text: string, from: number, limit: number): readonly Span[] {
  const words: Span[] = [];
  for (const match of text.slice(from, limit).matchAll(/\n([ \t]*(?:-[ \t]+)?)([^\n]*)/g)) {
    const [, dash = "", item = ""] = match;
    if (!dash.includes("-")) {
      return words;
    }
    const bare = item.trimEnd();
    const quotes = /^(["']).*\1$/.test(bare) ? 1 : 0;
    const start = from + match.index + 1 + dash.length;
    if (!add(text, words, { start: start + quotes, end: start + bare.length - quotes })) {
      return words;
    }
  }
  return words;
}

/** Adds a word, unless it begins another command. */
function add(text: string, words: Span[], word: Span): boolean {
  const before = words.at(-1);
  const begins = isProgram(
    text.slice(word.start, word.end),
    before === undefined ? undefined : text.slice(before.start, before.end),
  );
  if (begins || words.length >= MOST_WORDS) {
    return false;
  }
  words.push(word);
  return true;
}

/** The words of a command line up to its end, which is also that of the quotes around it. */
function shellWords(text: string, from: number, limit: number, outer: string): readonly Span[] {
  const words: Span[] = [];
  let at = from;
  for (;;) {
    at += /^(?:[ \t]|\\\r?\n)*/.exec(text.slice(at, limit))?.[0].length ?? 0;
    if (at >= limit || text[at] === outer || /[\n\r;|&)`<>]/.test(text[at] as string)) {
      return words;
    }
    const end = endOfWord(text, at, limit, outer);
    const quote = text[at] as string;
    const whole = /["']/.test(quote) && text.slice(at + 1, end).indexOf(quote) === end - at - 2;
    if (end === at || !add(text, words, whole ? { start: at + 1, end: end - 1 } : { start: at, end })) {
      return words;
    }
    at = end;
  }
}

/** Where a word of a command line ends. What is in quotes, `$(...)` and `${...}` belongs to it with its white space. */
function endOfWord(text: string, from: number, limit: number, outer: string): number {
  let at = from;
  while (at < limit) {
    const character = text[at] as string;
    if (character === outer || /[\s;|&)`<>]/.test(character)) {
      return at;
    }
    if (character === "\\") {
      const next = text[at + 1];
      if (next === "\n" || next === "\r") {
        return at;
      }
      // A quote that is escaped stands in quotes.
      at = next === '"' ? endOfQuoted(text, at + 2, limit, '\\"') : at + 2;
    } else if (character === '"' || character === "'") {
      at = endOfQuoted(text, at + 1, limit, character);
    } else if (character === "$" && (text[at + 1] === "(" || text[at + 1] === "{")) {
      at = endOfQuoted(text, at + 2, limit, text[at + 1] === "(" ? ")" : "}");
    } else {
      at++;
    }
  }
  return Math.min(at, limit);
}

/** Behind what closes a quote; the end of the line where nothing does. */
function endOfQuoted(text: string, from: number, limit: number, closing: string): number {
  const rest = text.slice(from, limit);
  for (let at = rest.indexOf(closing); at !== -1; at = rest.indexOf(closing, at + 1)) {
    if (closing !== '"' || rest[at - 1] !== "\\") {
      return from + at + closing.length;
    }
  }
  const line = rest.indexOf("\n");
  return line === -1 ? limit : from + line;
}

/** The quotes in which places of a text stand, line by line; places are asked for in their order. */
class OuterQuotes {
  #at = 0;
  #quote = "";

  constructor(private readonly text: string) {}

  /** The quote that is open at a place; an empty text where none is. */
  at(place: number): string {
    for (; this.#at < place; this.#at++) {
      const character = this.text[this.#at] as string;
      if (character === "\n") {
        this.#quote = "";
      } else if (character === "\\" && this.#quote !== "'") {
        this.#at++;
      } else if (character === this.#quote) {
        this.#quote = "";
      } else if (this.#quote === "" && (character === '"' || character === "'")) {
        this.#quote = character;
      }
    }
    return this.#quote;
  }
}
