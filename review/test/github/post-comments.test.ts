import { readState } from "../../src/github/comment-state";
import { githubClient } from "../../src/github/github-client";
import { postComments, type PostRequest } from "../../src/github/post-comments";
import { change, NO_CHANGES, review, stack } from "../render/sample-reviews";
import { FakeGithub } from "./fake-github";

// The client leaves some seconds between comments that it makes, as GitHub asks.
jest.setTimeout(60_000);

const OLD = "a".repeat(40);
const NEW = "b".repeat(40);
const workflow = "example/fleet/.github/workflows/plan.yml";

/** A review that needs several comments: destroys are never cut. */
const LARGE = review([
  stack("production", {
    changes: Array.from({ length: 700 }, (_, i) => change(`docker_volume.${"v".repeat(120)}${i}`, "delete")),
  }),
]);
const SMALL = review([stack("production", { changes: [change("docker_container.web", "create")] })]);

let github: FakeGithub;

beforeEach(async () => {
  github = await FakeGithub.start();
});

afterEach(async () => {
  await github.stop();
});

async function post(more: Partial<PostRequest> = {}) {
  const client = await githubClient({
    repository: { owner: "example", repo: "fleet" },
    token: "secret-token",
    api: github.api,
    signal: new AbortController().signal,
    second: 1,
  });
  return postComments(client, {
    review: SMALL,
    marker: "default",
    commit: OLD,
    run: { workflow, number: 5, attempt: 1 },
    report: undefined,
    pullRequest: 7,
    author: "reviewer",
    second: 1,
    ...more,
  });
}

