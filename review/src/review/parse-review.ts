import { z } from "zod";
import { REVIEW_VERSION, type Review } from "./review";

/** A file that is no review. The message says why, and quotes nothing of it. */
export class ReviewFileError extends Error {
  override readonly name = "ReviewFileError";
}

const text = z.string();
const texts = z.array(text);
const counted = z.number().int().nonnegative();
const countedByName = z.record(text, counted);

const shown = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("absent") }),
  z.looseObject({ kind: z.literal("known-after-apply") }),
  z.looseObject({ kind: z.literal("sensitive"), hash: text.optional() }),
  z.looseObject({ kind: z.literal("value"), text }),
]);

const reason = z.looseObject({ code: text, text });
const fingerprint = z.string().regex(/^(hmac-)?sha256:[0-9a-f]{64}$|^$/);

const action = z.enum([
  "create",
  "read",
  "update",
  "delete",
  "replace",
  "create-then-forget",
  "forget",
  "open",
  "unknown",
  "move",
  "import",
]);

const attribute = z.looseObject({
  path: text,
  before: shown,
  after: shown,
  forcesReplacement: z.boolean(),
  set: z.looseObject({ added: z.array(shown), removed: z.array(shown), kept: counted }).optional(),
  lines: z.array(z.looseObject({ op: z.enum(["kept", "added", "removed", "gap"]), text })).optional(),
  document: z.enum(["json", "yaml", "named.conf", "daemon.json", "consul", "text"]).optional(),
  note: text.optional(),
});

const change = z.looseObject({
  address: text,
  name: text,
  type: text,
  action,
  actions: texts,
  order: z.enum(["delete-before-create", "create-before-delete"]).optional(),
  reason: reason.optional(),
  previousAddress: text.optional(),
  deposed: text.optional(),
  importing: text.optional(),
  dataBearing: text.optional(),
  role: text.optional(),
  gate: text.optional(),
  host: text.optional(),
  image: text.optional(),
  attributes: z.array(attribute),
  noise: countedByName,
  provisioners: texts,
  deferred: reason.optional(),
});

const counts = z.looseObject({
  add: counted,
  change: counted,
  destroy: counted,
  replace: counted,
  import: counted,
  move: counted,
  forget: counted,
  read: counted,
  drift: counted,
  relevantDrift: counted,
  outputs: counted,
  deferred: counted,
  actions: counted,
  unknown: counted,
  unchanged: counted,
});

const stack = z.looseObject({
  name: text,
  environment: text,
  dependsOn: texts,
  status: z.enum(["changed", "unchanged", "failed"]),
  failure: text.optional(),
  terraformVersion: text.optional(),
  banners: z.array(z.looseObject({ kind: text, text })),
  provisionalBecauseOf: texts,
  changes: z.array(change),
  drift: z.array(z.looseObject({ ...change.shape, relevant: z.boolean() })),
  outputs: z.array(
    z.looseObject({ name: text, action, before: shown, after: shown, crossStack: z.boolean() }),
  ),
  actions: texts,
  checks: z.array(
    z.looseObject({ address: text, status: z.enum(["fail", "error", "unknown", "other"]), problems: texts }),
  ),
  byHand: z.array(z.looseObject({ where: text, what: text, got: text })),
  counts,
  noise: countedByName,
  fingerprint,
});

const danger = z.enum(["failed", "unknown", "destroy", "replace", "change", "none"]);

const REVIEW = z.looseObject({
  version: z.literal(REVIEW_VERSION),
  verdict: z.enum(["no-changes", "changes", "blocked", "error"]),
  because: texts,
  stacks: z.array(stack),
  findings: z.array(
    z.looseObject({
      rule: text,
      level: z.enum(["error", "warning", "cannot-verify"]),
      stack: text,
      address: text.optional(),
      name: text.optional(),
      message: text,
      mend: text,
      help: text.optional(),
      acknowledged: z.looseObject({ reason: text, by: text.optional(), expires: text }).optional(),
    }),
  ),
  counts,
  delta: z.looseObject({ added: texts, gone: texts, changed: texts }).optional(),
  graph: z
    .looseObject({
      stacks: z.array(z.looseObject({ name: text, danger, provisional: z.boolean() })),
      hosts: z.array(z.looseObject({ stack: text, name: text, danger })),
      edges: z.array(z.looseObject({ from: text, to: text })),
    })
    .optional(),
  fingerprint,
  fingerprintKeyed: z.boolean(),
});

/**
 * Reads a review that was written as JSON, and checks all of it: half a review would look like fewer changes.
 *
 * @param json the text of the file
 * @param source the file's name, for messages
 * @throws ReviewFileError if it is none, or one of another version
 */
export function parseReview(json: string, source: string): Review {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ReviewFileError(`${source} is no JSON, or ends before it is complete`);
  }
  const parsed = REVIEW.safeParse(value);
  // JSON knows no undefined: what may be absent is absent.
  if (parsed.success) return parsed.data as Review;
  const [issue] = parsed.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  if (issue?.path[0] === "version") {
    throw new ReviewFileError(
      `${source} is no review of version ${REVIEW_VERSION}, which this program writes`,
    );
  }
  throw new ReviewFileError(`${source} is no review${where.slice(0, 200)}`);
}
