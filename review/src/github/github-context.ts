import { readFileSync } from "node:fs";
import { z } from "zod";
import { CommandError } from "../commands/command-error";
import { plainText } from "../commands/io";

/** The variables of the environment. */
type Variables = Readonly<Record<string, string | undefined>>;

/** A repository on GitHub. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** Which run of a workflow it is: two runs of one workflow can be put in order. */
export interface WorkflowRun {
  /** The workflow, as GITHUB_WORKFLOW_REF says it without the branch. */
  readonly workflow: string;
  /** The run's number. It grows with each run of the workflow. */
  readonly number: number;
  /** Which attempt of the run. */
  readonly attempt: number;
}

/** Part of what triggered the workflow: GITHUB_EVENT_PATH. */
const EVENT = z.object({
  number: z.number().int().positive().optional(),
  pull_request: z
    .object({ number: z.number().int().positive(), head: z.object({ sha: z.string() }).optional() })
    .optional(),
  issue: z.object({ number: z.number().int().positive(), pull_request: z.unknown() }).optional(),
});

function event(env: Variables): z.infer<typeof EVENT> {
  const file = env["GITHUB_EVENT_PATH"];
  if (file === undefined || file === "") return {};
  try {
    return EVENT.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Another kind of event: what it does not say must be said in another way.
    return {};
  }
}

/**
 * The repository, from what was said or from GITHUB_REPOSITORY.
 *
 * @param said `owner/name`
 * @throws CommandError if nobody says it
 */
export function repositoryOf(said: string | undefined, env: Variables): Repository {
  const text = said ?? env["GITHUB_REPOSITORY"] ?? "";
  const match = /^(?<owner>[\w.-]+)\/(?<repo>[\w.-]+)$/.exec(text)?.groups;
  if (match?.["owner"] !== undefined && match["repo"] !== undefined) {
    return { owner: match["owner"], repo: match["repo"] };
  }
  throw new CommandError(
    "github/repository",
    text === "" ? "no repository is named" : `${JSON.stringify(plainText(text))} is no repository`,
    "Say --repo OWNER/NAME, or set GITHUB_REPOSITORY",
  );
}

/** The number of the pull request, from what was said or from the event; undefined if neither says it. */
export function pullRequestOf(said: number | undefined, env: Variables): number | undefined {
  if (said !== undefined) return said;
  const { pull_request: pull, issue, number } = event(env);
  const fromRef = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "")?.[1];
  return (
    pull?.number ??
    (issue?.pull_request === undefined ? undefined : issue.number) ??
    (fromRef === undefined ? number : Number(fromRef))
  );
}

/** @throws CommandError: nobody says which pull request it is */
export function noPullRequest(): never {
  throw new CommandError(
    "github/pull-request",
    "nothing says which pull request it is",
    "Say --pr NUMBER, or run it in a workflow on pull_request",
  );
}

/** The commit that was reviewed: the head of the pull request, not GitHub's merge of it. */
export function commitOf(env: Variables): string | undefined {
  const sha = event(env).pull_request?.head?.sha ?? env["GITHUB_SHA"] ?? "";
  return /^[0-9a-f]{40,64}$/.test(sha) ? sha : undefined;
}

/** Which run of which workflow this is; undefined outside of GitHub Actions. */
export function runOf(env: Variables): WorkflowRun | undefined {
  const [number, attempt] = [Number(env["GITHUB_RUN_NUMBER"]), Number(env["GITHUB_RUN_ATTEMPT"] ?? "1")];
  const workflow = (env["GITHUB_WORKFLOW_REF"] ?? env["GITHUB_WORKFLOW"] ?? "").replace(/@.*$/, "");
  if (!Number.isSafeInteger(number) || number < 1 || !Number.isSafeInteger(attempt) || workflow === "") {
    return undefined;
  }
  return { workflow, number, attempt };
}

/** The address of this run's page; undefined outside of GitHub Actions. */
export function runPage(env: Variables): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const sound =
    /^https?:\/\/[\w.:-]+$/.test(server ?? "") &&
    /^[\w.-]+\/[\w.-]+$/.test(repository ?? "") &&
    /^\d+$/.test(id ?? "");
  return sound ? `${server ?? ""}/${repository ?? ""}/actions/runs/${id ?? ""}` : undefined;
}
