import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan, ResourceChange } from "../../src/plan/plan";
import {
  ACTION_REASONS,
  ACTION_TUPLES,
  CHECK_STATUSES,
  DEFERRAL_REASONS,
  MODES,
  TRIGGER_EVENTS,
} from "../../src/plan/vocabulary";
import { ALL_FIXTURES, fixturePlan } from "./fixtures";

/** A change on one line: what its address is, what happens, and all that is special about it. */
function line({ address, mode, change, reason, previousAddress, deposed }: ResourceChange): string {
  return [
    address,
    change.order === undefined ? change.action : `${change.action} ${change.order}`,
    ...(mode === "managed" ? [] : [mode]),
    ...(reason === undefined ? [] : [reason]),
    ...(previousAddress === undefined ? [] : [`from ${previousAddress}`]),
    ...(deposed === undefined ? [] : ["deposed"]),
    ...(change.importing === undefined ? [] : ["imported"]),
    ...(change.generatedConfig === undefined ? [] : ["generated"]),
    ...(change.replacePaths.length === 0
      ? []
      : [change.replacePaths.map((path) => path.join(".")).join(" ")]),
  ].join(" | ");
}

/** What a plan comes to, on a few lines. */
function digest(plan: Plan): string[] {
  const { errored, complete, applyable } = plan;
  return [
    ...Object.entries({ errored, complete, applyable }).flatMap(([flag, value]) =>
      value === (flag !== "errored") ? [] : [`${flag}: ${String(value)}`],
    ),
    ...plan.resourceChanges.map(line),
    ...plan.resourceDrift.map((change) => `drift | ${line(change)}`),
    ...plan.deferredChanges.map(
      ({ reason, resourceChange }) => `deferred ${reason} | ${line(resourceChange)}`,
    ),
    ...plan.outputChanges.map(({ name, change }) => `output ${name} | ${change.action}`),
    ...plan.actionInvocations.map(({ address, event, triggeredBy, deferredReason }) =>
      [address, event, triggeredBy, deferredReason].filter((part) => part !== undefined).join(" | "),
    ),
    ...plan.checks.map(({ address, kind, status, problems }) =>
      [kind, address, status, ...problems].join(" | "),
    ),
  ];
}

test.each(ALL_FIXTURES.map(({ name }) => name))("%s says what it has always said", (name) => {
  expect(digest(fixturePlan(name))).toMatchSnapshot();
});

test("nothing in a plan that a Terraform or OpenTofu writes is unknown", () => {
  for (const { name } of ALL_FIXTURES)
    if (name !== "unknown-words") expect([name, fixturePlan(name).unknowns]).toEqual([name, []]);
});

test("every word that is not known is noted, with where it stands", () => {
  expect(fixturePlan("unknown-words").unknowns).toEqual([
    { where: "docker_container.tuple", what: "action", got: "[update, delete]" },
    { where: "docker_container.word", what: "action", got: "[hibernate]" },
    { where: "docker_container.none", what: "action", got: "[]" },
    { where: "docker_container.mode", what: "mode", got: "virtual" },
    { where: "docker_container.reason", what: "action reason", got: "delete_because_moon_phase" },
    { where: "docker_container.drifted", what: "action", got: "[teleport]" },
    { where: "deferred_changes[0]", what: "deferral reason", got: "postponed_by_operator" },
    { where: "output.odd", what: "action", got: "[rotate]" },
    { where: "check.odd", what: "check status", got: "skipped" },
    { where: "check.odd", what: "check status", got: "skipped" },
    { where: "action.docker_exec.odd", what: "event that triggers an action", got: "DuringUpdate" },
    { where: "list_changes", what: "part of the plan", got: "a list of 1" },
  ]);
});

describe("some fixture has each", () => {
  const plans = ALL_FIXTURES.map(({ name }) => fixturePlan(name));
  const changes = plans.flatMap((plan) => [
    ...plan.resourceChanges,
    ...plan.resourceDrift,
    ...plan.deferredChanges.map(({ resourceChange }) => resourceChange),
  ]);
  const real = ALL_FIXTURES.filter(({ byHand }) => !byHand).flatMap(
    ({ name }) => fixturePlan(name).resourceChanges,
  );
  const words = (values: readonly (string | undefined)[]) => new Set(values);

  test.each([...ACTION_TUPLES.keys()])("tuple of actions: %s", (tuple) => {
    expect(words(changes.map(({ change }) => change.actions.join()))).toContain(tuple);
  });

  test.each([...ACTION_REASONS.keys()])("reason, in a plan that Terraform made: %s", (reason) => {
    expect(words(real.map((change) => change.reason))).toContain(reason);
  });

  test.each([...ACTION_TUPLES.keys()].filter((tuple) => tuple !== "open" && tuple !== "create,forget"))(
    "tuple of actions, in a plan that Terraform made: %s",
    (tuple) => {
      expect(words(real.map(({ change }) => change.actions.join()))).toContain(tuple);
    },
  );

  test.each([...MODES])("mode: %s", (mode) => {
    expect(words(changes.map((change) => change.mode))).toContain(mode);
  });

  test.each([...DEFERRAL_REASONS.keys()])("reason for deferring: %s", (reason) => {
    expect(words(plans.flatMap((plan) => plan.deferredChanges.map((deferred) => deferred.reason)))).toContain(
      reason,
    );
  });

  test.each([...CHECK_STATUSES])("status of a check: %s", (status) => {
    expect(words(plans.flatMap((plan) => plan.checks.map((check) => check.status)))).toContain(status);
  });

  test.each(["AfterCreate", "BeforeUpdate", "AfterUpdate"])("event that triggers an action: %s", (event) => {
    expect([...TRIGGER_EVENTS]).toContain(event);
    expect(words(plans.flatMap((plan) => plan.actionInvocations.map((action) => action.event)))).toContain(
      event,
    );
  });

  test("way of importing", () => {
    const imports = changes.flatMap(({ change }) =>
      change.importing === undefined ? [] : [change.importing],
    );
    expect(imports).toContainEqual({ id: "cdd-fixture-adopted" });
    expect(imports).toContainEqual({ identity: { name: "lan", host: "web-1" } });
    expect(imports).toContainEqual({ unknown: true });
    expect(
      fixturePlan("docker-import").resourceChanges.map(({ change }) => change.generatedConfig),
    ).toContainEqual(expect.stringContaining('resource "docker_network" "generated"'));
  });
});

test("the README names every fixture, and those by hand are marked in the file", () => {
  const readme = readFileSync(join(__dirname, "../../fixtures/README.md"), "utf8");
  for (const { name, byHand, text } of ALL_FIXTURES) {
    expect(readme).toContain(`| \`${name}\` |`);
    expect([name, text.includes('"//": "Made by hand')]).toEqual([name, byHand]);
  }
});

test("no fixture holds a machine's path, or a time but the one that all have", () => {
  for (const { name, text } of ALL_FIXTURES) {
    expect([name, /\/(?:tmp|home|root|work)\//.exec(text)]).toEqual([name, null]);
    const times = [...text.matchAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[^"]*/g)].map(([time]) => time);
    expect([name, times.filter((time) => time !== "2025-01-01T00:00:00Z")]).toEqual([name, []]);
  }
});
