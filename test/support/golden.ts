import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { StackJson } from "./apps";

/** The variable that writes golden files anew; look at the difference before you commit it. */
const UPDATE = "UPDATE_GOLDEN";

/** Expects a text to be that of a golden file. */
export function expectGolden(file: string, text: string): void {
  if (process.env[UPDATE] === "1") {
    if (process.env["CI"] === "true") throw new Error(`${UPDATE} has no place in CI`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}

/**
 * Terraform JSON as people read it: uploaded files as lines, without CDKTF's own notes.
 * @param scripts false leaves out the scripts of hosts and of health gates, which have golden texts or tests of their own
 */
export function readable(json: StackJson, { scripts = true } = {}): string {
  const text = JSON.stringify(
    json,
    (key: string, value: unknown) => {
      if (key === "//") return undefined;
      if (typeof value !== "string") return value;
      const lines = key === "content_base64" ? Buffer.from(value, "base64").toString("utf8").split("\n") : [];
      if (!scripts && (/^SCRIPT_\d+$/.test(key) || lines[0]?.startsWith("#!") === true)) return "(a script)";
      return key === "content_base64" ? lines : value;
    },
    2,
  );
  return `${text}\n`;
}
