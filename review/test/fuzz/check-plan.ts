/** One run of the fuzzer: a plan goes through parsing, reading and all formats, and each of them is looked at. */
import type { Plan } from "../../src/plan/plan";
import { exitCodeOf } from "../../src/commands/exit-code";
import { parsePlan } from "../../src/plan/parse-plan";
import { PlanError } from "../../src/plan/plan-error";
import { readReview, type StackInput } from "../../src/reading/read-review";
import { bytesOf } from "../../src/render/escape";
import { renderHtml } from "../../src/render/html";
import { safeLink } from "../../src/render/html-summary";
import { renderJson } from "../../src/render/json";
import { COMMENT_LIMIT, renderMarkdown } from "../../src/render/markdown";
import { renderSarif } from "../../src/render/sarif";
import { renderText } from "../../src/render/text";
import type { Review, ReviewedAction } from "../../src/review/review";
import { renderAsGitHub } from "../support/github-markdown";
import { activeInPage, withoutOwnCode } from "../support/inert-page";
import { INVISIBLE } from "../support/invisible";
import { readPage } from "../support/page";
import { changesIn } from "./oracle";

/** What is reviewed, and how. */
export interface Subject {
  /** The file of the plan. */
  readonly file: Buffer;
  /** A plan that is reviewed together with it. */
  readonly second?: Plan;
  /** The pipeline's key. */
  readonly key?: string;
}

/** How a run ended: with a refusal of the plan, or with a verdict. */
export interface Outcome {
  readonly ended: string;
  /** What is wrong; empty for a good run. */
  readonly wrong: readonly string[];
}

const NOW = new Date("2025-06-01T00:00:00Z");
const LONGEST_MESSAGE = 2_000;
/** A page or a comment above this is not parsed again: the parsers of the tests take seconds for them. */
const LARGE = 400_000;

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Whether it is a refusal as people should get it: what, where, and how to mend it, in legible words. */
function faultsOfRefusal(error: unknown): string[] {
  if (!(error instanceof PlanError)) return [`parsing threw: ${messageOf(error)}`];
  const { message, mend, problem } = error;
  const faults: string[] = [];
  if (!message.startsWith("plan.json: ") || problem.length < 5 || mend.length < 5)
    faults.push("says too little");
  if (message.length > LONGEST_MESSAGE) faults.push(`has ${message.length} characters`);
  if (INVISIBLE.test(message)) faults.push("has invisible characters");
  return faults.map((fault) => `the refusal ${fault}: ${JSON.stringify(message.slice(0, 300))}`);
}

function attempt<Result>(what: string, wrong: string[], run: () => Result): Result | undefined {
  try {
    return run();
  } catch (error) {
    wrong.push(`${what} threw: ${messageOf(error)}`);
    return undefined;
  }
}

/** Whether GitHub's list under a heading has an item for each. */
function expectItems(
  comments: ReturnType<typeof renderAsGitHub>[],
  heading: string,
  number: number,
): string[] {
  const items = comments.reduce((sum, { items: all }) => sum + (all.get(heading)?.length ?? 0), 0);
  return items === number ? [] : [`${heading}: ${items} items of ${number}`];
}

