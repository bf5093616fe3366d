import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

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
