import type { Review } from "../review/review";
import { replaceInvisible } from "./escape";

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

/** A character as JSON writes it: each of its halves by number. */
function escaped(character: string): string {
  const halves = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return halves.map((half) => `\\u${half.toString(16).padStart(4, "0")}`).join("");
}

/**
 * Writes JSON with keys in a stable order, and with every invisible character as an escape: separators of lines and
 * bidirectional overrides take no effect in an editor or a terminal.
 */
export function stableJson(value: unknown): string {
  const text = JSON.stringify(sorted(value), undefined, 2);
  return `${replaceInvisible(text, (character) => (character === "\n" ? character : escaped(character)))}\n`;
}

/**
 * Writes a review as JSON: the `Review` itself, with its version, keys in a stable order.
 *
 * @param review the review
 */
export function renderJson(review: Review): string {
  return stableJson(review);
}
