import fc from "fast-check";
import { fixtureText } from "../plan/fixtures";
import { NO_CHANGES, review } from "../render/sample-reviews";
import { checkPlan, faultsOfMarkdown, faultsOfReading } from "./check-plan";
import { casesOf, mutated } from "./mutate";
import { changesIn } from "./oracle";
import { runCases } from "./run-cases";

/** A sample of what `npm run review:fuzz` runs. */
const SEED = 20_250_601;
const RUNS = 1_500;

it("finds nothing wrong with mutated plans", () => {
  const { runs, ended, failures } = runCases(SEED, 0, RUNS);
  expect(failures).toEqual([]);
  expect(runs).toBe(RUNS);
  // The cases are worth something only if they end in every way.
  for (const way of ["refused", "error", "blocked", "changes", "no-changes"])
    expect(ended).toHaveProperty(way);
}, 300_000);

it("makes the same cases for the same seed, whatever runs are asked for", () => {
  const all = [...casesOf(7, 0, 450)];
  expect(all.map(([run]) => run)).toEqual(Array.from({ length: 450 }, (_, run) => run));
  expect([...casesOf(7, 190, 260)]).toEqual(all.slice(190, 260));
  expect([...casesOf(8, 0, 10)]).not.toEqual(all.slice(0, 10));
});

describe("the fuzzer's own belief", () => {
  const document = (name: string): Record<string, unknown> =>
    JSON.parse(fixtureText(name)) as Record<string, unknown>;

  it.each(["nothing", "empty", "fleet-base-unchanged", "fleet-web-unchanged"])(
    "is that %s does nothing",
    (name) => {
      expect(changesIn(document(name))).toEqual([]);
    },
  );

  it.each([
    "create",
    "destroy",
    "moves",
    "docker-import",
    "outputs",
    "deferred",
    "errored",
    "invoked-action",
  ])("is that %s does something", (name) => {
    expect(changesIn(document(name))).not.toEqual([]);
  });

  it("notices what is lost, and what nobody knows", () => {
    expect(changesIn({ ...document("nothing"), resource_changes: [] })).toContainEqual(
      expect.stringContaining("is planned, and has no change"),
    );
    expect(changesIn({ resource_changes: [{ change: { actions: ["hibernate"] } }] })).toHaveLength(3);
    expect(changesIn({ checks: [{ status: "skipped" }] })).toEqual(['checks[0] is "skipped"']);
  });
});

it("takes a refusal and a verdict for good runs", () => {
  const file = mutated(fixtureText("nothing"), { mutations: [], bytes: [] });
  expect(checkPlan({ file })).toEqual({ ended: "no-changes", wrong: [] });
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(checkPlan({ file: Buffer.from(text) })).toEqual({ ended: "refused", wrong: [] });
    }),
  );
});

it("finds an exit code 0 that hides a change, a destroy that is not listed, and a comment that is not inert", () => {
  expect(faultsOfReading(NO_CHANGES, JSON.parse(fixtureText("destroy")))).toEqual([
    expect.stringContaining("exit code 0 with a change"),
    "2 deletes, of which 0 are listed",
  ]);
  expect(faultsOfReading(NO_CHANGES, JSON.parse(fixtureText("nothing")))).toEqual([]);
  expect(faultsOfMarkdown(NO_CHANGES)).toEqual([]);
  const finding = { rule: "a/b", level: "error" as const, stack: "s", message: "m", mend: "m" };
  const linked = review([], { findings: [{ ...finding, help: "https://example.com/page" }] });
  expect(faultsOfMarkdown(linked)).toEqual([expect.stringContaining("active in Markdown: <a href=")]);
});
