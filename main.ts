import { parseArgs } from "node:util";
import { App } from "cdktf";
import { Faults, ValidationError, ValidationErrors } from "./constructs/core/errors";
import { environments } from "./environments";
import { validateEnvironment } from "./environments/validate";
import { addEnvironment } from "./stacks/environment-stacks";
import { renderSummary, summarizeStack } from "./stacks/summary";

const USAGE = `Synthesizes every environment and says what its stacks make.

  npm start             as text
  npm start -- --json   as JSON, for programs
`;

/** A progress line on stderr, once a second has passed: stdout is for the result. */
function progress(started: number, text: string): void {
  if (Date.now() - started > 1_000) process.stderr.write(`${text}\n`);
}

function main(): void {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const started = Date.now();
  const all = environments();
  const app = new App();
  // Every fault of every environment at once, before anything is written: cdktf would stop at the first one.
  const faults = new Faults();
  const made = all.flatMap((environment, i) => {
    progress(started, `describing ${environment.name} (${i + 1} of ${all.length}) ...`);
    const stacks = faults.try(() => {
      validateEnvironment(environment);
      return addEnvironment(app, environment);
    });
    return stacks === undefined ? [] : [{ environment: environment.name, stacks }];
  });
  faults.throwIfAny("environments");
  progress(started, "writing Terraform JSON ...");
  app.synth();
  // Under the cdktf CLI, which sets CDKTF_OUTDIR, the CLI has the word.
  if (process.env["CDKTF_OUTDIR"] !== undefined) return;
  const summaries = made.map(({ environment, stacks }) => ({
    environment,
    stacks: stacks.map((stack) => summarizeStack(stack, app.outdir)),
  }));
  const warnings = new Set(summaries.flatMap(({ stacks }) => stacks.flatMap((stack) => stack.warnings)));
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(
    values.json === true ? `${JSON.stringify(summaries, null, 2)}\n` : renderSummary(summaries),
  );
}

/** Tells whether an error is about the words on the command line. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

try {
  main();
} catch (error) {
  const known = error instanceof ValidationError || error instanceof ValidationErrors;
  const text = known
    ? error.message
    : isUsageError(error)
      ? `${error.message}\n\n${USAGE}`
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
