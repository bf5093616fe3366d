import type { Finding } from "../review/review";
import type { Acknowledgement, PolicyStack } from "./policy";

/** A finding, and whether somebody's word can cover it: a rule that failed stays a failure. */
export interface Draft {
  readonly finding: Finding;
  readonly acknowledgeable: boolean;
}

/** What a finding belongs to that is of the policy itself. */
export const POLICY_STACK = "(policy)";

const EDIT = "Edit `acknowledgements` in the policy file";

/**
 * Puts acknowledgements on the findings that they cover, and adds findings for those that are no longer needed or that
 * could mean several things. Only what covers one object of one stack counts.
 *
 * @param today the day in UTC, `2026-12-31`
 */
export function acknowledge(
  drafts: readonly Draft[],
  acknowledgements: readonly Acknowledgement[],
  stacks: readonly PolicyStack[],
  today: string,
): readonly Finding[] {
  const counting = new Map<Draft, Acknowledgement>();
  const expired = new Map<Draft, Acknowledgement>();
  const about: Finding[] = [];
  const names = new Set(stacks.map(({ name }) => name));
  for (const acknowledgement of acknowledgements) {
    const { rule, target, stack, expires } = acknowledgement;
    // Its stack is not in this review, so nothing can be said of it.
    if (stack !== undefined && !names.has(stack)) continue;
    const covered = drafts.filter((draft) => covers(acknowledgement, draft));
    const objects = new Map(covered.map(({ finding }) => [objectOf(finding), finding]));
    const what = `the acknowledgement of ${rule} for ${target}${stack === undefined ? "" : ` in ${stack}`}`;
    if (objects.size > 1) {
      about.push({
        rule: "policy/ambiguous-acknowledgement",
        level: "error",
        stack: stack ?? POLICY_STACK,
        message: `${what} could mean several things, and covers none of them: ${[...objects.values()].map(described).join(", ")}`,
        mend: `${EDIT}: give it the \`stack\`, and the address instead of the name where a stack has several of that name.`,
      });
    } else if (objects.size === 0) {
      about.push({
        rule: "policy/unused-acknowledgement",
        level: "warning",
        stack: stack ?? stackWith(target, stacks) ?? POLICY_STACK,
        message: `${what} covers nothing${expires < today ? `, and expired on ${expires}` : ""}`,
        mend: `${EDIT}: remove it, or correct its target.`,
      });
    } else {
      const into = expires < today ? expired : counting;
      for (const draft of covered) into.set(draft, acknowledgement);
    }
  }
  const judged = drafts.map((draft): Finding => {
    const { finding } = draft;
    const word = counting.get(draft);
    if (word !== undefined) {
      const { reason, by, expires } = word;
      return { ...finding, acknowledged: { reason, expires, ...(by === undefined ? {} : { by }) } };
    }
    const late = expired.get(draft);
    return late === undefined
      ? finding
      : {
          ...finding,
          message: `${finding.message}. Its acknowledgement expired on ${late.expires}`,
          mend: `${finding.mend} Or acknowledge it anew, with a later day.`,
        };
  });
  return [...judged, ...about];
}

function covers({ rule, target, stack }: Acknowledgement, { finding, acknowledgeable }: Draft): boolean {
  if (!acknowledgeable || finding.rule !== rule) return false;
  if (stack !== undefined && finding.stack !== stack) return false;
  return finding.address === undefined
    ? finding.stack === target
    : finding.address === target || finding.name === target;
}

/** What a finding is of. No address has a line end in it. */
function objectOf(finding: Finding): string {
  return `${finding.stack}\n${finding.address ?? ""}`;
}

function described(finding: Finding): string {
  return finding.address === undefined ? finding.stack : `${finding.address} in ${finding.stack}`;
}

/** The one stack that has the target, or is it. */
function stackWith(target: string, stacks: readonly PolicyStack[]): string | undefined {
  const found = stacks.filter(
    ({ name, resources }) =>
      name === target ||
      resources.some((resource) => resource.address === target || resource.name === target),
  );
  return found.length === 1 ? found[0]?.name : undefined;
}
