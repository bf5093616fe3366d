/** The parts of the Markdown review that are never cut: why it is blocked, destroys, findings, what is reviewed by hand. */
import type { AttributeChange, Finding, Review, ReviewedChange, ReviewedStack } from "../review/review";
import { code, fenced, link, prose } from "./escape-markdown";
import { shorten, visible } from "./escape";
import type { Block, Section } from "./markdown-ladder";
import { shownPair } from "./text-attributes";
import { actionWord, count, destroys, forgets, orderWords, unknownChanges } from "./text-words";

/** How many forcing attributes, provisioners and messages a line names; the rest is counted. */
const MOST = 5;

/** A section that is a list under a heading. */
export function listSection(heading: string, items: readonly Block[]): Section {
  return { open: `### ${heading}\n`, close: "", separator: "\n", blocks: items };
}

/** A resource by its construct's path and its address. */
export function subject(change: {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}): string {
  const { name, address } = change;
  if (name === undefined || name === address) return code(address ?? name ?? "", 160);
  return address === undefined ? code(name, 160) : `${code(name, 160)} (${code(address, 160)})`;
}

/** What else there is to know of a change, beside what happens to what. */
export function remarks(change: ReviewedChange): readonly string[] {
  const words: string[] = [];
  if (change.dataBearing !== undefined) words.push(`**bears data**: ${prose(change.dataBearing, 160)}`);
  if (change.host !== undefined) words.push(`host ${code(change.host, 100)}`);
  if (change.image !== undefined) words.push(`image ${code(change.image, 160)}`);
  if (change.role !== undefined) words.push(`role ${code(change.role, 80)}`);
  if (change.gate !== undefined) words.push(`gate ${code(change.gate, 160)}`);
  if (change.deposed !== undefined) words.push(`deposed object ${code(change.deposed, 40)}`);
  if (change.previousAddress !== undefined) words.push(`moved from ${code(change.previousAddress, 160)}`);
  if (change.importing !== undefined) words.push(`imported: ${prose(change.importing, 160)}`);
  return words;
}

/** The first of many, and how many more there are. */
export function some(
  items: readonly string[],
  most: number,
  one: string,
  many = `${one}s`,
): readonly string[] {
  if (items.length <= most) return items;
  return [...items.slice(0, most), `and ${count(items.length - most, `more ${one}`, `more ${many}`)}`];
}

function forcing(attribute: AttributeChange): string {
  const path = code(attribute.path, 160);
  if (attribute.set !== undefined) {
    const { added, removed, kept } = attribute.set;
    return `forced by ${path}: a set, ${added.length} added, ${removed.length} removed, ${kept} kept`;
  }
  if (attribute.lines !== undefined) {
    const added = attribute.lines.filter((line) => line.op === "added").length;
    const removed = attribute.lines.filter((line) => line.op === "removed").length;
    return `forced by ${path}: ${count(added, "line")} added, ${count(removed, "line")} removed`;
  }
  const [before, after] = shownPair(attribute.before, attribute.after, 160);
  return `forced by ${path}: ${code(before, Infinity)} → ${code(after, Infinity)}`;
}

/** A change in the digest: what happens to what, why, in which order, and what is lost. */
function digestItem(stack: ReviewedStack, change: ReviewedChange): Block {
  const head = [
    `- **${actionWord(change.action)}** ${subject(change)}`,
    `stack ${code(stack.name, 100)}`,
    ...remarks(change),
  ].join(" · ");
  const lines: string[] = [];
  if (change.reason !== undefined) lines.push(`why: ${prose(change.reason.text, 300)}`);
  const forced = change.attributes.filter((attribute) => attribute.forcesReplacement).map(forcing);
  lines.push(...some(forced, MOST, "forcing attribute"));
  const order = orderWords(change.order);
  if (order !== undefined) lines.push(`order: ${order}`);
  if (change.provisioners.length > 0) {
    const provisioners = change.provisioners.map((provisioner) => code(provisioner, 120));
    lines.push(`runs provisioners: ${some(provisioners, MOST, "provisioner").join(", ")}`);
  }
  if (change.deferred !== undefined) lines.push(`deferred: ${prose(change.deferred.text, 300)}`);
  return { text: [head, ...lines.map((line) => `  - ${line}`)].join("\n") };
}

function digest(review: Review, which: (change: ReviewedChange) => boolean): readonly Block[] {
  const changes = review.stacks.flatMap((stack) =>
    stack.changes.filter(which).map((change) => ({ stack, change })),
  );
  // What bears data comes first; otherwise the review's own order holds.
  const first = changes.filter(({ change }) => change.dataBearing !== undefined);
  const rest = changes.filter(({ change }) => change.dataBearing === undefined);
  return [...first, ...rest].map(({ stack, change }) => digestItem(stack, change));
}

