/** The words of a review that Markdown, plain text and SARIF share. None of them comes from a plan. */
import type {
  Counts,
  Review,
  ReviewedAction,
  ReviewedChange,
  ReviewedDrift,
  ReviewedStack,
} from "../review/review";

/** A number with the word for what it counts: `1 stack`, `2 stacks`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** What happens, in one word or two. */
export const ACTION_WORDS: Readonly<Record<ReviewedAction, string>> = {
  create: "create",
  read: "read",
  update: "update",
  delete: "destroy",
  replace: "replace",
  "create-then-forget": "create and forget the old one",
  forget: "forget",
  open: "open",
  unknown: "unknown action",
  move: "move",
  import: "import",
};

/** What happens, as a word of this package even where a reader of another version put another in. */
export function actionWord(action: ReviewedAction): string {
  return Object.hasOwn(ACTION_WORDS, action) ? ACTION_WORDS[action] : ACTION_WORDS.unknown;
}

/** Which half of a replacement comes first, in words. */
export function orderWords(order: ReviewedChange["order"]): string | undefined {
  if (order === undefined) return undefined;
  return order === "create-before-delete"
    ? "the replacement is created before the old one is destroyed"
    : "the old one is destroyed before its replacement is created";
}

/** Whether an object that exists is destroyed. */
export function destroys(change: ReviewedChange): boolean {
  return change.action === "delete" || change.action === "replace";
}

/** Whether an object that exists is no longer managed, though it stays. */
export function forgets(change: ReviewedChange): boolean {
  return change.action === "forget" || change.action === "create-then-forget";
}

/** Changes whose action is not known, and that are not in the list of what is reviewed by hand. */
export function unknownChanges(stack: ReviewedStack): readonly ReviewedChange[] {
  const said = new Set(stack.byHand.map((item) => item.where));
  return stack.changes.filter((change) => change.action === "unknown" && !said.has(change.address));
}

/**
 * Terraform's counts in words, with those of replacements: `3 to add, 1 to change, 2 to destroy (1 of them replaced)`. What
 * is rarer follows where there is any.
 */
export function countsInWords(counts: Counts): string {
  const replaced = counts.replace > 0 ? ` (${counts.replace} replaced)` : "";
  const words = [
    `${counts.add} to add`,
    `${counts.change} to change`,
    `${counts.destroy} to destroy${replaced}`,
  ];
  if (counts.import > 0) words.push(`${counts.import} to import`);
  if (counts.move > 0) words.push(`${counts.move} to move`);
  if (counts.forget > 0) words.push(`${counts.forget} to forget`);
  if (counts.deferred > 0) words.push(`${counts.deferred} deferred`);
  if (counts.actions > 0) words.push(`${count(counts.actions, "action")} to invoke`);
  if (counts.unknown > 0) words.push(`${counts.unknown} unknown`);
  return words.join(", ");
}

/** What else the counts say, without what Terraform counts: reads, outputs, drift. */
export function furtherCounts(counts: Counts): readonly string[] {
  const words: string[] = [];
  if (counts.read > 0) words.push(count(counts.read, "object read", "objects read"));
  if (counts.outputs > 0) words.push(count(counts.outputs, "output changes", "outputs change"));
  if (counts.drift > 0) {
    words.push(
      `${count(counts.drift, "object")} changed outside Terraform (${counts.relevantDrift} relevant)`,
    );
  }
  return words;
}

/** The verdict with the counts, in one line. */
export function headline(review: Review): string {
  const stacks = count(review.stacks.length, "stack");
  switch (review.verdict) {
    case "no-changes":
      return [`Plan review: no changes in ${stacks}`, ...furtherCounts(review.counts)].join(", ");
    case "changes":
      return `Plan review: ${[countsInWords(review.counts), ...otherwiseNothing(review.counts)].join(", ")} in ${stacks}`;
    case "blocked":
      return `Plan review: blocked. ${countsInWords(review.counts)} in ${stacks}`;
    case "error": {
      const failed = review.stacks.filter((stack) => stack.status === "failed").length;
      const without = failed > 0 ? `; ${failed} without a plan` : "";
      return `Plan review: error. ${countsInWords(review.counts)} in ${stacks}${without}`;
    }
  }
}

/** What else there is, where Terraform's counts say nothing. */
function otherwiseNothing(counts: Counts): readonly string[] {
  const { add, change, destroy, forget, deferred, unknown, actions } = counts;
  const nothing =
    add + change + destroy + counts.import + counts.move + forget + deferred + unknown + actions === 0;
  return nothing ? furtherCounts(counts) : [];
}

/** Whether noise filters folded all of what changed outside Terraform of an object: it is counted with the stack's noise. */
export function isFolded({ action, relevant, attributes, noise }: ReviewedDrift): boolean {
  return action === "update" && !relevant && attributes.length === 0 && Object.keys(noise).length > 0;
}

/** How a stack stands, in words. */
export function statusWords(stack: ReviewedStack): string {
  const words: string[] = [];
  if (stack.status === "failed") words.push("failed: no plan");
  else words.push(stack.status);
  if (stack.provisionalBecauseOf.length > 0) words.push("provisional");
  for (const kind of ["errored", "incomplete", "not-applyable"]) {
    if (stack.banners.some((banner) => banner.kind === kind)) words.push(kind.replace("-", " "));
  }
  return words.join(", ");
}
