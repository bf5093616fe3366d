import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePlan } from "../../src/plan/parse-plan";
import { evaluatePolicy } from "../../src/policy/evaluate-policy";
import { loadPolicy } from "../../src/policy/load-policy";
import type { Policy, PolicyStack } from "../../src/policy/policy";
import { policyStack } from "../../src/policy/policy-stack";
import { SHIPPED_RULES } from "../../src/policy/rules";

const ROOT = join(__dirname, "../../..");
const PAGES = "docs/review/policies";
const NOW = new Date("2026-06-15");

const page = (name: string): string => readFileSync(join(ROOT, PAGES, name), "utf8");
const fileOf = (id: string): string => `${id.replace("/", "-")}.md`;

/** The blocks of code in a language. */
function blocks(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, code]) => code ?? "",
  );
}

/** A page's excerpt of a plan as a stack. */
function stackOf(excerpt: string): PolicyStack {
  const document = { format_version: "1.2", terraform_version: "1.13.0", ...(JSON.parse(excerpt) as object) };
  return policyStack({
    name: "example-stack",
    environment: "example",
    dependsOn: [],
    plan: parsePlan(JSON.stringify(document), "the page"),
    nameOf: (address) => address,
    hostOf: () => undefined,
  });
}

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "policy-pages-"))));
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function load(source: string): Promise<Policy> {
  const file = join(directory, "policy.ts");
  writeFileSync(file, source);
  return loadPolicy(file);
}

test("there is a page for each shipped rule, and no other", () => {
  expect(readdirSync(join(ROOT, PAGES)).sort()).toEqual(
    ["README.md", ...SHIPPED_RULES.map(({ id }) => fileOf(id))].sort(),
  );
});

test("the list has each rule with what it demands, in their order", () => {
  const rows = [...page("README.md").matchAll(/^\| \[([^\]]+)\]\(([^)]+)\) \| (.+) \|$/gm)].map((row) =>
    row.slice(1),
  );
  expect(rows).toEqual(SHIPPED_RULES.map(({ id, title }) => [id, fileOf(id), title]));
});

test("the list's policy files load, and the rule in it works", async () => {
  const policies = await Promise.all(blocks(page("README.md"), "ts").map(load));
  expect(policies).toHaveLength(2);
  expect(policies[1]?.acknowledgements).toHaveLength(1);
  const container = (after: string) =>
    stackOf(
      `{ "resource_changes": [{ "address": "docker_container.web", "mode": "managed", "type": "docker_container", "name": "web", "change": { "actions": ["create"], "before": null, ${after}, "before_sensitive": false, "after_sensitive": {} } }] }`,
    );
  const check = (after: string) =>
    [...(policies[0]?.rules?.[0]?.check(container(after), []) ?? [])].map(
      ({ cannotVerify }) => cannotVerify ?? false,
    );
  expect(check(`"after": { "privileged": true }, "after_unknown": {}`)).toEqual([false]);
  expect(check(`"after": {}, "after_unknown": { "privileged": true }`)).toEqual([true]);
  expect(check(`"after": { "privileged": false }, "after_unknown": {}`)).toEqual([]);
});

describe.each(SHIPPED_RULES.map((rule) => [rule.id, rule] as const))("the page of %s", (id, rule) => {
  const markdown = page(fileOf(id));

  test("is the rule's help, and says what it demands", () => {
    expect(rule.help).toBe(`${PAGES}/${fileOf(id)}`);
    expect(markdown.split("\n")[0]).toBe(`# ${id}`);
    const demand = /^\*\*Demands:\*\* (.+)\.$/m.exec(markdown)?.[1] ?? "";
    expect(demand.replaceAll("`", "").toLowerCase()).toBe(rule.title.toLowerCase());
    for (const heading of ["What it blocks", "How to mend it", "How to acknowledge it"]) {
      expect(markdown).toContain(`\n## ${heading}\n`);
    }
    expect(markdown).toMatch(/\n## (?:What it looks at|The contract)\n/);
    expect(markdown).toMatch(/^\*\*Why\.\*\* /m);
  });

  test("has an excerpt that the rule blocks, and no other rule does, and an acknowledgement that covers it", async () => {
    const [excerpt = ""] = blocks(markdown, "json");
    const stack = stackOf(excerpt);
    // Servers that are changed together are shown without their gates, for brevity.
    const besides = id === "consul/one-server" ? "consul/server-gate" : undefined;
    const found = evaluatePolicy({}, [stack], NOW).filter((finding) => finding.rule !== besides);
    expect(found.map(({ rule: by, level }) => `${level} ${by}`)).toEqual([`error ${id}`]);
    const [acknowledgement = ""] = blocks(markdown, "js");
    const policy = await load(`export default { acknowledgements: [${acknowledgement}] };`);
    const after = evaluatePolicy(policy, [stack], NOW).filter(
      (finding) => finding.rule === id || finding.rule.startsWith("policy/"),
    );
    expect(after.map((finding) => finding.acknowledged?.expires)).toEqual(["2099-12-31"]);
  });
});