const LEVELS: Readonly<Record<Finding["level"], string>> = {
  error: "blocks",
  "cannot-verify": "cannot be verified, blocks",
  warning: "warning",
};

function findingItem(finding: Finding): Block {
  const { acknowledged } = finding;
  const level = acknowledged === undefined ? LEVELS[finding.level] : "accepted";
  const where = finding.address === undefined && finding.name === undefined ? "" : ` · ${subject(finding)}`;
  const lines = [prose(finding.message, 1000), `mend: ${prose(finding.mend, 800)}`];
  if (acknowledged !== undefined) {
    const by = acknowledged.by === undefined ? "" : ` by ${code(acknowledged.by, 80)}`;
    lines.push(`accepted${by} until ${code(acknowledged.expires, 40)}: ${prose(acknowledged.reason, 400)}`);
  }
  if (finding.help !== undefined) lines.push(link("about this rule", finding.help));
  return {
    text: [
      `- **${level}** ${code(finding.rule, 100)} · stack ${code(finding.stack, 100)}${where}`,
      ...lines.map((line) => `  - ${line}`),
    ].join("\n"),
  };
}

/** What must be reviewed by hand, together with changes whose action is not known. */
function byHandItems(review: Review): readonly Block[] {
  return review.stacks.flatMap((stack) => {
    const items = stack.byHand.map(
      (item) =>
        `- ${code(item.where, 200)} · stack ${code(stack.name, 100)}: ${prose(item.what, 160)} ${code(item.got, 300)}`,
    );
    const changes = unknownChanges(stack).map(
      (change) =>
        `- ${subject(change)} · stack ${code(stack.name, 100)}: unknown action ${code(change.actions.join(", "), 300)}`,
    );
    return [...items, ...changes].map((text) => ({ text }));
  });
}

/** The last lines of a message with lines: there Terraform says what went wrong. */
function failureBlock(stack: ReviewedStack): Block {
  const lines = (stack.failure ?? "no message").trim().split(/\r\n|\r|\n/);
  const shown = lines.slice(-30).map((line) => shorten(visible(line), 240));
  if (shown.length < lines.length) shown.unshift(`… ${count(lines.length - shown.length, "line")} before …`);
  while (shown.join("\n").length > 3000 && shown.length > 1) shown.splice(1, 1);
  return { text: `Stack ${code(stack.name, 100)} has no plan:\n\n${fenced(shown, "text")}` };
}

/** Banners that are said elsewhere already: in the table, and beside the stack. */
const QUIET_BANNERS: ReadonlySet<string> = new Set(["provisional"]);

/** Whether a banner stands at the top of the review. */
export function isLoud(banner: { readonly kind: string }): boolean {
  return !QUIET_BANNERS.has(banner.kind);
}

/** Everything that is never cut, in the order of danger. */
export function essentialSections(review: Review): readonly Section[] {
  const because = review.because.map((text) => ({ text: `- ${prose(text, 600)}` }));
  const banners = review.stacks.flatMap((stack) =>
    stack.banners
      .filter(isLoud)
      .map((banner) => ({ text: `- ${code(stack.name, 100)}: ${prose(banner.text, 600)}` })),
  );
  const failures = review.stacks.filter((stack) => stack.status === "failed").map(failureBlock);
  const checks = review.stacks.flatMap((stack) =>
    stack.checks
      .filter((check) => check.status !== "unknown")
      .map((check) => {
        const problems = check.problems.map((problem) => prose(problem, 300));
        return {
          text: [
            `- ${code(check.address, 160)} · stack ${code(stack.name, 100)}: ${check.status}`,
            ...some(problems, MOST, "problem").map((line) =>
              line.startsWith("  - ") ? line : `  - ${line}`,
            ),
          ].join("\n"),
        };
      }),
  );
  return [
    listSection(review.verdict === "blocked" ? "Why it is blocked" : "Why", because),
    listSection("To know first", banners),
    { open: "### Without a plan", close: "", separator: "\n\n", blocks: failures },
    listSection("Destroyed or replaced", digest(review, destroys)),
    listSection("No longer managed", digest(review, forgets)),
    listSection("Policy findings", review.findings.map(findingItem)),
    listSection("To be reviewed by hand", byHandItems(review)),
    listSection("Checks that did not pass", checks),
  ];
}
