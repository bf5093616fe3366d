import type { Danger, ReviewedAction, ReviewedChange } from "../review/review";

/** How dangerous a change is: 0 is read first. */
export function dangerRank({ action, dataBearing }: Pick<ReviewedChange, "action" | "dataBearing">): number {
  const data = dataBearing !== undefined;
  switch (action) {
    case "unknown":
      return 0;
    case "delete":
      return data ? 1 : 2;
    case "replace":
      return data ? 3 : 4;
    case "create-then-forget":
    case "forget":
      return data ? 5 : 6;
    case "update":
      return 7;
    case "move":
    case "import":
      return 8;
    case "create":
      return 9;
    case "open":
    case "read":
      return 10;
  }
}

/** Most dangerous first; else in the plan's order, and a deposed object after the one that took its place. */
export function byDanger<Reviewed extends Pick<ReviewedChange, "action" | "dataBearing">>(
  changes: readonly Reviewed[],
): Reviewed[] {
  return [...changes].sort((a, b) => dangerRank(a) - dangerRank(b));
}

const DANGERS: readonly Danger[] = ["failed", "unknown", "destroy", "replace", "change", "none"];

/** What an action is for the stack or the host that it happens to. */
export function dangerOf(action: ReviewedAction): Danger {
  if (action === "unknown") return "unknown";
  if (action === "delete") return "destroy";
  if (action === "replace" || action === "create-then-forget" || action === "forget") return "replace";
  return action === "read" || action === "open" ? "none" : "change";
}

/** The worst of them; `none` of none. */
export function worstOf(dangers: Iterable<Danger>): Danger {
  const found = new Set(dangers);
  return DANGERS.find((danger) => found.has(danger)) ?? "none";
}
