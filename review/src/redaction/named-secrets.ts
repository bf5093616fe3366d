import { findInCommands, findInPipes, mayHoldCommands } from "./command-lines";
import { findInCredentials, findInPasswordFile } from "./credential-files";
import { readDelimited } from "./delimited-values";
import { pushValue as push } from "./hidden-value";
import { Markup } from "./markup";
import type { Span } from "./pattern-set";
import type { SecretNames } from "./secret-names";
import { isAboutASecret, isOrdinaryValue } from "./secret-names";

/**
 * Secrets that nothing marks but what stands around them in a text: a name (`DB_PASSWORD=...`, `secret "...";`,
 * `--token ...`, `tokens { ... }`, `<password>...</password>`), a program (`mysql -p...`), a frame (a private key in PEM,
 * the password of a URL), the layout of a known file, or their own shape.
 */

/**
 * Pieces of names that mean secrets, schemes and the like: a cheap look before the dear one. Spelt with both cases, which
 * the engine looks for four times as fast as with the flag.
 */
const PIECES =
  /[Pp](?:[Aa][Ss][Ss]|[Ww]|[Ss][Kk])|[Ss][Ee][Cc][Rr][Ee][Tt]|[Tt][Oo][Kk][Ee][Nn]|[Kk][Ee][Yy]|[Cc][Rr][Ee][Dd]|[Aa][Uu][Tt][Hh]|[Ee][Nn][Cc][Rr][Yy][Pp][Tt]|[Cc][Oo][Oo][Kk][Ii][Ee]|[Jj][Ww][Tt]|[Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|[Dd][Ii][Gg][Ee][Ss][Tt]|:\/\//;
const EVERY_PIECE = new RegExp(PIECES.source, "g");
const SHORTEST_TOKEN = 15;
const TOKEN_BEGINNINGS = /eyJ|AKIA|ASIA|gh[opusr]_|github_pat_|glpat-|xox[abeoprs]-|hv[sbr]\.|sk_live_/;

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*$)/g;
/** What follows `://` up to the last `@` before the path: `user:password@`. */
const USER_INFO = /[^\s/?#"'`<>:@]{0,200}:([^\s/?#"'`<>]{1,1000})@/y;
const BEARER = /(?:bearer|basic|digest)[ \t]+([A-Za-z0-9._~+/-]{8,}=*)/iy;
/** Tokens whose beginning leaves no doubt: JSON web tokens and those of AWS, GitHub, GitLab, Slack, Vault and Stripe. */
const TOKENS =
  /(?<![A-Za-z0-9])(?:eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,16000}\.[A-Za-z0-9_-]*|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|gh[opusr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|hv[sbr]\.[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,})/g;
const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/g;
const ENVIRONMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)=/;

/**
 * How a text stands: `entry` is one of a list (`NAME=value`), where the value goes on to its end; `passwords` is a file that
 * holds them by position (see `isPasswordFile`).
 */
export type TextKind = "text" | "entry" | "passwords";

/** Of a text without any piece of a name that means secrets. */
export const NO_SECRETS: readonly Span[] = [];

/** Where secrets stand in a text by what is around them. They may overlap. */
export function namedSecrets(text: string, names: SecretNames, kind: TextKind = "text"): readonly Span[] {
  const hasPieces = PIECES.test(text);
  const hasTokens = text.length >= SHORTEST_TOKEN && TOKEN_BEGINNINGS.test(text);
  const hasCommands = mayHoldCommands(text);
  if (!hasPieces && !hasTokens && !hasCommands && !names.extended && kind !== "passwords") {
    return NO_SECRETS;
  }
  const found: Span[] = [];
  if (kind === "passwords") {
    findInPasswordFile(text, found);
  }
  if (hasCommands) {
    findInCommands(text, found);
  }
  if (hasPieces) {
    findInCredentials(text, found);
    findInPipes(text, found);
  }
  if (hasPieces && text.includes("PRIVATE KEY")) {
    for (const match of text.matchAll(PRIVATE_KEY)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  if (hasTokens) {
    for (const match of text.matchAll(TOKENS)) {
      found.push({ start: match.index, end: match.index + match[0].length });
    }
  }
  if (kind === "entry") {
    const entry = ENVIRONMENT.exec(text);
    if (entry !== null && names.includes(entry[1] as string)) {
      push(found, text, { start: entry[0].length, end: text.length });
      return found;
    }
  }
  if (!hasPieces && !names.extended) {
    return found;
  }
  const lines = new Lines(text);
  // What was read as the value of one name is not read again for another in it.
  let readTo = 0;
  const read = (name: Span): void => {
    if (name.start >= readTo && names.includes(text.slice(name.start, name.end))) {
      readTo = readValue(lines, name, found);
    }
  };
  if (names.extended) {
    for (const match of text.matchAll(NAME)) {
      read({ start: match.index, end: match.index + match[0].length });
    }
    readTo = 0;
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
      read(name);
    }
  }
  return found;
}

/** 1 for characters of names, 2 for those that begin one. */
const NAME_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z_]/.test(character) ? 2 : /[0-9.-]/.test(character) ? 1 : 0;
});

