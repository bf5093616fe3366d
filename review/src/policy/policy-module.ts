/** What a policy file gets when it imports `cdktf-plan-review`: the names of the package that rules need, and nothing that runs. */
export type { Action, AttributePath, Json, Plan, ResourceChange } from "../plan/plan";
export { DATA_BEARING_TYPES, isDataBearing } from "./data-bearing";
export { FLEET_LABELS, labelOf } from "./labels";
export { definePolicy } from "./policy";
export type {
  Acknowledgement,
  Policy,
  PolicyResource,
  PolicyRule,
  PolicyStack,
  PolicyValue,
  Violation,
} from "./policy";
export { isUnset, shown, textOf } from "./policy-value";
export { SHIPPED_RULES } from "./rules";
