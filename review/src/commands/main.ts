import type * as ApplyCommand from "./apply-command";
import type * as CommentCommand from "./comment-command";
import type * as PlanCommand from "./plan-command";
import type * as ReviewCommand from "./review-command";
import type * as VerifyCommand from "./verify-command";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { PlanError } from "../plan/plan-error";
import { PolicyError } from "../policy/policy-error";
import { ManifestError } from "../reading/manifest";
import { ReviewError } from "../reading/review-error";
import { FAIL_ON_KINDS, type FailOn } from "../reading/verdict";
import { VERSION } from "../version";
import type { ApplySettings } from "./apply-command";
import { CommandError } from "./command-error";
import type { CommentSettings } from "./comment-command";
import { ExitCode } from "./exit-code";
import { type Io, plainText } from "./io";
import { FORMATS } from "./outputs";
import type { PlanSettings } from "./plan-command";
import type { ReviewCommandSettings } from "./review-command";
import type { VerifySettings } from "./verify-command";

/* eslint-disable @typescript-eslint/no-require-imports --
   Each command is loaded when it is run: what the others need takes a third of the time of a small review. */

const EXIT_CODES = `
Exit codes: 0 nothing to do, 1 error, 2 changes, 3 blocked (a policy, --fail-on, something unknown). 1 counts before 3, 3 before 2.`;

/**
 * Runs the command line. Never rejects: what goes wrong is said on stderr, and is exit code 1.
 *
 * @param args the words after the program's name
 * @param io the world outside
 */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.ERROR;
  const program = commandLine(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.NOTHING : ExitCode.ERROR;
    }
    io.stderr.write(`error: ${messageOf(error)}\n`);
    return ExitCode.ERROR;
  }
}

/** What is shown of an error. One that nobody foresaw may hold a piece of a plan in its message: only its place is shown. */
function messageOf(error: unknown): string {
  for (const known of [CommandError, PlanError, ManifestError, ReviewError, PolicyError]) {
    if (error instanceof known) return plainText(error.message, true);
  }
  if (!(error instanceof Error)) return "something failed without saying what; please report it";
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const code = "code" in error ? ` ${String(error.code)}` : "";
  return plainText(
    `${error.name}${code}, which should not happen; please report it:\n${frames.join("\n")}`,
    true,
  );
}

function commandLine(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command("cdktf-plan-review")
    .description("Says what a change will do to every stack: destroys and replaces first, without secrets.")
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError("(--help shows the options and examples)")
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => {
        write(plainText(text, true));
      },
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .addHelpText(
      "after",
      `
Examples:
  cdktf-plan-review plan 'production-*'
  cdktf-plan-review review plans --output review.md --output review.json
  cdktf-plan-review comment review.json
${EXIT_CODES}`,
    );
  addPlan(program, io, end);
  addReview(program, io, end);
  addComment(program, io, end);
  addVerify(program, io, end);
  addApply(program, io, end);
  return program;
}

function addPlan(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command("plan")
    .description("Synthesizes, and plans each stack with Terraform or OpenTofu into one folder.")
    .argument("[stack-globs...]", "the stacks, 'production-*' or '!staging-*' (default: all)")
    .option("--output <folder>", "the folder of plans; it holds secrets", "plans")
    .option("--manifest <folder>", "plan what was synthesized there, without running the app")
    .option("--skip-synth", "plan what was synthesized last, without running the app")
    .option(
      "--terraform <program>",
      "Terraform or OpenTofu (default: TERRAFORM_BINARY_NAME, terraform, tofu)",
    )
    .option("--parallelism <number>", "stacks at a time (default: 4, or the processors if fewer)", whole)
    .option("--no-lock", "do not lock the state: for credentials that may only read it")
    .option("--lock-timeout <time>", "how long to wait for a lock, such as 5m", lockTimeout)
    .option("--var-file <file>", "a file of variables; may be said again", collect)
    .addHelpText(
      "after",
      `
Examples:
  cdktf-plan-review plan
  cdktf-plan-review plan 'production-*' '!production-fleet' --parallelism 2
  cdktf-plan-review plan --manifest cdktf.out --terraform tofu --no-lock
${EXIT_CODES}`,
    )
    .action(
      async (
        globs: string[],
        { skipSynth, ...options }: Omit<PlanSettings, "synth"> & { skipSynth?: boolean },
      ) => {
        const { planCommand } = require("./plan-command") as typeof PlanCommand;
        end(await planCommand(globs, { ...options, synth: skipSynth !== true }, io));
      },
    );
}

