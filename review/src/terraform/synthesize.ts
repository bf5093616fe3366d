import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { CommandError, systemCode } from "../commands/command-error";
import { plainText } from "../commands/io";
import { runProgram } from "./run-program";

/** What is used of cdktf.json. */
const CONFIG = z.object({
  app: z.string().min(1),
  output: z.string().min(1).default("cdktf.out"),
  context: z.record(z.string(), z.unknown()).optional(),
  terraformModules: z.array(z.union([z.string(), z.object({ source: z.string() })])).default([]),
});

/** What is asked to synthesize. */
export interface SynthesizeOptions {
  /** The directory of cdktf.json. */
  readonly directory: string;
  /**
   * Where the app writes to.
   * @default - `output` of cdktf.json, else cdktf.out
   */
  readonly output?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Where the app of a cdktf.json writes to.
 *
 * @returns the directory; cdktf.out where there is no cdktf.json
 */
export function outputOf(directory: string): string {
  try {
    return resolve(directory, readConfig(directory).output);
  } catch {
    return join(directory, "cdktf.out");
  }
}

/**
 * Runs the app of cdktf.json, with the surroundings that `cdktf synth` gives it.
 *
 * @returns the directory that it wrote to
 * @throws CommandError if there is no cdktf.json, or the app fails
 */
export async function synthesize(options: SynthesizeOptions): Promise<string> {
  const { directory, env, signal } = options;
  const config = readConfig(directory);
  const output = resolve(directory, options.output ?? config.output);
  // An app that fails without a word, or writes elsewhere, must not leave us with what an earlier one wrote.
  rmSync(join(output, "manifest.json"), { force: true });
  const result = await runProgram(config.app, [], {
    cwd: directory,
    env: environmentOf(config, env, output),
    signal,
    shell: true,
  });
  if (result.interrupted) {
    throw new CommandError(
      "terraform/interrupted",
      "interrupted while the app was synthesized",
      "Run it again",
    );
  }
  if (result.code !== 0) {
    const said = plainText(`${result.stderr}\n${result.stdout}`.trim(), true);
    throw new CommandError(
      "synth/failed",
      `the app (${plainText(config.app)}) ended with ${result.notStarted ?? `exit code ${String(result.code ?? "none")}`}` +
        (said === "" ? "" : `:\n${said}\n`),
      "Mend what it says; `npx cdktf synth` shows the same",
    );
  }
  return output;
}

function environmentOf(
  config: z.infer<typeof CONFIG>,
  env: SynthesizeOptions["env"],
  output: string,
): Record<string, string | undefined> {
  // Terraform's variables are for Terraform alone, and the key of the hashes for nobody.
  const own = Object.entries(env).filter(
    ([name]) => !name.startsWith("TF_VAR_") && name !== "CDKTF_PLAN_REVIEW_KEY",
  );
  const relative = config.terraformModules.filter((module) =>
    /^\.\.?\//.test(typeof module === "string" ? module : module.source),
  );
  const inherited = Object.fromEntries(own);
  return {
    ...inherited,
    NODE_OPTIONS: inherited["NODE_OPTIONS"] ?? "--max-old-space-size=4096",
    CDKTF_OUTDIR: output,
    CDKTF_CONTEXT_JSON: JSON.stringify({
      ...(config.context ?? contextIn(inherited["CDKTF_CONTEXT_JSON"])),
      cdktfRelativeModules: relative,
    }),
    SYNTH_HCL_OUTPUT: "false",
  };
}

function contextIn(json: string | undefined): object {
  if (json === undefined || json === "") return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(json));
  } catch {
    throw new CommandError(
      "synth/config",
      "the variable CDKTF_CONTEXT_JSON is no JSON object",
      "Mend it, or unset it",
    );
  }
}

function readConfig(directory: string): z.infer<typeof CONFIG> {
  const file = join(directory, "cdktf.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(
      "synth/config",
      `${file} cannot be read (${systemCode(error)})`,
      "Run it in the directory of your cdktf.json, or plan what is synthesized already with --manifest cdktf.out",
    );
  }
  try {
    return CONFIG.parse(JSON.parse(text));
  } catch {
    throw new CommandError(
      "synth/config",
      `${file} is no configuration of CDKTF: it needs "app", the command that synthesizes`,
      'Write it as {"language": "typescript", "app": "npx tsx main.ts"}',
    );
  }
}
