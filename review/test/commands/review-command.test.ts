import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { Readable } from "node:stream";
import { parseReview } from "../../src/review/parse-review";
import { FakeApp, planOf } from "./fake-terraform";
import { run, type RunSettings } from "./run";

let app: FakeApp;

beforeEach(() => {
  app = new FakeApp();
});

afterEach(() => {
  app.remove();
});

const review = (args: readonly string[], more: RunSettings = {}) =>
  run(["review", ...args], { cwd: app.folder, ...more });
const write = (name: string, content: unknown): void => {
  writeFileSync(app.path(name), typeof content === "string" ? content : JSON.stringify(content));
};

describe("the exit code", () => {
  it.each<[string, Record<string, unknown>, readonly string[], number]>([
    ["nothing to do", planOf("no-op"), [], 0],
    ["a change", planOf("update"), [], 2],
    ["a change that --fail-on names", planOf("update"), ["--fail-on", "destroy,changes"], 3],
    ["a change that --fail-on does not name", planOf("update"), ["--fail-on", "destroy"], 2],
    ["a replacement, which destroys", planOf("replace"), ["--fail-on", "destroy"], 3],
    ["a policy's finding", planOf("create", "new", { complete: false }), [], 3],
    [
      "an unknown action",
      JSON.parse(JSON.stringify(planOf("update")).replace('"update"', '"melt"')) as never,
      [],
      3,
    ],
    ["another major version", { ...planOf("no-op"), format_version: "2.0" }, [], 1],
  ])("of %s", async (_, plan, args, code) => {
    write("one.json", plan);
    expect(await review(["one.json", ...args])).toMatchObject({ code });
  });

  it("puts an error before a block, and a block before changes", async () => {
    write("a.json", planOf("replace"));
    write("b.json", planOf("update"));
    write("c.json", '{"format_version": "1.2", "resource_ch');
    expect((await review(["a.json", "b.json", "--fail-on", "replace"])).code).toBe(3);
    const { code, stdout } = await review(["a.json", "b.json", "c.json", "--fail-on", "replace"]);
    expect(code).toBe(1);
    expect(stdout).toContain("truncated");
  });
});

