import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeApp, planOf } from "./fake-terraform";
import { run } from "./run";

let app: FakeApp;

beforeEach(() => {
  app = new FakeApp();
});

afterEach(() => {
  app.remove();
});

const plan = (args: readonly string[] = [], env: Record<string, string> = {}, more: object = {}) =>
  run(["plan", "--skip-synth", ...args], { cwd: app.folder, env: { ...app.env, ...env }, ...more });

function index(): { complete: boolean; stacks: Record<string, unknown>[] } {
  return JSON.parse(readFileSync(app.path("plans", "plans.json"), "utf8")) as ReturnType<typeof index>;
}

describe("plan", () => {
  it("gives 0 where nothing changes and 2 where something does", async () => {
    app.stack("one", { plan: planOf("no-op") });
    expect(await plan()).toMatchObject({ code: 0, stdout: "" });
    app.stack("two", { plan: planOf("create") });
    expect(await plan()).toMatchObject({ code: 2, stdout: "" });
    expect(index()).toMatchObject({
      complete: true,
      stacks: [
        { name: "one", status: "planned", changes: false, json: "one.json", plan: "one.tfplan" },
        { name: "two", status: "planned", changes: true },
      ],
    });
    expect(JSON.parse(readFileSync(app.path("plans", "two.json"), "utf8"))).toMatchObject({
      format_version: "1.2",
    });
  });

  it("keeps what it writes to its own user", async () => {
    app.stack("one", { plan: planOf("create") });
    await plan();
    expect(statSync(app.path("plans")).mode & 0o777).toBe(0o700);
    for (const file of ["one.json", "one.tfplan", "plans.json"]) {
      expect(statSync(app.path("plans", file)).mode & 0o777).toBe(0o600);
    }
  });

  it("goes on after one of ten stacks failed, and says which and why", async () => {
    for (let i = 0; i < 10; i++) app.stack(`stack-${i}`, { plan: planOf("create") });
    app.stack("stack-4", {
      fail: { plan: "" },
      lines: [
        {
          type: "diagnostic",
          "@message": "Error",
          diagnostic: {
            severity: "error",
            summary: "No such engine",
            detail: "ssh said no",
            address: "docker_container.web",
            range: { filename: "cdk.tf.json", start: { line: 3 } },
            snippet: { code: 'password = "hunter2"' },
          },
        },
      ],
    });
    const { code, stderr } = await plan();
    expect(code).toBe(1);
    expect(stderr).toContain("No such engine (docker_container.web, cdk.tf.json line 3)");
    expect(stderr).toMatch(/planning failed for stack-4\. .* \[terraform\/failed\]/);
    expect(stderr).not.toContain("hunter2");
    const { stacks } = index();
    expect(stacks.filter(({ status }) => status === "planned")).toHaveLength(9);
    expect(stacks[4]).toMatchObject({
      status: "failed",
      failure: expect.stringContaining("ssh said no") as string,
    });
    expect(existsSync(app.path("plans", "stack-4.tfplan"))).toBe(false);
    // What could be planned is reviewed, and the whole is an error all the same.
    const review = await run(["review", "plans"], { cwd: app.folder });
    expect(review.code).toBe(1);
    expect(review.stdout).toContain("No such engine");
    expect(review.stdout).toContain("stack-9");
  });

  it.each(["init", "show"])(
    "says what %s wrote for people, without the source and the values in it",
    async (phase) => {
      const said = [
        "Warning: old",
        "",
        "Error: Invalid provider",
        "",
        "  on cdk.tf.json line 31, in variable:",
        '  31:     "password": "hunter2",',
        "    ├────────────────",
        '    │ var.password is "hunter2"',
        "",
        "It cannot be reached.",
      ].join("\n");
      app.stack("one", { plan: planOf("create"), fail: { [phase]: said } });
      const { code, stderr } = await plan();
      expect(code).toBe(1);
      expect(stderr).toContain("Error: Invalid provider");
      expect(stderr).toContain("It cannot be reached.");
      expect(stderr).not.toContain("hunter2");
    },
  );

  it("takes nothing of an earlier run for a plan of this one", async () => {
    app.stack("one", { plan: planOf("create") }).stack("two", { plan: planOf("create") });
    await plan();
    app.stack("one", { fail: { plan: "no" } });
    await plan(["one"]);
    expect(existsSync(app.path("plans", "one.json"))).toBe(false);
    expect(existsSync(app.path("plans", "two.json"))).toBe(false);
    expect(index().stacks.map(({ name }) => name)).toEqual(["one"]);
  });

  it.each([
    ["Terraform is missing", [], { TERRAFORM_BINARY_NAME: "/no/such/terraform" }, "terraform/missing"],
    ["no stack is meant", ["nothing-*"], {}, "synth/no-stack"],
    ["a file of variables is missing", ["--var-file", "none.tfvars"], {}, "input/missing"],
  ])("leaves no plan of an earlier run to be reviewed where %s", async (_, args, env, error) => {
    app.stack("one", { plan: planOf("no-op") });
    expect((await plan()).code).toBe(0);
    const { code, stderr } = await plan(args, env);
    expect(code).toBe(1);
    expect(stderr).toContain(`[${error}]`);
    expect(readdirSync(app.path("plans"))).toEqual([]);
    expect((await run(["review", "plans"], { cwd: app.folder })).code).toBe(1);
  });

  it("upgrades providers where the lock file of an earlier synth forbids them", async () => {
    app.stack("one", { plan: planOf("create"), fail: { init: "Error: use terraform init -upgrade" } });
    await plan();
    expect(app.calls).toEqual([
      "one init -input=false -no-color",
      "one init -input=false -no-color -upgrade",
    ]);
  });

  it("gives Terraform what was said, and not the key of the hashes", async () => {
    app.stack("one", { plan: planOf("create") });
    writeFileSync(app.path("more.tfvars"), "");
    await plan(["--no-lock", "--lock-timeout", "5m", "--var-file", "more.tfvars"], {
      CDKTF_PLAN_REVIEW_KEY: "the key",
      TF_DATA_DIR: app.path("data"),
      TF_VAR_a: "b",
    });
    expect(app.calls[1]).toMatch(/^one plan .*-lock=false -lock-timeout=5m -var-file=\/.*more\.tfvars$/);
    expect(app.environmentIn("one")).toMatchObject({
      TF_IN_AUTOMATION: "1",
      TF_VAR_a: "b",
      TF_DATA_DIR: app.path("data", "one"),
    });
    expect(app.environmentIn("one")).not.toHaveProperty("CDKTF_PLAN_REVIEW_KEY");
  });

  it("ends Terraform on Ctrl-C, and says which stacks have no plan", async () => {
    app.stack("one", { plan: planOf("create"), hang: ["plan"] }).stack("two", { plan: planOf("create") });
    const ended = new AbortController();
    const waiting = setInterval(() => {
      if (!app.calls.includes("one plan waits")) return;
      clearInterval(waiting);
      ended.abort();
    }, 20);
    const { code, stderr } = await plan(["--parallelism", "1"], {}, { signal: ended.signal });
    expect(code).toBe(1);
    expect(stderr).toContain("[terraform/interrupted]");
    expect(app.calls).toContain("one plan ended by Ctrl-C");
    expect(index()).toMatchObject({
      complete: false,
      stacks: [
        { name: "one", status: "failed", failure: expect.stringContaining("interrupted") as string },
        { name: "two", status: "failed", failure: expect.stringContaining("not planned") as string },
      ],
    });
  });

  it("keeps one line that moves on a terminal", async () => {
    app.stack("one", { plan: planOf("create") });
    const { stderr } = await plan([], {}, { terminal: { stderr: true, width: 30 } });
    expect(stderr).toContain("\r\u001b[K0 of 1 planned; now one (init");
    expect(stderr).toContain("one: Plan: something");
  });
});

