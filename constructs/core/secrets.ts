const SECRET_WORDS = new Set([
  "password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens", "apikey", "credential", "credentials",
]); // prettier-ignore
const KEY_KINDS = new Set([
  "api", "private", "access", "secret", "encryption", "encrypt", "gossip", "signing", "shared",
]); // prettier-ignore
/** Last words that say where a secret is, how it is handled or how many there are, not what it is. */
const NOT_THE_SECRET = new Set([
  "file", "path", "dir", "directory", "folder", "ttl", "url", "uri", "endpoint", "issuer", "audience", "name", "version", "length",
  "policy", "expiry", "timeout", "type", "header", "algorithm", "format", "persistence", "replication", "enabled", "disabled", "required",
  "min", "max", "count", "limit", "size", "bits", "days", "hours", "minutes", "seconds",
]); // prettier-ignore
/** Variables of every shell, whose names only look like a secret's. */
const WORKING_DIRECTORIES = new Set(["pwd", "oldpwd"]);

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * Tells whether a name (of an environment variable, a label, a file, a prop) says that its value is a secret:
 * `DB_PASSWORD`, `apiToken`, `private.key`. A name that ends in a word like `FILE`, `PATH` or `TTL` does not
 * (`POSTGRES_PASSWORD_FILE` names a place, not a secret), nor does one that begins with `max` or `min`.
 */
export function namesSecret(name: string): boolean {
  let answer = answers.get(name);
  if (answer === undefined) answers.set(name, (answer = tellsOfSecret(name)));
  return answer;
}

/** Kept, because the containers of a fleet have the same few names over and over. */
const answers = new Map<string, boolean>();

function tellsOfSecret(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || NOT_THE_SECRET.has(last) || words[0] === "max" || words[0] === "min")
    return false;
  if (WORKING_DIRECTORIES.has(words.join(""))) return false;
  return words.some(
    (word, i) =>
      SECRET_WORDS.has(word) ||
      /(password|passwd|passphrase)|(token|secret)$/.test(word) ||
      (word === "pass" && i === words.length - 1) ||
      (i > 0 && word === "key" && KEY_KINDS.has(words[i - 1] ?? "")),
  );
}

/** Tells whether a value is a word that switches something, or nothing at all, and so no secret whatever its name. */
export function isSwitch(value: string): boolean {
  return /^(|true|false|none|null|yes|no|on|off|enabled?|disabled?|allow|deny|0|1)$/i.test(value.trim());
}

/** Tells whether a text holds a URL with a password in it: `postgres://shop:hunter2@db/shop`. */
export function holdsUrlPassword(text: string): boolean {
  // Few texts hold a URL at all, and the expression looks at every letter.
  return text.includes("://") && /[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:(?![$%{<])[^\s/@"']+@/i.test(text);
}

/** A line `NAME=value`, `name: value`, `"name": "value"` or, as BIND writes it, `secret "value"`. */
const ASSIGNMENT =
  /["']?([A-Za-z][\w.-]*)["']?(?:\s*[:=]\s*["']?([^\s"',;{[]+)|[ \t]+["']([^\s"',;{[]+)["'][ \t]*;)/g;
/** In a comment, prose such as "the password: ask for it" is no assignment; `NAME=value` is. */
const ASSIGNMENT_IN_COMMENT = /([A-Za-z][\w.-]*)=["']?([^\s"',;{[]+)()/g;
const COMMENT = /^\s*(#|\/\/|\*|\/\*|;)/;
/** Values that stand for a secret but are none: references, paths, switches, small numbers. */
const NO_VALUE = /^([$/`<%=]|\d{1,6}$)/;

/**
 * What in a text looks like a secret in plain text: its name, or undefined if there is none. Values that are
 * references (`${...}`, `$NAME`, `/path`) and words that stand for no value are passed over. JSON is read as JSON,
 * so that what stands under a key such as `tokens` counts too.
 */
export function firstSecretIn(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "PRIVATE KEY";
  if (holdsUrlPassword(text)) return "URL with a password";
  const json = parseJson(text);
  if (json !== undefined) return firstSecretInJson(json, "", false);
  for (const line of text.split("\n")) {
    for (const [, name, assigned, quoted] of line.matchAll(
      COMMENT.test(line) ? ASSIGNMENT_IN_COMMENT : ASSIGNMENT,
    )) {
      const value = assigned ?? quoted;
      if (name === undefined || value === undefined || !namesSecret(name)) continue;
      if (!NO_VALUE.test(value) && !isSwitch(value)) return name;
    }
  }
  return undefined;
}

function parseJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function firstSecretInJson(value: unknown, name: string, inSecret: boolean): string | undefined {
  if (typeof value === "object" && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      const isIndex = Array.isArray(value);
      // A switch or a path next to the secrets (`enable_token_persistence`, `token_file`) is none of them.
      const secret = namesSecret(key) || (inSecret && !NOT_THE_SECRET.has(wordsOf(key).at(-1) ?? ""));
      const found = firstSecretInJson(field, isIndex ? name : key, isIndex ? inSecret : secret);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (typeof value !== "string" || !inSecret) return undefined;
  return NO_VALUE.test(value) || isSwitch(value) ? undefined : name;
}

const SHOWN_LENGTH = 120;

/**
 * A value as it is shown in a message: JSON, shortened, with control characters escaped, and masked where a
 * name (its own or that of a field in it) says that it is a secret.
 */
export function showValue(name: string, value: unknown): string {
  if (value === undefined) return "nothing";
  if (namesSecret(name)) return "(masked)";
  const seen = new WeakSet();
  const text = JSON.stringify(value, (key: string, field: unknown): unknown => {
    if (typeof field === "bigint") return field.toString();
    if (key !== "" && namesSecret(key) && field !== null && field !== undefined) return "(masked)";
    if (typeof field === "object" && field !== null) {
      if (seen.has(field)) return "(circular)";
      seen.add(field);
    }
    if (typeof field === "number" && !Number.isFinite(field)) return String(field);
    if (typeof field === "string" && firstSecretIn(field) !== undefined) return "(masked)";
    return field;
  }) as string | undefined;
  const shown = text ?? typeof value;
  return shown.length > SHOWN_LENGTH ? `${shown.slice(0, SHOWN_LENGTH)}…` : shown;
}
