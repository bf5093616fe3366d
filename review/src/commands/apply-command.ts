import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parsePlan } from "../plan/parse-plan";
import { PlanError } from "../plan/plan-error";
import { loadPolicy } from "../policy/load-policy";
import type { StackInput } from "../reading/read-review";
import { Redactor } from "../redaction/redactor";
import { stableJson } from "../render/json";
import type { Review, ReviewedStack } from "../review/review";
import { applyStack, type PlannedStack, showPlan, type TerraformRun } from "../terraform/apply-stack";
import { fileNames, type PlansIndex, readPlansIndex } from "../terraform/plans-folder";
import { findTerraform } from "../terraform/terraform-program";
import { CommandError } from "./command-error";
import { compareFingerprints, isConsistent, isKeyed, NOT_TOGETHER, reviewedOf } from "./compare-fingerprints";
import { ExitCode } from "./exit-code";
import { type Io, plainText } from "./io";
import { keyOf, makeReview } from "./make-review";
import { writeTextFile } from "./outputs";
import { readReviewFile } from "./read-review-file";

/** The options of `apply`. */
export interface ApplySettings {
  readonly review: string;
  readonly policy?: string;
  readonly manifest?: string;
  readonly terraform?: string;
  readonly autoApprove: boolean;
  readonly output?: string;
}

/** What was done to a stack. */
export interface StackReport {
  readonly name: string;
  /** `unchanged`: there was nothing to do. */
  readonly status: "applied" | "unchanged" | "failed" | "not-applied";
  /** What is done, or why not. */
  readonly text: string;
}

/** What was done, and what was not: what `--output` writes. */
export interface ApplyReport {
  readonly version: 1;
  /** `left`: what could be applied is, and some stacks must be planned anew first. */
  readonly outcome: "applied" | "left" | "failed" | "refused";
  /** Why it was refused. */
  readonly because: readonly string[];
  /** The stacks, in the order in which they are deployed. */
  readonly stacks: readonly StackReport[];
}

/** `apply`: applies the saved plans that were reviewed, and no others. */
export async function applyCommand(path: string, settings: ApplySettings, io: Io): Promise<ExitCode> {
  const { stderr, env, cwd, signal } = io;
  const reviewed = readReviewFile(settings.review, io);
  const folder = resolve(cwd, path);
  const index = readPlansIndex(folder);
  if (!settings.autoApprove && !io.terminal.stdin) {
    throw new CommandError(
      "apply/not-confirmed",
      "nobody is there to confirm that the plans are to be applied",
      "Say --auto-approve, in a job that somebody approved",
    );
  }
  const program = await findTerraform({
    ...(settings.terraform === undefined ? {} : { binary: settings.terraform }),
    env,
    cwd,
    signal,
  });
  const run: TerraformRun = { program, env, signal };
  // Copies, which nobody else can exchange between the comparison and the apply.
  const own = mkdtempSync(join(tmpdir(), "cdktf-plan-review-"));
  try {
    const planned = copyPlans(folder, index, own);
    const inputs = await shownPlans(planned, own, run);
    const policy = settings.policy;
    const now = await makeReview(
      { stacks: inputs, manifest: resolve(folder, index.manifest) },
      {
        ...(policy === undefined ? {} : { policy }),
        ...(settings.manifest === undefined ? {} : { manifest: settings.manifest }),
        stacks: inputs.map(({ name }) => name),
      },
      io,
    );
    const because = refusals(reviewed, now, keyOf(env));
    if (because.length > 0) {
      for (const reason of because) stderr.write(`refused: ${plainText(reason)}\n`);
      report(settings, io, {
        version: 1,
        outcome: "refused",
        because,
        stacks: now.stacks.map(({ name }) => ({ name, status: "not-applied", text: "refused" })),
      });
      return ExitCode.BLOCKED;
    }
    const toApply = now.stacks
      .filter(({ status }) => status === "changed")
      .map(({ name }) => plainText(name));
    if (!settings.autoApprove && toApply.length > 0) await confirm(toApply, io);
    const secretNames =
      policy === undefined ? undefined : (await loadPolicy(resolve(cwd, policy))).secretNames;
    const redactor = Redactor.of(
      inputs.flatMap(({ plan }) => (plan === undefined ? [] : [plan])),
      secretNames === undefined ? {} : { secretNames },
    );
    const stacks = await applyInOrder(now.stacks, planned, run, io, (text) => redactor.text(text));
    const outcome = outcomeOf(stacks, signal.aborted);
    report(settings, io, { version: 1, outcome, because: [], stacks });
    for (const { name, status, text } of stacks) {
      stderr.write(`${plainText(name)}: ${status}${text === "" ? "" : ` (${plainText(text, true)})`}\n`);
    }
    if (outcome === "failed") {
      throw new CommandError(
        signal.aborted ? "apply/interrupted" : "apply/failed",
        signal.aborted
          ? "interrupted; what is done and what is not stands above"
          : "an apply failed; what is done and what is not stands above",
        "Plan and review again: a plan that is half applied cannot be applied once more",
      );
    }
    if (outcome === "left") stderr.write("left: plan and review again for the stacks that are not applied\n");
    return outcome === "left" ? ExitCode.CHANGES : ExitCode.NOTHING;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function report({ output }: ApplySettings, { cwd }: Io, what: ApplyReport): void {
  if (output !== undefined) writeTextFile(output, stableJson(what), cwd);
}

function copyPlans(folder: string, index: PlansIndex, own: string): Map<string, PlannedStack> {
  const names = fileNames(index.stacks.map(({ name }) => name));
  return new Map(
    index.stacks.map(({ name, plan, directory, status }) => {
      const fileName = names.get(name) ?? name;
      const saved = plan === undefined ? undefined : join(folder, plan);
      if (status === "failed" || saved === undefined || !existsSync(saved)) {
        throw new CommandError(
          "apply/no-plan",
          `there is no saved plan of ${plainText(name)} in ${folder}`,
          "Plan again; nothing was applied",
        );
      }
      const place = resolve(folder, directory);
      if (!existsSync(place)) {
        throw new CommandError(
          "apply/no-plan",
          `the directory ${place}, in which ${plainText(name)} was planned, is not there`,
          "Apply in the job that planned: Terraform needs the directory that it was initialized in; nothing was applied",
        );
      }
      const copy = join(own, `${fileName}.tfplan`);
      copyFileSync(saved, copy);
      return [name, { name, fileName, directory: place, plan: copy }];
    }),
  );
}

/** What the saved plans themselves say, whatever the JSON beside them does. */
async function shownPlans(
  planned: ReadonlyMap<string, PlannedStack>,
  own: string,
  run: TerraformRun,
): Promise<StackInput[]> {
  const inputs: StackInput[] = [];
  for (const stack of planned.values()) {
    const { name, fileName } = stack;
    const json = join(own, `${fileName}.json`);
    const cannot = (why: string): CommandError =>
      new CommandError(
        "apply/no-plan",
        `the saved plan of ${plainText(name)} cannot be shown: ${plainText(why)}`,
        "Apply in the job that planned, with the same Terraform; nothing was applied",
      );
    const failure = await showPlan(stack, json, run);
    if (failure !== undefined) throw cannot(failure);
    try {
      inputs.push({ name, source: `the saved plan of ${name}`, plan: parsePlan(readFileSync(json), name) });
    } catch (error) {
      if (error instanceof PlanError) throw cannot(error.message);
      throw error;
    } finally {
      rmSync(json, { force: true });
    }
  }
  return inputs;
}

/** Why the plans are not applied. */
function refusals(reviewed: Review, now: Review, key: string | undefined): string[] {
  const because: string[] = [];
  if (reviewed.verdict === "blocked" || reviewed.verdict === "error") {
    because.push(`the review came to ${reviewed.verdict}: ${reviewed.because.join("; ")}`);
  }
  if (now.verdict === "blocked" || now.verdict === "error") {
    because.push(
      `the saved plans come to ${now.verdict}: ${now.because.join("; ")}; give --policy the file that they were reviewed with`,
    );
  }
  if (isKeyed(reviewed.fingerprint) !== (key !== undefined)) {
    because.push("the review and this command do not have the same key, CDKTF_PLAN_REVIEW_KEY");
  } else if (!isConsistent(reviewedOf(reviewed), key)) {
    because.push(NOT_TOGETHER);
  } else {
    because.push(...compareFingerprints(reviewedOf(reviewed), now).differences);
  }
  return because;
}

async function confirm(names: readonly string[], { stdin, stderr, signal }: Io): Promise<void> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`Apply ${names.join(", ")}? Only yes is taken: `, { signal });
    if (answer.trim() === "yes") return;
  } finally {
    lines.close();
  }
  throw new CommandError("apply/declined", "the answer was not yes", "Nothing was applied");
}

