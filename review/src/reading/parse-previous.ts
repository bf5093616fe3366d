import { z } from "zod";
import { type Previous, previousOf } from "../review/previous";
import { type Review, REVIEW_VERSION } from "../review/review";
import { ReviewError } from "./review-error";

const ENTRY = z.looseObject({ address: z.string(), deposed: z.string().optional() });

/** What of a review the difference to a later one is made of; all else is carried along. */
const PREVIOUS = z.looseObject({
  version: z.literal(REVIEW_VERSION),
  stacks: z.array(
    z.looseObject({
      name: z.string(),
      status: z.enum(["changed", "unchanged", "failed"]),
      failure: z.string().optional(),
      changes: z.array(ENTRY),
      drift: z.array(ENTRY),
      outputs: z.array(z.looseObject({ name: z.string() })),
      actions: z.array(z.string()),
      byHand: z.array(z.looseObject({ where: z.string() })),
    }),
  ),
});

/**
 * Reads an earlier review, as `review --format json` wrote it, for the difference to a later one.
 *
 * @param text the file's text
 * @param source the file's name, for messages
 * @throws ReviewError if it is not a review, or one of another version
 */
export function parsePrevious(text: string, source: string): Previous {
  const wrong = (what: string): ReviewError =>
    new ReviewError(
      `${source}: ${what}; give a file that \`review --format json\` wrote, or leave out --previous`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the file.
    throw wrong("is no JSON");
  }
  const parsed = PREVIOUS.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String).join(".") ?? "";
    throw wrong(
      `is not a review of version ${REVIEW_VERSION}${path === "" ? "" : ` (at ${path.slice(0, 100)})`}`,
    );
  }
  try {
    return previousOf(parsed.data as unknown as Pick<Review, "stacks">);
  } catch (error) {
    if (error instanceof RangeError) throw wrong("is nested too deep for a review");
    throw error;
  }
}
