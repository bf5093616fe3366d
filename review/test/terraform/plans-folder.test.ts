import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  fileNames,
  makePlansFolder,
  type PlansIndex,
  readPlansIndex,
  writePlansIndex,
} from "../../src/terraform/plans-folder";

const folder = mkdtempSync(join(tmpdir(), "plans-folder-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the names of files", () => {
  it("are different ones that every file system takes, whatever stacks are called", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom("plans", "Plans", "a/b", "..", "A", "a"))),
        (stacks) => {
          const names = [...fileNames(stacks).values()];
          expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(stacks.length);
          for (const name of names) expect(name).toMatch(/^(?!plans$)(?!\.)[\w.%-]{0,210}$/i);
        },
      ),
    );
  });

  it("are the stacks' own where that is possible", () => {
    expect([...fileNames(["production-web_1.a", "a/b"])]).toEqual([
      ["production-web_1.a", "production-web_1.a"],
      ["a/b", "a%2Fb"],
    ]);
  });
});

describe("the index", () => {
  const index: PlansIndex = {
    version: 1,
    terraform: { binary: "terraform", version: "1.11.4" },
    manifest: "../cdktf.out",
    complete: true,
    stacks: [
      {
        name: "one",
        dependsOn: [],
        directory: "../x",
        status: "planned",
        json: "one.json",
        plan: "one.tfplan",
      },
    ],
  };

  it("comes back as it was written", () => {
    writePlansIndex(folder, index);
    expect(readPlansIndex(folder)).toEqual(index);
  });

  it.each([
    ["no JSON", "{", "is no JSON"],
    ["another version", { ...index, version: 2 }, "version"],
    [
      "a stack twice",
      { ...index, stacks: [...index.stacks, ...index.stacks] },
      "two stacks have the same name",
    ],
    [
      "a file elsewhere",
      { ...index, stacks: [{ ...index.stacks[0], json: "/etc/passwd" }] },
      "in this folder",
    ],
    ["a file above", { ...index, stacks: [{ ...index.stacks[0], plan: ".." }] }, "in this folder"],
  ])("is refused with %s", (_, content, said) => {
    writeFileSync(
      join(folder, "plans.json"),
      typeof content === "string" ? content : JSON.stringify(content),
    );
    expect(() => readPlansIndex(folder)).toThrow(said);
  });

  it("of an earlier run is removed with its plans, and nothing else is", () => {
    writePlansIndex(folder, index);
    for (const file of ["one.json", "one.tfplan", "mine.txt"]) writeFileSync(join(folder, file), "");
    makePlansFolder(folder);
    expect(
      ["one.json", "one.tfplan", "plans.json", "mine.txt"].map((file) => existsSync(join(folder, file))),
    ).toEqual([false, false, false, true]);
  });

  it("that is none is not overwritten", () => {
    writeFileSync(join(folder, "plans.json"), '{"mine": true}');
    expect(() => {
      makePlansFolder(folder);
    }).toThrow("[input/plans-folder]");
  });

  it("has no folder where there is a file", () => {
    expect(() => {
      makePlansFolder(join(folder, "mine.txt"));
    }).toThrow("[output/unwritable]");
  });
});
