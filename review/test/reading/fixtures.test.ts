import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Plan } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import { readManifest } from "../../src/reading/manifest";
import { readReview } from "../../src/reading/read-review";
import { Redactor } from "../../src/redaction/redactor";
import type { ReviewedStack } from "../../src/review/review";
import { NO_RULES, reviewOf } from "./support";

const FIXTURES = join(__dirname, "../../fixtures");
const PLANS = readdirSync(join(FIXTURES, "plans")).filter((name) => name.endsWith(".json"));
const plan = (name: string): Plan => parsePlan(readFileSync(join(FIXTURES, "plans", name)), name);

/** How often each key is in a list. */
function tally(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** The changes that a plan's document has, counted without the parser: what happens, by actions alone. */
function expectedCounts(of: Plan): Partial<ReviewedStack["counts"]> {
  const actions = of.resourceChanges.map(({ change }) => change.actions.join());
  const count = (...words: string[]): number => actions.filter((word) => words.includes(word)).length;
  const replaced = count("delete,create", "create,delete");
  return {
    add: count("create", "create,forget") + replaced,
    change: count("update"),
    destroy: count("delete") + replaced,
    forget: count("forget", "create,forget"),
    read: count("read", "open"),
    drift: of.resourceDrift.filter(
      ({ change, previousAddress }) => change.action !== "no-op" || previousAddress !== undefined,
    ).length,
    deferred: of.deferredChanges.length,
  };
}

test("there are plans", () => {
  expect(PLANS.length).toBeGreaterThan(20);
});

describe.each(PLANS)("%s", (name) => {
  const read = plan(name);
  const stack = reviewOf(read);

  test("every change of the plan is there once, and nothing else", () => {
    const expected = [
      ...read.resourceChanges,
      ...read.deferredChanges.map(({ resourceChange }) => resourceChange),
    ].filter(
      ({ change, previousAddress }) =>
        change.action !== "no-op" || previousAddress !== undefined || change.importing !== undefined,
    );
    const redactor = Redactor.of([read]);
    const key = (address: string, deposed: string | undefined, actions: readonly string[]): string =>
      `${address} ${deposed ?? ""} ${actions.join()}`;
    expect(tally(stack.changes.map((change) => key(change.address, change.deposed, change.actions)))).toEqual(
      tally(
        expected.map(({ address, deposed, change }) => key(redactor.text(address), deposed, change.actions)),
      ),
    );
    expect(stack.counts.unchanged).toBe(
      read.resourceChanges.length - (expected.length - read.deferredChanges.length),
    );
  });

  test("the counts are Terraform's", () => {
    expect(stack.counts).toMatchObject(expectedCounts(read));
  });

  test("whatever changes is no 'unchanged'", () => {
    const does = stack.changes.length + stack.outputs.length + stack.actions.length + stack.byHand.length > 0;
    const verdict = readReview([{ name, source: name, plan: read }], { policy: NO_RULES }).verdict;
    if (does) expect([stack.status, verdict === "no-changes"]).toEqual(["changed", false]);
    else expect(stack.changes).toEqual([]);
  });

  test("every attribute that forces a replacement is shown", () => {
    const redactor = Redactor.of([read]);
    for (const { address, change, deposed } of read.resourceChanges) {
      const shown = stack.changes.find(
        (one) => one.address === redactor.text(address) && one.deposed === deposed,
      );
      const forcing = shown?.attributes.filter(({ forcesReplacement }) => forcesReplacement) ?? [];
      for (const [attribute] of change.replacePaths) {
        expect(forcing.map(({ path }) => path.split(/[.[ ]/, 1)[0])).toContain(attribute);
      }
    }
  });
});

test("stacks of CDKTF have the names of constructs, also where the construct was removed", () => {
  const review = readReview(
    ["fleet-web", "fleet-base"].map((name) => ({ name, source: name, plan: plan(`${name}-change.json`) })),
    { manifest: readManifest(join(FIXTURES, "synthesized")), policy: NO_RULES },
  );
  expect(
    review.stacks.map(({ name, changes, provisionalBecauseOf }) => [
      name,
      changes.map((one) => `${one.action} ${one.name}`),
      provisionalBecauseOf,
    ]),
  ).toEqual([
    ["fleet-base", ["delete fleet-base/host-1/cache", "replace fleet-base/host-1/store"], []],
    ["fleet-web", ["replace fleet-web/host-1/web"], ["fleet-base"]],
  ]);
  expect(review.stacks.flatMap(({ changes }) => changes.map(({ host }) => host))).toEqual([
    "host-1",
    "host-1",
    "host-1",
  ]);
});

test("a manifest of other code than the plans' blocks", () => {
  const review = readReview(
    ["fleet-web", "fleet-base"].map((name) => ({ name, source: name, plan: plan(`${name}-unchanged.json`) })),
    { manifest: readManifest(join(FIXTURES, "synthesized")), policy: NO_RULES },
  );
  expect(review.verdict).toBe("blocked");
  expect(review.because).toEqual(["the manifest does not match the plan of fleet-base"]);
});

test("the order of a plan's lists does not matter to what is counted", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PLANS),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (name, dice) => {
        const read = plan(name);
        const order = new Map(read.resourceChanges.map((change) => [change, dice.next().value as number]));
        const shuffled = [...read.resourceChanges].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
        const one = reviewOf(read);
        const other = reviewOf({ ...read, resourceChanges: shuffled });
        expect(other.counts).toEqual(one.counts);
        expect(tally(other.changes.map((change) => JSON.stringify(change)))).toEqual(
          tally(one.changes.map((change) => JSON.stringify(change))),
        );
      },
    ),
    { numRuns: 60 },
  );
});