async function applyInOrder(
  stacks: readonly ReviewedStack[],
  planned: ReadonlyMap<string, PlannedStack>,
  run: TerraformRun,
  { stderr }: Io,
  redact: (text: string) => string,
): Promise<StackReport[]> {
  const reports: StackReport[] = [];
  const left = new Set<string>();
  let stopped: string | undefined;
  for (const { name, status, provisionalBecauseOf, dependsOn } of stacks) {
    const saved = planned.get(name);
    const add = (outcome: StackReport["status"], text: string): void => {
      reports.push({ name, status: outcome, text });
      if (outcome === "failed" || outcome === "not-applied") left.add(name);
    };
    const waits = dependsOn.find((other) => left.has(other));
    if (run.signal.aborted) stopped ??= "the run was ended";
    if (stopped !== undefined || saved === undefined) {
      add("not-applied", stopped ?? "there is no saved plan");
    } else if (waits !== undefined) {
      add("not-applied", `it comes after ${waits}, which is not applied`);
    } else if (provisionalBecauseOf.length > 0) {
      // It was made of what those stacks were before; where it has nothing to do now, it may have later.
      add(
        "not-applied",
        `its plan is provisional: plan it again, now that ${provisionalBecauseOf.join(", ")} changed`,
      );
    } else if (status === "unchanged") {
      add("unchanged", "");
    } else {
      stderr.write(`${plainText(name)}: applying\n`);
      const result = await applyStack(saved, run, (text) => {
        stderr.write(`${plainText(name)}: ${plainText(redact(text))}\n`);
      });
      add(result.ok ? "applied" : "failed", redact(result.text));
      if (!result.ok) stopped = `${name} failed before it`;
    }
  }
  return reports;
}

function outcomeOf(stacks: readonly StackReport[], interrupted: boolean): ApplyReport["outcome"] {
  if (stacks.some(({ status }) => status === "failed")) return "failed";
  if (!stacks.some(({ status }) => status === "not-applied")) return "applied";
  return interrupted ? "failed" : "left";
}
