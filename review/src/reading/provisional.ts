import type { Plan } from "../plan/plan";
import type { ReviewedStack } from "../review/review";
import { upstreamsOf } from "./stack-order";

/**
 * Marks the stacks whose plan may be another one once the stacks before them are deployed. That is so if one of those, or
 * of those before it,
 *
 * - has no plan, or one that is not whole: nobody knows what it changes;
 * - changes an output, from which values of the plan may come;
 * - changes at all, and the plan has data sources, which read what is there now.
 *
 * @param stacks all stacks, in the order in which they are deployed
 * @param plans their plans, by name
 * @param dependsOn of every stack of the manifest, reviewed or not, the stacks before it
 */
export function markProvisional(
  stacks: readonly ReviewedStack[],
  plans: ReadonlyMap<string, Plan>,
  dependsOn: ReadonlyMap<string, readonly string[]>,
): ReviewedStack[] {
  return stacks.map((stack) => {
    const plan = plans.get(stack.name);
    if (plan === undefined) return stack;
    const reads = readsData(plan);
    const upstream = upstreamsOf(stack.name, dependsOn);
    const because = stacks
      .filter(({ name }) => upstream.has(name))
      .filter((other) => mayChange(other, reads));
    if (because.length === 0) return stack;
    const names = because.map(({ name }) => name);
    return {
      ...stack,
      provisionalBecauseOf: names,
      banners: [
        ...stack.banners,
        {
          kind: "provisional",
          text: `The plan may be another one once ${names.join(", ")} ${names.length === 1 ? "is" : "are"} deployed. Plan and review again then.`,
        },
      ],
    };
  });
}

const NOT_WHOLE = new Set(["errored", "incomplete", "deferred", "unknown"]);

function mayChange(upstream: ReviewedStack, readByData: boolean): boolean {
  if (upstream.status === "failed" || upstream.outputs.length > 0) return true;
  if (upstream.banners.some(({ kind }) => NOT_WHOLE.has(kind))) return true;
  return readByData && upstream.status === "changed";
}

function readsData(plan: Plan): boolean {
  const isData = (address: string): boolean => /(?:^|\.)data\.[^.]+\.[^.]+$/.test(address);
  return (
    plan.resourceChanges.some(({ mode }) => mode === "data") ||
    [...plan.references.keys(), ...plan.providers.keys()].some(isData)
  );
}