describe("bad input", () => {
  it.each<[string, string | Buffer]>([
    ["an empty file", ""],
    ["truncated JSON", '{"format_version": "1.2", '],
    ["no plan", '{"name": "x"}'],
    ["a list", "[]"],
    ["a state", '{"format_version": "1.0", "values": {}}'],
    ["invalid UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ["a saved plan", Buffer.from("PK\u0003\u0004")],
  ])("%s is an error, in every format", async (_, content) => {
    writeFileSync(app.path("one.json"), content);
    for (const format of ["text", "markdown", "json", "sarif", "html"]) {
      const { code, stdout } = await review(["one.json", "--format", format]);
      expect(code).toBe(1);
      expect(stdout).toContain("one");
      expect(stdout).not.toMatch(/no changes/i);
    }
  });

  it.each<[string, readonly string[], string]>([
    ["a file that is not there", ["nowhere.json"], "[input/missing]"],
    ["a folder without an index", ["."], "[input/plans-folder]"],
    ["no plan at all", [], "missing required argument 'plans'"],
    ["an unknown option", ["one.json", "--wat"], "unknown option '--wat'"],
    ["an unknown format", ["one.json", "--format", "pdf"], "Allowed choices are"],
    ["an unknown kind", ["one.json", "--fail-on", "destroy,explode"], '"explode" is none of destroy'],
    ["a policy that is not there", ["one.json", "--policy", "nowhere.ts"], "no such policy file"],
    ["a previous review that is none", ["one.json", "--previous", "one.json"], "[input/not-a-review]"],
    ["a manifest that is not there", ["one.json", "--manifest", "nowhere"], "manifest.json"],
    ["a file that cannot be written", ["one.json", "--output", "one.json/x.md"], "[output/unwritable]"],
    ["an ending that says nothing", ["one.json", "--output", "x.doc"], "[output/format]"],
    [
      "one format of two files",
      ["one.json", "--output", "a.md", "--output", "b.md", "--format", "text"],
      "[output/format]",
    ],
    ["a terminal as standard input", ["-"], "[input/stdin]"],
  ])("%s is an error on stderr that says what to do", async (_, args, said) => {
    write("one.json", planOf("no-op"));
    const { code, stdout, stderr } = await review(args, { terminal: { stdin: true } });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(said);
  });

  it("of a plan beyond what the process may use is an error before it is read", async () => {
    writeFileSync(app.path("one.json"), "");
    // Nothing but its size: it takes no room on the disk.
    truncateSync(app.path("one.json"), 64 * 1024 ** 3);
    const { code, stderr } = await review(["one.json"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /one\.json has 65536 MiB.*NODE_OPTIONS=--max-old-space-size=\d+\. \[input\/too-large\]/,
    );
  });

  it("of a policy that does not compile is an error", async () => {
    write("one.json", planOf("no-op"));
    write("policy.ts", "export default {");
    expect(await review(["one.json", "--policy", "policy.ts"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("policy.ts") as string,
    });
  });

  it("of the same stack twice is an error", async () => {
    mkdirSync(app.path("other"));
    write("one.json", planOf("no-op"));
    write("other/one.json", planOf("no-op"));
    const { code, stderr } = await review(["one.json", "other/one.json"]);
    expect(code).toBe(1);
    expect(stderr).toContain('the stack "one" is given twice');
  });

  it("of a manifest that does not match blocks, and a stack of it without a plan is an error", async () => {
    app.stack("one", {}).stack("two", {});
    write("one.json", planOf("no-op"));
    write("three.json", planOf("no-op"));
    expect((await review(["one.json", "three.json", "--manifest", "cdktf.out"])).code).toBe(1);
    const chosen = await review(["one.json", "--manifest", "cdktf.out", "--stack", "one"]);
    expect(chosen.stdout).not.toContain("two");
  });

  it("that nobody foresaw shows no value", async () => {
    const stdin = new Readable({
      read() {
        this.destroy(new RangeError("hunter2"));
      },
    });
    const { code, stderr } = await review(["-"], { stdin });
    expect(code).toBe(1);
    expect(stderr).toContain("RangeError");
    expect(stderr).not.toContain("hunter2");
  });
});

describe("what is read", () => {
  it("is standard input, under a name", async () => {
    const { code, stdout } = await review(["-", "--name", "web"], {
      stdin: JSON.stringify(planOf("update")),
    });
    expect(code).toBe(2);
    expect(stdout).toContain("Stack web");
  });

  it("is nothing on standard input: an error", async () => {
    const { code, stderr } = await review(["-"], { stdin: "" });
    expect({ code, said: stderr.split("\n")[0] }).toEqual({
      code: 1,
      said: expect.stringMatching(/^failed: stdin: standard input: this is empty\. Write it with/) as string,
    });
  });

  it("is a folder of plans once, however often it is named", async () => {
    app.stack("one", { plan: planOf("create") }).stack("two", { plan: planOf("no-op") });
    await run(["plan", "--skip-synth"], { cwd: app.folder, env: app.env });
    const folder = await review(["plans", "--format", "json"]);
    expect(folder.code).toBe(2);
    const all = await review([
      "plans/one.json",
      "plans/plans.json",
      "plans/two.json",
      "plans",
      "--format",
      "json",
    ]);
    expect(all).toEqual(folder);
  });

  it("is an error where a plan of the folder is gone, or the folder was not finished", async () => {
    app.stack("one", { plan: planOf("create") }).stack("two", { plan: planOf("no-op") });
    await run(["plan", "--skip-synth"], { cwd: app.folder, env: app.env });
    rmSync(app.path("plans", "two.json"));
    expect(await review(["plans"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("is not there, though it was planned") as string,
    });
  });

  it("never leads out of the folder", async () => {
    app.stack("one", { plan: planOf("create") });
    await run(["plan", "--skip-synth"], { cwd: app.folder, env: app.env });
    const index = readFileSync(app.path("plans", "plans.json"), "utf8");
    write("plans/plans.json", index.replace('"one.json"', '"../one.json"'));
    renameSync(app.path("plans", "one.json"), app.path("one.json"));
    expect(await review(["plans"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("must be the name of a file in this folder") as string,
    });
  });
});

describe("what is written", () => {
  it("is each output in the format of its ending", async () => {
    write("one.json", planOf("update"));
    const outputs = ["r.md", "r.json", "r.sarif", "r.txt", "deep/er/r.html"];
    const { code, stdout, stderr } = await review([
      "one.json",
      ...outputs.flatMap((file) => ["--output", file]),
    ]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: "verdict: changes\n" });
    const [markdown, json, sarif, text, html] = outputs.map((file) => readFileSync(app.path(file), "utf8"));
    expect(markdown).toMatch(/^## /);
    expect(parseReview(json ?? "", "r.json").verdict).toBe("changes");
    expect(JSON.parse(sarif ?? "")).toMatchObject({ version: "2.1.0" });
    expect(text).toMatch(/^Plan review: /);
    expect(html).toMatch(/^<!doctype html>/i);
  });

  it("has colours on a terminal alone, and not where NO_COLOR says so", async () => {
    write("one.json", planOf("update"));
    const terminal = { stdout: true };
    expect((await review(["one.json"], { terminal })).stdout).toContain("\u001b[");
    expect((await review(["one.json"], { terminal, env: { NO_COLOR: "1" } })).stdout).not.toContain(
      "\u001b[",
    );
    expect((await review(["one.json"])).stdout).not.toContain("\u001b[");
    await review(["one.json", "--output", "r.txt"], { terminal });
    expect(readFileSync(app.path("r.txt"), "utf8")).not.toContain("\u001b[");
  });

  it("says what is different from a review before", async () => {
    write("one.json", planOf("update"));
    await review(["one.json", "--output", "before.json"]);
    write("one.json", planOf("update", "another"));
    const { stdout } = await review(["one.json", "--previous", "before.json", "--format", "json"]);
    expect(parseReview(stdout, "").delta).toEqual({
      added: [],
      gone: [],
      changed: ["one: terraform_data.one"],
    });
  });

  it("names no hash without a key, and takes an empty one for none", async () => {
    const secret = { input: "hunter2-hunter2", id: "1" };
    const plan = planOf("update") as { resource_changes: { change: Record<string, unknown> }[] };
    Object.assign(plan.resource_changes[0]!.change, { after: secret, after_sensitive: { input: true } });
    write("one.json", plan);
    const json = async (key?: string) =>
      (await review(["one.json", "--format", "json"], { env: { CDKTF_PLAN_REVIEW_KEY: key } })).stdout;
    expect(await json()).not.toContain('"hash"');
    expect(await json("")).toBe(await json());
    expect(await json("a key")).toContain('"hash"');
    expect(await json("a key")).not.toContain("hunter2");
    expect(parseReview(await json("a key"), "")).toMatchObject({ fingerprintKeyed: true });
  });

  it("points SARIF at the file that was named", async () => {
    write("one.json", planOf("create", "new", { complete: false }));
    const { stdout } = await review(["one.json", "--format", "sarif", "--artifact", "main.ts"]);
    expect(stdout).toContain('"main.ts"');
  });
});

describe("help", () => {
  it.each(["", "plan", "review", "comment", "verify", "apply"])(
    "of %p has examples and exit codes",
    async (command) => {
      const { code, stdout } = await run([...(command === "" ? [] : [command]), "--help"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}cdktf-plan-review /);
      expect(stdout).toContain("Exit codes: ");
    },
  );

  it("is shown where no command is named, which is an error", async () => {
    expect(await run([])).toMatchObject({ code: 1, stderr: expect.stringContaining("Usage:") as string });
    expect(await run(["pln"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Did you mean plan?") as string,
    });
  });

  it("tells the version", async () => {
    const { version } = JSON.parse(readFileSync("review/package.json", "utf8")) as { version: string };
    expect(await run(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(existsSync("review/package.json")).toBe(true);
  });
});
