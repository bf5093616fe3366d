import type { Finding, ReviewedStack, Verdict } from "../review/review";
import { counted } from "./banners";

/** What `--fail-on` can name, and what it means. */
export const FAIL_ON_KINDS = {
  destroy: "something is destroyed, by a replacement too",
  replace: "something is replaced",
  forget: "something is taken out of the state and stays where it is",
  "data-loss": "something that bears data is destroyed or replaced",
  drift: "something changed outside Terraform",
  provisional: "a plan may be another one once the stacks before it are deployed",
  changes: "anything changes",
} as const;

/** A kind of change on which a review is to fail. */
export type FailOn = keyof typeof FAIL_ON_KINDS;

/** What a verdict is made of. */
export interface VerdictInput {
  readonly stacks: readonly ReviewedStack[];
  readonly findings: readonly Finding[];
  readonly failOn: readonly FailOn[];
  /** What is an error of the review itself: a policy that failed. */
  readonly errors: readonly string[];
}

/**
 * Says what a review comes to: an error before a block, a block before changes. `because` has the reasons of all of them,
 * errors first.
 */
export function verdictOf({ stacks, findings, failOn, errors }: VerdictInput): {
  readonly verdict: Verdict;
  readonly because: string[];
} {
  const failures = [
    ...stacks.flatMap(({ name, status, banners }) => {
      if (status === "failed") return [`there is no plan of ${name}`];
      return banners.some(({ kind }) => kind === "errored") ? [`planning ${name} failed midway`] : [];
    }),
    ...errors,
  ];
  const blocks = [
    ...blockingFindings(findings),
    ...stacks.flatMap(({ name, banners, byHand }) => [
      ...(byHand.length > 0
        ? [`${counted(byHand.length, "part")} of the plan of ${name} must be reviewed by hand`]
        : []),
      ...(banners.some(({ kind }) => kind === "manifest")
        ? [`the manifest does not match the plan of ${name}`]
        : []),
    ]),
    ...new Set(failOn.flatMap((kind) => failOnHits(kind, stacks))),
  ];
  const changes = stacks.some(({ status }) => status !== "unchanged");
  const verdict =
    failures.length > 0 ? "error" : blocks.length > 0 ? "blocked" : changes ? "changes" : "no-changes";
  return { verdict, because: [...failures, ...blocks] };
}

/** Tells whether a finding blocks. A level that is neither a warning nor known blocks too. */
export function blocks({ level, acknowledged }: Finding): boolean {
  return level !== "warning" && acknowledged === undefined;
}

function blockingFindings(findings: readonly Finding[]): string[] {
  const counts = new Map<string, number>();
  for (const finding of findings.filter(blocks)) {
    const words = `${finding.rule}${finding.level === "cannot-verify" ? " (cannot verify)" : ""}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(
    ([rule, count]) => `the policy ${rule} blocks${count > 1 ? ` (${count} findings)` : ""}`,
  );
}

function failOnHits(kind: FailOn, stacks: readonly ReviewedStack[]): string[] {
  return stacks.filter((stack) => hits(kind, stack)).map(({ name }) => `--fail-on ${kind}: ${name}`);
}

/** Deferred changes count too: what is put off is still going to happen. */
function hits(kind: FailOn, stack: ReviewedStack): boolean {
  const { changes, drift, status } = stack;
  const any = (...actions: readonly string[]): boolean =>
    changes.some(({ action }) => actions.includes(action));
  switch (kind) {
    case "destroy":
      return any("delete", "replace", "unknown");
    case "replace":
      return any("replace", "create-then-forget", "unknown");
    case "forget":
      return any("forget", "create-then-forget", "unknown");
    case "data-loss":
      return changes.some(
        ({ action, dataBearing }) =>
          action === "unknown" ||
          (dataBearing !== undefined &&
            ["delete", "replace", "create-then-forget", "forget"].includes(action)),
      );
    case "drift":
      // What noise filters folded as a whole is counted and does not fail.
      return drift.some(({ action, attributes }) => action !== "update" || attributes.length > 0);
    case "provisional":
      return stack.provisionalBecauseOf.length > 0;
    case "changes":
      return status !== "unchanged";
  }
}
