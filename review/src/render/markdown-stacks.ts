/** The details of each stack in the Markdown review: blocks that may be cut, each with its place in the order of cutting. */
import type { ReviewedChange, ReviewedDrift, ReviewedOutput, ReviewedStack, Review } from "../review/review";
import { code, codeCell, fenced, htmlCode, prose } from "./escape-markdown";
import { isLoud, remarks, some, subject } from "./markdown-findings";
import { type Block, LazyBlock, type Section } from "./markdown-ladder";
import { attributeLines } from "./text-attributes";
import {
  actionWord,
  count,
  countsInWords,
  destroys,
  forgets,
  furtherCounts,
  isFolded,
  orderWords,
  statusWords,
} from "./text-words";

/** The order of cutting: what is named first is cut first. */
const ORDER = [
  "create details",
  "other drift",
  "cross-stack outputs",
  "update details",
  "outputs",
  "read lines",
  "picture",
  "unchanged stacks",
  "create lines",
  "noise",
  "relevant drift details",
  "destroy details",
  "delta",
  "move lines",
  "update lines",
  "checks",
  "relevant drift",
  "actions",
  "provisional",
  "destroy lines",
  "rows",
] as const;

/** A kind of block that may be cut. */
export type CutKind = (typeof ORDER)[number];

/** The place of a kind in the order of cutting. */
export function rankOf(kind: CutKind): number {
  return ORDER.indexOf(kind);
}

function block(text: string, kind: CutKind, one: string, many: string, number = 1): Block {
  return { text, cut: { rank: rankOf(kind), one, many, count: number } };
}

function lazyBlock(write: () => string, kind: CutKind, one: string, many: string): Block {
  return new LazyBlock(write, { rank: rankOf(kind), one, many });
}

/** How a change counts when it is cut: its kind, and what it is called. */
function kindOf(change: ReviewedChange): {
  readonly details: CutKind;
  readonly line: CutKind;
  readonly noun: string;
} {
  if (destroys(change))
    return { details: "destroy details", line: "destroy lines", noun: actionWord(change.action) };
  if (forgets(change) || change.action === "unknown") {
    return {
      details: "destroy details",
      line: "destroy lines",
      noun: change.action === "unknown" ? "unknown action" : "forget",
    };
  }
  switch (change.action) {
    case "update":
      return { details: "update details", line: "update lines", noun: "update" };
    case "move":
    case "import":
      return { details: "update details", line: "move lines", noun: change.action };
    case "read":
    case "open":
      return { details: "create details", line: "read lines", noun: change.action };
    default:
      return { details: "create details", line: "create lines", noun: "create" };
  }
}

function noiseWords(noise: Readonly<Record<string, number>>): readonly string[] {
  return Object.keys(noise)
    .sort()
    .map((filter) => `${code(filter, 80)} ${noise[filter] ?? 0}`);
}

/** What follows the line of a change: a difference of its attributes. */
function fence(change: ReviewedChange): string | undefined {
  return change.attributes.length === 0 ? undefined : differences(change);
}

/** Every attribute has a line at least. */
function differences(change: ReviewedChange): string {
  const lines = change.attributes.flatMap((attribute) => attributeLines(attribute));
  return fenced(
    lines.map((line) => `${line.sign} ${line.text}`),
    "diff",
  );
}

/** The line of a change. */
function line(change: ReviewedChange): string {
  const words = [`**${actionWord(change.action)}** ${subject(change)}`, ...remarks(change)];
  const order = orderWords(change.order);
  if (order !== undefined) words.push(order);
  if (change.reason !== undefined) words.push(`why: ${prose(change.reason.text, 300)}`);
  if (change.deferred !== undefined) words.push(`deferred: ${prose(change.deferred.text, 300)}`);
  if (change.provisioners.length > 0) {
    const provisioners = change.provisioners.map((provisioner) => code(provisioner, 120));
    words.push(`runs provisioners: ${some(provisioners, 5, "provisioner").join(", ")}`);
  }
  const noise = noiseWords(change.noise);
  if (noise.length > 0) words.push(`folded attributes: ${some(noise, 10, "filter").join(", ")}`);
  return words.join(" · ");
}

