import type { AttributePath, Json, Plan, ResourceChange } from "../plan/plan";
import type { ReviewedDrift } from "../review/review";
import { addressParts } from "./addresses";
import { reviewChange, reviewedAction, type StackContext } from "./reviewed-change";
import { isList, isObject, member, sameValue } from "./values";

/** Says what changed outside Terraform: first what the plan depends on. */
export function reviewDrift(context: StackContext): ReviewedDrift[] {
  const drift = context.plan.resourceDrift.flatMap((resource): ReviewedDrift[] => {
    // A move shows up as drift of the old address.
    const action = reviewedAction(resource);
    if (action === undefined) return [];
    return [
      {
        ...reviewChange(resource, action, context),
        provisioners: [],
        relevant: isRelevant(resource, context.plan),
      },
    ];
  });
  return [...drift.filter(({ relevant }) => relevant), ...drift.filter(({ relevant }) => !relevant)];
}

/** Whether noise filters folded all of it. The plan depends on none of it. */
export function isFoldedDrift({ action, relevant, attributes, noise }: ReviewedDrift): boolean {
  return action === "update" && !relevant && attributes.length === 0 && Object.keys(noise).length > 0;
}

/**
 * Whether the plan depends on what changed: `relevant_attributes` names the object, and one of its attributes that
 * changed, or the object is gone. Terraform itself shows no other drift.
 */
function isRelevant({ address, change }: ResourceChange, plan: Plan): boolean {
  const { configuration } = addressParts(address);
  return plan.relevantAttributes.some(({ resource, path }) => {
    if (resource !== address && addressParts(resource).configuration !== configuration) return false;
    if (change.action !== "update") return true;
    return !sameAt(change.before, change.after, path);
  });
}

/** Whether two values are the same at the end of a way; where it cannot be walked, whether all of it is the same. */
function sameAt(before: Json | undefined, after: Json | undefined, path: AttributePath): boolean {
  let a = before;
  let b = after;
  for (const step of path) {
    if (isObject(a) && isObject(b) && typeof step === "string") {
      a = member(a, step);
      b = member(b, step);
    } else if (isList(a) && isList(b) && typeof step === "number") {
      a = a[step];
      b = b[step];
    } else {
      break;
    }
  }
  return sameValue(a, b);
}