/** What is wrong with the comments of a review. */
export function faultsOfMarkdown(review: Review): string[] {
  const comments = renderMarkdown(review, { marker: "fuzz" });
  const large = comments.filter((comment) => bytesOf(comment) > COMMENT_LIMIT);
  const faults = large.map((comment) => `a comment of ${bytesOf(comment)} bytes`);
  const rendered = comments.map((comment) => renderAsGitHub(comment));
  for (const { active } of rendered) faults.push(...active.map((each) => `active in Markdown: ${each}`));
  const changes = review.stacks.flatMap((stack) => stack.changes);
  const of = (...actions: ReviewedAction[]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  faults.push(
    ...expectItems(rendered, "Destroyed or replaced", of("delete", "replace")),
    ...expectItems(rendered, "No longer managed", of("forget", "create-then-forget")),
    ...expectItems(rendered, "Policy findings", review.findings.length),
  );
  return faults;
}

function faultsOfText(review: Review): string[] {
  const faults: string[] = [];
  const plain = renderText(review);
  const found = INVISIBLE.exec(plain.replaceAll("\t", " "));
  if (found !== null) faults.push(`invisible in text: ${JSON.stringify(found[0])}`);
  // eslint-disable-next-line no-control-regex
  if (renderText(review, { color: true }).replace(/\u001b\[(?:0|1|2|31|32|33)m/g, "") !== plain)
    faults.push("text with colours is another text");
  return faults;
}

function faultsOfJson(review: Review): string[] {
  const text = renderJson(review);
  const again = JSON.parse(text) as Review;
  const faults = INVISIBLE.test(text) ? ["invisible characters in JSON"] : [];
  if (again.verdict !== review.verdict || again.stacks.length !== review.stacks.length)
    faults.push("JSON is another review");
  if (renderJson(again) !== text) faults.push("JSON does not come back");
  return faults;
}

function faultsOfSarif(review: Review): string[] {
  const text = renderSarif(review);
  const faults = INVISIBLE.test(text) ? ["invisible characters in SARIF"] : [];
  const { runs } = JSON.parse(text) as { runs: { results: { message: { text: string } }[] }[] };
  for (const { message } of runs.flatMap(({ results }) => results))
    if (/\][([:]|<[A-Za-z/!?]|:\/\/|(?<![A-Za-z0-9_ ])@[A-Za-z0-9_]|`/.test(message.text))
      faults.push(`active in SARIF: ${message.text}`);
  return faults;
}

function faultsOfHtml(review: Review): string[] {
  const html = renderHtml(review);
  if (html.length > LARGE) return [];
  const links = new Set(review.findings.flatMap(({ help }) => safeLink(help) ?? []));
  const page = readPage(withoutOwnCode(html));
  return activeInPage(page, links, { script: "", style: "" }).map((each) => `in HTML: ${each}`);
}

/** How many entries of the bare JSON say that something is deleted. */
function deletesIn(document: unknown): number {
  const entries = (document as { resource_changes?: unknown }).resource_changes;
  return (Array.isArray(entries) ? (entries as unknown[]) : []).filter((entry) => {
    const change = (entry as { change?: { actions?: unknown } | null } | null)?.change;
    return Array.isArray(change?.actions) && change.actions.includes("delete");
  }).length;
}

/** What is wrong with a review, by the bare JSON of its plan (the stack `fuzzed`). */
export function faultsOfReading(review: Review, document: unknown): string[] {
  const faults: string[] = [];
  const changes = changesIn(document);
  if (exitCodeOf(review.verdict) === 0 && changes.length > 0)
    faults.push(`exit code 0 with a change: ${changes.slice(0, 3).join("; ")}`);
  const listed = review.stacks
    .filter(({ name }) => name === "fuzzed")
    .flatMap((stack) => stack.changes)
    .filter(({ action }) => action === "delete" || action === "replace" || action === "unknown").length;
  if (listed < deletesIn(document))
    faults.push(`${deletesIn(document)} deletes, of which ${listed} are listed`);
  return faults;
}

/** Runs a plan through everything. */
export function checkPlan({ file, second, key }: Subject): Outcome {
  let plan: Plan;
  try {
    plan = parsePlan(file, "plan.json");
  } catch (error) {
    return { ended: "refused", wrong: faultsOfRefusal(error) };
  }
  const wrong: string[] = [];
  const inputs: StackInput[] = [
    { name: "fuzzed", source: "plan.json", plan },
    ...(second === undefined ? [] : [{ name: "second", source: "second.json", plan: second }]),
  ];
  const options = { now: NOW, ...(key === undefined ? {} : { key }) };
  const review = attempt("reading", wrong, () => readReview(inputs, options));
  if (review === undefined) return { ended: "crashed", wrong };
  const formats = {
    reading: () => faultsOfReading(review, plan.document),
    Markdown: () => faultsOfMarkdown(review),
    text: () => faultsOfText(review),
    JSON: () => faultsOfJson(review),
    SARIF: () => faultsOfSarif(review),
    HTML: () => faultsOfHtml(review),
  };
  for (const [format, faults] of Object.entries(formats))
    wrong.push(...(attempt(format, wrong, faults) ?? []));
  return { ended: review.verdict, wrong };
}