function nameKind(text: string, at: number): number {
  return NAME_CHARACTERS[text.charCodeAt(at)] ?? 0;
}

/** The name in which a piece of one stands. It begins with a letter or an underscore. */
function nameAround(text: string, piece: number): Span {
  let start = piece;
  while (start > 0 && piece - start < LONGEST_NAME && nameKind(text, start - 1) > 0) {
    start--;
  }
  while (nameKind(text, start) < 2) {
    start++;
  }
  let end = piece;
  while (end < text.length && end - piece < LONGEST_NAME && nameKind(text, end) > 0) {
    end++;
  }
  return { start, end };
}

const LONGEST_NAME = 200;

function readUserInfo(text: string, at: number, found: Span[]): void {
  USER_INFO.lastIndex = at;
  const password = USER_INFO.exec(text)?.[1];
  if (password !== undefined && !isOrdinaryValue(password)) {
    const end = USER_INFO.lastIndex - 1;
    found.push({ start: end - password.length, end });
  }
}

/** A text by lines, each looked for once. */
class Lines {
  #start = 0;
  #end = -1;
  readonly markup: Markup;

  constructor(readonly text: string) {
    this.markup = new Markup(text);
  }

  /** Where the line begins in which a place is. */
  start(at: number): number {
    this.#find(at);
    return this.#start;
  }

  /** Where the line ends in which a place is. */
  end(at: number): number {
    this.#find(at);
    return this.#end;
  }

  #find(at: number): void {
    if (at < this.#start || at > this.#end) {
      this.#start = at === 0 ? 0 : this.text.lastIndexOf("\n", at - 1) + 1;
      const end = this.text.indexOf("\n", at);
      this.#end = end === -1 ? this.text.length : end;
    }
  }
}

