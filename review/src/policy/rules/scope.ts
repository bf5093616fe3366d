import type { PolicyResource } from "../policy";

/** Whether an object stands after this plan that did not stand so before; an action that is not known may do so. */
export function makesOrChanges(resource: PolicyResource): boolean {
  return ["create", "update", "replace", "create-then-forget", "unknown"].includes(resource.action);
}

/** Where the pages of the shipped rules are, from the repository's root. */
export function pageOf(rule: string): string {
  return `docs/review/policies/${rule.replace("/", "-")}.md`;
}
