/** Reviews for property-based tests, whose every text is hostile. */
import fc from "fast-check";
import { REVIEW_VERSION } from "../../src/review/review";
import type {
  AttributeChange,
  Counts,
  Finding,
  Review,
  ReviewedChange,
  ReviewedDrift,
  ReviewedOutput,
  ReviewedStack,
  ShownValue,
} from "../../src/review/review";

/** Stands in every text of an arbitrary review, and in no text of this package. */
export const CANARY = "q7z";

/** The one address that findings may link to. */
export const HELP = "https://example.com/policies/data-volume.md";

/** Texts that have an effect somewhere. */
export const NASTY: readonly string[] = [
  "```",
  "````",
  "`",
  "``",
  "~~~",
  "~~x~~",
  "</details>",
  "<details>",
  "<summary>",
  "</summary>",
  "</code>",
  "</pre>",
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "<!--",
  "-->",
  "<![CDATA[",
  "<?php",
  "&lt;img&gt;",
  "&#64;org",
  "|",
  "\\|",
  "\\",
  "[x](javascript:alert(1))",
  "![](http://example.com/a.png)",
  "[x]: http://example.com",
  "[^1]",
  "[^1]: note",
  "- [ ] task",
  "- [x] task",
  "# heading",
  "===",
  "---",
  "> [!NOTE]",
  "1. item",
  "2) item",
  "    indented",
  "*x*",
  "__x__",
  "@org/team",
  "@user",
  "#1",
  "GH-1",
  "owner/repo#1",
  "owner/repo@deadbeef",
  "deadbeefcafe",
  "defaced",
  "https://example.com/x",
  "http://user:pass@example.com",
  "www.example.com",
  "mailto:a@example.com",
  "a@example.com",
  ":tada:",
  ":+1:",
  "$$x$$",
  "$x$",
  "$`x`$",
  "```math",
  "```mermaid",
  '"] click s0 "javascript:alert(1)',
  "%%{init: {}}%%",
  "fa:fa-ban",
  "{0}",
  "{{x}}",
  "\n",
  "\n\n",
  "\r",
  "\r\n",
  "\t",
  "\u0000",
  "\u0007",
  "\u0008",
  "\u001b[31m",
  "\u001b]8;;http://example.com\u0007",
  "\u0085",
  "\u009b31m",
  "\u00a0",
  "\u00ad",
  "\u200b",
  "\u200e",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
  "\ufeff",
  "\ufff9",
  "\u{e0041}",
  "\ud800",
  "\udc00",
  "\u{1f680}",
  "é",
  "漢字",
  " ",
  "  ",
  "and",
  "the",
  "word.",
];

/** A hostile text of some pieces, with the canary in it. */
export const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...NASTY) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
      { weight: 1, arbitrary: fc.constantFrom("`".repeat(40), "x".repeat(700), "\u202e".repeat(300)) },
    ),
    { maxLength: 6 },
  )
  .chain((pieces) =>
    fc
      .tuple(fc.constantFrom("", " ", "\n"), fc.integer({ min: 0, max: pieces.length }))
      .map(([glue, place]) => [...pieces.slice(0, place), CANARY, ...pieces.slice(place)].join(glue)),
  );

/** Makes a property one that may be missing. */
function optional<T extends object>(
  required: { [K in keyof T]: fc.Arbitrary<T[K]> },
  keys: readonly (keyof T)[],
): fc.Arbitrary<T> {
  return fc.record(required, {
    requiredKeys: (Object.keys(required) as (keyof T)[]).filter((key) => !keys.includes(key)),
  });
}

const shownValue: fc.Arbitrary<ShownValue> = fc.oneof(
  { weight: 4, arbitrary: hostile.map((text) => ({ kind: "value" as const, text })) },
  fc.constant({ kind: "absent" as const }),
  fc.constant({ kind: "known-after-apply" as const }),
  fc.constant({ kind: "sensitive" as const }),
  hostile.map((hash) => ({ kind: "sensitive" as const, hash })),
);

const attributeChange = optional<AttributeChange>(
  {
    path: hostile,
    before: shownValue,
    after: shownValue,
    forcesReplacement: fc.boolean(),
    set: fc.record({
      added: fc.array(shownValue, { maxLength: 2 }),
      removed: fc.array(shownValue, { maxLength: 2 }),
      kept: fc.nat(9),
    }),
    lines: fc.array(fc.record({ op: fc.constantFrom("kept", "added", "removed", "gap"), text: hostile }), {
      maxLength: 4,
    }),
    note: hostile,
    document: fc.constantFrom("json", "yaml", "named.conf", "daemon.json", "consul", "text"),
  },
  ["set", "lines", "note", "document"],
);

const reason = fc.record({ code: hostile, text: hostile });
const noise = fc.dictionary(hostile, fc.nat(99), { maxKeys: 2 });

