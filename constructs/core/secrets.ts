const SECRET_WORDS = new Set([
  "password", "passwd", "passphrase", "pass", "pwd", "secret", "secrets", "token", "tokens", "apikey", "credential", "credentials",
]); // prettier-ignore
const KEY_KINDS = new Set([
  "api",
  "private",
  "access",
  "secret",
  "encryption",
  "encrypt",
  "gossip",
  "signing",
  "shared",
]);
/** Last words that say where a secret is or how it is handled, not what it is. */
const NOT_THE_SECRET = new Set([
  "file", "path", "dir", "directory", "ttl", "url", "uri", "name", "version", "length", "policy", "expiry", "timeout", "type", "header",
]); // prettier-ignore

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * Tells whether a name (of an environment variable, a label, a file, a prop) says that its value is a secret:
 * `DB_PASSWORD`, `apiToken`, `private.key`. A name that ends in a word like `FILE`, `PATH` or `TTL` does not
 * (`POSTGRES_PASSWORD_FILE` names a place, not a secret).
 */
export function namesSecret(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined || NOT_THE_SECRET.has(last)) return false;
  return words.some(
    (word, i) =>
      SECRET_WORDS.has(word) ||
      /(password|passwd|passphrase)/.test(word) ||
      (i > 0 && word === "key" && KEY_KINDS.has(words[i - 1] ?? "")),
  );
}

/** A line `NAME=value`, `name: value` or `"name": "value"` of a text. */
const ASSIGNMENT = /["']?([A-Za-z][\w.-]*)["']?\s*[:=]\s*["']?([^\s"',;{[]+)/g;

/**
 * The first name in a text whose value there looks like a secret in plain text, or undefined. Values that are
 * references (`${...}`, `$NAME`, `/path`) and words that stand for no value are passed over.
 */
export function firstSecretIn(text: string): string | undefined {
  for (const [, name, value] of text.matchAll(ASSIGNMENT)) {
    if (name === undefined || value === undefined || !namesSecret(name)) continue;
    if (/^(\$|\/|true$|false$|null$|none$|yes$|no$|\d{1,3}$)/i.test(value)) continue;
    return name;
  }
  return undefined;
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
    return field;
  }) as string | undefined;
  const shown = text ?? typeof value;
  return shown.length > SHOWN_LENGTH ? `${shown.slice(0, SHOWN_LENGTH)}…` : shown;
}
