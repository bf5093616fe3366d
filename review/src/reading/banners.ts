import type { Plan } from "../plan/plan";
import type { Banner, ReviewedCheck } from "../review/review";

/** What banners are about, beside the plan. */
export interface BannerInput {
  readonly checks: readonly ReviewedCheck[];
  /** How many parts must be reviewed by hand. */
  readonly byHand: number;
  /** How many changes there are. */
  readonly changes: number;
  /** Whether there is nothing but drift. */
  readonly onlyState: boolean;
}

/** What must be known of a plan before anything in it is believed. */
export function bannersOf(plan: Plan, { checks, byHand, changes, onlyState }: BannerInput): Banner[] {
  const banners: Banner[] = [];
  const add = (kind: string, text: string): void => void banners.push({ kind, text });
  if (plan.errored === true) {
    add(
      "errored",
      "Planning failed midway: what is shown is what was planned until then. Mend the error and plan again.",
    );
  }
  if (byHand > 0) {
    add(
      "unknown",
      `${counted(byHand, "part")} of the plan ${byHand === 1 ? "is" : "are"} not known to this version: ` +
        "review by hand, or take a newer version.",
    );
  }
  // An errored plan is never complete, and cannot be applied: that is said once.
  if (plan.complete === false && plan.errored !== true) {
    add(
      "incomplete",
      "The plan is not complete (-target, or deferred changes): applying it does not bring about all of the " +
        "configuration. Plan and review again after it.",
    );
  }
  const deferred = plan.deferredChanges.length;
  if (deferred > 0) {
    add(
      "deferred",
      `${counted(deferred, "change")} ${deferred === 1 ? "is" : "are"} put off to a later plan, which needs a review of its own.`,
    );
  }
  if (plan.applyable === true && onlyState) {
    add(
      "state-only",
      "Applying it changes no object: it takes what changed outside Terraform into the state (-refresh-only).",
    );
  }
  if (plan.applyable === false && changes > 0 && plan.errored !== true) {
    add("not-applyable", "Terraform says that this plan cannot be applied, though it has changes.");
  }
  const failed = checks.filter(({ status }) => status === "fail" || status === "error").length;
  if (failed > 0) {
    add("check-failed", `${counted(failed, "check")} of the configuration did not pass.`);
  }
  const open = checks.filter(({ status }) => status === "unknown").length;
  if (open > 0) {
    add("check-unknown", `${counted(open, "check")} of the configuration will be known only after apply.`);
  }
  return banners;
}

/** `1 change`, `2 changes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
