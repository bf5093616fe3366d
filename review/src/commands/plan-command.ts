import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { planStacks } from "../terraform/plan-stacks";
import { removeOldPlans } from "../terraform/plans-folder";
import { pickStacks, synthesizedStacks } from "../terraform/synthesized-stacks";
import { outputOf, synthesize } from "../terraform/synthesize";
import { findTerraform } from "../terraform/terraform-program";
import { CommandError } from "./command-error";
import { ExitCode, worst } from "./exit-code";
import { type Io, plainText } from "./io";
import { Progress } from "./progress";

/** The options of `plan`. */
export interface PlanSettings {
  /** CDKTF's output, synthesized already. */
  readonly manifest?: string;
  /** Whether the app is run first. */
  readonly synth: boolean;
  /** The folder of plans. */
  readonly output: string;
  /** Terraform's name or path. */
  readonly terraform?: string;
  /** How many stacks are planned at a time. */
  readonly parallelism?: number;
  /** Whether the state is locked. */
  readonly lock: boolean;
  /** How long a lock is waited for. */
  readonly lockTimeout?: string;
  /** Files of variables. */
  readonly varFile?: readonly string[];
}

/** `plan`: synthesizes, and plans stacks into one folder. */
export async function planCommand(
  globs: readonly string[],
  settings: PlanSettings,
  io: Io,
): Promise<ExitCode> {
  const { cwd, env, signal, stderr } = io;
  const folder = resolve(cwd, settings.output);
  removeOldPlans(folder);
  for (const file of settings.varFile ?? []) {
    if (!existsSync(resolve(cwd, file))) {
      throw new CommandError(
        "input/missing",
        `${file} is not there`,
        "Name a file of variables that is there",
      );
    }
  }
  // Before the app is run: it takes longer.
  const program = await findTerraform({
    ...(settings.terraform === undefined ? {} : { binary: settings.terraform }),
    env,
    cwd,
    signal,
  });
  const manifest =
    settings.manifest !== undefined
      ? resolve(cwd, settings.manifest)
      : settings.synth
        ? await synthesized(io)
        : outputOf(cwd);
  const stacks = pickStacks(synthesizedStacks(manifest), globs);
  const progress = new Progress(io, stacks.length, "planned");
  const index = await planStacks(stacks, {
    program,
    folder,
    manifest,
    env,
    signal,
    parallelism: settings.parallelism ?? Math.min(4, availableParallelism()),
    lock: settings.lock,
    ...(settings.lockTimeout === undefined ? {} : { lockTimeout: settings.lockTimeout }),
    varFiles: (settings.varFile ?? []).map((file) => resolve(cwd, file)),
    onProgress: (stack, state) => {
      progress.update(stack, state);
    },
  });
  progress.end();
  const failed = index.stacks.filter(({ status }) => status === "failed");
  const changed = index.stacks.filter(({ changes }) => changes === true);
  const inside = relative(cwd, folder);
  const shown = plainText(inside === "" ? "." : inside.startsWith("..") ? folder : inside);
  stderr.write(
    `${index.stacks.length - failed.length} of ${index.stacks.length} stacks planned, ${changed.length} with changes, into ${shown}\n`,
  );
  if (!index.complete) {
    throw new CommandError(
      "terraform/interrupted",
      `interrupted; ${shown} says which stacks have no plan`,
      "Run it again",
    );
  }
  if (failed.length > 0) {
    throw new CommandError(
      "terraform/failed",
      `planning failed for ${failed.map(({ name }) => plainText(name)).join(", ")}`,
      `Mend what is said above; \`cdktf-plan-review review ${shown}\` shows the other stacks beside it`,
    );
  }
  warnOfTracked(cwd, folder, stderr);
  return worst(changed.length > 0 ? [ExitCode.CHANGES] : []);
}

async function synthesized(io: Io): Promise<string> {
  io.stderr.write("synthesizing ...\n");
  return synthesize({ directory: io.cwd, env: io.env, signal: io.signal });
}

/** Warns of a folder of plans that Git would take: they hold secrets. */
function warnOfTracked(cwd: string, folder: string, stderr: Io["stderr"]): void {
  const inside = relative(cwd, folder);
  if (inside.startsWith("..") || !existsSync(join(cwd, ".git"))) return;
  let ignored = "";
  try {
    ignored = readFileSync(join(cwd, ".gitignore"), "utf8");
  } catch {
    // No file of that name: nothing is ignored.
  }
  const [top = inside] = inside.split(/[\\/]/);
  if (ignored.split("\n").some((line) => line.trim().replace(/^\/|\/$/g, "") === top)) return;
  stderr.write(`note: plans hold secrets in plain text; add /${plainText(inside)}/ to .gitignore\n`);
}