describe("the stacks", () => {
  beforeEach(() => {
    for (const name of ["staging-a", "production-b", "production-a"])
      app.stack(name, { plan: planOf("create") });
  });

  it.each([
    [["production-*"], ["production-a", "production-b"]],
    [["!staging-*"], ["production-a", "production-b"]],
    [["*-a", "!production-*"], ["staging-a"]],
    [
      ["staging-a", "production-b"],
      ["production-b", "staging-a"],
    ],
  ])("%j are %j", async (globs, names) => {
    await plan(globs);
    expect(
      index()
        .stacks.map(({ name }) => name)
        .sort(),
    ).toEqual(names);
  });

  it.each([["prod"], ["production-*", "nothing-*"], ["*", "!*"]])("%j are an error", async (...globs) => {
    const { code, stderr } = await plan(globs);
    expect(code).toBe(1);
    expect(stderr).toContain("[synth/no-stack]");
    expect(stderr).toContain("production-a");
    expect(app.calls).toEqual([]);
  });
});

describe("Terraform", () => {
  beforeEach(() => {
    app.stack("one", { plan: planOf("create") });
  });

  it("that is not there is said to be missing, with how to get it", async () => {
    const { code, stderr } = await plan(["--terraform", app.path("nowhere")]);
    expect(code).toBe(1);
    expect(stderr).toContain("[terraform/missing]");
    expect(stderr).toContain("(ENOENT)");
    expect(existsSync(app.path("plans"))).toBe(false);
  });

  it.each([
    ["1.0.11", "[terraform/version]"],
    ["0.15.5", "[terraform/version]"],
    ["none", "[terraform/missing]"],
  ])("%s is refused", async (version, code) => {
    const ran = await plan([], { FAKE_VERSION: version });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(code);
  });

  it.each(["1.1.0", "1.15.0-alpha20260101", "2.0.0"])("%s is taken", async (version) => {
    expect((await plan([], { FAKE_VERSION: version })).code).toBe(2);
  });
});

