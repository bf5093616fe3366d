/** Attributes and how they change, as lines of a difference: what Markdown fences and terminals show. */
import type { AttributeChange, ShownValue } from "../review/review";
import { shorten, shortenPair, visible } from "./escape";
import { count } from "./text-words";

/** A line of a difference: `+` added, `-` removed, `!` a heading, ` ` kept. Its text has no invisible character. */
export interface AttributeLine {
  readonly sign: "+" | "-" | "!" | " ";
  readonly text: string;
}

/** How much of a value and of a line is shown. */
export interface AttributeOptions {
  /**
   * Bytes of a value or of a line of a document.
   * @default 400
   */
  readonly bytes?: number;
}

/** A value in one line. */
export function shownValue(value: ShownValue, bytes: number): string {
  switch (value.kind) {
    case "absent":
      return "(absent)";
    case "known-after-apply":
      return "(known after apply)";
    case "sensitive":
      return value.hash === undefined
        ? "(sensitive)"
        : `(sensitive, hash ${shorten(visible(value.hash), 80)})`;
    case "value":
      return shorten(visible(value.text), bytes);
  }
}

/** Two values that are compared, each in one line. */
export function shownPair(before: ShownValue, after: ShownValue, bytes: number): readonly [string, string] {
  if (before.kind === "value" && after.kind === "value") {
    return shortenPair(visible(before.text), visible(after.text), bytes);
  }
  return [shownValue(before, bytes), shownValue(after, bytes)];
}

/** The lines of one attribute. */
export function attributeLines(
  attribute: AttributeChange,
  options: AttributeOptions = {},
): readonly AttributeLine[] {
  const bytes = options.bytes ?? 400;
  const path = shorten(visible(attribute.path), bytes);
  const remarks: string[] = [];
  if (attribute.forcesReplacement) remarks.push("forces replacement");
  if (attribute.note !== undefined) remarks.push(shorten(visible(attribute.note), bytes));
  const remark = remarks.length === 0 ? "" : `  # ${remarks.join("; ")}`;
  const lines: AttributeLine[] = [];
  if (attribute.set !== undefined) {
    const { added, removed, kept } = attribute.set;
    lines.push({ sign: "!", text: `${path} (set, ${count(kept, "element")} kept)${remark}` });
    for (const value of removed) lines.push({ sign: "-", text: `  ${shownValue(value, bytes)}` });
    for (const value of added) lines.push({ sign: "+", text: `  ${shownValue(value, bytes)}` });
  }
  if (attribute.lines !== undefined) {
    const document = attribute.document === undefined ? "" : ` (${attribute.document})`;
    lines.push({ sign: "!", text: `${path}${document}${remark}` });
    for (const line of attribute.lines) {
      // Indentation counts in documents, so tabs stay what they are.
      const text = shorten(line.text.split("\t").map(visible).join("\t"), bytes);
      if (line.op === "gap") lines.push({ sign: " ", text: `  … ${text} more lines kept …` });
      else lines.push({ sign: { kept: " ", added: "+", removed: "-" }[line.op] as "+", text: `  ${text}` });
    }
  }
  const { before, after } = attribute;
  // A set or a document has its lines already, and says `absent` twice.
  if (lines.length > 0 && before.kind === "absent" && after.kind === "absent") return lines;
  const [old, now] = shownPair(before, after, bytes);
  if (before.kind === "absent" && after.kind === "absent") {
    lines.push({ sign: "!", text: `${path}${remark}` });
  }
  if (before.kind !== "absent") {
    lines.push({ sign: "-", text: `${path} = ${old}${after.kind === "absent" ? remark : ""}` });
  }
  if (after.kind !== "absent") {
    // Two secrets look alike without a hash; what is listed as changed is not the same.
    const changed =
      before.kind === "sensitive" &&
      after.kind === "sensitive" &&
      (before.hash === undefined || after.hash === undefined) &&
      attribute.note?.startsWith("the same value") !== true;
    lines.push({ sign: "+", text: `${path} = ${now}${changed ? "  # another value" : ""}${remark}` });
  }
  return lines;
}
