import { chmodSync, closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { plainText } from "../commands/io";
import { errorsIn, errorText, logLine, type LogLine } from "./diagnostics";
import { failureRedactor } from "./failure-secrets";
import type { PlansEntry } from "./plans-folder";
import { runProgram, type RunResult } from "./run-program";
import type { SynthesizedStack } from "./synthesized-stacks";
import { terraformEnvironment } from "./terraform-environment";
import type { TerraformProgram } from "./terraform-program";

/** What is told of a stack while it is planned. */
export interface StackProgress {
  /** What runs, or `done`. */
  readonly phase: "init" | "plan" | "show" | "done" | "failed";
  /** What came of it. */
  readonly text?: string;
}

/** How stacks are planned. */
export interface PlanStackOptions {
  readonly program: TerraformProgram;
  /** The folder of plans. */
  readonly folder: string;
  /** The stack's files there, without ending. */
  readonly fileName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Whether the state is locked. */
  readonly lock: boolean;
  /** How long a lock is waited for, in Terraform's words, `5m`. */
  readonly lockTimeout?: string;
  /** Files of variables, whole paths. */
  readonly varFiles: readonly string[];
  /** Lets one init at a time through, where they share what is not made for several. */
  readonly initTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Is told how far it is. */
  readonly onProgress: (progress: StackProgress) => void;
}

/** Plans one stack: init, plan into a file, show as JSON. What goes wrong becomes the stack's failure. */
export async function planStack(stack: SynthesizedStack, options: PlanStackOptions): Promise<PlansEntry> {
  const { folder, fileName, onProgress } = options;
  const plan = `${fileName}.tfplan`;
  const json = `${fileName}.json`;
  const entry = { name: stack.name, dependsOn: [...stack.dependsOn], directory: stack.directory };
  try {
    const changes = await runPhases(stack, options, join(folder, plan), join(folder, json));
    return { ...entry, status: "planned", changes, json, plan };
  } catch (error) {
    // Half a plan must not be taken for one. A full disk, too, is this stack's failure, and holds up no other.
    for (const file of [plan, json]) rmSync(join(folder, file), { force: true });
    const { env, varFiles } = options;
    const failure = failureRedactor({ directory: stack.directory, env, varFiles }).text(
      error instanceof Error ? error.message : String(error),
    );
    onProgress({ phase: "failed", text: failure });
    return { ...entry, status: "failed", failure };
  }
}

/** What made a stack fail. */
class PhaseError extends Error {
  constructor(phase: string, program: TerraformProgram, result: RunResult, said: string) {
    const name = plainText(`${program.binary} ${phase}`);
    if (result.interrupted) super(`${name} was interrupted`);
    else if (result.notStarted !== undefined) super(`${name} could not be started (${result.notStarted})`);
    else {
      const how = result.code === undefined ? "was ended by a signal" : `ended with exit code ${result.code}`;
      super(`${name} ${how}${said === "" ? ", and said nothing" : `:\n${said}`}`);
    }
  }
}

async function runPhases(
  stack: SynthesizedStack,
  options: PlanStackOptions,
  plan: string,
  json: string,
): Promise<boolean> {
  const { program, onProgress } = options;
  const run = (
    args: readonly string[],
    more: { stdoutFile?: string; onLine?: (line: string) => void } = {},
  ) =>
    runProgram(program.binary, args, {
      cwd: stack.directory,
      env: terraformEnvironment(options.env, options.fileName),
      signal: options.signal,
      ...more,
    });

  await options.initTurn(async () => {
    onProgress({ phase: "init" });
    const args = ["init", "-input=false", "-no-color"];
    let result = await run(args);
    // A lock file of what was synthesized before knows other versions; `cdktf` upgrades here as well.
    if (result.code === 1 && /init -upgrade/.test(result.stderr)) result = await run([...args, "-upgrade"]);
    if (result.code !== 0) throw new PhaseError("init", program, result, errorText(result.stderr));
  });

  onProgress({ phase: "plan" });
  // Terraform writes into the file that is there, and this one nobody else may read.
  closeSync(openSync(plan, "w", 0o600));
  chmodSync(plan, 0o600);
  const generated = `${plan}.generated.tf`;
  rmSync(generated, { force: true });
  const lines: LogLine[] = [];
  let summary = "";
  const planned = await run(
    [
      ...["plan", "-input=false", "-no-color", "-json", "-detailed-exitcode", `-out=${plan}`],
      ...(options.lock ? [] : ["-lock=false"]),
      ...(options.lockTimeout === undefined ? [] : [`-lock-timeout=${options.lockTimeout}`]),
      ...options.varFiles.map((file) => `-var-file=${file}`),
      ...(hasImports(stack.directory) ? [`-generate-config-out=${generated}`] : []),
    ],
    {
      onLine: (text) => {
        const line = logLine(text);
        if (line?.diagnostic !== undefined) lines.push(line);
        if (line?.type === "change_summary") summary = plainText(line["@message"]);
      },
    },
  );
  rmSync(generated, { force: true });
  if (planned.code !== 0 && planned.code !== 2) {
    const said = errorsIn(lines);
    throw new PhaseError("plan", program, planned, said === "" ? errorText(planned.stderr) : said);
  }

  onProgress({ phase: "show" });
  const shown = await run(["show", "-json", plan], { stdoutFile: json });
  if (shown.code !== 0) throw new PhaseError("show", program, shown, errorText(shown.stderr));
  if (statSync(json).size === 0) throw new PhaseError("show", program, { ...shown, code: 0 }, "");
  onProgress({ phase: "done", text: summary });
  return planned.code === 2;
}

/** Whether the configuration imports; then Terraform may have to write the configuration of what is imported. */
function hasImports(directory: string): boolean {
  try {
    const configuration: unknown = JSON.parse(readFileSync(join(directory, "cdk.tf.json"), "utf8"));
    return typeof configuration === "object" && configuration !== null && "import" in configuration;
  } catch {
    // Not there or not JSON: Terraform says so in its own words.
    return false;
  }
}
