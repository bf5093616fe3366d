import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePlan } from "../../src/plan/parse-plan";
import { PlanError } from "../../src/plan/plan-error";
import { fixtureText } from "./fixtures";

/** The message with which a plan is refused. */
function refusal(content: Uint8Array | string): string {
  try {
    parsePlan(content, "web.json");
  } catch (error) {
    if (error instanceof PlanError) return error.message;
    throw error;
  }
  throw new Error("the plan was not refused");
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const json = (value: unknown) => JSON.stringify(value);
const plan = { format_version: "1.2", planned_values: {} };
const SHOW = "Write it with `terraform show -json PLANFILE > plan.json` (or `tofu show -json`)";
const SECRET = "hunter2-planted";

test.each<[string, Uint8Array | string, string]>([
  ["an empty file", bytes(), `web.json: this is empty. ${SHOW}, and look whether that command failed.`],
  ["white space", " \r\n\t", `web.json: this is empty. ${SHOW}, and look whether that command failed.`],
  [
    "a byte order mark alone",
    bytes(0xef, 0xbb, 0xbf),
    `web.json: this is empty. ${SHOW}, and look whether that command failed.`,
  ],
  [
    "a saved plan file",
    bytes(0x50, 0x4b, 0x03, 0x04, 0x14),
    `web.json: this is a saved plan file (binary), and a plan as JSON is needed. ${SHOW}.`,
  ],
  [
    "a compressed file",
    bytes(0x1f, 0x8b, 0x08),
    "web.json: this is compressed with gzip, and a plan as JSON is needed. Unpack it first.",
  ],
  [
    "UTF-16",
    Buffer.from(`\ufeff${json(plan)}`, "utf16le"),
    "web.json: this is UTF-16, which is how PowerShell's `>` writes, and a plan is UTF-8. Write it from another shell, or with `terraform show -json PLANFILE | Out-File -Encoding utf8 plan.json`.",
  ],
  [
    "invalid UTF-8",
    Buffer.concat([Buffer.from('{"a":"'), bytes(0xc3, 0x28), Buffer.from('"}')]),
    `web.json: this is not valid UTF-8. ${SHOW}, and do not change the file's encoding.`,
  ],
  [
    "the wrapper's first line",
    `[command]/usr/bin/terraform show -json the.tfplan\n${json(plan)}`,
    "web.json: before the plan there is a line that begins with [command]: the wrapper of the setup-terraform action wrote it. Set `terraform_wrapper: false` where the workflow sets up Terraform.",
  ],
  [
    "a log with one line",
    json({ "@level": "info", "@message": "Terraform 1.11.4", type: "version" }),
    "web.json: this is the log of `terraform plan -json`, and a plan as JSON is needed. Save the plan with `terraform plan -out=PLANFILE`, then run `terraform show -json PLANFILE > plan.json`.",
  ],
  [
    "a log",
    `${json({ "@level": "info", "@message": "Terraform 1.11.4" })}\n${json({ "@level": "info", "@message": SECRET })}\n`,
    "web.json: this is the log of `terraform plan -json`, and a plan as JSON is needed. Save the plan with `terraform plan -out=PLANFILE`, then run `terraform show -json PLANFILE > plan.json`.",
  ],
  [
    "text for people",
    "Terraform used the selected providers to generate the following execution\nplan.",
    `web.json: this is the text that Terraform shows to people, and a plan as JSON is needed. ${SHOW}.`,
  ],
  [
    "coloured text for people",
    "\u001b[0m\u001b[1mNo changes.",
    `web.json: this is the text that Terraform shows to people, and a plan as JSON is needed. ${SHOW}.`,
  ],
  [
    "something else",
    `{"a": ["${SECRET}"],\n "b": ${SECRET}}`,
    `web.json: this is not JSON: it cannot be understood. ${SHOW}.`,
  ],
  [
    "something after the plan",
    `${json(plan)}\n${SECRET}`,
    `web.json: this is not JSON: it cannot be understood at line 2, column 1. ${SHOW}.`,
  ],
  [
    "a string that JSON does not allow",
    `{"a": "line\n${SECRET}"}`,
    `web.json: this is not JSON: it cannot be understood at line 1, column 12. ${SHOW}.`,
  ],
  [
    "deep nesting",
    `{"a":${"[".repeat(600)}${"]".repeat(600)}}`,
    "web.json: this nests deeper than 512 levels, which no plan does. Look at where the file comes from: Terraform did not write it.",
  ],
  [
    "nesting without end",
    "[".repeat(5_000_000),
    "web.json: this nests deeper than 512 levels, which no plan does. Look at where the file comes from: Terraform did not write it.",
  ],
  [
    "a key twice",
    '{"format_version":"1.2",\n"resource_changes":[],"resource_changes":[]}',
    "web.json: an object has the same key twice, at line 2, column 23, so that readers may differ in what it says. Look at where the file comes from: Terraform did not write it.",
  ],
  [
    "a key twice, written in another way",
    '{"format_version":"1.2","errored":true,"err\\u006fred":false}',
    "web.json: an object has the same key twice, at line 1, column 40, so that readers may differ in what it says. Look at where the file comes from: Terraform did not write it.",
  ],
  ["a list", "[]", `web.json: this is a list of 0 of JSON, and a plan is an object. ${SHOW}.`],
  ["a text", json(SECRET), `web.json: this is a string of JSON, and a plan is an object. ${SHOW}.`],
  ["null", "null", `web.json: this is null of JSON, and a plan is an object. ${SHOW}.`],
  [
    "another document",
    json({ secret: SECRET }),
    `web.json: this is JSON, but not a plan: format_version is missing. ${SHOW}.`,
  ],
  [
    "a state file",
    json({ version: 4, terraform_version: "1.11.4", serial: 1, lineage: "x", outputs: {}, resources: [] }),
    `web.json: this is a state, and a plan is needed. ${SHOW}.`,
  ],
  [
    "a state as JSON",
    json({ format_version: "1.0", terraform_version: "1.11.4", values: { root_module: {} } }),
    `web.json: this is a state, and a plan is needed. ${SHOW}.`,
  ],
  [
    "an empty state as JSON",
    json({ format_version: "1.0" }),
    `web.json: this has a format_version and none of planned_values, resource_changes, output_changes and configuration: it is the empty state that \`terraform show -json\` writes when no plan is named. ${SHOW}.`,
  ],
  [
    "schemas of providers",
    json({ format_version: "1.0", provider_schemas: {} }),
    `web.json: these are schemas of providers, and a plan is needed. ${SHOW}.`,
  ],
  [
    "a later major version",
    json({ ...plan, format_version: "2.0" }),
    "web.json: format_version is 2.0, and 1.x is all that this version of cdktf-plan-review reads. Update cdktf-plan-review, or plan with a Terraform that writes 1.x.",
  ],
  [
    "an earlier major version",
    json({ ...plan, format_version: "0.2" }),
    "web.json: format_version is 0.2, and 1.x is needed. Plan with Terraform 1.1 or newer, or with OpenTofu.",
  ],
  [
    "a version that is a number",
    json({ ...plan, format_version: 1.2 }),
    `web.json: format_version is a number, and must be a string such as 1.2. ${SHOW}.`,
  ],
  [
    "no version",
    json({ planned_values: {} }),
    `web.json: format_version is nothing, and must be a string such as 1.2. ${SHOW}.`,
  ],
  [
    "a version that is none",
    json({ ...plan, format_version: SECRET }),
    `web.json: format_version is not a version such as 1.2. ${SHOW}.`,
  ],
  [
    "parts of other types",
    json({ ...plan, resource_changes: { secret: SECRET }, output_changes: [SECRET], checks: SECRET }),
    "web.json: this is not what plan JSON of format 1.x says: output_changes must be an object, and is a list of 1; resource_changes must be a list, and is an object; checks must be a list, and is a string. Write it again with `terraform show -json PLANFILE > plan.json`, and let nothing change it.",
  ],
])("%s is refused", (_, content, message) => {
  expect(refusal(content)).toBe(message);
  expect(refusal(content)).not.toContain(SECRET);
});

test("a truncated plan is refused wherever it is cut, and never with a piece of it", () => {
  const text = fixtureText("sensitive").trimEnd();
  for (let length = 1; length < text.length; length += 97) {
    const message = refusal(text.slice(0, length));
    expect(message).toBe(
      `web.json: the JSON ends before it is complete: the file is truncated. ${SHOW}, and see that the disk is not full and nothing cuts the output.`,
    );
  }
});

test("text and bytes, with and without a byte order mark, are the same plan", () => {
  const file = join(__dirname, "../../fixtures/plans/hostile-strings.json");
  const asBytes = readFileSync(file);
  const expected = parsePlan(asBytes, "x");
  expect(parsePlan(asBytes.toString("utf8"), "x")).toEqual(expected);
  expect(parsePlan(`\ufeff${asBytes.toString("utf8")}`, "x")).toEqual(expected);
  expect(parsePlan(Buffer.concat([bytes(0xef, 0xbb, 0xbf), asBytes]), "x")).toEqual(expected);
});

test("a minor version that is not known yet is read, and fields that are not known are left out of account", () => {
  const { unknowns, formatVersion } = parsePlan(
    json({
      ...plan,
      format_version: "1.99",
      future: { a: 1 },
      future_notes: ["a"],
      future_empty_changes: [],
    }),
    "x",
  );
  expect({ unknowns, formatVersion }).toEqual({ unknowns: [], formatVersion: "1.99" });
});
