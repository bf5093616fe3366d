import type { FailOn } from "../reading/read-review";
import { collectGarbage } from "./collect-garbage";
import { type ExitCode, exitCodeOf } from "./exit-code";
import { type Io, plainText } from "./io";
import { makeReview } from "./make-review";
import { type Format, outputsOf, writeOutput } from "./outputs";
import { readInputs } from "./read-inputs";
import { readReviewFile } from "./read-review-file";

/** The options of `review`. */
export interface ReviewCommandSettings {
  readonly manifest?: string;
  readonly stack?: readonly string[];
  readonly name?: string;
  readonly format?: Format;
  readonly policy?: string;
  readonly failOn?: readonly FailOn[];
  readonly previous?: string;
  readonly output?: readonly string[];
  readonly artifact?: string;
}

/** `review`: says what plans do. Runs nothing, and asks nobody. */
export async function reviewCommand(
  paths: readonly string[],
  settings: ReviewCommandSettings,
  io: Io,
): Promise<ExitCode> {
  const { manifest, policy, failOn, stack, artifact } = settings;
  const outputs = outputsOf(settings.format, settings.output ?? []);
  const previous = settings.previous === undefined ? undefined : readReviewFile(settings.previous, io);
  const inputs = await readInputs(paths, io, settings.name);
  // The plans' texts are of no more use.
  collectGarbage(inputs.bytes);
  const review = await makeReview(
    inputs,
    {
      ...(manifest === undefined ? {} : { manifest }),
      ...(policy === undefined ? {} : { policy }),
      ...(failOn === undefined ? {} : { failOn }),
      ...(stack === undefined ? {} : { stacks: stack }),
      ...(previous === undefined ? {} : { previous }),
    },
    io,
  );
  for (const output of outputs) writeOutput(review, output, io, artifact === undefined ? {} : { artifact });
  // On standard output the reasons stand already; in a pipeline's log, where files were written, they would be missed.
  if (outputs.every(({ file }) => file !== undefined)) {
    io.stderr.write(`verdict: ${review.verdict}\n`);
  }
  for (const { name, failure } of review.stacks) {
    if (failure !== undefined) io.stderr.write(`failed: ${plainText(name)}: ${plainText(failure, true)}\n`);
  }
  if (review.verdict === "error" || review.verdict === "blocked") {
    for (const reason of review.because) io.stderr.write(`${review.verdict}: ${plainText(reason)}\n`);
  }
  return exitCodeOf(review.verdict);
}
