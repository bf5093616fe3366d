import { createHash } from "node:crypto";
import type { Finding, Review, ReviewedChange, ReviewedStack } from "../review/review";
import { shorten, visible } from "./escape";
import { sarifText } from "./escape-sarif";
import { stableJson } from "./json";
import { actionWord, count, destroys, forgets, orderWords, unknownChanges } from "./text-words";

/** How SARIF is written. */
export interface SarifOptions {
  /**
   * The file at which code scanning shows the results, relative to the repository. Plans have no place in it, and code
   * scanning takes no result without one.
   * @default "cdktf.json"
   */
  readonly artifact?: string;
  /**
   * At most so many results; the least dangerous are left out, and counted. Code scanning shows 5,000 and takes 25,000.
   * @default 5000
   */
  readonly maxResults?: number;
  /**
   * The version of this package.
   * @default - not said
   */
  readonly version?: string;
}

/** The schema that the output follows. */
export const SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

type Level = "error" | "warning" | "note";

interface Rule {
  readonly id: string;
  readonly text: string;
  readonly level: Level;
  readonly help?: string;
}

interface Result {
  readonly rule: Rule;
  readonly level: Level;
  readonly message: string;
  readonly stack: string;
  readonly address?: string | undefined;
  readonly name?: string | undefined;
  /** What else tells it apart from others of the same rule and place. */
  readonly detail?: string;
  readonly suppressed?: string;
}

const RULES = {
  failed: { id: "plan/failed", text: "A stack has no plan", level: "error" },
  byHand: { id: "plan/by-hand", text: "Something in the plan has to be reviewed by hand", level: "error" },
  destroy: { id: "plan/destroy", text: "A resource is destroyed", level: "warning" },
  replace: { id: "plan/replace", text: "A resource is replaced", level: "warning" },
  forget: { id: "plan/forget", text: "A resource is no longer managed", level: "note" },
  cut: { id: "plan/cut", text: "Results are left out", level: "warning" },
} as const satisfies Record<string, Rule>;

/** A rule's help, if it is an address of the web. */
function helpUri(help: string | undefined): string | undefined {
  if (help === undefined || !/^https?:\/\/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$/.test(help)) return undefined;
  return URL.canParse(help) ? help : undefined;
}

function findingResult(finding: Finding): Result {
  const level: Level = finding.level === "warning" ? "warning" : "error";
  const cannot = finding.level === "cannot-verify" ? "Cannot be verified: " : "";
  const help = helpUri(finding.help);
  const { acknowledged } = finding;
  return {
    rule: {
      id: shorten(visible(finding.rule), 200),
      text: `The policy ${sarifText(finding.rule, 200)}`,
      level,
      ...(help === undefined ? {} : { help }),
    },
    level,
    message: `${about(finding.stack, finding.name, finding.address)}: ${cannot}${sarifText(finding.message)} Mend: ${sarifText(finding.mend, 800)}`,
    stack: finding.stack,
    address: finding.address,
    name: finding.name,
    detail: finding.level,
    ...(acknowledged === undefined
      ? {}
      : {
          suppressed: `${sarifText(acknowledged.reason, 400)} (${acknowledged.by === undefined ? "" : `${sarifText(acknowledged.by, 100)}, `}until ${sarifText(acknowledged.expires, 40)})`,
        }),
  };
}

/** What a message is about. It begins with a word, so that no text of a plan begins the message. */
function about(stack: string, name: string | undefined, address: string | undefined): string {
  const of = name ?? address;
  if (of === undefined) return `Stack ${sarifText(stack, 200)}`;
  return `Resource ${sarifText(of, 300)} in stack ${sarifText(stack, 200)}`;
}

function changeResult(stack: ReviewedStack, change: ReviewedChange): Result {
  const rule =
    change.action === "delete" ? RULES.destroy : change.action === "replace" ? RULES.replace : RULES.forget;
  const words = [`${about(stack.name, change.name, change.address)}: ${actionWord(change.action)}`];
  if (change.dataBearing !== undefined) words.push(`it bears data (${sarifText(change.dataBearing, 160)})`);
  if (change.reason !== undefined) words.push(sarifText(change.reason.text, 300));
  const forced = change.attributes.filter((attribute) => attribute.forcesReplacement);
  if (forced.length > 0) {
    const paths = forced.slice(0, 5).map((attribute) => sarifText(attribute.path, 160));
    if (forced.length > 5) paths.push(count(forced.length - 5, "more attribute"));
    words.push(`forced by ${paths.join(", ")}`);
  }
  const order = orderWords(change.order);
  if (order !== undefined) words.push(order);
  return {
    rule,
    level: rule.level,
    message: `${words.join("; ")}.`,
    stack: stack.name,
    address: change.address,
    name: change.name,
    detail: `${change.action}${change.deposed ?? ""}`,
  };
}

/** Whether it counts as one that may be left out before another: the smaller goes first. */
function weight(result: Result): number {
  if (result.suppressed !== undefined) return 0;
  return { note: 1, warning: 2, error: 3 }[result.level];
}