const changeProperties = {
  address: hostile,
  name: hostile,
  type: hostile,
  action: fc.constantFrom(
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
  ),
  actions: fc.array(hostile, { maxLength: 2 }),
  order: fc.constantFrom("delete-before-create", "create-before-delete"),
  reason,
  previousAddress: hostile,
  deposed: hostile,
  importing: hostile,
  dataBearing: hostile,
  role: hostile,
  gate: hostile,
  host: hostile,
  image: hostile,
  attributes: fc.array(attributeChange, { maxLength: 3 }),
  noise,
  provisioners: fc.array(hostile, { maxLength: 2 }),
  deferred: reason,
};
const MISSING = [
  "order",
  "reason",
  "previousAddress",
  "deposed",
  "importing",
  "dataBearing",
  "role",
  "gate",
  "host",
  "image",
  "deferred",
] as const;

const change = optional<ReviewedChange>(changeProperties, MISSING);
const drift = optional<ReviewedDrift>({ ...changeProperties, relevant: fc.boolean() }, MISSING);
const output: fc.Arbitrary<ReviewedOutput> = fc.record({
  name: hostile,
  action: fc.constantFrom("create" as const, "update" as const, "delete" as const, "unknown" as const),
  before: shownValue,
  after: shownValue,
  crossStack: fc.boolean(),
});

const COUNTS: readonly (keyof Counts)[] = [
  "add",
  "change",
  "destroy",
  "replace",
  "import",
  "move",
  "forget",
  "read",
  "drift",
  "relevantDrift",
  "outputs",
  "deferred",
  "actions",
  "unknown",
  "unchanged",
];
const counts = fc
  .array(fc.nat(2000), { minLength: COUNTS.length, maxLength: COUNTS.length })
  .map(
    (numbers) =>
      Object.fromEntries(COUNTS.map((key, index) => [key, numbers[index] ?? 0])) as unknown as Counts,
  );

const stack = optional<ReviewedStack>(
  {
    name: hostile,
    environment: hostile,
    dependsOn: fc.array(hostile, { maxLength: 2 }),
    status: fc.constantFrom("changed", "unchanged", "failed"),
    failure: hostile,
    terraformVersion: hostile,
    banners: fc.array(
      fc.record({
        kind: fc.oneof(fc.constantFrom("errored", "provisional", "failed"), hostile),
        text: hostile,
      }),
      { maxLength: 2 },
    ),
    provisionalBecauseOf: fc.array(hostile, { maxLength: 2 }),
    changes: fc.array(change, { maxLength: 4 }),
    drift: fc.array(drift, { maxLength: 2 }),
    outputs: fc.array(output, { maxLength: 2 }),
    actions: fc.array(hostile, { maxLength: 2 }),
    checks: fc.array(
      fc.record({
        address: hostile,
        status: fc.constantFrom("fail", "error", "unknown", "other"),
        problems: fc.array(hostile, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    byHand: fc.array(fc.record({ where: hostile, what: hostile, got: hostile }), { maxLength: 2 }),
    counts,
    noise,
    fingerprint: hostile,
  },
  ["failure", "terraformVersion"],
);

const finding = optional<Finding>(
  {
    rule: hostile,
    level: fc.constantFrom("error", "warning", "cannot-verify"),
    stack: hostile,
    address: hostile,
    name: hostile,
    message: hostile,
    mend: hostile,
    help: fc.oneof(fc.constant(HELP), hostile),
    acknowledged: optional({ reason: hostile, by: hostile, expires: hostile }, ["by"]),
  },
  ["address", "name", "help", "acknowledged"],
);

const danger = fc.constantFrom("failed", "unknown", "destroy", "replace", "change", "none");

/** A review with hostile texts everywhere. Its parts need not fit together. */
export const arbitraryReview: fc.Arbitrary<Review> = optional<Review>(
  {
    version: fc.constant(REVIEW_VERSION),
    verdict: fc.constantFrom("no-changes", "changes", "blocked", "error"),
    because: fc.array(hostile, { maxLength: 2 }),
    stacks: fc.array(stack, { maxLength: 3 }),
    findings: fc.array(finding, { maxLength: 3 }),
    counts,
    delta: fc.record({
      added: fc.array(hostile, { maxLength: 2 }),
      gone: fc.array(hostile, { maxLength: 2 }),
      changed: fc.array(hostile, { maxLength: 2 }),
    }),
    graph: fc.record({
      stacks: fc.array(fc.record({ name: hostile, danger, provisional: fc.boolean() }), { maxLength: 3 }),
      hosts: fc.array(fc.record({ stack: hostile, name: hostile, danger }), { maxLength: 3 }),
      edges: fc.array(fc.record({ from: hostile, to: hostile }), { maxLength: 3 }),
    }),
    fingerprint: hostile,
    fingerprintKeyed: fc.boolean(),
  },
  ["delta", "graph"],
);
