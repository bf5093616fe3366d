import type { Marks, OutputChange } from "../plan/plan";
import type { Redactor } from "../redaction/redactor";
import type { ReviewedOutput } from "../review/review";
import { isList, isObject, shownValue } from "./values";

/** What CDKTF calls the outputs by which a stack hands a value to another one. */
const CROSS_STACK = /^cross-stack-output-/;

/** Says what changes of the outputs: those of other stacks' use after those of people. */
export function reviewOutputs(outputs: readonly OutputChange[], redactor: Redactor): ReviewedOutput[] {
  const reviewed = outputs.flatMap((output): ReviewedOutput[] => {
    const { change, name } = output;
    // A value that is known only after apply may be another one, whatever the action says.
    const action =
      change.action === "no-op" && marksSomething(change.afterUnknown) ? "update" : change.action;
    if (action === "no-op") return [];
    const { before, after } = redactor.output(output);
    return [
      {
        name: redactor.text(name),
        action,
        before: shownValue(before ?? undefined),
        after: shownValue(after ?? undefined),
        crossStack: CROSS_STACK.test(name),
      },
    ];
  });
  return [
    ...reviewed.filter(({ crossStack }) => !crossStack),
    ...reviewed.filter(({ crossStack }) => crossStack),
  ];
}

function marksSomething(marks: Marks): boolean {
  const open = [marks];
  while (open.length > 0) {
    const next = open.pop();
    if (next === true) return true;
    if (isList(next)) for (const element of next) open.push(element);
    else if (isObject(next)) for (const key of Object.keys(next)) open.push(next[key]);
  }
  return false;
}
