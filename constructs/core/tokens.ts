import { Token } from "cdktf";

/**
 * Tells whether a value is, or holds, a CDKTF token: a value that is known only when Terraform runs, and into
 * which no check may look.
 */
export function isToken(value: unknown): boolean {
  // CDKTF's own test builds buffers and runs expressions, a dozen times for each container. Its markers in strings
  // begin so, and its numbers that stand for tokens are far beyond the safe integers (DOUBLE_TOKEN_MARKER_BITS).
  if (typeof value === "string" && !value.includes("${TfToken[")) return false;
  if (Number.isSafeInteger(value)) return false;
  return Token.isUnresolved(value);
}

/** CDKTF's marker of a token inside a string: `BEGIN_STRING_TOKEN_MARKER` and `VALID_KEY_CHARS` of its lib/tokens. */
const TOKEN_MARKER = /(\$\{TfToken\[[a-zA-Z0-9:._-]+\]\})/;

/** The literal parts of a string and the tokens between them, in their order; only the tokens are `isToken`. */
export function splitAtTokens(text: string): string[] {
  return text.split(TOKEN_MARKER).filter((part) => part !== "");
}

/**
 * Escapes what Terraform would read as a template in a literal string: `${` becomes `$${`, `%{` becomes `%%{`.
 * Tokens inside the string stay as they are.
 *
 * CDKTF never escapes plain strings, so every user string that reaches Terraform JSON goes through here, unless it
 * is base64. Follows Terraform's "Strings and Templates" page (Escape Sequences).
 */
export function escapeTemplate(text: string): string {
  // Most strings hold neither, and a fleet has many of them.
  if (!text.includes("${") && !text.includes("%{")) return text;
  return text
    .split(TOKEN_MARKER)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/([$%])\{/g, "$1$1{")))
    .join("");
}
