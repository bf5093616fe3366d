import { z } from "zod";
import { errorsIn, errorText, logLine, type LogLine } from "./diagnostics";
import { runProgram } from "./run-program";
import { terraformEnvironment } from "./terraform-environment";
import type { TerraformProgram } from "./terraform-program";

/** A stack whose saved plan is applied. */
export interface PlannedStack {
  readonly name: string;
  /** A name of the stack that is good for a file. */
  readonly fileName: string;
  /** The directory that Terraform was initialized in. */
  readonly directory: string;
  /** The saved plan. */
  readonly plan: string;
}

/** How Terraform is run. */
export interface TerraformRun {
  readonly program: TerraformProgram;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What came of an apply. */
export interface Applied {
  readonly ok: boolean;
  /** Whether it was told to end. */
  readonly interrupted: boolean;
  /** What is done: Terraform's own words, or its errors. May hold secrets. */
  readonly text: string;
}

/** Shows a saved plan as JSON in a file that only this user may read. @returns why it failed, if it did; may hold secrets */
export async function showPlan(
  stack: PlannedStack,
  json: string,
  run: TerraformRun,
): Promise<string | undefined> {
  const { code, stderr, notStarted } = await runProgram(run.program.binary, ["show", "-json", stack.plan], {
    cwd: stack.directory,
    env: terraformEnvironment(run.env, stack.fileName),
    signal: run.signal,
    stdoutFile: json,
  });
  if (code === 0) return undefined;
  return notStarted ?? `terraform show: exit code ${code ?? "none"}: ${errorText(stderr)}`;
}

const SUMMARY = z.object({ "@message": z.string(), type: z.literal("change_summary") });

/**
 * Applies a saved plan, and nothing else: Terraform plans nothing anew, and refuses one that its state has outrun.
 *
 * @param onLine is told what Terraform does; may hold secrets
 */
export async function applyStack(
  stack: PlannedStack,
  run: TerraformRun,
  onLine: (text: string) => void,
): Promise<Applied> {
  const lines: LogLine[] = [];
  let summary = "";
  const result = await runProgram(
    run.program.binary,
    ["apply", "-input=false", "-no-color", "-json", stack.plan],
    {
      cwd: stack.directory,
      env: terraformEnvironment(run.env, stack.fileName),
      signal: run.signal,
      // Nothing is half done when it can be helped: Terraform ends with the resource that it is at.
      grace: 10 * 60_000,
      onLine: (text) => {
        const line = logLine(text);
        if (line?.diagnostic !== undefined) lines.push(line);
        // What provisioners print is left out (provision_progress): nobody can tell what it holds.
        if (line !== undefined && /^apply_(start|complete|errored)$/.test(line.type))
          onLine(line["@message"]);
        if (SUMMARY.safeParse(line).success) summary = line?.["@message"] ?? "";
      },
    },
  );
  const { interrupted } = result;
  if (result.code === 0) return { ok: true, interrupted, text: summary };
  if (result.notStarted !== undefined) {
    return { ok: false, interrupted, text: `it could not be started (${result.notStarted})` };
  }
  const said = errorsIn(lines);
  const ended = result.code === undefined ? "it was ended by a signal" : `exit code ${result.code}`;
  return { ok: false, interrupted, text: `${ended}: ${said === "" ? errorText(result.stderr) : said}` };
}
