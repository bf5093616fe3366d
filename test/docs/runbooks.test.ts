import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staging } from "../../environments/staging";
import { readStagingSettings } from "../../environments/staging-settings";
import { validateEnvironment } from "../../environments/validate";
import { type Json, merged, stepsOf } from "../support/runbook-steps";

const folder = join(__dirname, "../../docs/runbooks");
const pages = readdirSync(folder).filter((page) => page !== "README.md");
const textOf = (page: string) => readFileSync(join(folder, page), "utf8");

test("the index names every runbook once", () => {
  const named = [...textOf("README.md").matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, page]) => page);
  expect(named.sort()).toEqual([...pages].sort());
});

describe.each(pages)("%s", (page) => {
  const steps = stepsOf(textOf(page));

  it("has commands", () => {
    expect(steps.filter(({ kind }) => kind === "sh").length).toBeGreaterThan(0);
  });

  it("changes settings to such as staging takes", () => {
    const three: Json = { "staging-1": {}, "staging-2": {}, "staging-3": {}, "staging-4": {} };
    let settings: Json = { hosts: three };
    for (const { kind, text } of steps) {
      if (kind === "json") settings = merged(settings, JSON.parse(text) as Json);
    }
    const temporary = mkdtempSync(join(tmpdir(), "runbooks-"));
    try {
      const file = join(temporary, "settings.json");
      writeFileSync(file, JSON.stringify(settings));
      expect(() => {
        validateEnvironment(staging(readStagingSettings(file)));
      }).not.toThrow();
    } finally {
      rmSync(temporary, { recursive: true });
    }
  });
});

test("a change is put into objects, and takes the place of everything else", () => {
  const settings: Json = { hosts: { a: { port: 1 }, b: {} }, upstreams: ["x", "y"], overlay: { name: "n" } };
  expect(merged(settings, { hosts: { a: { retired: true } }, upstreams: ["z"] })).toEqual({
    hosts: { a: { port: 1, retired: true }, b: {} },
    upstreams: ["z"],
    overlay: { name: "n" },
  });
});

test("blocks for people are none of the steps", () => {
  const page = "```text\nno\n```\n\n```json\n{}\n```\n\nwords\n\n```sh\nls\nps\n```\n";
  expect(stepsOf(page)).toEqual([
    { kind: "json", text: "{}\n" },
    { kind: "sh", text: "ls\nps\n" },
  ]);
});
