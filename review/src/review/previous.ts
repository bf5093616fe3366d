import { createHash } from "node:crypto";
import type { Delta, Review, ReviewedStack } from "./review";

/**
 * What a later review of the same pull request must know of an earlier one, to say what is different: much smaller than
 * the review itself, so that it can be kept in a comment.
 */
export interface Previous {
  /** Label of what changes (`stack: address`) to a digest of how it changes. */
  readonly changes: ReadonlyMap<string, string>;
}

/** Makes of a review what a later one must know of it. */
export function previousOf(review: Pick<Review, "stacks">): Previous {
  const changes = new Map<string, string>();
  for (const stack of review.stacks) {
    for (const [label, how] of labelled(stack)) {
      // The same label twice (deposed objects without keys, actions): both are in its digest.
      const other = changes.get(label);
      changes.set(label, digest(other === undefined ? how : [other, how]));
    }
  }
  return { changes };
}

/** Says what of a review is different from an earlier one. */
export function deltaBetween(previous: Previous, now: Previous): Delta {
  const added: string[] = [];
  const changed: string[] = [];
  for (const [label, how] of now.changes) {
    const before = previous.changes.get(label);
    if (before === undefined) added.push(label);
    else if (before !== how) changed.push(label);
  }
  const gone = [...previous.changes.keys()].filter((label) => !now.changes.has(label));
  return { added, gone, changed };
}

/** The labels that `readReview` gives its difference. */
function* labelled(stack: ReviewedStack): Generator<readonly [label: string, how: unknown]> {
  const { name } = stack;
  if (stack.status === "failed") yield [name, stack.failure ?? ""];
  for (const change of stack.changes) {
    const deposed = change.deposed === undefined ? "" : ` (deposed ${change.deposed})`;
    yield [`${name}: ${change.address}${deposed}`, change];
  }
  for (const output of stack.outputs) yield [`${name}: output.${output.name}`, output];
  for (const action of stack.actions) yield [`${name}: ${action}`, action];
}

/** Twelve hexadecimal digits: it tells changes apart, and is no proof of anything. */
function digest(how: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(how)))
    .digest("hex")
    .slice(0, 12);
}

/** The same value with the keys of its objects in order, so that a review that was read back has the same digest. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
