import type { Json, Plan, PlanDocument, ResourceChange } from "./plan";
import { isObject, member } from "./read-document";
import { marksAnything } from "./read-change";
import type { Unknowns } from "./unknowns";

/** The keys of a plan: what the documented format and its known extensions have. */
const PLAN_KEYS: ReadonlySet<string> = new Set([
  "format_version",
  "terraform_version",
  "variables",
  "planned_values",
  "resource_drift",
  "resource_changes",
  "deferred_changes",
  "deferred_action_invocations",
  "output_changes",
  "action_invocations",
  "prior_state",
  "configuration",
  "relevant_attributes",
  "checks",
  "timestamp",
  "applyable",
  "complete",
  "errored",
]);

/** Words in the name of a key that tell of something which happens. */
const TELLS_OF_CHANGE =
  /change|drift|action|invocation|defer|destroy|delete|replace|forget|import|move|removal|remove/i;

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Notes keys of the plan that are not known and may tell of changes. The format lets readers ignore all others. */
export function noteUnknownKeys(document: PlanDocument, unknowns: Unknowns): void {
  for (const [key, value] of Object.entries(document)) {
    if (PLAN_KEYS.has(key) || isEmpty(value)) continue;
    if (TELLS_OF_CHANGE.test(key) || (Array.isArray(value) && value.some((item) => typeof item === "object")))
      unknowns.value(key, "part of the plan", value);
  }
}

/** The addresses of the managed resources of a `values` object, those of its child modules too. */
function managedIn(values: Json | undefined): string[] {
  const found: string[] = [];
  const rest: (Json | undefined)[] = [member(values, "root_module")];
  while (rest.length > 0) {
    const module = rest.pop();
    const resources = member(module, "resources");
    const modules = member(module, "child_modules");
    if (Array.isArray(resources))
      for (const resource of resources as readonly Json[]) {
        const address = member(resource, "address");
        if (typeof address === "string" && member(resource, "mode") === "managed") found.push(address);
      }
    if (Array.isArray(modules)) for (const child of modules as readonly Json[]) rest.push(child);
  }
  return found;
}

/** Addresses of the changes, where the objects stand and where they stood. */
function addressesOf(changes: readonly ResourceChange[]): Set<string> {
  return new Set(changes.flatMap(({ address, previousAddress }) => [address, previousAddress ?? address]));
}

/**
 * Notes resources that the plan's values have and its changes do not: every resource that Terraform plans has an entry,
 * a no-op too, so that a missing one is a plan that lost something.
 */
function noteMissingChanges(plan: Omit<Plan, "unknowns">, unknowns: Unknowns): void {
  const addresses = addressesOf([
    ...plan.resourceChanges,
    ...plan.deferredChanges.map(({ resourceChange }) => resourceChange),
  ]);
  const missing = (values: Json | undefined) =>
    managedIn(values).filter((address) => !addresses.has(address));
  for (const address of missing(plan.document.planned_values))
    unknowns.word(address, "planned resource without a change", "nothing");
  // What a plan leaves out on purpose stays in the prior state without a change.
  if (plan.complete !== true || plan.errored !== false || plan.resourceChanges.length === 0) return;
  for (const address of missing(member(plan.document.prior_state, "values")))
    unknowns.word(address, "resource of the state without a change", "nothing");
}

/** Notes outputs that the plan's values have and its changes do not. */
function noteMissingOutputs(plan: Omit<Plan, "unknowns">, unknowns: Unknowns): void {
  const outputs = member(plan.document.planned_values, "outputs");
  if (!isObject(outputs)) return;
  const names = new Set(plan.outputChanges.map(({ name }) => name));
  for (const name of Object.keys(outputs))
    if (!names.has(name)) unknowns.word(`output.${name}`, "planned output without a change", "nothing");
}

/** Whether anything in it is more than a no-op. */
function doesAnything(plan: Omit<Plan, "unknowns">): boolean {
  return (
    plan.resourceChanges.some(
      ({ change, previousAddress }) =>
        change.action !== "no-op" || previousAddress !== undefined || change.importing !== undefined,
    ) ||
    plan.outputChanges.some(
      ({ change }) => change.action !== "no-op" || marksAnything(change.afterUnknown),
    ) ||
    plan.resourceDrift.length > 0 ||
    plan.deferredChanges.length > 0 ||
    plan.actionInvocations.length > 0
  );
}

/** Notes where the parts of a plan contradict each other, as those of a plan that lost something do. */
export function noteContradictions(plan: Omit<Plan, "unknowns">, unknowns: Unknowns): void {
  noteMissingChanges(plan, unknowns);
  noteMissingOutputs(plan, unknowns);
  if (plan.applyable === true && !doesAnything(plan))
    unknowns.value("applyable", "plan that can be applied, without a change", plan.applyable);
  if (plan.applyable === false && plan.errored === false && doesSomethingToApply(plan))
    unknowns.value("applyable", "plan that cannot be applied, with a change", plan.applyable);
}

function doesSomethingToApply(plan: Omit<Plan, "unknowns">): boolean {
  return plan.resourceChanges.some(({ change }) => !["no-op", "read", "unknown"].includes(change.action));
}
