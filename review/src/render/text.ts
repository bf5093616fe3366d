import type { Finding, Review, ReviewedChange, ReviewedStack } from "../review/review";
import { shorten, visible } from "./escape";
import { attributeLines } from "./text-attributes";
import {
  actionWord,
  count,
  countsInWords,
  destroys,
  forgets,
  furtherCounts,
  headline,
  isFolded,
  orderWords,
  statusWords,
  unknownChanges,
} from "./text-words";

/** How plain text is written. */
export interface TextOptions {
  /**
   * Whether it has colours (ANSI escape sequences).
   * @default false
   */
  readonly color?: boolean;
  /**
   * Columns after which sentences are broken. Names and values are not.
   * @default 100
   */
  readonly width?: number;
}

type Style = "bold" | "red" | "green" | "yellow" | "dim";

const CODES: Readonly<Record<Style, number>> = { bold: 1, red: 31, green: 32, yellow: 33, dim: 2 };

const SIGNS: Readonly<Record<string, Style>> = { "+": "green", "-": "red", "!": "yellow" };

/** Bytes of a name, of a sentence, of a value. */
const NAME = 300;
const SENTENCE = 4000;

/** Lines for a terminal. Every text of the review goes through `visible`, so that no control character reaches it. */
class Writer {
  readonly #lines: string[] = [];
  readonly #color: boolean;
  readonly #width: number;

  constructor(options: TextOptions) {
    this.#color = options.color ?? false;
    this.#width = Math.max(20, options.width ?? 100);
  }