/** All results, most dangerous first; findings and what failed before the rest of their level. */
function resultsOf(review: Review): readonly Result[] {
  const failed = review.stacks
    .filter((stack) => stack.status === "failed")
    .map((stack): Result => ({
      rule: RULES.failed,
      level: "error",
      message: `Stack ${sarifText(stack.name, 200)} has no plan: ${sarifText(stack.failure ?? "no message")}`,
      stack: stack.name,
    }));
  const byHand = review.stacks.flatMap((stack) =>
    [
      ...stack.byHand,
      ...unknownChanges(stack).map(({ address, actions }) => ({
        where: address,
        what: "action",
        got: actions.join(", "),
      })),
    ].map((item): Result => ({
      rule: RULES.byHand,
      level: "error",
      message: `To be reviewed by hand: ${sarifText(item.where, 300)} in stack ${sarifText(stack.name, 200)}: ${sarifText(item.what, 200)} ${sarifText(item.got, 300)}`,
      stack: stack.name,
      address: item.where,
      detail: item.what,
    })),
  );
  const changes = review.stacks.flatMap((stack) =>
    stack.changes
      .filter((change) => destroys(change) || forgets(change))
      .map((change) => changeResult(stack, change)),
  );
  return [...failed, ...review.findings.map(findingResult), ...byHand, ...changes]
    .map((result, position) => ({ result, position }))
    .sort((a, b) => weight(b.result) - weight(a.result) || a.position - b.position)
    .map(({ result }) => result);
}

/**
 * Writes a review as SARIF 2.1.0 for code scanning: the policies' findings, what must be reviewed by hand, stacks without a
 * plan, destroys, replacements and what is no longer managed. What is acknowledged is suppressed.
 *
 * @param review the review
 * @param options the file that results are shown at, and limits
 * @throws RangeError for a limit below 1
 */
export function renderSarif(review: Review, options: SarifOptions = {}): string {
  const most = options.maxResults ?? 5000;
  if (!(most >= 1)) throw new RangeError(`maxResults is ${most}; it must be at least 1`);
  const all = resultsOf(review);
  // One place is for the word on what is left out.
  const shown: Result[] = all.length <= most ? [...all] : all.slice(0, Math.floor(most) - 1);
  const missing = all.length - shown.length;
  if (missing > 0) {
    shown.push({
      rule: RULES.cut,
      level: "warning",
      message: `${count(missing, "result is", "results are")} left out, the least dangerous ones; see the other formats of this review.`,
      stack: "",
    });
  }
  const rules = new Map<string, { readonly rule: Rule; readonly index: number }>();
  for (const { rule } of shown) {
    const known = rules.get(rule.id);
    if (known === undefined) rules.set(rule.id, { rule, index: rules.size });
    else if (known.rule.help === undefined && rule.help !== undefined) rules.set(rule.id, { ...known, rule });
  }
  const seen = new Map<string, number>();
  const uri = encodeURI((options.artifact ?? "cdktf.json").replace(/\\/g, "/"));
  const results = shown.map((result) => {
    const identity = JSON.stringify([
      result.rule.id,
      result.stack,
      result.address ?? result.name ?? "",
      result.detail ?? "",
    ]);
    // The same rule can find two things at one place.
    const repeated = seen.get(identity) ?? 0;
    seen.set(identity, repeated + 1);
    const logicalLocations = [
      { name: shorten(visible(result.stack), 200), kind: "module" },
      ...(result.name === undefined && result.address === undefined
        ? []
        : [
            {
              name: shorten(visible(result.name ?? result.address ?? ""), 300),
              fullyQualifiedName: shorten(visible(result.address ?? result.name ?? ""), 300),
              kind: "resource",
            },
          ]),
    ].filter((location) => location.name !== "");
    return {
      ruleId: result.rule.id,
      ruleIndex: rules.get(result.rule.id)?.index ?? 0,
      level: result.level,
      message: { text: result.message },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region: { startLine: 1 } },
          ...(logicalLocations.length === 0 ? {} : { logicalLocations }),
        },
      ],
      partialFingerprints: {
        // The one that code scanning reads. All results stand at one line, so its own would not tell them apart.
        primaryLocationLineHash: `${createHash("sha256").update(`${identity}\n${repeated}`).digest("hex").slice(0, 16)}:1`,
      },
      ...(result.suppressed === undefined
        ? {}
        : { suppressions: [{ kind: "external", status: "accepted", justification: result.suppressed }] }),
    };
  });
  return stableJson({
    $schema: SARIF_SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "cdktf-plan-review",
            ...(options.version === undefined ? {} : { version: options.version }),
            rules: [...rules.values()].map(({ rule }) => ({
              id: rule.id,
              shortDescription: { text: rule.text },
              defaultConfiguration: { level: rule.level },
              ...(rule.help === undefined
                ? { help: { text: rule.text } }
                : { helpUri: rule.help, help: { text: `${rule.text}: see ${rule.help}` } }),
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        automationDetails: { id: "cdktf-plan-review/" },
        results,
      },
    ],
  });
}
