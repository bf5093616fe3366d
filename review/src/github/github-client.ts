import { randomUUID } from "node:crypto";
import { CommandError } from "../commands/command-error";
import { plainText } from "../commands/io";
import type { Repository } from "./github-context";

/** A comment of a pull request. */
export interface GithubComment {
  readonly id: number;
  readonly body: string;
  /** Who wrote it: the login, with `[bot]` at the end for an app. */
  readonly author: string;
  /** Its page. */
  readonly url: string;
}

/** What is asked of GitHub. */
export interface GithubClient {
  /** Who this program is there; undefined if the token cannot say. */
  viewer(): Promise<string | undefined>;
  /** All comments of a pull request, oldest first. */
  comments(pullRequest: number): Promise<GithubComment[]>;
  /** A comment as it is now; undefined if it is gone. */
  comment(id: number): Promise<GithubComment | undefined>;
  create(pullRequest: number, body: string): Promise<GithubComment>;
  /** @returns undefined if it is gone */
  update(id: number, body: string): Promise<GithubComment | undefined>;
  remove(id: number): Promise<void>;
  /** The pull request that brought a commit into its branch; undefined if there is none, or more than one. */
  pullRequestOf(commit: string): Promise<number | undefined>;
}

/** How GitHub is reached. */
export interface GithubClientOptions {
  readonly repository: Repository;
  readonly token: string;
  /**
   * The address of the API; GITHUB_API_URL has that of GitHub Enterprise.
   * @default "https://api.github.com"
   */
  readonly api?: string;
  readonly signal: AbortSignal;
  /**
   * How long a second of waiting is, in milliseconds.
   * @default 1000
   */
  readonly second?: number;
}

/** The longest that a limit is waited for, in seconds, and how often. */
const LONGEST_WAIT = 120;
const MOST_WAITS = 3;
/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT = 60_000;

/** Why GitHub refused. */
export interface Refusal {
  readonly kind: "size" | "rate" | "permission" | "gone" | "server" | "network" | "other";
  /** In words, with the status. */
  readonly text: string;
}

/** Says why GitHub refused; undefined for an error that is not GitHub's. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  const { status } = error;
  const response = "response" in error ? (error.response as Response | undefined) : undefined;
  const text = `${status}: ${plainText(error.message).slice(0, 500)}`;
  if (response === undefined) return { kind: "network", text: plainText(error.message).slice(0, 500) };
  if (status === 422 && /too long/i.test(error.message)) return { kind: "size", text };
  const headers = response.headers as unknown as Readonly<Record<string, unknown>>;
  if (status === 429 || (status === 403 && /rate limit/i.test(error.message))) return { kind: "rate", text };
  if (status === 403 && headers["x-ratelimit-remaining"] === "0") return { kind: "rate", text };
  if (status === 401 || status === 403) return { kind: "permission", text };
  if (status === 404 || status === 410) return { kind: "gone", text };
  return { kind: status >= 500 ? "server" : "other", text };
}

/**
 * Makes a client of GitHub's REST API that waits where it is told to, for a bounded time, and asks again where GitHub
 * itself failed. What creates something is never sent twice.
 *
 * @throws CommandError for an address that would send the token in plain text
 */
export async function githubClient(options: GithubClientOptions): Promise<GithubClient> {
  const { repository, token, signal, second = 1_000 } = options;
  const api = addressOf(options.api);
  const [{ Octokit }, { retry }, { throttling }] = await Promise.all([
    import("@octokit/rest"),
    import("@octokit/plugin-retry"),
    import("@octokit/plugin-throttling"),
  ]);
  const wait = (seconds: number, _options: unknown, _octokit: unknown, count: number): boolean =>
    seconds <= LONGEST_WAIT && count < MOST_WAITS;
  const octokit = new (Octokit.plugin(retry, throttling))({
    auth: token,
    baseUrl: api,
    userAgent: "cdktf-plan-review",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    retry: { retryAfterBaseValue: second, doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
    throttle: {
      id: randomUUID(),
      retryAfterBaseValue: second,
      onRateLimit: wait,
      onSecondaryRateLimit: wait,
    },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT)]) }),
    },
  });
  const read = (comment: {
    readonly id: number;
    readonly body?: string | null | undefined;
    readonly html_url: string;
    readonly user?: { readonly login: string } | null | undefined;
  }): GithubComment => ({
    id: comment.id,
    body: comment.body ?? "",
    author: comment.user?.login ?? "",
    url: comment.html_url,
  });
  const unlessGone = async <T>(request: Promise<T>): Promise<T | undefined> => {
    try {
      return await request;
    } catch (error) {
      if (refusalOf(error)?.kind === "gone") return undefined;
      throw error;
    }
  };
  return {
    viewer: async () => {
      try {
        const { viewer } = await octokit.graphql<{ viewer?: { login?: unknown } }>("{ viewer { login } }");
        if (typeof viewer?.login === "string") return viewer.login;
      } catch (error) {
        if (!isNoAnswer(error)) throw error;
      }
      try {
        const { data } = await octokit.users.getAuthenticated();
        return data.login;
      } catch (error) {
        if (!isNoAnswer(error)) throw error;
        return undefined;
      }
    },
    comments: async (issue_number) => {
      const all = await octokit.paginate(octokit.issues.listComments, {
        ...repository,
        issue_number,
        per_page: 100,
      });
      return all.map(read).sort((a, b) => a.id - b.id);
    },
    comment: async (comment_id) => {
      const found = await unlessGone(octokit.issues.getComment({ ...repository, comment_id }));
      return found === undefined ? undefined : read(found.data);
    },
    create: async (issue_number, body) => {
      const { data } = await octokit.issues.createComment({
        ...repository,
        issue_number,
        body,
        request: { retries: 0 },
      });
      return read(data);
    },
    update: async (comment_id, body) => {
      const found = await unlessGone(octokit.issues.updateComment({ ...repository, comment_id, body }));
      return found === undefined ? undefined : read(found.data);
    },
    remove: async (comment_id) => {
      await unlessGone(octokit.issues.deleteComment({ ...repository, comment_id }));
    },
    pullRequestOf: async (commit_sha) => {
      const { data } = await octokit.repos.listPullRequestsAssociatedWithCommit({
        ...repository,
        commit_sha,
      });
      const merged = data.filter(({ merged_at }) => merged_at !== null);
      const exact = merged.filter(({ merge_commit_sha }) => merge_commit_sha === commit_sha);
      const [first, ...others] = exact.length > 0 ? exact : merged;
      return others.length > 0 ? undefined : first?.number;
    },
  };
}

/** Whether an error only means that this kind of token cannot be asked who it is. */
function isNoAnswer(error: unknown): boolean {
  if (error instanceof Error && error.name === "GraphqlResponseError") return true;
  // A wrong token (401) is no such kind.
  if (error instanceof Error && "status" in error && error.status === 401) return false;
  const kind = refusalOf(error)?.kind;
  return kind === "permission" || kind === "gone";
}

function addressOf(api = "https://api.github.com"): string {
  let url: URL | undefined;
  try {
    url = new URL(api);
  } catch {
    // Refused below.
  }
  const loopback = url !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) return api.replace(/\/+$/, "");
  throw new CommandError(
    "github/refused",
    `${JSON.stringify(plainText(api))} is no address of GitHub's API to which a token can be sent`,
    "Set GITHUB_API_URL to https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise",
  );
}
