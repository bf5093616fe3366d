import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import type { ApplyReport } from "../../src/commands/apply-command";
import { FakeApp, planOf } from "./fake-terraform";
import { run, type RunSettings } from "./run";

const KEY = { CDKTF_PLAN_REVIEW_KEY: "a secret of the pipeline" };

let app: FakeApp;

beforeEach(() => {
  app = new FakeApp();
});

afterEach(() => {
  app.remove();
});

const call = (args: readonly string[], { env, ...more }: RunSettings = {}) =>
  run(args, { cwd: app.folder, env: { ...app.env, ...env }, ...more });
/** Plans, and reviews what was planned. */
async function planAndReview(env: RunSettings["env"] = {}, args: readonly string[] = []): Promise<void> {
  await call(["plan", "--skip-synth"]);
  await call(["review", "plans", "--output", "review.json", ...args], { env });
}
const edit = (file: string, change: (text: string) => string): void => {
  writeFileSync(app.path(file), change(readFileSync(app.path(file), "utf8")));
};
const applied = (): string[] =>
  app.calls.filter((line) => / apply /.test(line)).map((line) => line.split(" ")[0] ?? "");

describe("verify", () => {
  beforeEach(() => {
    app.stack("one", { plan: planOf("update") }).stack("two", { plan: planOf("create") });
  });

  it.each([
    ["with a key", KEY],
    ["without one", {}],
  ])("accepts the same plans, planned again, %s", async (_, env) => {
    await planAndReview(env);
    // Another time stands in it.
    app.stack("one", { plan: planOf("update", "new", { timestamp: "2031-01-01T00:00:00Z" }) });
    await call(["plan", "--skip-synth"]);
    const { code, stderr } = await call(["verify", "plans", "--review", "review.json"], { env });
    expect({ code, said: stderr.split("\n").at(-2) }).toEqual({
      code: 0,
      said: "verified: 2 stacks are planned as they were reviewed",
    });
    expect(stderr.includes("does not cover the values of secrets")).toBe(!("CDKTF_PLAN_REVIEW_KEY" in env));
  });

  it("refuses a single byte more, and names the stack", async () => {
    await planAndReview(KEY);
    edit("plans/two.json", (text) => text.replace('"new"', '"new "'));
    const { code, stderr } = await call(["verify", "plans", "--review", "review.json"], { env: KEY });
    expect(code).toBe(3);
    expect(stderr).toContain("differs: two: it is not the plan that was reviewed");
    expect(stderr).not.toContain("differs: one");
  });

  it("with a key refuses another value of a secret; without one it cannot", async () => {
    const secret = (value: string) => {
      const plan = planOf("update", value) as { resource_changes: { change: Record<string, unknown> }[] };
      plan.resource_changes[0]!.change["after_sensitive"] = { input: true };
      return plan;
    };
    for (const [env, code] of [
      [KEY, 3],
      [{}, 0],
    ] as const) {
      app.stack("one", { plan: secret("first-secret") });
      await planAndReview(env);
      app.stack("one", { plan: secret("other-secret") });
      await call(["plan", "--skip-synth"]);
      expect(await call(["verify", "plans", "--review", "review.json"], { env })).toMatchObject({ code });
    }
  });

  it("refuses a stack that was not reviewed, and one that is missing", async () => {
    await planAndReview(KEY);
    app.stack("three", { plan: planOf("no-op") });
    await call(["plan", "--skip-synth", "!one"]);
    const { code, stderr } = await call(["verify", "plans", "--review", "review.json"], { env: KEY });
    expect(code).toBe(3);
    expect(stderr).toContain("differs: three: it was not reviewed");
    expect(stderr).toContain("differs: one: it was reviewed, and there is no plan of it here");
  });

  it("compares the stacks of one environment alone where it is told to", async () => {
    await planAndReview(KEY);
    await call(["plan", "--skip-synth", "two"]);
    const args = ["verify", "plans", "--review", "review.json"];
    expect(await call([...args, "--stack", "t*"], { env: KEY })).toMatchObject({ code: 0 });
    expect(await call([...args, "--stack", "o*"], { env: KEY })).toMatchObject({ code: 3 });
    expect(await call([...args, "--stack", "x*"], { env: KEY })).toMatchObject({ code: 1 });
  });

  it("takes a fingerprint over all stacks", async () => {
    await planAndReview(KEY);
    const { fingerprint } = JSON.parse(readFileSync(app.path("review.json"), "utf8")) as {
      fingerprint: string;
    };
    const args = (text: string) => ["verify", "plans", "--fingerprint", text];
    expect(await call(args(fingerprint), { env: KEY })).toMatchObject({ code: 0 });
    expect(
      await call(args(`${fingerprint.slice(0, -1)}${fingerprint.endsWith("0") ? "1" : "0"}`), { env: KEY }),
    ).toMatchObject({ code: 3 });
    expect(await call(args("abc"), { env: KEY })).toMatchObject({ code: 1 });
  });

  it("takes no fingerprint without a key where there is one, nor the other way round", async () => {
    await planAndReview({});
    expect(await call(["verify", "plans", "--review", "review.json"], { env: KEY })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[verify/key]") as string,
    });
    await planAndReview(KEY);
    expect(await call(["verify", "plans", "--review", "review.json"])).toMatchObject({ code: 1 });
  });

  it("refuses a review in which somebody exchanged the fingerprint of a stack", async () => {
    await planAndReview(KEY);
    const [one, two] = (
      JSON.parse(readFileSync(app.path("review.json"), "utf8")) as { stacks: { fingerprint: string }[] }
    ).stacks.map(({ fingerprint }) => fingerprint);
    edit("review.json", (text) => text.replace(two!, one!));
    edit("plans/two.json", () => readFileSync(app.path("plans", "one.json"), "utf8"));
    const { code, stderr } = await call(["verify", "plans", "--review", "review.json"], { env: KEY });
    expect(code).toBe(3);
    expect(stderr).toContain("somebody changed it");
  });

  it("refuses a review that was blocked", async () => {
    await planAndReview(KEY, ["--fail-on", "changes"]);
    expect(await call(["verify", "plans", "--review", "review.json"], { env: KEY })).toMatchObject({
      code: 3,
    });
  });

  it("does not take a stack without a plan for one without changes", async () => {
    await planAndReview(KEY);
    app.stack("two", { fail: { plan: "no" } });
    await call(["plan", "--skip-synth"]);
    expect(await call(["verify", "plans", "--review", "review.json"], { env: KEY })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[input/failed-stack]") as string,
    });
  });

  it.each([[[]], [["--review", "review.json", "--fingerprint", `sha256:${"0".repeat(64)}`]]])(
    "wants one word on what was reviewed, not %j",
    async (args) => {
      await planAndReview();
      expect(await call(["verify", "plans", ...args])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Say one of --review.* \[usage\]/) as string,
      });
    },
  );
});