function addReview(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command("review")
    .description("Says what plans do. Runs no Terraform, and needs no network.")
    .argument(
      "<plans...>",
      "a folder that `plan` wrote, files of `terraform show -json`, or - for standard input",
    )
    .option("--manifest <folder>", "CDKTF's output, for names of constructs and the order of stacks")
    .option(
      "--stack <glob>",
      "the stacks that must have a plan; may be said again (default: those of the folder, else all of the manifest)",
      collect,
    )
    .option("--name <stack>", "the name of the stack on standard input")
    .addOption(
      new Option("--format <format>", "of standard output, or of one --output").choices(Object.keys(FORMATS)),
    )
    .option(
      "--output <file>",
      "where to, in the format of its ending; may be said again (default: standard output)",
      collect,
    )
    .option("--policy <file>", "a policy in TypeScript; the shipped rules hold without one")
    .option("--fail-on <kinds>", `what blocks: ${Object.keys(FAIL_ON_KINDS).join(", ")}`, failOn)
    .option("--previous <file>", "an earlier review's JSON, to say what is different")
    .option("--artifact <file>", "the file at which SARIF shows results (default: cdktf.json)")
    .addHelpText(
      "after",
      `
CDKTF_PLAN_REVIEW_KEY, a secret of the pipeline, gives sensitive values hashes and lets the fingerprint cover them.

Examples:
  cdktf-plan-review review plans
  cdktf-plan-review review plans --policy policy.ts --fail-on destroy,drift \\
    --output review.md --output review.json --output review.sarif
  terraform show -json plan.tfplan | cdktf-plan-review review - --name web --format markdown
${EXIT_CODES}`,
    )
    .action(async (paths: string[], options: ReviewCommandSettings) => {
      const { reviewCommand } = require("./review-command") as typeof ReviewCommand;
      end(await reviewCommand(paths, options, io));
    });
}

function addComment(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command("comment")
    .description("Keeps one comment of a pull request on GitHub up to date with a review.")
    .argument("<review.json>", "what `review --output review.json` wrote")
    .option("--pr <number>", "the pull request (default: the workflow's)", whole)
    .option("--repo <owner/name>", "the repository (default: GITHUB_REPOSITORY)")
    .option("--marker <id>", "tells reviews of one pull request apart", "default")
    .option("--author <login>", "whose comments are this program's own (default: the token's)")
    .option("--report <address>", "where the whole review is (default: the workflow's run)")
    .option("--save <file>", "where the text goes if GitHub refuses it", "plan-review-comment.md")
    .option("--dry-run", "print the comment, and ask GitHub nothing", false)
    .addHelpText(
      "after",
      `
GITHUB_TOKEN needs \`pull-requests: write\`. GITHUB_API_URL names GitHub Enterprise. The difference from the push before is
kept in the comment itself.

Examples:
  cdktf-plan-review comment review.json
  cdktf-plan-review comment review.json --repo example/fleet --pr 12 --marker production
  cdktf-plan-review comment review.json --dry-run

Exit codes: 0 posted, or a later run has; 1 error, and the text is saved.`,
    )
    .action(async (file: string, options: CommentSettings) => {
      const { commentCommand } = require("./comment-command") as typeof CommentCommand;
      end(await commentCommand(file, options, io));
    });
}

