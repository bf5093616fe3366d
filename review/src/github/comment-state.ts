import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { deltaBetween, type Previous, previousOf } from "../review/previous";
import type { Delta, Review, Verdict } from "../review/review";
import type { WorkflowRun } from "./github-context";

/** What a comment says to programs, beside what it says to people. */
export interface CommentState {
  /** The commit that was reviewed. */
  readonly commit?: string;
  /** The run that reviewed it. */
  readonly run?: WorkflowRun;
  /** What the review came to. */
  readonly verdict: Verdict;
  /** The fingerprint over all stacks. */
  readonly fingerprint: string;
  /** Each stack's fingerprint; undefined if there were too many. */
  readonly stacks?: ReadonlyMap<string, string>;
  /** What the review had; undefined if it was too much. */
  readonly changes?: Previous;
  /** What the review of the commit before had, so that a second run of one commit tells the same difference. */
  readonly before?: { readonly stacks?: ReadonlyMap<string, string>; readonly changes?: Previous };
}

/** The most that a state takes of a comment, in bytes. */
export const STATE_LIMIT = 24_000;
/** The most that a state is unpacked to: a comment can be edited by others. */
const UNPACKED_LIMIT = 4 * 1024 * 1024;

const OPEN = "<!-- cdktf-plan-review:state ";
const CLOSE = " -->";

const pairs = z.array(z.tuple([z.string(), z.string()]));
const past = z.object({ stacks: pairs.optional(), changes: pairs.optional() });
const STATE = z.object({
  version: z.literal(1),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional(),
  run: z
    .object({
      workflow: z.string(),
      number: z.number().int().positive(),
      attempt: z.number().int().positive(),
    })
    .optional(),
  verdict: z.enum(["no-changes", "changes", "blocked", "error"]),
  fingerprint: z.string(),
  ...past.shape,
  before: past.optional(),
});

/** The state of a review, with what is kept of the one before. */
export function stateOf(
  review: Review,
  about: { readonly commit: string | undefined; readonly run: WorkflowRun | undefined },
  earlier: CommentState | undefined,
): CommentState {
  const again = earlier !== undefined && about.commit !== undefined && earlier.commit === about.commit;
  const before = again ? earlier.before : earlier;
  return {
    ...(about.commit === undefined ? {} : { commit: about.commit }),
    ...(about.run === undefined ? {} : { run: about.run }),
    verdict: review.verdict,
    fingerprint: review.fingerprint,
    stacks: new Map(review.stacks.map(({ name, fingerprint }) => [name, fingerprint])),
    changes: previousOf(review),
    ...(before === undefined ? {} : { before: pastOf(before) }),
  };
}

/** What is different from the review before; undefined if there was none, or it is not known. */
export function deltaOf({ before, stacks, changes }: CommentState): Delta | undefined {
  if (before === undefined) return undefined;
  if (before.changes !== undefined && changes !== undefined) return deltaBetween(before.changes, changes);
  // Too much for a comment: stacks, then.
  if (before.stacks === undefined || stacks === undefined) return undefined;
  return deltaBetween({ changes: before.stacks }, { changes: stacks });
}

/** Tells whether a state is of a later run of the same workflow. Others cannot be put in order. */
export function isNewer(one: CommentState, { run }: { readonly run: WorkflowRun | undefined }): boolean {
  if (one.run === undefined || run === undefined || one.run.workflow !== run.workflow) return false;
  if (one.run.number !== run.number) return one.run.number > run.number;
  return one.run.attempt > run.attempt;
}

/**
 * Writes a state as a comment of HTML, which people do not see. What does not fit is left out, the least useful first:
 * the changes of the review before, its own, then the stacks.
 */
export function writeState(state: CommentState): string {
  const { before, changes, stacks, ...core } = state;
  const some = (past: NonNullable<CommentState["before"]>): object => ({
    ...(past.stacks === undefined ? {} : { stacks: [...past.stacks] }),
    ...(past.changes === undefined ? {} : { changes: [...past.changes.changes] }),
  });
  const own = pastOf({ stacks, changes });
  const ownStacks = pastOf({ stacks, changes: undefined });
  const beforeStacks = pastOf({ stacks: before?.stacks, changes: undefined });
  const candidates = [
    { ...some(own), ...(before === undefined ? {} : { before: some(before) }) },
    { ...some(own), ...(before === undefined ? {} : { before: some(beforeStacks) }) },
    some(own),
    { ...some(ownStacks), ...(before === undefined ? {} : { before: some(beforeStacks) }) },
    some(ownStacks),
    {},
  ];
  let text = "";
  for (const candidate of candidates) {
    const json = JSON.stringify({ version: 1, ...core, ...candidate });
    // Base64 has no dash, so it cannot end the comment that it stands in.
    text = `${OPEN}${deflateRawSync(json, { level: 9 }).toString("base64")}${CLOSE}`;
    if (text.length <= STATE_LIMIT && json.length <= UNPACKED_LIMIT) return text;
  }
  return text;
}

/** Reads the state of a comment; undefined where there is none, or none that this version can read. */
export function readState(body: string): CommentState | undefined {
  const from = body.lastIndexOf(OPEN);
  const to = body.indexOf(CLOSE, from + OPEN.length);
  if (from < 0 || to < 0) return undefined;
  try {
    const packed = Buffer.from(body.slice(from + OPEN.length, to), "base64");
    const json = inflateRawSync(packed, { maxOutputLength: UNPACKED_LIMIT }).toString("utf8");
    const { commit, run, verdict, fingerprint, stacks, changes, before } = STATE.parse(JSON.parse(json));
    const read = (some: z.infer<typeof past>): NonNullable<CommentState["before"]> => ({
      ...(some.stacks === undefined ? {} : { stacks: new Map(some.stacks) }),
      ...(some.changes === undefined ? {} : { changes: { changes: new Map(some.changes) } }),
    });
    return {
      ...(commit === undefined ? {} : { commit }),
      ...(run === undefined ? {} : { run }),
      verdict,
      fingerprint,
      ...read({ stacks, changes }),
      ...(before === undefined ? {} : { before: read(before) }),
    };
  } catch {
    // Cut off, edited or of another version.
    return undefined;
  }
}

function pastOf({
  stacks,
  changes,
}: {
  readonly stacks?: ReadonlyMap<string, string> | undefined;
  readonly changes?: Previous | undefined;
}): NonNullable<CommentState["before"]> {
  return { ...(stacks === undefined ? {} : { stacks }), ...(changes === undefined ? {} : { changes }) };
}