describe("a comment", () => {
  it("is made once, and changed in place by the next run", async () => {
    expect((await post()).outcome).toBe("posted");
    expect(
      (await post({ review: NO_CHANGES, commit: NEW, run: { workflow, number: 6, attempt: 1 } })).outcome,
    ).toBe("posted");
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]?.body).toContain("Reviewed commit bbbbbbbbbbbb, run 6");
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  it("is left alone where it says so already", async () => {
    await post();
    github.requests.length = 0;
    expect((await post()).outcome).toBe("unchanged");
    expect(github.requests.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it("is found behind hundreds of others", async () => {
    for (let i = 0; i < 130; i++) github.say("somebody", `word ${i}`);
    await post();
    for (let i = 0; i < 130; i++) github.say("somebody", `word ${i}`);
    await post({ review: NO_CHANGES, commit: NEW, run: { workflow, number: 6, attempt: 1 } });
    expect(github.comments).toHaveLength(261);
  });

  it("of somebody else is neither read nor changed, whatever it says", async () => {
    await post({ review: NO_CHANGES });
    const forged = { ...github.comments[0]! };
    github.comments = [];
    const comment = github.say("mallory", forged.body);
    await post({ commit: NEW, run: { workflow, number: 4, attempt: 1 } });
    expect(comment.body).toBe(forged.body);
    expect(github.comments.map(({ author }) => author)).toEqual(["mallory", "reviewer"]);
    // Read, it would have been an earlier review, and this a difference from it.
    expect(github.comments[1]?.body).not.toContain("Since the last review");
  });

  it("of another marker is another one", async () => {
    await post({ marker: "staging" });
    await post({ marker: "staging-2" });
    await post({ marker: "production" });
    expect(github.comments).toHaveLength(3);
    expect((await post({ marker: "staging" })).outcome).toBe("unchanged");
  });

  it("that is gone when it is to be changed is made anew", async () => {
    await post();
    github.refuse("PATCH", { status: 404, message: "Not Found" });
    await post({ review: NO_CHANGES, run: { workflow, number: 6, attempt: 1 } });
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(2);
  });
});

describe("several comments", () => {
  it("are made where one is too small, and removed when they are no longer needed", async () => {
    await post({ review: LARGE });
    const pages = github.comments.length;
    expect(pages).toBeGreaterThan(1);
    const text = github.comments.map(({ body }) => body).join("");
    for (let i = 0; i < 700; i++) expect(text).toContain(`${"v".repeat(20)}${i}`);
    for (const { body } of github.comments) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    await post({ run: { workflow, number: 6, attempt: 1 } });
    expect(github.comments).toHaveLength(1);
  });
});

describe("concurrent runs", () => {
  it.each([
    ["a later run", { workflow, number: 6, attempt: 1 }],
    ["a later attempt", { workflow, number: 5, attempt: 2 }],
  ])("leave what %s has posted", async (_, run) => {
    await post({ review: NO_CHANGES, commit: NEW, run });
    const [before] = github.comments.map(({ body }) => body);
    expect((await post()).outcome).toBe("superseded");
    expect(github.comments.map(({ body }) => body)).toEqual([before]);
  });

  it("do not put runs of other workflows in order", async () => {
    await post({ review: NO_CHANGES, run: { workflow: "other.yml", number: 60, attempt: 1 } });
    expect((await post()).outcome).toBe("posted");
  });

  it("that post between the look and the write win if they are later", async () => {
    await post({ review: NO_CHANGES, commit: NEW, run: { workflow, number: 9, attempt: 1 } });
    const later = github.comments[0]!.body;
    github.comments = [];
    await post({ run: { workflow, number: 3, attempt: 1 } });
    const comment = github.comments[0]!;
    // The later one writes right after our list of the comments was made.
    github.refusals.push((request) => {
      if (request.startsWith("GET") && request.endsWith(`/comments/${comment.id}`)) comment.body = later;
      return undefined;
    });
    expect((await post({ run: { workflow, number: 4, attempt: 1 } })).outcome).toBe("superseded");
    expect(comment.body).toBe(later);
  });

  it("that both made a comment leave one: the later run's", async () => {
    await post({ review: NO_CHANGES, commit: NEW, run: { workflow, number: 9, attempt: 1 } });
    const later = github.comments[0]!;
    github.comments = [];
    github.refusals.push((request) => {
      if (request.startsWith("POST") && request.includes("comments") && github.comments.length === 0) {
        github.comments.push(later);
      }
      return undefined;
    });
    await post();
    expect(github.comments).toEqual([later]);
  });
});

describe("a refusal", () => {
  const secondary =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

  it("for too many requests is waited for", async () => {
    github.refuse("POST /repos", { status: 403, message: secondary, headers: { "retry-after": "2" } });
    github.refuse("GET /repos", { status: 429, message: secondary, headers: { "retry-after": "1" } });
    expect((await post()).outcome).toBe("posted");
    expect(github.comments).toHaveLength(1);
  });

  it("for too many requests that lasts is not waited for without end", async () => {
    github.refuse("POST /repos", { status: 403, message: secondary, headers: { "retry-after": "2" } }, 1_000);
    await expect(post()).rejects.toMatchObject({ status: 403 });
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(4);
  });

  it("for hours is not waited for at all", async () => {
    github.refuse(
      "POST /repos",
      { status: 403, message: secondary, headers: { "retry-after": "3600" } },
      1_000,
    );
    await expect(post()).rejects.toMatchObject({ status: 403 });
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  it("of the permission is not asked again", async () => {
    github.refuse("POST /repos", { status: 403, message: "Resource not accessible by integration" }, 1_000);
    await expect(post()).rejects.toMatchObject({ status: 403 });
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  it("of the size leads to smaller comments", async () => {
    github.limit = 50_000;
    const long = review([
      stack("production", {
        changes: Array.from({ length: 400 }, (_, i) =>
          change(`docker_container.${"c".repeat(120)}${i}`, "create"),
        ),
      }),
    ]);
    expect((await post({ review: long })).outcome).toBe("posted");
    for (const { body } of github.comments) expect(body.length).toBeLessThanOrEqual(50_000);
  });

  it("by a fault of GitHub's own is asked again, and makes no second comment", async () => {
    github.refuse("GET /repos", { status: 502, message: "Bad Gateway" }, 2);
    github.refuse("POST /repos", { status: 500, message: "Server Error", anyway: true });
    expect((await post()).outcome).toBe("posted");
    expect(github.comments).toHaveLength(1);
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  it("by a fault that lasts ends", async () => {
    github.refuse("POST /repos", { status: 500, message: "Server Error" }, 1_000);
    await expect(post()).rejects.toMatchObject({ status: 500 });
    expect(github.requests.filter((request) => request.startsWith("POST"))).toHaveLength(3);
  });
});

describe("the difference from the push before", () => {
  const first = review([stack("production", { changes: [change("docker_container.a", "create")] })]);
  const second = review([stack("production", { changes: [change("docker_container.b", "create")] })]);

  it("is read from the comment, and stays when the run is repeated", async () => {
    await post({ review: first });
    await post({ review: second, commit: NEW, run: { workflow, number: 6, attempt: 1 } });
    const [once] = github.comments.map(({ body }) => body);
    expect(once).toContain("production: docker_container.a");
    await post({ review: second, commit: NEW, run: { workflow, number: 6, attempt: 2 } });
    expect(github.comments[0]?.body).toContain("production: docker_container.a");
    expect(readState(github.comments[0]!.body)?.run?.attempt).toBe(2);
  });

  it("is not told where there was no push before", async () => {
    await post({ review: first });
    await post({ review: second, run: { workflow, number: 6, attempt: 1 } });
    expect(github.comments[0]?.body).not.toContain("docker_container.a");
  });
});
