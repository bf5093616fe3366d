import { pushValue } from "./hidden-value";
import type { Span } from "./pattern-set";

/** Passwords in the files of programs that keep them by position: `.netrc` in one line, and `.pgpass`. */

/** An entry in one line, or over several. A word of prose may be `default` or `machine`; beside `login` it is none. */
const NETRC =
  /(?<![\w.-])(?:(?:machine[ \t]+\S{1,255}|default)(?:\s+(?:login|account)\s+\S{1,255}){1,2}\s+password\s+(\S{1,1000})|machine[ \t]+\S{1,255}\s+password\s+(\S{1,1000})(?=\s+(?:login|account)\s))/g;
/** host:port:database:user:password, where colons and backslashes are escaped. */
const PGPASS = /^(?![#\s])(?:(?:[^\\:\r\n]|\\.){1,255}:){4}([^\r\n]+)$/gm;
/** The same within a text that speaks of the file. */
const PGPASS_INSIDE =
  /(?<![^\s"'`])[\w.*-]{1,255}:(?:[0-9]{1,5}|\*):(?:[^\s:"'`\\]|\\.){1,255}:(?:[^\s:"'`\\]|\\.){1,255}:((?:[^\s"'`\\]|\\.){1,1000})/g;

/** Whether a file of that name holds passwords by position. */
export function isPasswordFile(name: string): boolean {
  return /pgpass/i.test(name);
}

/** Adds the passwords of a file whose lines hold them by position. */
export function findInPasswordFile(text: string, found: Span[]): void {
  for (const match of text.matchAll(PGPASS)) {
    pushLast(found, text, match);
  }
}

/** Adds the passwords of such files that stand in a text with others. */
export function findInCredentials(text: string, found: Span[]): void {
  if (text.includes("login") || text.includes("account")) {
    for (const match of text.matchAll(NETRC)) {
      const password = match[1] ?? match[2] ?? "";
      const end = match.index + match[0].length;
      pushValue(found, text, { start: end - password.length, end });
    }
  }
  if (isPasswordFile(text)) {
    for (const match of text.matchAll(PGPASS_INSIDE)) {
      pushLast(found, text, match);
    }
  }
}

function pushLast(found: Span[], text: string, match: RegExpExecArray): void {
  const end = match.index + match[0].length;
  pushValue(found, text, { start: end - (match[1] as string).length, end });
}
