import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "./run";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}

const text = readFileSync(join(__dirname, "../../workflows/plan-review.yml"), "utf8");
const workflow = parse(text) as {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<"plan" | "result" | "deploy", Job>>;
};
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const scripts = steps.flatMap((step) => (step.run === undefined ? [] : [step.run]));

describe("the ready workflow", () => {
  it("never runs the code of a fork with credentials", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
    expect(text).not.toMatch(/^\s*pull_request_target:/m);
  });

  it("pins every action to a commit, with its version beside it", () => {
    const used = text.split("\n").filter((line) => /^\s*-?\s*uses:/.test(line));
    expect(used.length).toBeGreaterThan(5);
    for (const line of used) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("gives no job more than it needs", () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.plan.permissions).toEqual({
      contents: "read",
      "pull-requests": "write",
      "security-events": "write",
      actions: "read",
    });
    expect(workflow.jobs.result.permissions).toBeUndefined();
    expect(workflow.jobs.deploy.permissions).toEqual({ contents: "read", "pull-requests": "read" });
    for (const job of Object.values(workflow.jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it("puts nothing that others write into a script", () => {
    for (const script of scripts) expect(script).not.toContain("${{");
  });

  it("uploads no plan", () => {
    const uploads = steps.filter(({ uses }) => /upload/.test(uses ?? ""));
    const files = uploads.map((step) => String(step.with?.["path"] ?? step.with?.["sarif_file"])).join("\n");
    expect(files.split("\n").filter((file) => file !== "")).toEqual([
      "review.md",
      "review.json",
      "review.html",
      "plan-review-comment.md",
      "review.sarif",
      "applied.json",
    ]);
  });

  it("is made of scripts that bash can read, and of options that there are", async () => {
    const calls: string[][] = [];
    for (const script of scripts) {
      expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
        status: 0,
        stderr: "",
      });
      const joined = script.replaceAll("\\\n", " ");
      for (const [, words = ""] of joined.matchAll(/npx cdktf-plan-review ([^|\n]*)/g)) {
        calls.push(words.trim().split(/\s+/));
      }
    }
    expect(calls.map(([command]) => command)).toEqual([
      "plan",
      "review",
      "comment",
      "plan",
      "review",
      "verify",
      "apply",
    ]);
    for (const [command = "", ...words] of calls) {
      const { stdout } = await run([command, "--help"]);
      for (const option of words.filter((word) => word.startsWith("--")))
        expect(stdout).toContain(`${option} `);
    }
  });
});

describe("the check that is required", () => {
  const [step] = workflow.jobs.result.steps;
  const folder = mkdtempSync(join(tmpdir(), "workflow-"));
  const summary = join(folder, "summary.md");

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function check(env: { FORK: string; PLAN: string; CODE: string }): { status: number | null; said: string } {
    writeFileSync(summary, "");
    const { status, stdout } = spawnSync("bash", ["-e", "-o", "pipefail", "-c", step?.run ?? "exit 9"], {
      env: { PATH: process.env["PATH"], GITHUB_STEP_SUMMARY: summary, ...env },
      encoding: "utf8",
    });
    return { status, said: `${stdout}${readFileSync(summary, "utf8")}` };
  }

  it.each([
    ["0", 0],
    ["2", 0],
    ["3", 1],
    ["1", 1],
    ["", 1],
    ["130", 1],
  ])("of a review that ended with %p is %d", (CODE, status) => {
    expect(check({ FORK: "false", PLAN: "success", CODE }).status).toBe(status);
  });

  it.each(["failure", "cancelled", "skipped", ""])("fails where the plan was %p", (PLAN) => {
    expect(check({ FORK: "false", PLAN, CODE: "0" }).status).toBe(1);
  });

  it("says of a fork that nothing was planned, and not that nothing changes", () => {
    const { status, said } = check({ FORK: "true", PLAN: "skipped", CODE: "" });
    expect(status).toBe(0);
    expect(said).toContain("::warning title=Not planned::");
    expect(said).toContain("### Plan review\n\nNot planned");
    expect(said).not.toMatch(/no changes|nothing to do/i);
  });
});
