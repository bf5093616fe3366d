import { constants } from "node:buffer";
import type { Json, PlanDocument } from "./plan";
import { PlanError } from "./plan-error";
import { MAX_DEPTH, quoteNumbers, scanJson } from "./scan-json";

/** How to come by what the parser reads; the end of most messages. */
const SHOW = "Write it with `terraform show -json PLANFILE > plan.json` (or `tofu show -json`)";

/** Whether it is an object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own member; what a prototype has is not one. */
export function member(object: unknown, key: string): Json | undefined {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What kind of value it is, without the value: for messages, which must not hold secrets. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function startsWith(bytes: Uint8Array, ...start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** The bytes as text. */
function decode(bytes: Uint8Array, source: string): string {
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04))
    throw new PlanError(source, "this is a saved plan file (binary), and a plan as JSON is needed", SHOW);
  if (startsWith(bytes, 0x1f, 0x8b))
    throw new PlanError(
      source,
      "this is compressed with gzip, and a plan as JSON is needed",
      "Unpack it first",
    );
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff))
    throw new PlanError(
      source,
      "this is UTF-16, which is how PowerShell's `>` writes, and a plan is UTF-8",
      "Write it from another shell, or with `terraform show -json PLANFILE | Out-File -Encoding utf8 plan.json`",
    );
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw new PlanError(
      source,
      `this has ${String(bytes.length)} bytes, and at most ${String(constants.MAX_STRING_LENGTH)} can be read`,
      "Split the stack: a plan of this size cannot be reviewed by people either",
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new PlanError(source, "this is not valid UTF-8", `${SHOW}, and do not change the file's encoding`);
  }
}

/** What a text that is not JSON is instead, where that can be told. */
function refuseOtherTexts(text: string, source: string): void {
  const start = text.slice(0, 4096).trimStart();
  if (start.startsWith("[command]"))
    throw new PlanError(
      source,
      "before the plan there is a line that begins with [command]: the wrapper of the setup-terraform action wrote it",
      "Set `terraform_wrapper: false` where the workflow sets up Terraform",
    );
  const line = text.slice(0, text.indexOf("\n")).trim();
  if (line.startsWith("{") && line.length < 65_536) {
    try {
      refuseLog(JSON.parse(line), source);
    } catch (error) {
      if (error instanceof PlanError) throw error;
    }
  }
  if (start.startsWith("\u001b[") || /^(Terraform |OpenTofu |No changes\.|Note: |[╷│╵])/u.test(start))
    throw new PlanError(
      source,
      "this is the text that Terraform shows to people, and a plan as JSON is needed",
      SHOW,
    );
}

/** Refuses an entry of a log: `terraform plan -json` writes one on each line. */
function refuseLog(value: unknown, source: string): void {
  if (member(value, "@level") !== undefined && member(value, "@message") !== undefined)
    throw new PlanError(
      source,
      "this is the log of `terraform plan -json`, and a plan as JSON is needed",
      "Save the plan with `terraform plan -out=PLANFILE`, then run `terraform show -json PLANFILE > plan.json`",
    );
}

/** Where in the text, for people. */
function place(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return `line ${String(line)}, column ${String(at - before.lastIndexOf("\n"))}`;
}

/** Parses the text. What V8 says of a fault holds a piece of the text, so that only its place is kept, if it names one. */
function parse(text: string, source: string): unknown {
  const { tooDeep, repeatedKeyAt, inexactNumbers } = scanJson(text);
  if (tooDeep)
    throw new PlanError(
      source,
      `this nests deeper than ${String(MAX_DEPTH)} levels, which no plan does`,
      "Look at where the file comes from: Terraform did not write it",
    );
  let value: unknown;
  try {
    value = JSON.parse(inexactNumbers.length > 0 ? quoteNumbers(text, inexactNumbers) : text);
  } catch (error) {
    refuseOtherTexts(text, source);
    const found = error instanceof Error ? error.message : "";
    const position = /at position (\d+)/.exec(found)?.[1];
    if (/end of JSON|Unterminated/.test(found) || position === String(text.length))
      throw new PlanError(
        source,
        "the JSON ends before it is complete: the file is truncated",
        `${SHOW}, and see that the disk is not full and nothing cuts the output`,
      );
    const where = position === undefined ? "" : ` at ${place(text, Number(position))}`;
    throw new PlanError(source, `this is not JSON: it cannot be understood${where}`, SHOW);
  }
  if (repeatedKeyAt >= 0)
    throw new PlanError(
      source,
      `an object has the same key twice, at ${place(text, repeatedKeyAt)}, so that readers may differ in what it says`,
      "Look at where the file comes from: Terraform did not write it",
    );
  return value;
}

/** Refuses documents that Terraform writes too, but which are not plans. */
function refuseOtherDocuments(document: PlanDocument, source: string): void {
  refuseLog(document, source);
  const has = (key: string) => Object.hasOwn(document, key);
  const isPlan = ["planned_values", "resource_changes", "output_changes", "configuration"].some(has);
  if (isPlan) return;
  if (has("values") || (has("lineage") && has("serial")))
    throw new PlanError(source, "this is a state, and a plan is needed", SHOW);
  if (has("provider_schemas"))
    throw new PlanError(source, "these are schemas of providers, and a plan is needed", SHOW);
  if (has("format_version"))
    throw new PlanError(
      source,
      "this has a format_version and none of planned_values, resource_changes, output_changes and configuration: it is the empty state that `terraform show -json` writes when no plan is named",
      SHOW,
    );
  throw new PlanError(source, "this is JSON, but not a plan: format_version is missing", SHOW);
}

/** Refuses versions of the format whose meaning is not known. */
function refuseOtherVersions(document: PlanDocument, source: string): void {
  const version = document.format_version;
  if (typeof version !== "string")
    throw new PlanError(
      source,
      `format_version is ${kindOf(version)}, and must be a string such as 1.2`,
      SHOW,
    );
  const major = /^(\d{1,4})\.\d{1,4}$/.exec(version)?.[1];
  if (major === undefined) throw new PlanError(source, "format_version is not a version such as 1.2", SHOW);
  if (Number(major) === 0)
    throw new PlanError(
      source,
      `format_version is ${version}, and 1.x is needed`,
      "Plan with Terraform 1.1 or newer, or with OpenTofu",
    );
  if (Number(major) !== 1)
    throw new PlanError(
      source,
      `format_version is ${version}, and 1.x is all that this version of cdktf-plan-review reads`,
      "Update cdktf-plan-review, or plan with a Terraform that writes 1.x",
    );
}

/**
 * Reads the plan's document: decodes, parses, and refuses what is not a plan of format 1.x.
 *
 * @param bytes the file's content, or its text
 * @param source the file's name, for messages
 * @throws PlanError
 */
export function readDocument(bytes: Uint8Array | string, source: string): PlanDocument {
  const decoded = typeof bytes === "string" ? bytes : decode(bytes, source);
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  if (!/\S/.test(text))
    throw new PlanError(source, "this is empty", `${SHOW}, and look whether that command failed`);
  const document = parse(text, source);
  if (!isObject(document))
    throw new PlanError(source, `this is ${kindOf(document)} of JSON, and a plan is an object`, SHOW);
  refuseOtherDocuments(document, source);
  refuseOtherVersions(document, source);
  return document;
}
