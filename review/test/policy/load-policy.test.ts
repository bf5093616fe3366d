import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluatePolicy } from "../../src/policy/evaluate-policy";
import { loadPolicy } from "../../src/policy/load-policy";
import { PolicyError } from "../../src/policy/policy-error";
import * as policyModule from "../../src/policy/policy-module";
import { SHIPPED_RULES } from "../../src/policy/rules";
import { change, stack } from "./plans";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "policy-"))));
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(content: string, name = "policy.ts"): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

/** The message with which a file is refused. */
async function refusal(file: string): Promise<string> {
  const error: unknown = await loadPolicy(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PolicyError);
  return (error as PolicyError).message;
}

/** The message with which a policy with this body is refused. */
const refusalOf = (body: string): Promise<string> =>
  refusal(
    write(
      `import { definePolicy } from "cdktf-plan-review";\nexport default definePolicy(${body} as any);\n`,
    ),
  );

const RULE = `{ id: "team/rule", title: "A rule", *check() {} }`;

describe("loadPolicy", () => {
  test("loads the example, whose rules run", async () => {
    const policy = await loadPolicy(join(__dirname, "../../examples/policy.ts"));
    expect(policy.rules?.map(({ id }) => id)).toEqual(["team/memory-limit", "team/few-hosts"]);
    const web = (memory: number) =>
      stack([
        change("docker_container.web", "create", {
          after: { image: "docker.io/library/nginx:1.27.3", memory },
        }),
      ]);
    const rules = (memory: number) =>
      evaluatePolicy(policy, [web(memory)], new Date("2026-06-01")).map(
        ({ rule, level }) => `${level} ${rule}`,
      );
    expect(rules(512)).toEqual([]);
    expect(rules(8192)).toEqual(["error team/memory-limit"]);
    const cannot = stack([
      change("docker_container.web", "create", {
        after: { image: "docker.io/library/nginx:1.27.3" },
        unknown: { memory: true },
      }),
    ]);
    expect(evaluatePolicy(policy, [cannot], new Date("2026-06-01")).map(({ level }) => level)).toEqual([
      "cannot-verify",
    ]);
    const elsewhere = stack(cannot.plan.resourceChanges, { name: "staging-web", environment: "staging" });
    expect(evaluatePolicy(policy, [elsewhere], new Date("2026-06-01"))).toEqual([]);
  });

  test.each([
    ["policy.js", `import { definePolicy } from "cdktf-plan-review"; export default definePolicy({});`],
    ["policy.mjs", `import { definePolicy } from "cdktf-plan-review"; export default definePolicy({});`],
    ["policy.mts", `import { definePolicy } from "cdktf-plan-review"; export default definePolicy({});`],
    [
      "policy.cjs",
      `const { definePolicy } = require("cdktf-plan-review"); module.exports = definePolicy({ shipped: "all" });`,
    ],
    [
      "await.ts",
      `import { definePolicy } from "cdktf-plan-review"; const policy = await Promise.resolve({}); export default definePolicy(policy);`,
    ],
    [
      "policy.cts",
      `import { definePolicy, type Policy } from "cdktf-plan-review"; const policy: Policy = {}; export default definePolicy(policy);`,
    ],
    [
      "compiled.cjs",
      `"use strict"; Object.defineProperty(exports, "__esModule", { value: true }); exports.default = require("cdktf-plan-review").definePolicy({});`,
    ],
  ])("loads %s", async (name, content) => {
    expect(await loadPolicy(write(content, name))).toEqual(name === "policy.cjs" ? { shipped: "all" } : {});
  });

  test("loads what the file imports, and reads it anew each time", async () => {
    write(`export const ids = ["terraform/complete-plan"];`, "ids.ts");
    const file = write(`import { ids } from "./ids"; export default { shipped: ids };`);
    expect(await loadPolicy(file)).toEqual({ shipped: ["terraform/complete-plan"] });
    write(`export const ids = ["docker/data-volume"];`, "ids.ts");
    expect(await loadPolicy(file)).toEqual({ shipped: ["docker/data-volume"] });
  });

  test("hands the shipped rules and the reading of values to the file", async () => {
    const file = write(`
      import { DATA_BEARING_TYPES, FLEET_LABELS, SHIPPED_RULES, isDataBearing, isUnset, labelOf, shown, textOf } from "cdktf-plan-review";
      const all = [isDataBearing, isUnset, labelOf, shown, textOf].every((each) => typeof each === "function");
      if (!all || DATA_BEARING_TYPES.size === 0 || FLEET_LABELS.data === undefined) throw new Error("something is missing");
      export default { shipped: SHIPPED_RULES.map(({ id }) => id) };
    `);
    expect((await loadPolicy(file)).shipped).toEqual(SHIPPED_RULES.map(({ id }) => id));
  });

  test("gives a file no name that the package does not export, so that types and values agree", () => {
    const index = readFileSync(join(__dirname, "../../src/index.ts"), "utf8");
    const exported = new Set(index.match(/\b\w+\b/g));
    expect(Object.keys(policyModule).filter((name) => !exported.has(name))).toEqual([]);
    expect(Object.keys(policyModule)).toContain("definePolicy");
  });

  test("keeps a file's regular expressions", async () => {
    const policy = await loadPolicy(write(`export default { secretNames: [/^ACME_/] };`));
    expect(policy.secretNames?.[0]?.source).toBe("^ACME_");
  });

  describe("refuses", () => {
    test("a file that is missing", async () => {
      expect(await refusal(join(directory, "none.ts"))).toMatch(
        /none\.ts: there is no such policy file.*--policy/,
      );
    });
    test("a folder", async () => {
      expect(await refusal(directory)).toMatch(/this is no file.*policy\.ts/);
    });
    test("another kind of file", async () => {
      expect(await refusal(write("{}", "policy.yaml"))).toMatch(/ends in \.ts/);
    });
    test("what does not compile, with the place", async () => {
      const message = await refusal(write(`export default {\n  rules: [,,\n  ;\n};\n`));
      expect(message).toMatch(
        /policy\.ts: the policy file cannot be loaded \(line 3, column \d+\): ParseError/,
      );
      expect(message).toMatch(/Mend it there/);
    });
    test("what throws, with the place", async () => {
      const message = await refusal(write(`const one = 1;\n\nthrow new Error("no such team");\n`));
      expect(message).toMatch(/cannot be loaded \(line 3, column \d+\): no such team\. Mend/);
    });
    test("what throws no error", async () => {
      expect(await refusal(write(`throw "plainly";`))).toMatch(/cannot be loaded: plainly\. Mend/);
    });
    test("an import that is not there", async () => {
      expect(await refusal(write(`import "./not-there"; export default {};`))).toMatch(
        /cannot be loaded.*not-there/,
      );
    });
    test("no default export", async () => {
      expect(await refusal(write(`export const policy = {};`))).toMatch(/no default export.*definePolicy/);
      expect(await refusal(write(``))).toMatch(/no default export/);
      expect(await refusal(write(``, "policy.cjs"))).toMatch(/no default export/);
    });
    test.each([
      ["null", "null"],
      ["[]", "a list"],
      ["() => ({})", "a function"],
      ["'all'", "a string"],
      ["Promise.resolve({})", "a promise"],
    ])("%s", async (exported, kind) => {
      expect(await refusal(write(`export default ${exported};`))).toMatch(
        new RegExp(`no policy but ${kind}.*definePolicy`),
      );
    });
    test.each([
      [`{ shiped: "all" }`, /no such property: shiped/],
      [`{ shipped: "some" }`, /shipped: must be "all", "none", or a list/],
      [
        `{ shipped: ["docker/none"] }`,
        /shipped\[0\]: there is no shipped rule "docker\/none"\. The shipped ones are docker\/data-volume/,
      ],
      [`{ shipped: ["docker/data-volume", "docker/data-volume"] }`, /shipped\[1\].*twice/],
      [`{ shipped: "none" }`, /no rule is in force.*write rules/],
      [`{ shipped: [], rules: [] }`, /no rule is in force/],
      [`{ rules: [${RULE}, ${RULE}] }`, /rules\[1\]: the id "team\/rule" is there twice/],
      [`{ rules: [{ ...${RULE}, id: "docker/data-volume" }] }`, /rules\[0\].*that of a shipped rule/],
      [`{ rules: [{ ...${RULE}, id: "Rule" }] }`, /rules\[0\]\.id: must be two words/],
      [`{ rules: [{ ...${RULE}, id: "a/b/c" }] }`, /rules\[0\]\.id: must be two words/],
      [`{ rules: [{ ...${RULE}, id: "policy/mine" }] }`, /rules\[0\]\.id: must not begin with policy\//],
      [`{ rules: [{ ...${RULE}, title: " " }] }`, /rules\[0\]\.title: must not be empty/],
      [`{ rules: [{ ...${RULE}, level: "info" }] }`, /rules\[0\]\.level: must be "error" or "warning"/],
      [`{ rules: [{ ...${RULE}, environments: [] }] }`, /rules\[0\]\.environments: must name at least one/],
      [`{ rules: [{ id: "team/rule", title: "A rule" }] }`, /rules\[0\]\.check: must be a function/],
      [`{ environmentOf: "production" }`, /environmentOf: must be a function/],
      [`{ secretNames: ["TOKEN"] }`, /secretNames\[0\]: must be a regular expression/],
      [`{ dataBearingTypes: [""] }`, /dataBearingTypes\[0\]: must not be empty/],
    ])("the policy %s", async (body, message) => {
      expect(await refusalOf(body)).toMatch(message);
    });

    const ACK = `rule: "docker/data-volume", target: "web", reason: "saved", expires: "2026-12-31"`;
    test.each([
      [`reason: "  "`, /acknowledgements\[0\]\.reason: must not be empty/],
      [`reason: undefined`, /acknowledgements\[0\]\.reason/],
      [`expires: undefined`, /acknowledgements\[0\]\.expires/],
      [`expires: "31.12.2026"`, /acknowledgements\[0\]\.expires: must be a day that exists.*2026-12-31/],
      [`expires: "2026-02-30"`, /acknowledgements\[0\]\.expires: must be a day that exists/],
      [`expires: "2026-13-01"`, /acknowledgements\[0\]\.expires: must be a day that exists/],
      [`expires: "2026-1-1"`, /acknowledgements\[0\]\.expires: must be a day that exists/],
      [`expires: "never"`, /acknowledgements\[0\]\.expires: must be a day that exists/],
      [
        `rule: "docker/typo"`,
        /acknowledgements\[0\]: no rule "docker\/typo" is in force\. Those in force are docker\//,
      ],
      [`target: ""`, /acknowledgements\[0\]\.target: must not be empty/],
      [`until: "2026-12-31"`, /acknowledgements\[0\]: there is no such property: until/],
    ])("an acknowledgement with %s", async (part, message) => {
      expect(await refusalOf(`{ acknowledgements: [{ ${ACK}, ${part} }] }`)).toMatch(message);
    });
  });
});
