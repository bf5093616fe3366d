import { type Location, ValidationError } from "../core/errors";
import { isToken, splitAtTokens } from "../core/tokens";

/** A statement of named.conf: words, then perhaps a block of statements. */
export interface Statement {
  /** The words, quoted where they are strings. */
  readonly words: readonly string[];
  /** The statements between the braces; undefined where there are no braces. */
  readonly block?: readonly Statement[];
}

/** A statement of words alone. */
export function statement(...words: string[]): Statement {
  return { words };
}

/** A statement with a block behind its words. */
export function block(words: readonly string[], statements: readonly Statement[]): Statement {
  return { words, block: statements };
}

/** What may stand between quotes: printable ASCII but the quote itself and the backslash, BIND's escape character. */
const QUOTABLE = /^[ !#-[\]-~]*$/;
/**
 * A word without quotes: letters, digits and what stands in names and addresses, with a prefix length at most. Two
 * slashes begin a comment.
 */
const BARE = /^!?[A-Za-z0-9.:_-]+(\/\d{1,3})?$/;

function literal(text: string, allowed: RegExp): boolean {
  return splitAtTokens(text).every((part) => isToken(part) || allowed.test(part));
}

/**
 * A string in quotes.
 * @throws ValidationError dns/quoted-string
 */
export function quoted(location: Location, prop: string, text: string): string {
  if (literal(text, QUOTABLE)) return `"${text}"`;
  throw new ValidationError(location, {
    code: "dns/quoted-string",
    prop,
    got: text,
    allowed: "printable ASCII without quotation marks and backslashes",
    mend: "Leave those characters out",
  });
}

/**
 * The text of statements. Every word is looked at once more here, whatever was checked before: no value can end a
 * statement, a block, a string or a line.
 * @throws ValidationError dns/word
 */
export function printStatements(location: Location, statements: readonly Statement[], indent = ""): string {
  return statements
    .map(({ words, block: inner }) => {
      for (const word of words) {
        const isString = word.startsWith('"') && word.endsWith('"') && word.length > 1;
        if (isString ? literal(word.slice(1, -1), QUOTABLE) : word !== "" && literal(word, BARE)) continue;
        throw new ValidationError(location, {
          code: "dns/word",
          prop: words[0] ?? "statement",
          got: word,
          allowed: "one word or one quoted string of named.conf",
          mend: "Give a value without spaces, quotation marks and punctuation",
        });
      }
      const head = `${indent}${words.join(" ")}`;
      if (inner === undefined) return `${head};\n`;
      if (inner.length === 0) return `${head} { };\n`;
      return `${head} {\n${printStatements(location, inner, `${indent}\t`)}${indent}};\n`;
    })
    .join("");
}