describe("synthesis", () => {
  const synth = (env: Record<string, string> = {}) =>
    run(["plan"], { cwd: app.folder, env: { ...app.env, ...env } });
  const config = (content: object): void => {
    writeFileSync(app.path("cdktf.json"), JSON.stringify(content));
  };

  it("runs the app with what the CDKTF CLI gives it", async () => {
    app.stack("one", { plan: planOf("create") });
    writeFileSync(
      app.path("app.js"),
      `const fs = require("fs"); const { CDKTF_OUTDIR: out, ...env } = process.env;
       if (fs.existsSync(out + "/manifest.json")) throw new Error("an old manifest is there");
       fs.writeFileSync("app-env.json", JSON.stringify(env));
       fs.writeFileSync(out + "/manifest.json", fs.readFileSync("manifest.copy"));`,
    );
    writeFileSync(app.path("manifest.copy"), readFileSync(app.path("cdktf.out", "manifest.json")));
    config({
      app: `${process.execPath} app.js`,
      context: { stage: "x" },
      terraformModules: ["./own", "other"],
    });
    expect(await synth({ TF_VAR_secret: "hidden", CDKTF_PLAN_REVIEW_KEY: "the key" })).toMatchObject({
      code: 2,
    });
    const env = JSON.parse(readFileSync(app.path("app-env.json"), "utf8")) as Record<string, string>;
    expect(JSON.parse(env["CDKTF_CONTEXT_JSON"] ?? "")).toEqual({
      stage: "x",
      cdktfRelativeModules: ["./own"],
    });
    expect(env["NODE_OPTIONS"]).toBe("--max-old-space-size=4096");
    expect(env).not.toHaveProperty("TF_VAR_secret");
    expect(env).not.toHaveProperty("CDKTF_PLAN_REVIEW_KEY");
  });

  it("that fails is an error with the app's words, and nothing old is planned instead", async () => {
    app.stack("one", { plan: planOf("create") });
    config({ app: "echo it broke >&2; exit 7" });
    const { code, stderr } = await synth();
    expect(code).toBe(1);
    expect(stderr).toMatch(/exit code 7:\nit broke\n.*\[synth\/failed\]/);
    expect(app.calls).toEqual([]);
  });

  it("that writes nothing is an error, though an earlier one did", async () => {
    app.stack("one", { plan: planOf("create") });
    config({ app: "true" });
    const { code, stderr } = await synth();
    expect(code).toBe(1);
    expect(stderr).toContain(join("cdktf.out", "manifest.json"));
    expect(app.calls).toEqual([]);
  });

  it("needs a cdktf.json", async () => {
    expect(await synth()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[synth/config]") as string,
    });
    config({ language: "typescript" });
    expect(await synth()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[synth/config]") as string,
    });
  });
});
