import type { CommentState } from "../github/comment-state";
import { commitOf, noPullRequest, pullRequestOf } from "../github/github-context";
import { latestState, ownComments } from "../github/post-comments";
import { pickStacks } from "../terraform/synthesized-stacks";
import { KEY_VARIABLE } from "../terraform/terraform-environment";
import { CommandError } from "./command-error";
import {
  compareFingerprints,
  isConsistent,
  isKeyed,
  NOT_TOGETHER,
  type Reviewed,
  reviewedOf,
} from "./compare-fingerprints";
import { ExitCode } from "./exit-code";
import { type Io, plainText } from "./io";
import { keyOf, makeReview } from "./make-review";
import { authorOf, githubError, openGithub } from "./open-github";
import { readInputs } from "./read-inputs";
import { readReviewFile } from "./read-review-file";

/** The options of `verify`. */
export interface VerifySettings {
  readonly fingerprint?: string;
  readonly review?: string;
  /** The pull request's number; `true`: the one that brought the commit. */
  readonly pr?: number | true;
  readonly repo?: string;
  readonly marker: string;
  readonly author?: string;
  readonly stack?: readonly string[];
  readonly policy?: string;
  readonly manifest?: string;
}

/** `verify`: refuses plans that are not those that were reviewed. */
export async function verifyCommand(
  paths: readonly string[],
  settings: VerifySettings,
  io: Io,
): Promise<ExitCode> {
  const { stderr, env } = io;
  const { policy, manifest, stack: globs = [] } = settings;
  const reviewed = await reviewedBefore(settings, io);
  const only =
    globs.length === 0 || reviewed.stacks === undefined
      ? undefined
      : new Set(
          pickStacks(
            [...reviewed.stacks.keys()].map((name) => ({ name })),
            globs,
          ).map(({ name }) => name),
        );
  const inputs = await readInputs(paths, io);
  const failed = inputs.stacks.filter(({ plan }) => plan === undefined);
  if (failed.length > 0) {
    throw new CommandError(
      "input/failed-stack",
      `there is no plan of ${failed.map(({ name }) => plainText(name)).join(", ")}`,
      "Plan again; `cdktf-plan-review review` says what failed",
    );
  }
  const now = await makeReview(
    inputs,
    {
      ...(policy === undefined ? {} : { policy }),
      ...(manifest === undefined ? {} : { manifest }),
      stacks: inputs.stacks.map(({ name }) => name),
    },
    io,
  );
  refuseOtherKey(reviewed, env);
  if (!isConsistent(reviewed, keyOf(env))) {
    stderr.write(`refused: ${NOT_TOGETHER}\n`);
    return ExitCode.BLOCKED;
  }
  if (reviewed.verdict === "blocked" || reviewed.verdict === "error") {
    stderr.write(
      `refused: the review came to ${reviewed.verdict}; mend or acknowledge what it names, and review again\n`,
    );
    return ExitCode.BLOCKED;
  }
  const { same, differences } = compareFingerprints(reviewed, now, only);
  for (const difference of differences) stderr.write(`differs: ${plainText(difference)}\n`);
  if (!isKeyed(now.fingerprint)) {
    stderr.write(
      `note: there is no ${KEY_VARIABLE}, so the fingerprint does not cover the values of secrets, and whoever can write the review can write it for other plans\n`,
    );
  }
  if (!same) {
    stderr.write("refused: review these plans, then deploy them\n");
    return ExitCode.BLOCKED;
  }
  stderr.write(`verified: ${now.stacks.length} stacks are planned as they were reviewed\n`);
  return ExitCode.NOTHING;
}

/** Where it is said what was reviewed. */
async function reviewedBefore(settings: VerifySettings, io: Io): Promise<Reviewed> {
  const { fingerprint, review, pr } = settings;
  const said = [fingerprint, review, pr].filter((one) => one !== undefined);
  if (said.length !== 1) {
    throw new CommandError(
      "usage",
      `${said.length === 0 ? "nothing says" : "more than one option says"} what was reviewed`,
      "Say one of --review FILE, --fingerprint FINGERPRINT and --pr [NUMBER]",
    );
  }
  if (review !== undefined) return reviewedOf(readReviewFile(review, io));
  if (fingerprint === undefined) return reviewedInPullRequest(settings, io);
  if (/^(hmac-)?sha256:[0-9a-f]{64}$/.test(fingerprint)) return { fingerprint };
  throw new CommandError(
    "usage",
    "what --fingerprint names is no fingerprint",
    "Give it as the review's last line shows it: hmac-sha256: or sha256: and 64 hexadecimal digits",
  );
}

async function reviewedInPullRequest(settings: VerifySettings, io: Io): Promise<Reviewed> {
  const { env } = io;
  let state: CommentState | undefined;
  let pullRequest: number | undefined;
  try {
    const client = await openGithub(settings.repo, io);
    const commit = commitOf(env);
    pullRequest =
      settings.pr !== true
        ? settings.pr
        : (pullRequestOf(undefined, env) ??
          (commit === undefined ? undefined : await client.pullRequestOf(commit)));
    if (pullRequest === undefined) noPullRequest();
    const author = await authorOf(settings.author, client, env);
    state = latestState(await ownComments(client, { pullRequest, author, marker: settings.marker }));
  } catch (error) {
    throw githubError(error, "to say what was reviewed");
  }
  if (state === undefined) {
    throw new CommandError(
      "github/state",
      `pull request ${pullRequest} has no comment of a review that can be read`,
      "See that `comment` ran there with the same --marker and --author; without one, plan and review by hand and use --review",
    );
  }
  const { fingerprint, stacks, verdict } = state;
  if (stacks === undefined && (settings.stack ?? []).length > 0) {
    throw new CommandError(
      "github/state",
      `the comment of pull request ${pullRequest} has no fingerprints of single stacks: there were too many`,
      "Use --review with the review's JSON",
    );
  }
  return { fingerprint, verdict, ...(stacks === undefined ? {} : { stacks }) };
}

/** A fingerprint without a key can be made by anybody, so where there is a key it counts for nothing. */
function refuseOtherKey({ fingerprint }: Reviewed, env: Io["env"]): void {
  const keyed = isKeyed(fingerprint);
  if (keyed === (keyOf(env) !== undefined)) return;
  throw new CommandError(
    "verify/key",
    keyed
      ? `what was reviewed has a fingerprint with a key, and ${KEY_VARIABLE} is not set here`
      : `what was reviewed has a fingerprint without a key, and ${KEY_VARIABLE} is set here`,
    `Give the review and this command the same ${KEY_VARIABLE}`,
  );
}
