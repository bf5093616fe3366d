import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND_ERRORS } from "../../src/commands/command-error";

const review = join(__dirname, "../..");
const page = readFileSync(join(review, "../docs/review/errors.md"), "utf8");

function textOf(folder: string): string {
  return readdirSync(join(review, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        file.endsWith(".ts") && !file.endsWith("errors-page.test.ts") && !file.endsWith("command-error.ts"),
    )
    .map((file) => readFileSync(join(review, folder, file), "utf8"))
    .join("\n");
}

describe("the page of errors", () => {
  it("has a row for each, in order, and for nothing else", () => {
    const rows = [...page.matchAll(/^\| `([\w/-]+)` \| .+ \| .+ \|$/gm)].map(([, code]) => code);
    expect(rows).toEqual([...COMMAND_ERRORS]);
    expect([...COMMAND_ERRORS].sort()).toEqual([...COMMAND_ERRORS]);
  });

  it("has none that the sources do not throw, or that no test expects", () => {
    const sources = textOf("src");
    // In a regular expression a test writes the slash with a backslash.
    const tests = (textOf("test/commands") + textOf("test/terraform")).replaceAll("\\/", "/");
    expect(COMMAND_ERRORS.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
    expect(
      COMMAND_ERRORS.filter((code) => !tests.includes(`[${code}`) && !tests.includes(`[\\[${code}`)),
    ).toEqual([]);
  });
});
