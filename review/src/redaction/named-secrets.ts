import type { Span } from "./pattern-set";
import type { SecretNames } from "./secret-names";
import { isAboutASecret, isOrdinaryValue } from "./secret-names";

/**
 * Secrets that nothing marks but what stands around them in a text: a name (`DB_PASSWORD=...`, `secret "...";`,
 * `--token ...`, `tokens { ... }`), a frame (a private key in PEM, the password of a URL), or their own shape.
 */

/**
 * Pieces of names that mean secrets, schemes and the like: a cheap look before the dear one. Spelt with both cases, which
 * the engine looks for four times as fast as with the flag.
 */
const PIECES =
  /[Pp](?:[Aa][Ss][Ss]|[Ww]|[Ss][Kk])|[Ss][Ee][Cc][Rr][Ee][Tt]|[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Cc][Rr][Ee][Dd]|[Aa][Uu][Tt][Hh]|[Ee][Nn][Cc][Rr][Yy][Pp][Tt]|[Cc][Oo][Oo][Kk][Ii][Ee]|[Jj][Ww][Tt]|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|[Dd][Ii][Gg][Ee][Ss][Tt]|:\/\//;
const EVERY_PIECE = new RegExp(PIECES.source, "g");
const TOKEN_BEGINNINGS = /eyJ|AKIA|ASIA|gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|hv[sbr]\.|sk_live_/;

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*$)/g;
/** What follows `://` up to the last `@` before the path: `user:password@`. */
const USER_INFO = /[^\s/?#"'`<>:@]{0,200}:([^\s/?#"'`<>]{1,1000})@/y;
const BEARER = /(?:bearer|basic|digest)[ \t]+([A-Za-z0-9._~+/-]{8,}=*)/iy;
/** Tokens whose beginning leaves no doubt: JSON web tokens and those of AWS, GitHub, GitLab, Slack, Vault and Stripe. */
const TOKENS =
  /(?<![A-Za-z0-9])(?:eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|gh[opusr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|hv[sbr]\.[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,})/g;
const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/g;
const ENVIRONMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)=/;

/** How a text stands: `entry` is one of a list (`NAME=value`), where the value goes on to its end. */
export type TextKind = "text" | "entry";

/** Where secrets stand in a text by what is around them. They may overlap. */
export function namedSecrets(text: string, names: SecretNames, kind: TextKind = "text"): Span[] {
  const found: Span[] = [];
  const hasPieces = PIECES.test(text);
  if (hasPieces && text.includes("PRIVATE KEY")) {
    for (const match of text.matchAll(PRIVATE_KEY)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  if (TOKEN_BEGINNINGS.test(text)) {
    for (const match of text.matchAll(TOKENS)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  if (!hasPieces && !names.extended) {
    return found;
  }
  if (kind === "entry") {
    const entry = ENVIRONMENT.exec(text);
    if (entry !== null && names.includes(entry[1] as string)) {
      push(found, text, { start: entry[0].length, end: text.length });
      return found;
    }
  }
  if (names.extended) {
    for (const match of text.matchAll(NAME)) {
      readNamed(text, { start: match.index, end: match.index + match[0].length }, names, found);
    }
  }
  let name: Span = { start: 0, end: 0 };
  for (const match of text.matchAll(EVERY_PIECE)) {
    if (match[0] === "://") {
      readUserInfo(text, match.index + 3, found);
      continue;
    }
    BEARER.lastIndex = match.index;
    const credential = BEARER.exec(text)?.[1];
    if (credential !== undefined && (/[0-9=]/.test(credential) || /[a-z][A-Z]/.test(credential))) {
      found.push({ start: BEARER.lastIndex - credential.length, end: BEARER.lastIndex });
    }
    // A name may have several of the pieces.
    if (match.index >= name.end) {
      name = nameAround(text, match.index);
      readNamed(text, name, names, found);
    }
  }
  return found;
}

const NAME_CHARACTER = /[A-Za-z0-9_.-]/;

/** The name in which a piece of one stands. It begins with a letter or an underscore. */
function nameAround(text: string, piece: number): Span {
  let start = piece;
  while (start > 0 && piece - start < LONGEST_NAME && NAME_CHARACTER.test(text[start - 1] as string)) {
    start--;
  }
  while (!/[A-Za-z_]/.test(text[start] as string)) {
    start++;
  }
  let end = piece;
  while (end < text.length && end - piece < LONGEST_NAME && NAME_CHARACTER.test(text[end] as string)) {
    end++;
  }
  return { start, end };
}

const LONGEST_NAME = 200;

function readNamed(text: string, name: Span, names: SecretNames, found: Span[]): void {
  // What is hidden already needs no more.
  const last = found.at(-1);
  if (
    (last === undefined || name.start >= last.end || name.start < last.start) &&
    names.includes(text.slice(name.start, name.end))
  ) {
    readValue(text, name.start, name.end, found);
  }
}

function readUserInfo(text: string, at: number, found: Span[]): void {
  USER_INFO.lastIndex = at;
  const password = USER_INFO.exec(text)?.[1];
  if (password !== undefined && !isOrdinaryValue(password)) {
    const end = USER_INFO.lastIndex - 1;
    found.push({ start: end - password.length, end });
  }
}

/** Adds a value, without the white space around it, unless it is none that needs hiding. */
function push(found: Span[], text: string, span: Span): void {
  const value = text.slice(span.start, span.end);
  const trimmed = value.trim();
  if (trimmed !== "" && !isOrdinaryValue(trimmed)) {
    const start = span.start + value.indexOf(trimmed);
    found.push({ start, end: start + trimmed.length });
  }
}

const SPACE = /[ \t]/;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at] as string)) {
    at++;
  }
  return at;
}

/** Reads what follows a secret's name at `[nameStart, nameEnd)`. */
function readValue(text: string, nameStart: number, nameEnd: number, found: Span[]): void {
  let at = nameEnd;
  // The name's own quote, which stands escaped in JSON within a text.
  const quoted = /^\\*["'`\]]/.exec(text.slice(at, at + 8));
  if (quoted !== null) {
    at += quoted[0].length;
  }
  const afterName = at;
  at = skipSpace(text, at);
  const spaced = at > afterName;
  const separator = /^(?::=|=>|==|\+=|[=:])/.exec(text.slice(at, at + 2))?.[0];
  if (separator === undefined) {
    // A quoted name without a separator is a label: key "rndc-key" { ... }.
    if (quoted === null && at < text.length && (spaced || text[at] === "{")) {
      readUnseparated(text, nameStart, at, found);
    }
    return;
  }
  if (separator === ":" && text.startsWith("//", at + 1)) {
    return;
  }
  at = skipSpace(text, at + separator.length);
  if (readDelimited(text, at, found)) {
    return;
  }
  const lineEnd = endOfLine(text, at);
  const rest = text.slice(at, lineEnd).trim();
  const begins = lineStart(text, nameStart);
  const ownLine = /^[ \t]*(?:-[ \t]+)?(?:export[ \t]+|set[ \t]+|ENV[ \t]+|ARG[ \t]+)?["'`]?$/.test(
    text.slice(begins, nameStart),
  );
  if (rest === "" || /^[|>][-+0-9]*(?:\s+#.*)?$/.test(rest) || rest.startsWith("#")) {
    readIndented(text, begins, lineEnd, rest.startsWith("|") || rest.startsWith(">"), found);
    return;
  }
  if (ownLine) {
    push(found, text, { start: at, end: at + text.slice(at, lineEnd).replace(/[\s;,]+$/, "").length });
    return;
  }
  // The scheme of an Authorization header goes before the credential.
  const scheme = /^(?:bearer|basic|digest|token)[ \t]+/i.exec(text.slice(at, at + 20))?.[0].length ?? 0;
  const bare = /^[^\s"'`,;&|)\]}\\]+/.exec(text.slice(at + scheme, lineEnd))?.[0] ?? "";
  push(found, text, { start: at, end: at + scheme + bare.length });
}

/** `secret "abc";` of named.conf, `tokens {` of HCL, `--token abc`, `requirepass abc` alone on its line. */
function readUnseparated(text: string, nameStart: number, at: number, found: Span[]): void {
  const character = text[at] as string;
  const line = text.slice(lineStart(text, nameStart), nameStart);
  if (character === '"' || character === "'" || (character === "{" && line.trim() === "")) {
    readDelimited(text, at, found);
    return;
  }
  const lineEnd = endOfLine(text, at);
  const bare = /^[^\s"'`;]+/.exec(text.slice(at, lineEnd))?.[0] ?? "";
  const flag = /(?:^|[\s"'])--?$/.test(line) && !bare.startsWith("-");
  const alone = /^\s*(?:set\s+)?$/.test(line) && /^\s*;?\s*$/.test(text.slice(at + bare.length, lineEnd));
  if (flag || alone) {
    push(found, text, { start: at, end: at + bare.length });
  }
}

/** Reads a value in quotes or brackets. Returns false if there is none at that place. */
function readDelimited(text: string, at: number, found: Span[]): boolean {
  const open = /^(\\*)(["'`])/.exec(text.slice(at, at + 8));
  if (open !== null) {
    const start = at + open[0].length;
    push(found, text, { start, end: endOfQuoted(text, start, open[1] as string, open[2] as string) });
    return true;
  }
  if (text[at] === "{" || text[at] === "[") {
    readBlock(text, blockSpan(text, at), found);
    return true;
  }
  return false;
}

/** Where a text in quotes ends. One that is never closed goes on to the end of all. */
function endOfQuoted(text: string, start: number, escape: string, quote: string): number {
  const closing = escape + quote;
  for (let at = text.indexOf(closing, start); at !== -1; at = text.indexOf(closing, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > start && text[at - backslashes - 1] === "\\") {
      backslashes++;
    }
    // Within n levels of JSON an inner quote has more backslashes before it than the closing one.
    if (backslashes === 0 || (escape === "" && quote === '"' && backslashes % 2 === 0)) {
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
  /(?:\\*["']([^"'\\\n]{1,200})\\*["']|([A-Za-z_][\w.-]*))[ \t]*(=>|[=:])|\\*["']((?:[^"'\\]|\\[^"'])*)\\*["']|([^\s"'\\{}[\],;=:][^\s"'\\{}[\],;]*)/g;

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
      push(found, text, { start, end: start + value.length });
    }
    name = "";
  }
}

/** The lines below a YAML key that belong to it: all of a block of text, the values of a mapping, the items of a list. */
function readIndented(text: string, begins: number, lineEnd: number, block: boolean, found: Span[]): void {
  const indent = indentOf(text, begins);
  let at = lineEnd + 1;
  while (at <= text.length - 1) {
    const end = endOfLine(text, at);
    const line = text.slice(at, end);
    const item = !block && /^\s*-(?:\s|$)/.test(line);
    const own = indentOf(text, at);
    if (line.trim() !== "" && (item ? own < indent : own <= indent)) {
      return;
    }
    const key = block ? null : /^(\s*(?:-\s+)?)(["']?[A-Za-z_][\w.-]*["']?)\s*:(?:\s+|$)/.exec(line);
    if (key === null) {
      const dash = block ? null : /^\s*-\s+/.exec(line);
      push(found, text, { start: at + (dash?.[0].length ?? 0), end });
    } else if (!isAboutASecret(key[2] as string)) {
      push(found, text, { start: at + key[0].length, end });
    }
    at = end + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

function indentOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.test(text[at] as string)) {
    at++;
  }
  return at - from;
}