function changeBlocks(change: ReviewedChange): readonly Block[] {
  const { details, line: lineKind, noun } = kindOf(change);
  const blocks = [
    lazyBlock(() => line(change), lineKind, `the line of 1 ${noun}`, `the lines of # ${noun}s`),
  ];
  if (change.attributes.length > 0) {
    blocks.push(
      lazyBlock(() => differences(change), details, `details of 1 ${noun}`, `details of # ${noun}s`),
    );
  }
  return blocks;
}

function driftLine(drift: ReviewedDrift): string {
  const what =
    drift.action === "delete"
      ? "is gone"
      : drift.action === "update"
        ? "was changed"
        : actionWord(drift.action);
  const noise = noiseWords(drift.noise);
  const folded = noise.length > 0 ? [`folded attributes: ${some(noise, 10, "filter").join(", ")}`] : [];
  return [`${subject(drift)} ${what}`, ...remarks(drift), ...folded].join(" · ");
}

function driftBlocks(stack: ReviewedStack): readonly Block[] {
  const relevant = stack.drift.filter((drift) => drift.relevant);
  // What noise filters folded as a whole is counted at the stack's end.
  const other = stack.drift.filter((drift) => !drift.relevant && !isFolded(drift));
  const blocks: Block[] = [];
  for (const drift of relevant) {
    blocks.push(
      block(
        `**Changed outside Terraform, and this plan depends on it**: ${driftLine(drift)}`,
        "relevant drift",
        "1 relevant drift",
        "# relevant drifts",
      ),
    );
    const text = fence(drift);
    if (text !== undefined) {
      blocks.push(
        block(text, "relevant drift details", "details of 1 relevant drift", "details of # relevant drifts"),
      );
    }
  }
  if (other.length > 0) {
    const items = other.flatMap((drift) => {
      const text = fence(drift);
      return text === undefined ? [driftLine(drift)] : [driftLine(drift), text];
    });
    blocks.push(
      block(
        [
          `<details><summary>${count(other.length, "object")} changed outside Terraform that no change depends on</summary>`,
          ...items,
          "</details>",
        ].join("\n\n"),
        "other drift",
        "1 other drift",
        "# other drifts",
        other.length,
      ),
    );
  }
  return blocks;
}

function outputLines(outputs: readonly ReviewedOutput[]): readonly string[] {
  return outputs.flatMap((output) =>
    attributeLines({
      path: output.name,
      before: output.before,
      after: output.after,
      forcesReplacement: false,
    }).map((each) => `${each.sign} ${each.text}`),
  );
}

function outputBlocks(stack: ReviewedStack): readonly Block[] {
  const own = stack.outputs.filter((output) => !output.crossStack);
  const cross = stack.outputs.filter((output) => output.crossStack);
  const blocks: Block[] = [];
  if (own.length > 0) {
    blocks.push(
      block(
        `**Outputs**\n\n${fenced(outputLines(own), "diff")}`,
        "outputs",
        "1 output",
        "# outputs",
        own.length,
      ),
    );
  }
  if (cross.length > 0) {
    blocks.push(
      block(
        [
          `<details><summary>${count(cross.length, "output")} for other stacks</summary>`,
          fenced(outputLines(cross), "diff"),
          "</details>",
        ].join("\n\n"),
        "cross-stack outputs",
        "1 output for other stacks",
        "# outputs for other stacks",
        cross.length,
      ),
    );
  }
  return blocks;
}

/** Whether there is nothing at all to say of a stack but that it is unchanged. */
export function isQuiet(stack: ReviewedStack): boolean {
  return (
    stack.status === "unchanged" &&
    stack.banners.length === 0 &&
    stack.provisionalBecauseOf.length === 0 &&
    stack.changes.length === 0 &&
    stack.drift.every(isFolded) &&
    stack.outputs.length === 0 &&
    stack.actions.length === 0 &&
    stack.checks.length === 0 &&
    stack.byHand.length === 0
  );
}