/** Reads what follows a secret's name, and returns where that ends. */
function readValue(lines: Lines, name: Span, found: Span[]): number {
  const { text } = lines;
  const inMarkup = lines.markup.read(name, found);
  if (inMarkup !== undefined) {
    return inMarkup;
  }
  // The name's own quote, which stands escaped in JSON within a text.
  const quoted = /^\\*["'`\]]/.exec(text.slice(name.end, name.end + 8))?.[0] ?? "";
  const afterName = name.end + quoted.length;
  let at = skipSpace(text, afterName);
  const separator = /^(?::=|=>|==|\+=|[=:])/.exec(text.slice(at, at + 2))?.[0];
  if (separator === undefined) {
    // A quoted name without a separator is a label: key "rndc-key" { ... }.
    const follows = quoted === "" && at < text.length && (at > afterName || text[at] === "{");
    return follows ? readUnseparated(lines, name, at, found) : afterName;
  }
  if (separator === ":" && text.startsWith("//", at + 1)) {
    return at;
  }
  at = skipSpace(text, at + separator.length);
  const delimited = readDelimited(text, at, found);
  if (delimited !== undefined) {
    return delimited;
  }
  const lineEnd = lines.end(at);
  const rest = text.slice(at, lineEnd).trim();
  const heredoc = /^<<[-~]?\s*(["']?)([A-Za-z_]\w{0,100})\1$/.exec(rest.slice(0, 110))?.[2];
  if (heredoc !== undefined) {
    return readHeredoc(text, heredoc, lineEnd, found);
  }
  const before = text.slice(lines.start(name.start), name.start);
  if (rest === "" || rest.startsWith("#") || /^[|>][-+0-9]{0,3}(?:\s+#.*)?$/.test(rest.slice(0, 100))) {
    return readIndented(lines, lines.start(name.start), lineEnd, /^[|>]/.test(rest), found);
  }
  if (/^[ \t]*(?:-[ \t]+)?(?:(?:export|set|ENV|ARG)[ \t]+)?["'`]?$/.test(before)) {
    let end = lineEnd;
    while (end > at && /[\s;,]/.test(text[end - 1] as string)) {
      end--;
    }
    push(found, text, { start: at, end });
    return lineEnd;
  }
  // The scheme of an Authorization header goes before the credential.
  const scheme = /^(?:bearer|basic|digest|token)[ \t]+/i.exec(text.slice(at, at + 20))?.[0].length ?? 0;
  const end = endOfBare(text, at + scheme);
  push(found, text, { start: at, end });
  return end;
}

/**
 * A word without quotes. What ends one in lists, queries, command lines and brackets is part of it where it goes on after
 * that as nothing else does.
 */
const BARE =
  /(?:[^\s"'`,;&|)\]}\\]|[,;](?![\s]|$|[\w .-]{1,60}[=:])|&(?![\s&]|$|[\w.-]{1,60}=)|\|(?![\s|]|$)|[)\]}](?![\s,;.)\]}"'`\\]|$)|\\(?!["'`nrt\\]|$))+/y;

function endOfBare(text: string, from: number): number {
  BARE.lastIndex = from;
  return BARE.test(text) ? BARE.lastIndex : from;
}

/** `secret "abc";` of named.conf, `tokens {` of HCL, `--token abc`, `requirepass abc` alone on its line. */
function readUnseparated(lines: Lines, name: Span, at: number, found: Span[]): number {
  const { text } = lines;
  const character = text[at] as string;
  const before = text.slice(lines.start(name.start), name.start);
  if (character === '"' || character === "'" || (character === "{" && before.trim() === "")) {
    return readDelimited(text, at, found) ?? at;
  }
  const lineEnd = lines.end(at);
  const bare = /^[^\s"'`;]*/.exec(text.slice(at, lineEnd))?.[0] ?? "";
  const flag = /(?:^|[\s"'`(])--?$/.test(before.slice(-3)) && !bare.startsWith("-");
  const after = text.slice(at + bare.length, lineEnd).trim();
  const alone =
    (after === "" || after === ";") && /^\s*(?:set\s+)?$/.test(before.slice(0, 400)) && before.length < 400;
  if (!flag && !alone) {
    return at;
  }
  push(found, text, { start: at, end: at + bare.length });
  return at + bare.length;
}

/** The lines up to the one that is the marker alone, of HCL's and shells' texts. */
function readHeredoc(text: string, marker: string, lineEnd: number, found: Span[]): number {
  const rest = text.slice(lineEnd);
  const end = new RegExp(`\\n[ \\t]*${marker}[ \\t]*(?=\\r?\\n|$)`).exec(rest)?.index ?? rest.length;
  push(found, text, { start: lineEnd, end: lineEnd + end });
  return lineEnd + end;
}

/** The lines below a YAML key that belong to it: all of a block of text, the values of a mapping, the items of a list. */
function readIndented(lines: Lines, begins: number, lineEnd: number, block: boolean, found: Span[]): number {
  const { text } = lines;
  const indent = skipSpace(text, begins) - begins;
  let at = lineEnd + 1;
  while (at < text.length) {
    const end = lines.end(at);
    const line = text.slice(at, end);
    const own = skipSpace(text, at) - at;
    const item = !block && /^-(?:\s|$)/.test(line.slice(own, own + 2));
    if (line.trim() !== "" && (item ? own < indent : own <= indent)) {
      break;
    }
    const key = block ? null : /^([ \t]*(?:-[ \t]+)?)(["']?[A-Za-z_][\w.-]*["']?)[ \t]*:(?:\s+|$)/.exec(line);
    if (key === null) {
      const dash = item ? (/^[ \t]*-[ \t]*/.exec(line)?.[0].length ?? 0) : 0;
      push(found, text, { start: at + dash, end });
    } else if (!isAboutASecret(key[2] as string)) {
      push(found, text, { start: at + key[0].length, end });
    }
    at = end + 1;
  }
  return Math.min(at, text.length);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") {
    at++;
  }
  return at;
}
