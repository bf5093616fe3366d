/** Base64 in plans: attributes that are encoded, and pieces of text that look so. */

const STRICT = /^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$/;
// Everything that no text file holds: control characters but tab, line ends and escape (terminal colours).
// eslint-disable-next-line no-control-regex
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\ufffd]/;

/** The text that a text encodes; undefined if it is no base64, or what it encodes is no text in UTF-8. */
export function decodeText(encoded: string): string | undefined {
  const joined = /\s/.test(encoded) ? encoded.replace(/\s+/g, "") : encoded;
  if (joined === "" || !STRICT.test(joined)) {
    return undefined;
  }
  const decoded = Buffer.from(joined, "base64").toString("utf8");
  return BINARY.test(decoded) ? undefined : decoded;
}

/** Shorter pieces hold too little to be worth decoding; copies of secrets in them are found as they are encoded. */
const RUN =
  /[A-Za-z0-9+/_-]{20,}(?:[ \t]*\\?\r?\n[ \t]*[A-Za-z0-9+/_-]{16,})*(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/_-]{1,75}(?=\s*={1,2}))?={0,2}/g;

/** Pieces of a text that look like base64, over several lines too, with what they encode (perhaps no text at all). */
export function* encodedRuns(text: string): Iterable<{ start: number; end: number; decoded: string }> {
  if (text.length < 20) {
    return;
  }
  for (const match of text.matchAll(RUN)) {
    const run = match[0];
    // Hashes, and words with dashes or slashes between them, are the most of what matches.
    if (/[A-Z]/.test(run) && /[a-z]/.test(run)) {
      yield {
        start: match.index,
        end: match.index + run.length,
        decoded: Buffer.from(run.replace(/[\s\\]+/g, ""), "base64").toString("utf8"),
      };
    }
  }
}

/** Whether bytes were decoded to a text that a person could read. */
export function isReadable(decoded: string): boolean {
  return !BINARY.test(decoded);
}
