import { base32 } from "./byte-runs";

/** The forms in which a text can stand in another text. */

const PERCENT_RESERVED = /[!'()*]/g;

/** As Go's `encoding/json` writes it, which is what `jsonencode` gives. */
function goJson(text: string): string {
  return json(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asciiJson(text: string): string {
  return json(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Without halves of surrogate pairs, which UTF-8 cannot encode. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

function percent(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function strictPercent(text: string): string {
  return percent(text).replace(
    PERCENT_RESERVED,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function lowerPercent(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function html(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&#34;")
    .replace(/'/g, "&#39;");
}

const ESCAPES: readonly ((text: string) => string)[] = [
  json,
  goJson,
  asciiJson,
  percent,
  strictPercent,
  (text) => lowerPercent(percent(text)),
  (text) => lowerPercent(strictPercent(text)),
  (text) => strictPercent(text).replace(/%20/g, "+"),
  (text) => percent(text).replace(/%20/g, "+"),
  // Only what has to be: as in the path of a URL.
  (text) => encodeURI(wellFormed(text)),
  // HCL's templates in quotes.
  (text) => json(text).replace(/[$%](?=\{)/g, "$&$&"),
  (text) => text.replace(/[$%](?=\{)/g, "$&$&"),
  // Compose files and systemd units double these.
  (text) => text.replace(/\$/g, "$$$$"),
  (text) => text.replace(/%/g, "%%"),
  // Shells, in single quotes, in double quotes and without.
  (text) => text.replace(/'/g, "'\\''"),
  (text) => text.replace(/'/g, `'"'"'`),
  (text) => text.replace(/["$`\\]/g, "\\$&"),
  (text) => text.replace(/[^A-Za-z0-9_@%+=:,./\n-]/g, "\\$&"),
  // YAML, in single quotes.
  (text) => text.replace(/'/g, "''"),
  html,
  (text) => html(text).replace(/&#34;/g, "&quot;"),
  (text) => html(text).replace(/&#39;/g, "&#x27;"),
  (text) => text.replace(/\n/g, "\r\n"),
];

/** Base64 of a text wherever it stands in a longer text that is encoded: without the characters that depend on neighbours. */
function* base64(text: string): Iterable<string> {
  for (const shift of [0, 1, 2]) {
    const bytes = Buffer.from("\0".repeat(shift) + text);
    const encoded = bytes.toString("base64");
    const whole = Math.floor((bytes.length * 8) / 6);
    const inside = encoded.slice(Math.ceil((shift * 8) / 6), whole);
    yield inside;
    yield inside.replace(/\+/g, "-").replace(/\//g, "_");
  }
}

/**
 * A text in all forms in which it is looked for: as it is, escaped (twice, too), percent-encoded, hexadecimal, base64, and
 * base32 where that is too short to be decoded (`byteRuns`).
 */
export function encodingsOf(text: string): ReadonlySet<string> {
  const forms = new Set([text]);
  if (NEVER_ESCAPED.test(text)) {
    for (const encoded of base64(text)) {
      forms.add(encoded);
    }
    return addBytes(text, forms);
  }
  for (const escape of ESCAPES) {
    forms.add(escape(text));
  }
  for (const form of [...forms]) {
    // JSON in a string of JSON, and either in a URL.
    for (const escape of [json, goJson, strictPercent]) {
      forms.add(escape(form));
    }
    for (const encoded of base64(form)) {
      forms.add(encoded);
    }
  }
  return addBytes(text, forms);
}

/** Characters that none of the escapes changes: most secrets have no others. */
const NEVER_ESCAPED = /^[A-Za-z0-9_.-]+$/;

/** Hexadecimal digits of ten bytes, which are 16 characters in base32. */
const SHORT = 20;

function addBytes(text: string, forms: Set<string>): ReadonlySet<string> {
  const hexadecimal = Buffer.from(text).toString("hex");
  forms.add(hexadecimal);
  forms.add(hexadecimal.toUpperCase());
  if (hexadecimal.length < SHORT) {
    const encoded = base32(text);
    // The last character depends on what follows.
    const sure = encoded.slice(0, Math.floor((hexadecimal.length * 4) / 5));
    forms.add(sure);
    forms.add(sure.toLowerCase());
  }
  forms.delete("");
  return forms;
}
