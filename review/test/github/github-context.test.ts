import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitOf, pullRequestOf, repositoryOf, runOf, runPage } from "../../src/github/github-context";

const folder = mkdtempSync(join(tmpdir(), "github-context-"));
const sha = "0123456789abcdef0123456789abcdef01234567";
const merge = "f".repeat(40);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function event(content: unknown) {
  const file = join(folder, "event.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return { GITHUB_EVENT_PATH: file };
}

describe("the pull request", () => {
  it.each<[string, unknown, Record<string, string>, number | undefined, number | undefined]>([
    ["is what was said", { pull_request: { number: 3 } }, {}, 9, 9],
    ["is the event's", { number: 3, pull_request: { number: 3 } }, {}, undefined, 3],
    ["is that of a comment on it", { issue: { number: 4, pull_request: {} } }, {}, undefined, 4],
    ["is no issue", { issue: { number: 4 } }, {}, undefined, undefined],
    ["is that of the ref", "no JSON", { GITHUB_REF: "refs/pull/12/merge" }, undefined, 12],
    ["is none on a branch", {}, { GITHUB_REF: "refs/heads/main" }, undefined, undefined],
    ["is no number that is none", { pull_request: { number: -1 } }, {}, undefined, undefined],
  ])("%s", (_, content, env, said, found) => {
    expect(pullRequestOf(said, { ...event(content), ...env })).toBe(found);
  });
});

describe("the commit", () => {
  it("is the head of the pull request, not GitHub's merge of it", () => {
    expect(commitOf({ ...event({ pull_request: { number: 1, head: { sha } } }), GITHUB_SHA: merge })).toBe(
      sha,
    );
  });

  it("is the pushed one otherwise, and nothing but a commit", () => {
    expect(commitOf({ GITHUB_SHA: merge })).toBe(merge);
    expect(commitOf({ GITHUB_SHA: "<img src=x>" })).toBeUndefined();
  });
});

describe("the run", () => {
  const env = { GITHUB_RUN_NUMBER: "12", GITHUB_RUN_ATTEMPT: "2" };

  it("is one of its workflow, whatever the branch", () => {
    expect(runOf({ ...env, GITHUB_WORKFLOW_REF: "a/b/.github/workflows/p.yml@refs/heads/x" })).toEqual({
      workflow: "a/b/.github/workflows/p.yml",
      number: 12,
      attempt: 2,
    });
  });

  it("is none outside of GitHub", () => {
    expect(runOf({})).toBeUndefined();
    expect(runOf({ ...env })).toBeUndefined();
  });

  it("has a page, on GitHub Enterprise too, made of nothing but an address", () => {
    const server = "https://github.example.com";
    expect(runPage({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "5" })).toBe(
      `${server}/a/b/actions/runs/5`,
    );
    expect(
      runPage({ GITHUB_SERVER_URL: `${server}/)x`, GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "5" }),
    ).toBeUndefined();
  });
});

describe("the repository", () => {
  it("is what was said before the variable", () => {
    expect(repositoryOf("x/y", { GITHUB_REPOSITORY: "a/b" })).toEqual({ owner: "x", repo: "y" });
    expect(repositoryOf(undefined, { GITHUB_REPOSITORY: "a/b" })).toEqual({ owner: "a", repo: "b" });
  });

  it.each([undefined, "a", "a/b/c", "../..%2f/x"])("is none: %p", (said) => {
    expect(() => repositoryOf(said, {})).toThrow("Say --repo OWNER/NAME");
  });
});
