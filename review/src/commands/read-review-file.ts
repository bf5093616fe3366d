import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseReview, ReviewFileError } from "../review/parse-review";
import type { Review } from "../review/review";
import { CommandError, systemCode } from "./command-error";
import type { Io } from "./io";

/**
 * Reads a review that `review --format json` wrote.
 *
 * @throws CommandError if it is not there, or none
 */
export function readReviewFile(path: string, { cwd }: Pick<Io, "cwd">): Review {
  let json: string;
  try {
    json = readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    throw new CommandError(
      "input/missing",
      `${path} cannot be read (${systemCode(error)})`,
      "Name what `cdktf-plan-review review --output review.json` wrote",
    );
  }
  try {
    return parseReview(json, path);
  } catch (error) {
    if (!(error instanceof ReviewFileError)) throw error;
    throw new CommandError(
      "input/not-a-review",
      error.message,
      "Write it again with `cdktf-plan-review review --output review.json`, with the same version of this program",
    );
  }
}
