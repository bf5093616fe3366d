import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderJson } from "../../src/render/json";
import { FakeGithub } from "../github/fake-github";
import { BLOCKED, NO_CHANGES } from "../render/sample-reviews";
import { FakeApp, planOf } from "./fake-terraform";
import { run, type RunSettings } from "./run";

// The client leaves some seconds between comments that it makes, as GitHub asks.
jest.setTimeout(60_000);

const SHA = "c".repeat(40);
let github: FakeGithub;
let folder: string;

beforeEach(async () => {
  github = await FakeGithub.start();
  folder = mkdtempSync(join(tmpdir(), "comment-"));
  writeFileSync(join(folder, "review.json"), renderJson({ ...BLOCKED, ...fingerprints(BLOCKED) }));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await github.stop();
});

/** The samples' fingerprints are shorter than real ones. */
function fingerprints(review: typeof BLOCKED) {
  const fingerprint = `sha256:${"0".repeat(64)}`;
  return { fingerprint, stacks: review.stacks.map((stack) => ({ ...stack, fingerprint })) };
}

const variables = (): Record<string, string> => ({
  GITHUB_API_URL: github.api,
  GITHUB_TOKEN: "secret-token",
  GITHUB_REPOSITORY: "example/fleet",
  CDKTF_PLAN_REVIEW_SECOND: "1",
});
const comment = (args: readonly string[] = [], { env, ...more }: RunSettings = {}) =>
  run(["comment", "review.json", ...args], { cwd: folder, env: { ...variables(), ...env }, ...more });

