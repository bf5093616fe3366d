import { createHash, timingSafeEqual } from "node:crypto";
import { combineFingerprints } from "../fingerprint/fingerprint";
import type { Review, Verdict } from "../review/review";

/** What was reviewed, as far as it is compared. */
export interface Reviewed {
  /** The fingerprint over all stacks. */
  readonly fingerprint: string;
  /** Each stack's fingerprint, if they are known. */
  readonly stacks?: ReadonlyMap<string, string>;
  /** What the review came to, if that is known. */
  readonly verdict?: Verdict;
}

/** What is different between plans and what was reviewed. */
export interface Difference {
  /** Whether there is none. */
  readonly same: boolean;
  /** In words, one for each stack. */
  readonly differences: readonly string[];
}

/** Said of a review that is not consistent. */
export const NOT_TOGETHER =
  "the fingerprints of the review do not belong together: somebody changed it, or it was made with another key";

/** What of a review is compared. */
export function reviewedOf(review: Pick<Review, "fingerprint" | "stacks" | "verdict">): Reviewed {
  return {
    verdict: review.verdict,
    fingerprint: review.fingerprint,
    stacks: new Map(review.stacks.map(({ name, fingerprint }) => [name, fingerprint])),
  };
}

/** Compares fingerprints in a time that does not tell where they differ. */
export function sameFingerprint(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return one !== "" && timingSafeEqual(digest(one), digest(other));
}

/** Whether a fingerprint covers the values of secrets too. */
export function isKeyed(fingerprint: string): boolean {
  return fingerprint.startsWith("hmac-");
}

/**
 * Tells whether the fingerprints of single stacks are those that the one over all of them was made of. With a key nobody
 * else can make one that is, so a review that somebody changed is found out.
 */
export function isConsistent({ fingerprint, stacks }: Reviewed, key: string | undefined): boolean {
  if (stacks === undefined) return true;
  const parts = [...stacks].map(([name, part]) => ({ name, fingerprint: part }));
  return sameFingerprint(combineFingerprints(parts, key), fingerprint);
}

/**
 * Compares plans with what was reviewed, stack by stack where that is known.
 *
 * @param only the stacks of the review that are compared; all where it is undefined
 */
export function compareFingerprints(
  reviewed: Reviewed,
  now: Pick<Review, "fingerprint" | "stacks">,
  only?: ReadonlySet<string>,
): Difference {
  if (reviewed.stacks === undefined) {
    const same = sameFingerprint(reviewed.fingerprint, now.fingerprint);
    return {
      same,
      differences: same
        ? []
        : [
            "the plans as a whole are not those that were reviewed; a fingerprint of all does not say which stack it is",
          ],
    };
  }
  const differences: string[] = [];
  const left = new Map([...reviewed.stacks].filter(([name]) => only === undefined || only.has(name)));
  for (const { name, fingerprint } of now.stacks) {
    const before = left.get(name);
    left.delete(name);
    if (before === undefined) differences.push(`${name}: it was not reviewed`);
    else if (!sameFingerprint(before, fingerprint))
      differences.push(`${name}: it is not the plan that was reviewed`);
  }
  for (const name of left.keys())
    differences.push(`${name}: it was reviewed, and there is no plan of it here`);
  return { same: differences.length === 0, differences };
}
