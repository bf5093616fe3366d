import type { ReviewedAction, ReviewedChange, ReviewedStack } from "../review/review";
import type { Markup } from "./html-markup";
import { markup } from "./html-markup";

/** How an action looks. Its sign and its word say the same as its colour. */
export interface ActionLook {
  /** Terraform's sign. */
  readonly sign: string;
  /** The word. */
  readonly word: string;
  /** The name of its colour in the style. */
  readonly tone: "red" | "orange" | "violet" | "blue" | "green" | "grey";
}

/** All actions, most dangerous first. */
export const ACTION_LOOKS: Readonly<Record<ReviewedAction, ActionLook>> = {
  delete: { sign: "−", word: "destroy", tone: "red" },
  replace: { sign: "−/+", word: "replace", tone: "orange" },
  "create-then-forget": { sign: "+/.", word: "create, then forget", tone: "orange" },
  unknown: { sign: "?", word: "review by hand", tone: "violet" },
  forget: { sign: ".", word: "forget", tone: "orange" },
  update: { sign: "~", word: "update", tone: "blue" },
  create: { sign: "+", word: "create", tone: "green" },
  import: { sign: "←", word: "import", tone: "grey" },
  move: { sign: "→", word: "move", tone: "grey" },
  read: { sign: "≤", word: "read", tone: "grey" },
  open: { sign: "○", word: "open", tone: "grey" },
};

/** The actions, most dangerous first. */
export const ACTIONS = Object.keys(ACTION_LOOKS) as readonly ReviewedAction[];

/** Actions after which something that exists now is gone, out of Terraform's hands, or nobody knows. */
export const DANGEROUS: ReadonlySet<ReviewedAction> = new Set([
  "delete",
  "replace",
  "create-then-forget",
  "unknown",
  "forget",
]);

/** How an action looks; one that has no look, of a review made by another version, is to be reviewed by hand. */
export function actionLook(action: ReviewedAction): ActionLook {
  return Object.hasOwn(ACTION_LOOKS, action) ? ACTION_LOOKS[action] : ACTION_LOOKS.unknown;
}

/** How a change looks: a replacement's sign has its order. */
export function lookOf(change: Pick<ReviewedChange, "action" | "order">): ActionLook {
  const look = actionLook(change.action);
  return change.action === "replace" && change.order === "create-before-delete"
    ? { ...look, sign: "+/−" }
    : look;
}

/** The badge of an action. */
export function badge({ sign, word, tone }: ActionLook): Markup {
  return markup`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** How many changes there are of each action, most dangerous first, without those that there are none of. */
export function tally(changes: readonly ReviewedChange[]): readonly (readonly [ReviewedAction, number])[] {
  const numbers = new Map<ReviewedAction, number>();
  for (const { action } of changes) numbers.set(action, (numbers.get(action) ?? 0) + 1);
  return ACTIONS.flatMap((action) => {
    const number = numbers.get(action);
    return number === undefined ? [] : [[action, number] as const];
  });
}

/** Whether there is anything in a stack for a reader to look at. */
export function isAffected(stack: ReviewedStack): boolean {
  return (
    stack.status !== "unchanged" ||
    stack.changes.length + stack.drift.length + stack.outputs.length + stack.actions.length > 0 ||
    stack.byHand.length + stack.checks.length + stack.banners.length > 0
  );
}