describe("comment", () => {
  it("posts what was reviewed, whatever the review came to, and says where", async () => {
    const { code, stdout, stderr } = await comment(["--pr", "7"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^posted: https:\/\/github\.example\//);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("production-consul/server-1/data");
  });

  it("knows the pull request from the event", async () => {
    writeFileSync(
      join(folder, "event.json"),
      JSON.stringify({ pull_request: { number: 7, head: { sha: SHA } } }),
    );
    const env = { GITHUB_EVENT_PATH: join(folder, "event.json") };
    expect(await comment([], { env })).toMatchObject({ code: 0 });
    expect(github.comments[0]?.body).toContain("commit cccccccccccc");
  });

  it("prints it and asks nobody in a dry run", async () => {
    const { code, stdout } = await comment(["--dry-run"], {
      env: { GITHUB_TOKEN: "", GITHUB_REPOSITORY: "" },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!-- cdktf-plan-review:default -->\n## /);
    expect(github.requests).toEqual([]);
  });

  it("is found by a token of an app that cannot say who it is, in a workflow", async () => {
    github.viewer = undefined;
    const env = { GITHUB_ACTIONS: "true" };
    await comment(["--pr", "7"], { env });
    await comment(["--pr", "7"], { env });
    expect(github.comments).toHaveLength(1);
  });

  it.each<[string, readonly string[], Record<string, string>, string]>([
    ["no pull request", [], {}, "[github/pull-request]"],
    ["no repository", ["--pr", "7"], { GITHUB_REPOSITORY: "" }, "[github/repository]"],
    ["no token", ["--pr", "7"], { GITHUB_TOKEN: "" }, "[github/token]"],
    ["a wrong token", ["--pr", "7"], { GITHUB_TOKEN: "x" }, "[github/refused]"],
    ["another pull request", ["--pr", "8"], {}, "[github/refused]"],
    [
      "an address without TLS",
      ["--pr", "7"],
      { GITHUB_API_URL: "http://github.example/api/v3" },
      "[github/refused]",
    ],
    ["no address", ["--pr", "7"], { GITHUB_API_URL: "github" }, "[github/refused]"],
    ["nobody there", ["--pr", "7"], { GITHUB_API_URL: "http://127.0.0.1:9" }, "[github/refused]"],
  ])("with %s saves the text, and says where", async (_, args, env, said) => {
    const { code, stderr } = await comment(args, { env });
    expect(code).toBe(1);
    expect(stderr).toContain(`its text is in ${join(folder, "plan-review-comment.md")}`);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("secret-token");
    expect(readFileSync(join(folder, "plan-review-comment.md"), "utf8")).toContain(
      "production-consul/server-1/data",
    );
    expect(github.comments).toEqual([]);
  });

  it("with a token that does not say who it is saves the text, since anybody's comment could be its own", async () => {
    github.viewer = undefined;
    const { code, stderr } = await comment(["--pr", "7", "--save", "text.md"]);
    expect({ code, author: stderr.includes("[github/author]") }).toEqual({ code: 1, author: true });
    expect(existsSync(join(folder, "text.md"))).toBe(true);
    expect(await comment(["--pr", "7", "--author", "github-actions[bot]"])).toMatchObject({ code: 0 });
  });

  it("that is refused for its size whatever is cut saves the text", async () => {
    github.limit = 100;
    const { code, stderr } = await comment(["--pr", "7"]);
    expect({ code, size: stderr.includes("too long for GitHub even when it is cut") }).toEqual({
      code: 1,
      size: true,
    });
  });

  it.each([
    ["half of it", (text: string) => text.slice(0, 500)],
    ["nothing", () => ""],
  ])("of %s posts nothing", async (_, spoil) => {
    writeFileSync(join(folder, "review.json"), spoil(renderJson(NO_CHANGES)));
    expect(await comment(["--pr", "7"])).toMatchObject({ code: 1 });
    expect(github.requests).toEqual([]);
  });
});

describe("verify --pr", () => {
  const KEY = { CDKTF_PLAN_REVIEW_KEY: "a secret of the pipeline" };
  let app: FakeApp;

  beforeEach(async () => {
    app = new FakeApp();
    app.stack("staging", { plan: planOf("update") }).stack("production", { plan: planOf("create") });
    await call(["plan", "--skip-synth"]);
    await call(["review", "plans", "--output", "review.json"]);
    await call(["comment", "review.json", "--pr", "7"]);
  });

  afterEach(() => {
    app.remove();
  });

  const call = (args: readonly string[], env: Record<string, string> = {}) =>
    run(args, { cwd: app.folder, env: { ...app.env, ...variables(), ...KEY, ...env } });
  const verify = (...args: readonly string[]) => call(["verify", "plans", "--pr", ...args]);

  it("accepts what the comment says was reviewed, an environment at a time", async () => {
    expect(await verify("7")).toMatchObject({ code: 0 });
    await call(["plan", "--skip-synth", "prod*"]);
    expect(await verify("7", "--stack", "prod*")).toMatchObject({ code: 0 });
    expect(await verify("7")).toMatchObject({ code: 3 });
  });

  it("finds the pull request that brought the commit", async () => {
    github.pulls = [
      { number: 3, merged_at: "2026-01-01T00:00:00Z", merge_commit_sha: "d".repeat(40) },
      { number: 7, merged_at: "2026-01-02T00:00:00Z", merge_commit_sha: SHA },
    ];
    expect(await call(["verify", "plans", "--pr"], { GITHUB_SHA: SHA })).toMatchObject({ code: 0 });
    github.pulls = [];
    expect(await call(["verify", "plans", "--pr"], { GITHUB_SHA: SHA })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[github/pull-request]") as string,
    });
  });

  it("refuses what is planned otherwise now", async () => {
    app.stack("staging", { plan: planOf("update", "other") });
    await call(["plan", "--skip-synth"]);
    expect(await verify("7")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("differs: staging") as string,
    });
  });

  it("believes nobody else's comment", async () => {
    const [own] = github.comments;
    github.comments = [{ ...own!, author: "mallory" }];
    expect(await verify("7")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[github/state]") as string,
    });
  });

  it("believes no comment that was edited so that it fits other plans", async () => {
    // Whoever may edit comments, but has no key: the fingerprint of what they want deployed, made with a key of theirs.
    app.stack("staging", { plan: planOf("update", "theirs") });
    await call(["plan", "--skip-synth"]);
    const [own] = github.comments;
    const theirs = { CDKTF_PLAN_REVIEW_KEY: "guessed" };
    await call(["review", "plans", "--output", "theirs.json"], theirs);
    own!.body = (await call(["comment", "theirs.json", "--dry-run"], theirs)).stdout;
    expect(await verify("7")).toMatchObject({ code: 3 });
    await call(["review", "plans", "--output", "theirs.json"], { CDKTF_PLAN_REVIEW_KEY: "" });
    own!.body = (await call(["comment", "theirs.json", "--dry-run"], theirs)).stdout;
    expect(await verify("7")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[verify/key]") as string,
    });
  });

  it("refuses what was blocked", async () => {
    await call(["review", "plans", "--output", "review.json", "--fail-on", "changes"]);
    await call(["comment", "review.json", "--pr", "7"]);
    expect(await verify("7")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("came to blocked") as string,
    });
  });
});