describe("apply", () => {
  beforeEach(() => {
    app
      .stack("c-last", { plan: planOf("create") }, ["b-middle"])
      .stack("b-middle", { plan: planOf("update") }, ["a-first"])
      .stack("a-first", { plan: planOf("create") });
  });

  const apply = (args: readonly string[] = [], more: RunSettings = {}) =>
    call(
      ["apply", "plans", "--review", "review.json", "--auto-approve", "--output", "report.json", ...args],
      {
        env: KEY,
        ...more,
      },
    );
  const report = (): ApplyReport => JSON.parse(readFileSync(app.path("report.json"), "utf8")) as ApplyReport;
  const statuses = (): string[] => report().stacks.map(({ name, status }) => `${name} ${status}`);

  it("applies the saved plans in the order of the stacks, and plans nothing", async () => {
    await planAndReview(KEY);
    const before = app.calls.length;
    const { code, stderr } = await apply();
    expect(code).toBe(0);
    expect(applied()).toEqual(["a-first", "b-middle", "c-last"]);
    expect(app.calls.slice(before).filter((line) => / (plan|init) /.test(line))).toEqual([]);
    expect(app.calls.at(-1)).toMatch(/^c-last apply -input=false -no-color -json \/\S+\.tfplan$/);
    expect(statuses()).toEqual(["a-first applied", "b-middle applied", "c-last applied"]);
    expect(stderr).toContain("making it");
    expect(stderr).not.toContain("printed by a provisioner");
  });

  it("leaves what has nothing to do", async () => {
    app.stack("a-first", { plan: planOf("no-op") });
    await planAndReview(KEY);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(applied()).toEqual(["b-middle", "c-last"]);
    expect(statuses()[0]).toBe("a-first unchanged");
  });

  it("stops at the first failure, and says what was done and what was not", async () => {
    app.stack("b-middle", {
      plan: planOf("update"),
      fail: { apply: "" },
      lines: [{ type: "diagnostic", "@message": "", diagnostic: { severity: "error", summary: "No room" } }],
    });
    await planAndReview(KEY);
    const { code, stderr } = await apply();
    expect(code).toBe(1);
    expect(applied()).toEqual(["a-first", "b-middle"]);
    expect(report()).toMatchObject({
      outcome: "failed",
      stacks: [
        { name: "a-first", status: "applied" },
        { name: "b-middle", status: "failed", text: "exit code 1: No room" },
        { name: "c-last", status: "not-applied", text: "b-middle failed before it" },
      ],
    });
    expect(stderr).toContain("[apply/failed]");
    expect(stderr).toContain("c-last: not-applied");
  });

  it.each(["update", "no-op"] as const)(
    "leaves a provisional plan (%s), and what comes after it",
    async (action) => {
      app.stack("b-middle", { plan: planOf(action) });
      const upstream = planOf("create", "new", {
        output_changes: {
          "cross-stack-output-one": {
            actions: ["update"],
            before: "a",
            after: "b",
            after_unknown: false,
            before_sensitive: true,
            after_sensitive: true,
          },
        },
      });
      app.stack("a-first", { plan: upstream });
      await planAndReview(KEY);
      const { code, stderr } = await apply();
      expect(report().stacks[1]).toMatchObject({
        status: "not-applied",
        text: expect.stringContaining("provisional") as string,
      });
      expect(code).toBe(2);
      expect(applied()).toEqual(["a-first"]);
      expect(report().outcome).toBe("left");
      expect(stderr).toContain("plan and review again");
    },
  );

  it.each<[string, () => void, number, string]>([
    [
      "a saved plan with one byte more",
      () => {
        edit("plans/b-middle.tfplan", (text) => text.replace('"new"', '"new "'));
      },
      3,
      "b-middle: it is not the plan that was reviewed",
    ],
    [
      "a saved plan that is another stack's",
      () => {
        edit("plans/b-middle.tfplan", () => readFileSync(app.path("plans", "c-last.tfplan"), "utf8"));
      },
      3,
      "b-middle",
    ],
    [
      "a saved plan that is gone",
      () => {
        rmSync(app.path("plans", "c-last.tfplan"));
      },
      1,
      "[apply/no-plan]",
    ],
    [
      "a saved plan that is none",
      () => {
        edit("plans/c-last.tfplan", () => "garbage");
      },
      1,
      "[apply/no-plan]",
    ],
    [
      "a review in which somebody exchanged the fingerprint of a stack, and the saved plan with it",
      () => {
        const { stacks } = JSON.parse(readFileSync(app.path("review.json"), "utf8")) as {
          stacks: { name: string; fingerprint: string }[];
        };
        const of = (stack: string) => stacks.find(({ name }) => name === stack)?.fingerprint ?? "";
        edit("review.json", (text) => text.replace(of("b-middle"), of("c-last")));
        edit("plans/b-middle.tfplan", () => readFileSync(app.path("plans", "c-last.tfplan"), "utf8"));
      },
      3,
      "somebody changed it",
    ],
    [
      "a directory that is gone",
      () => {
        rmSync(app.path("cdktf.out", "stacks", "c-last"), { recursive: true });
      },
      1,
      "[apply/no-plan]",
    ],
    [
      "a review that is gone",
      () => {
        rmSync(app.path("review.json"));
      },
      1,
      "[input/missing]",
    ],
    [
      "a review of nothing",
      () => {
        edit("review.json", () => "{}");
      },
      1,
      "[input/not-a-review]",
    ],
  ])("applies nothing with %s", async (_, spoil, code, said) => {
    await planAndReview(KEY);
    spoil();
    const ran = await apply();
    expect(ran.stderr).toContain(said);
    expect(ran.code).toBe(code);
    expect(applied()).toEqual([]);
  });

  it("applies nothing that was blocked, and says what blocks", async () => {
    await planAndReview(KEY, ["--fail-on", "changes"]);
    const { code, stderr } = await apply();
    expect(code).toBe(3);
    expect(stderr).toContain("refused: the review came to blocked");
    expect(report()).toMatchObject({ outcome: "refused", stacks: expect.arrayContaining([]) as unknown });
    expect(applied()).toEqual([]);
  });

  it("believes no review that says it was not blocked where the plans say otherwise", async () => {
    app.stack("a-first", { plan: planOf("create", "new", { complete: false }) });
    await planAndReview(KEY);
    edit("review.json", (text) => text.replace('"verdict": "blocked"', '"verdict": "changes"'));
    const { code, stderr } = await apply();
    expect(code).toBe(3);
    expect(stderr).toContain("refused: the saved plans come to blocked");
    expect(applied()).toEqual([]);
  });

  it("applies nothing under another key", async () => {
    await planAndReview({});
    expect(await apply()).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("the same key") as string,
    });
    expect(applied()).toEqual([]);
  });

  it("asks nobody where nobody is, and applies nothing then", async () => {
    await planAndReview(KEY);
    const ran = await call(["apply", "plans", "--review", "review.json"], { env: KEY });
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[apply/not-confirmed]") as string,
    });
    expect(applied()).toEqual([]);
  });

  it.each([
    ["yes", 0],
    ["y", 1],
    ["", 1],
  ])("takes nothing but yes: %j", async (answer, code) => {
    await planAndReview(KEY);
    const stdin = new PassThrough();
    const ran = await call(["apply", "plans", "--review", "review.json"], {
      env: KEY,
      stdin,
      terminal: { stdin: true },
      onStderr: (text) => {
        if (text.includes("Only yes is taken")) stdin.write(`${answer}\n`);
      },
    });
    expect(ran.code).toBe(code);
    expect(ran.stderr.includes("[apply/declined]")).toBe(code === 1);
    expect(applied()).toHaveLength(code === 0 ? 3 : 0);
  });

  it("is ended by Ctrl-C after what it is at", async () => {
    app.stack("b-middle", { plan: planOf("update"), hang: ["apply"] });
    await planAndReview(KEY);
    const ended = new AbortController();
    const waiting = setInterval(() => {
      if (!app.calls.includes("b-middle apply waits")) return;
      clearInterval(waiting);
      ended.abort();
    }, 20);
    const { code, stderr } = await apply([], { signal: ended.signal });
    expect(code).toBe(1);
    expect(stderr).toContain("[apply/interrupted]");
    expect(statuses()).toEqual(["a-first applied", "b-middle failed", "c-last not-applied"]);
  });
});
