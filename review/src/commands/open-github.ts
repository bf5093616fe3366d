import { type GithubClient, githubClient, refusalOf } from "../github/github-client";
import { repositoryOf } from "../github/github-context";
import { CommandError } from "./command-error";
import type { Io } from "./io";

/** How long a second of waiting is, in milliseconds; a test gives less. */
export const WAIT_VARIABLE = "CDKTF_PLAN_REVIEW_SECOND";

/**
 * Makes a client of GitHub from GITHUB_TOKEN, GITHUB_API_URL and the repository.
 *
 * @throws CommandError if one of them is missing
 */
export async function openGithub(
  repo: string | undefined,
  { env, signal }: Pick<Io, "env" | "signal">,
): Promise<GithubClient> {
  const repository = repositoryOf(repo, env);
  const token = env["GITHUB_TOKEN"] ?? "";
  if (token === "") {
    throw new CommandError(
      "github/token",
      "there is no token for GitHub",
      "Set GITHUB_TOKEN; in a workflow `env: { GITHUB_TOKEN: ${{ github.token }} }` with `permissions: { pull-requests: write }`",
    );
  }
  const api = env["GITHUB_API_URL"] ?? "";
  return githubClient({ repository, token, signal, second: secondOf(env), ...(api === "" ? {} : { api }) });
}

/** How long a second of waiting is, in milliseconds. */
export function secondOf(env: Io["env"]): number {
  const said = Number(env[WAIT_VARIABLE] ?? "");
  return Number.isFinite(said) && said >= 1 ? said : 1_000;
}

/**
 * Who this program is on GitHub: what was said, what the token says, else the workflow's own app.
 *
 * @throws CommandError if nothing says it: without it anybody's comment could pass for a review
 */
export async function authorOf(
  said: string | undefined,
  client: GithubClient,
  env: Io["env"],
): Promise<string> {
  const author = said ?? (await client.viewer());
  if (author !== undefined) return author;
  if (env["GITHUB_ACTIONS"] === "true") return "github-actions[bot]";
  throw new CommandError(
    "github/author",
    "the token does not say who it belongs to, so own comments cannot be told from those of others",
    "Say --author LOGIN, with [bot] at the end for an app",
  );
}

/** Why GitHub refused, as an error of a command; another error stays what it is. */
export function githubError(error: unknown, what: string): unknown {
  const refusal = refusalOf(error);
  if (refusal === undefined) return error;
  return new CommandError("github/refused", `GitHub refused ${what} (${refusal.text})`, MENDS[refusal.kind]);
}

const MENDS = {
  size: "The text is too long for GitHub even when it is cut: read the saved one",
  rate: "Too many requests were made with this token: run it again later",
  permission:
    "Give the token `pull-requests: write` (a workflow of a fork has no such token: see docs/review/workflow.md)",
  gone: "See that the repository, the pull request and GITHUB_API_URL are right, and that the token may see them",
  server: "GitHub itself failed, several times: run it again later (githubstatus.com)",
  network: "See that GITHUB_API_URL can be reached from here",
  other: "See what it says",
} as const;