  paint(text: string, style: Style): string {
    return this.#color ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }

  line(text = ""): void {
    this.#lines.push(text);
  }

  heading(text: string): void {
    this.line();
    this.line(this.paint(text, "bold"));
  }

  /** A sentence, broken at spaces, the lines after the first one further in. */
  sentence(indent: string, label: string, text: string, style?: Style): void {
    const words = `${label}${shorten(visible(text.replace(/[ \t\r\n]+/g, " ").trim()), SENTENCE)}`.split(" ");
    let current = indent + (words.shift() ?? "");
    for (const word of words) {
      if (current.length + 1 + word.length > this.#width) {
        this.line(style === undefined ? current : this.paint(current, style));
        current = `${indent}  ${word}`;
      } else {
        current += ` ${word}`;
      }
    }
    this.line(style === undefined ? current : this.paint(current, style));
  }

  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

function name(text: string): string {
  return shorten(visible(text), NAME);
}

function subject(change: {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}): string {
  const shown = change.name ?? change.address ?? "";
  const address =
    change.address === undefined || change.address === shown ? "" : ` (${name(change.address)})`;
  return `${name(shown)}${address}`;
}

function remarks(change: ReviewedChange): readonly string[] {
  const words: string[] = [];
  if (change.dataBearing !== undefined) words.push(`BEARS DATA: ${name(change.dataBearing)}`);
  if (change.host !== undefined) words.push(`host ${name(change.host)}`);
  if (change.image !== undefined) words.push(`image ${name(change.image)}`);
  if (change.role !== undefined) words.push(`role ${name(change.role)}`);
  if (change.gate !== undefined) words.push(`gate ${name(change.gate)}`);
  if (change.deposed !== undefined) words.push(`deposed object ${name(change.deposed)}`);
  if (change.previousAddress !== undefined) words.push(`moved from ${name(change.previousAddress)}`);
  if (change.importing !== undefined) words.push(`imported: ${name(change.importing)}`);
  return words;
}

/** Words on what a change is like and why, one a line. */
function writeReasons(out: Writer, indent: string, change: ReviewedChange): void {
  const more = remarks(change);
  if (more.length > 0) out.line(`${indent}${more.join(", ")}`);
  if (change.reason !== undefined) out.sentence(indent, "why: ", change.reason.text);
  const order = orderWords(change.order);
  if (order !== undefined) out.sentence(indent, "order: ", order);
  if (change.deferred !== undefined) out.sentence(indent, "deferred: ", change.deferred.text);
  for (const provisioner of change.provisioners) out.line(`${indent}runs ${name(provisioner)}`);
  for (const filter of Object.keys(change.noise).sort()) {
    out.line(`${indent}folded by ${name(filter)}: ${count(change.noise[filter] ?? 0, "attribute")}`);
  }
}

function writeAttributes(out: Writer, indent: string, attributes: ReviewedChange["attributes"]): void {
  for (const attribute of attributes) {
    for (const { sign, text } of attributeLines(attribute)) {
      const style = SIGNS[sign];
      const line = `${indent}${sign} ${text}`;
      out.line(style === undefined ? line : out.paint(line, style));
    }
  }
}

function writeDigest(
  out: Writer,
  heading: string,
  review: Review,
  which: (change: ReviewedChange) => boolean,
): void {
  const changes = review.stacks.flatMap((stack) =>
    stack.changes.filter(which).map((change) => ({ stack, change })),
  );
  if (changes.length === 0) return;
  out.heading(heading);
  for (const { stack, change } of changes) {
    out.line(
      `  ${out.paint(actionWord(change.action), "red")} ${subject(change)}, stack ${name(stack.name)}`,
    );
    writeReasons(out, "      ", change);
    writeAttributes(
      out,
      "      ",
      change.attributes.filter((attribute) => attribute.forcesReplacement),
    );
  }
}

function writeFinding(out: Writer, finding: Finding): void {
  const { acknowledged } = finding;
  const level =
    acknowledged !== undefined
      ? "accepted"
      : { error: "blocks", "cannot-verify": "cannot be verified, blocks", warning: "warning" }[finding.level];
  const blocks = acknowledged === undefined && finding.level !== "warning";
  const about = finding.address === undefined && finding.name === undefined ? "" : `, ${subject(finding)}`;
  out.line(
    `  ${out.paint(level, blocks ? "red" : "yellow")} ${name(finding.rule)}, stack ${name(finding.stack)}${about}`,
  );
  out.sentence("      ", "", finding.message);
  out.sentence("      ", "mend: ", finding.mend);
  if (acknowledged !== undefined) {
    const by = acknowledged.by === undefined ? "" : ` by ${acknowledged.by}`;
    out.sentence("      ", `accepted${name(by)} until ${name(acknowledged.expires)}: `, acknowledged.reason);
  }
  if (finding.help !== undefined) out.line(`      ${name(finding.help)}`);
}

function writeStack(out: Writer, stack: ReviewedStack): void {
  const counts = [countsInWords(stack.counts), ...furtherCounts(stack.counts)].join(", ");
  out.heading(
    `Stack ${name(stack.name)} (${name(stack.environment)}), ${statusWords(stack)}: ${counts}, ${stack.counts.unchanged} unchanged`,
  );
  for (const upstream of stack.provisionalBecauseOf) {
    out.line(`  provisional: it may change when ${name(upstream)} is applied`);
  }
  for (const banner of stack.banners) out.sentence("  ", `${name(banner.kind)}: `, banner.text, "yellow");
  if (stack.failure !== undefined) {
    for (const line of stack.failure.trim().split(/\r\n|\r|\n/))
      out.line(`  | ${shorten(visible(line), 1000)}`);
  }
  for (const change of stack.changes) {
    const style =
      destroys(change) || forgets(change) ? "red" : change.action === "create" ? "green" : "yellow";
    out.line(`  ${out.paint(actionWord(change.action), style)} ${subject(change)}`);
    writeReasons(out, "      ", change);
    writeAttributes(out, "      ", change.attributes);
  }
  for (const action of stack.actions) out.line(`  apply invokes ${name(action)}`);
  for (const check of stack.checks) {
    out.line(
      `  check ${name(check.address)}: ${check.status === "unknown" ? "known after apply" : check.status}`,
    );
    for (const problem of check.problems) out.sentence("      ", "", problem);
  }
  for (const output of stack.outputs) {
    out.line(`  output ${name(output.name)}${output.crossStack ? " (for other stacks)" : ""}`);
    writeAttributes(out, "      ", [
      { path: "value", before: output.before, after: output.after, forcesReplacement: false },
    ]);
  }
  for (const drift of stack.drift.filter((each) => !isFolded(each))) {
    const relevant = drift.relevant ? ", and this plan depends on it" : "";
    out.line(`  changed outside Terraform${relevant}: ${actionWord(drift.action)} ${subject(drift)}`);
    writeReasons(out, "      ", drift);
    writeAttributes(out, "      ", drift.attributes);
  }
  for (const filter of Object.keys(stack.noise).sort()) {
    out.line(`  folded by ${name(filter)}: ${count(stack.noise[filter] ?? 0, "resource")}`);
  }
}

/**
 * Writes a review for a terminal: what is destroyed and what is found first, then each stack. No control character of a plan
 * reaches the terminal.
 *
 * @param review the review
 * @param options colours and width
 */
export function renderText(review: Review, options: TextOptions = {}): string {
  const out = new Writer(options);
  out.line(out.paint(headline(review), "bold"));
  for (const reason of review.because) out.sentence("  ", "- ", reason);
  for (const stack of review.stacks.filter((each) => each.status === "failed")) {
    out.line(`  ${out.paint("no plan", "red")} of stack ${name(stack.name)}`);
  }
  writeDigest(out, "Destroyed or replaced", review, destroys);
  writeDigest(out, "No longer managed", review, forgets);
  if (review.findings.length > 0) {
    out.heading("Policy findings");
    for (const finding of review.findings) writeFinding(out, finding);
  }
  const byHand = review.stacks.flatMap((stack) => [
    ...stack.byHand.map(
      (item) =>
        `${name(item.where)}: ${name(item.what)} ${shorten(visible(item.got), 1000)}, stack ${name(stack.name)}`,
    ),
    ...unknownChanges(stack).map(
      (change) =>
        `${subject(change)}: unknown action ${name(change.actions.join(", "))}, stack ${name(stack.name)}`,
    ),
  ]);
  if (byHand.length > 0) {
    out.heading("To be reviewed by hand");
    for (const item of byHand) out.line(`  ${item}`);
  }
  if (review.delta !== undefined) {
    const { added, gone, changed } = review.delta;
    out.heading(
      `Since the last review: ${added.length} new, ${gone.length} gone, ${changed.length} different`,
    );
    for (const each of added) out.line(`  new: ${name(each)}`);
    for (const each of gone) out.line(`  gone: ${name(each)}`);
    for (const each of changed) out.line(`  different: ${name(each)}`);
  }
  for (const stack of review.stacks) writeStack(out, stack);
  out.line();
  const keyed = review.fingerprintKeyed ? "keyed" : "without a key: it does not cover secret values";
  out.line(`Fingerprint ${name(review.fingerprint)} (${keyed})`);
  return out.toString();
}
