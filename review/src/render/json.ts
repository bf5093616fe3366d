import type { Review } from "../review/review";

/** Gives a value with the keys of its objects in order, and without those that are undefined. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, each]): [string, unknown] => [key, sorted(each)]);
  // `fromEntries` defines its keys, so a key `__proto__` is one like the others.
  return Object.fromEntries(entries);
}

/**
 * Writes JSON with keys in a stable order, and with everything but ASCII that is not a letter or the like as an escape:
 * separators of lines, bidirectional overrides and other invisible characters take no effect in an editor or a terminal.
 */
export function stableJson(value: unknown): string {
  const text = JSON.stringify(sorted(value), undefined, 2);
  const escaped = text.replace(/(?![\n ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
  return `${escaped}\n`;
}

/**
 * Writes a review as JSON: the `Review` itself, with its version, keys in a stable order.
 *
 * @param review the review
 */
export function renderJson(review: Review): string {
  return stableJson(review);
}