function addVerify(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command("verify")
    .description("Refuses plans that are not those that were reviewed.")
    .argument(
      "<plans...>",
      "a folder that `plan` wrote, files of `terraform show -json`, or - for standard input",
    )
    .option("--review <file>", "the review's JSON")
    .option("--fingerprint <fingerprint>", "the review's last line")
    .option(
      "--pr [number]",
      "the review in the comment of a pull request (default: the one that brought GITHUB_SHA)",
      whole,
    )
    .option("--stack <glob>", "compare only these stacks of the review; may be said again", collect)
    .option("--policy <file>", "the policy of the review; without a key its secret names count")
    .option("--manifest <folder>", "CDKTF's output")
    .option("--repo <owner/name>", "the repository (default: GITHUB_REPOSITORY)")
    .option("--marker <id>", "which review of the pull request", "default")
    .option("--author <login>", "whose comment it is (default: the token's)")
    .addHelpText(
      "after",
      `
CDKTF_PLAN_REVIEW_KEY must be that of the review. Without a key, changes of secrets' values are not noticed, and whoever
can change the review can make it fit other plans.

Examples:
  cdktf-plan-review verify plans --review review.json
  cdktf-plan-review verify plans --pr --stack 'production-*'
  cdktf-plan-review verify plans --fingerprint hmac-sha256:5f1c...

Exit codes: 0 they are the same, 1 error, 3 they differ, or the review was blocked.`,
    )
    .action(async (paths: string[], options: VerifySettings) => {
      const { verifyCommand } = require("./verify-command") as typeof VerifyCommand;
      end(await verifyCommand(paths, options, io));
    });
}

function addApply(program: Command, io: Io, end: (code: ExitCode) => void): void {
  program
    .command("apply")
    .description("Verifies, then applies exactly the saved plans, in the order of the stacks.")
    .argument("<plans>", "the folder that `plan` wrote, in the job that wrote it")
    .requiredOption("--review <file>", "the JSON of the review of these plans")
    .option("--policy <file>", "the policy of the review")
    .option("--manifest <folder>", "CDKTF's output (default: what the folder names)")
    .option(
      "--terraform <program>",
      "Terraform or OpenTofu (default: TERRAFORM_BINARY_NAME, terraform, tofu)",
    )
    .option("--auto-approve", "do not ask", false)
    .option("--output <file>", "write what was done and what was not, as JSON")
    .addHelpText(
      "after",
      `
A stack whose plan is provisional is left, since the stacks before it changed what it was planned from.

Examples:
  cdktf-plan-review apply plans --review review.json
  cdktf-plan-review apply plans --review review.json --policy policy.ts --auto-approve --output applied.json

Exit codes: 0 all is applied, 1 error or an apply failed, 2 applied but for stacks that must be planned anew,
3 refused: the plans differ from the review, or it was blocked.`,
    )
    .action(async (path: string, options: ApplySettings) => {
      const { applyCommand } = require("./apply-command") as typeof ApplyCommand;
      end(await applyCommand(path, options, io));
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function whole(value: string): number {
  const number = Number(value);
  if (/^\d{1,9}$/.test(value) && number > 0) return number;
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

function lockTimeout(value: string): string {
  if (/^(\d+(ms|s|m|h))+$/.test(value)) return value;
  throw new InvalidArgumentError("It must be a time such as 30s or 5m.");
}

function failOn(value: string, before: readonly FailOn[] = []): FailOn[] {
  const isKind = (kind: string): kind is FailOn => Object.hasOwn(FAIL_ON_KINDS, kind);
  const kinds = value.split(",").map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !isKind(kind));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(
      `${JSON.stringify(wrong)} is none of ${Object.keys(FAIL_ON_KINDS).join(", ")}.`,
    );
  }
  return [...before, ...kinds.filter(isKind)];
}
