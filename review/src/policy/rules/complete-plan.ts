import type { Plan } from "../../plan/plan";
import type { PolicyRule } from "../policy";
import { pageOf } from "./scope";

const ID = "terraform/complete-plan";

/** No deploy of a stack whose plan is not whole. */
export const completePlanRule: PolicyRule = {
  id: ID,
  title: "The plan is whole: nothing failed, nothing is put off, and it can be applied",
  help: pageOf(ID),
  *check({ plan }) {
    if (plan.errored === true) {
      yield {
        message: "planning failed midway: what is shown is a part of what would happen",
        mend: "Mend what Terraform reports, and plan again.",
      };
    }
    if (plan.complete === false || plan.deferredChanges.length > 0) {
      const count = plan.deferredChanges.length;
      yield {
        message: `the plan is incomplete: ${count === 0 ? "Terraform says that more remains to be done afterwards" : `${count} change(s) are put off to a later plan`}`,
        mend: "Plan without -target, deploy first what the put-off parts wait for, and plan again.",
      };
    }
    if (plan.applyable === false && plan.errored !== true && hasChanges(plan)) {
      yield {
        message: "Terraform says that this plan cannot be applied, although it has changes",
        mend: "Plan again; a plan made with -refresh-only or with failed checks is none to deploy.",
      };
    }
  },
};

/** Whether anything happens. A data source that is read while applying is no change by itself. */
function hasChanges(plan: Plan): boolean {
  return (
    plan.resourceChanges.some(
      ({ change, mode }) => change.action !== "no-op" && !(mode === "data" && change.action === "read"),
    ) || plan.outputChanges.some(({ change }) => change.action !== "no-op")
  );
}