/** A stack with its changes, folded. */
export function stackSection(stack: ReviewedStack): Section {
  const blocks: Block[] = [];
  if (stack.provisionalBecauseOf.length > 0 || !stack.banners.every(isLoud)) {
    const upstream = stack.provisionalBecauseOf.map((name) => code(name, 100));
    const because =
      upstream.length === 0
        ? ""
        : `: it may change when these are applied: ${some(upstream, 20, "stack").join(", ")}`;
    const quiet = stack.banners.filter((banner) => !isLoud(banner)).map((banner) => prose(banner.text, 400));
    blocks.push(
      block(
        [`**Provisional**${because}.`, ...quiet].join(" "),
        "provisional",
        "1 mark of a provisional plan",
        "# marks of provisional plans",
      ),
    );
  }
  for (const change of stack.changes) blocks.push(...changeBlocks(change));
  if (stack.actions.length > 0) {
    const items = stack.actions.map((action) => `- ${code(action)}`);
    blocks.push(
      block(
        `**Actions that apply invokes**\n\n${items.join("\n")}`,
        "actions",
        "1 action",
        "# actions",
        stack.actions.length,
      ),
    );
  }
  const unknown = stack.checks.filter((check) => check.status === "unknown");
  if (unknown.length > 0) {
    const items = unknown.map((check) => `- ${code(check.address)}`);
    blocks.push(
      block(
        `**Checks whose result is known after apply**\n\n${items.join("\n")}`,
        "checks",
        "1 check",
        "# checks",
        unknown.length,
      ),
    );
  }
  blocks.push(...outputBlocks(stack), ...driftBlocks(stack));
  const noise = noiseWords(stack.noise);
  if (noise.length > 0) {
    blocks.push(
      block(`**Folded as noise**: ${noise.join(", ")}`, "noise", "1 note on noise", "# notes on noise"),
    );
  }
  const summary = [countsInWords(stack.counts), ...furtherCounts(stack.counts)].join(", ");
  return {
    open: `<details><summary>${htmlCode(stack.name)}: ${summary}, ${stack.counts.unchanged} unchanged</summary>`,
    close: "</details>",
    separator: "\n\n",
    blocks,
    note: true,
  };
}

/** The table of stacks: all but those of which there is nothing to say. */
export function tableSection(review: Review): Section {
  const rows = review.stacks
    .filter((stack) => !isQuiet(stack))
    .map((stack) => {
      const { add, change, destroy, replace, drift } = stack.counts;
      const numbers =
        stack.status === "failed" ? ["?", "?", "?", "?", "?"] : [add, change, destroy, replace, drift];
      const cells = [codeCell(stack.name), codeCell(stack.environment), ...numbers, statusWords(stack)];
      return block(`| ${cells.join(" | ")} |`, "rows", "1 row of the table", "# rows of the table");
    });
  return {
    open: [
      "### Stacks",
      "",
      "| Stack | Environment | Add | Change | Destroy | Replace | Drift | Status |",
      "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ].join("\n"),
    close: "",
    separator: "\n",
    blocks: rows,
  };
}

/** The stacks of which there is nothing to say, by name. */
export function unchangedSection(review: Review): Section {
  const quiet = review.stacks.filter(isQuiet).map((stack) => {
    const noise = noiseWords(stack.noise);
    return noise.length === 0
      ? code(stack.name, 100)
      : `${code(stack.name, 100)} (folded: ${noise.join(", ")})`;
  });
  return {
    open: `<details><summary>${count(quiet.length, "stack")} unchanged</summary>`,
    close: "</details>",
    separator: "\n\n",
    blocks:
      quiet.length === 0
        ? []
        : [
            block(
              quiet.join(", "),
              "unchanged stacks",
              "1 name of an unchanged stack",
              "# names of unchanged stacks",
              quiet.length,
            ),
          ],
  };
}

/** What is different from the review before. */
export function deltaSection(review: Review): Section {
  const { delta } = review;
  if (delta === undefined) return { open: "", close: "", separator: "\n", blocks: [] };
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ["new", delta.added],
    ["gone", delta.gone],
    ["different", delta.changed],
  ];
  const items = kinds
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => {
      const shown = some(
        names.map((name) => code(name, 200)),
        30,
        "entry",
        "entries",
      ).join(", ");
      return block(`- ${word}: ${shown}`, "delta", "1 line on the last review", "# lines on the last review");
    });
  return {
    open: "### Since the last review\n",
    close: "",
    separator: "\n",
    blocks: items.length > 0 ? items : [{ text: "- no difference" }],
  };
}
