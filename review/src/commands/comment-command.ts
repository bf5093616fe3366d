import { resolve } from "node:path";
import { commitOf, noPullRequest, pullRequestOf, runOf, runPage } from "../github/github-context";
import { commentBodies, type CommentText, postComments } from "../github/post-comments";
import { CommandError } from "./command-error";
import { ExitCode } from "./exit-code";
import { type Io, plainText } from "./io";
import { authorOf, githubError, openGithub, secondOf } from "./open-github";
import { writeTextFile } from "./outputs";
import { readReviewFile } from "./read-review-file";

/** The options of `comment`. */
export interface CommentSettings {
  readonly pr?: number;
  readonly repo?: string;
  readonly marker: string;
  readonly author?: string;
  readonly report?: string;
  readonly dryRun: boolean;
  readonly save: string;
}

/** `comment`: keeps the review of a pull request up to date there. */
export async function commentCommand(file: string, settings: CommentSettings, io: Io): Promise<ExitCode> {
  const { env, cwd, stdout, stderr } = io;
  const { marker } = settings;
  const text: CommentText = {
    review: readReviewFile(file, io),
    marker,
    commit: commitOf(env),
    run: runOf(env),
    report: settings.report ?? runPage(env),
  };
  if (settings.dryRun) {
    stdout.write(commentBodies(text, undefined).join("\n"));
    return ExitCode.NOTHING;
  }
  try {
    const pullRequest = pullRequestOf(settings.pr, env) ?? noPullRequest();
    const client = await openGithub(settings.repo, io);
    const author = await authorOf(settings.author, client, env);
    const { outcome, urls } = await postComments(client, {
      ...text,
      pullRequest,
      author,
      second: secondOf(env),
    });
    const said = {
      posted: "posted",
      unchanged: "already said so",
      superseded: "a later run of this workflow has posted already; its comment stays",
    }[outcome];
    stderr.write(`${said}: ${plainText(urls.join(" "))}\n`);
    return ExitCode.NOTHING;
  } catch (error) {
    // Nobody must lose a review because it could not be posted.
    writeTextFile(settings.save, commentBodies(text, undefined).join("\n"), cwd);
    stderr.write(`the review was not posted; its text is in ${plainText(resolve(cwd, settings.save))}\n`);
    const known = githubError(error, "the comment");
    if (known instanceof CommandError) throw known;
    throw error;
  }
}
