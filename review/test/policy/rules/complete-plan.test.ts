import type { Plan } from "../../../src/plan/plan";
import { completePlanRule } from "../../../src/policy/rules/complete-plan";
import { change, stack, verdicts } from "../plans";

const deploy = [change("docker_container.web", "update")];
const of = (more: Partial<Plan>, changes = deploy) => verdicts(completePlanRule, stack(changes, more));

test("a whole plan is in order, as is one of a Terraform that does not say", () => {
  expect(of({})).toEqual([]);
  expect(of({ errored: undefined, complete: undefined, applyable: undefined })).toEqual([]);
});
test("a plan that failed midway is found, once", () => {
  expect(of({ errored: true, applyable: false })).toEqual([
    expect.stringMatching(/^error stack: planning failed midway/),
  ]);
});
test("a plan that is incomplete is found", () => {
  expect(of({ complete: false })).toEqual([expect.stringMatching(/incomplete: Terraform says/)]);
});
test("a plan that puts changes off is found, whatever else it says", () => {
  const deferredChanges = [
    { reason: "provider_config_unknown", reasonKnown: true, resourceChange: deploy[0]! },
  ];
  expect(of({ deferredChanges })).toEqual([expect.stringMatching(/1 change\(s\) are put off/)]);
  expect(of({ deferredChanges, complete: false })).toHaveLength(1);
});
describe("a plan that cannot be applied", () => {
  test("is found if it changes anything", () => {
    expect(of({ applyable: false })).toEqual([expect.stringMatching(/cannot be applied/)]);
    const { change: created } = change("a.b", "create");
    expect(of({ applyable: false, outputChanges: [{ name: "a", change: created }] }, [])).toHaveLength(1);
  });
  test("is in order if it does not", () => {
    const idle = [
      change("docker_container.web", "no-op"),
      change("data.docker_image.i", "read", { mode: "data" }),
    ];
    expect(of({ applyable: false }, idle)).toEqual([]);
  });
});
