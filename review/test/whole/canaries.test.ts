import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { parseFragment } from "parse5";
import { writePlansIndex } from "../../src/terraform/plans-folder";
import { FakeApp, planOf } from "../commands/fake-terraform";
import { run } from "../commands/run";
import { leaks } from "../redaction/leaks";
import { withoutOwnCode } from "../support/inert-page";
import { textOf } from "../support/page";
import { PLACES, type PlanDocument, unmarked } from "./canary-plans";

/** What every escape of every format changes, and what none of them does. */
const SECRETS = ['Zx7-canary/91+"bd\\<&>é$|`', "kW7canaryZq83LxPv5"];
const KEY = { CDKTF_PLAN_REVIEW_KEY: "a secret of the pipeline" };

/** A rule that says all that it sees. */
const POLICY = `export default {
  rules: [{
    id: "test/talkative",
    title: "Says what it sees",
    *check(stack) {
      for (const resource of stack.resources)
        yield { resource, message: "has " + JSON.stringify(resource.change), mend: "Take out " + JSON.stringify(resource.change.change.before) };
      yield { message: JSON.stringify(stack.plan.document), mend: "none" };
    },
  }],
};
`;

/** A text, what a browser makes of it, and what is packed in it. */
function readingsOf(text: string): string[] {
  const found = [text, textOf(parseFragment(text)), text.replace(/\\(?=[^A-Za-z0-9\s])/g, "")];
  for (const [packed] of text.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) {
    for (const unpack of [inflateRawSync, inflateSync, gunzipSync]) {
      try {
        found.push(unpack(Buffer.from(packed, "base64")).toString("utf8"));
      } catch {
        // Packed another way, or not at all.
      }
    }
  }
  return found;
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plan-review-canaries-"));
  mkdirSync(join(folder, "plans"));
  writeFileSync(join(folder, "policy.mjs"), POLICY);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(plan: PlanDocument, secret: string): void {
  writeFileSync(join(folder, "plans", "good.json"), JSON.stringify(plan));
  const one = (name: string): { name: string; dependsOn: string[]; directory: string } => ({
    name,
    dependsOn: [],
    directory: ".",
  });
  writePlansIndex(join(folder, "plans"), {
    version: 1,
    terraform: { binary: "terraform", version: "1.14.0" },
    manifest: "none",
    complete: true,
    stacks: [
      { ...one("good"), status: "planned", changes: true, json: "good.json", plan: "good.tfplan" },
      {
        ...one("broken"),
        status: "failed",
        failure: `Error: it said ${secret}\n  in ${JSON.stringify({ secret })}`,
      },
    ],
  });
}

const FORMATS = ["review.md", "review.json", "review.sarif", "review.txt", "review.html"];

/** Everything that the commands write for what is in the folder. */
async function written(env: Record<string, string>): Promise<{ texts: Map<string, string>; code: number }> {
  const call = (args: readonly string[], terminal = false) =>
    run(args, { cwd: folder, env, terminal: { stdout: terminal, stderr: terminal } });
  const texts = new Map<string, string>();
  const keep = (name: string, { stdout, stderr }: { stdout: string; stderr: string }): void => {
    texts.set(`${name}: stdout`, stdout).set(`${name}: stderr`, stderr);
  };
  const policy = ["--policy", "policy.mjs"];
  const outputs = FORMATS.flatMap((file) => ["--output", file]);
  const reviewed = await call(["review", "plans", ...policy, ...outputs]);
  keep("review", reviewed);
  keep("review on a terminal", await call(["review", "plans", ...policy], true));
  for (const file of FORMATS) texts.set(file, withoutOwnCode(readFileSync(join(folder, file), "utf8")));
  keep("comment", await call(["comment", "review.json", "--dry-run"]));
  const plan = join(folder, "plans", "good.json");
  writeFileSync(plan, readFileSync(plan, "utf8").replaceAll("docker_container", "docker_service"));
  const verified = await call(["verify", "plans", "--review", "review.json"]);
  keep("verify", verified);
  expect([reviewed.code, verified.code]).toEqual([1, 1]);
  const again = ["review", "plans", ...policy, "--previous", "review.json", "--format", "markdown"];
  keep("review of another plan", await call(again));
  return { texts, code: reviewed.code };
}

const cases = PLACES.flatMap(([place, plan], position) =>
  SECRETS.map((secret, which) => [place, secret, plan, (position + which) % 2 === 0] as const),
);

it.each(cases)("a secret in %s stands in no output: %s", async (_, secret, plan, keyed) => {
  write(plan(secret), secret);
  const { texts } = await written(keyed ? KEY : {});
  const leaking = [...texts].filter(([, text]) => leaks(readingsOf(text), secret)).map(([name]) => name);
  expect(leaking).toEqual([]);
  // What was read was the plan, with something in place of the secret.
  expect(texts.get("review.md")).toContain("(sensitive");
  expect(texts.get("review.json")).toContain("docker_container");
});

it.each(SECRETS)("a text that nothing says to be secret is found in every format: %s", async (secret) => {
  write(unmarked(secret), "nothing");
  const { texts } = await written({});
  const found = [...texts].filter(([, text]) => leaks(readingsOf(text), secret)).map(([name]) => name);
  const formats = ["review.md", "review.json", "review.txt", "review.html", "comment: stdout"];
  expect(found).toEqual(expect.arrayContaining(formats));
});

/** A plan of the fake's one resource, which nothing blocks. */
function sensitiveInput(secret: string): unknown {
  const plan = planOf("update", secret) as { resource_changes: { change: Record<string, unknown> }[] };
  plan.resource_changes[0]!.change["after_sensitive"] = { input: true };
  return plan;
}

it.each([
  ["refused", PLACES[0]![1], 3, "refused: the review came to blocked"],
  ["failing", sensitiveInput, 1, "[apply/failed]"],
] as const)("a secret stands in nothing that a %s apply says", async (_, plan, code, word) => {
  const app = new FakeApp();
  try {
    for (const secret of SECRETS) {
      const diagnostic = { severity: "error", summary: secret, detail: `in ${JSON.stringify({ secret })}` };
      const line = { "@level": "error", "@message": `Error: ${secret}`, type: "diagnostic", diagnostic };
      app.stack("good", { plan: plan(secret), fail: { apply: `it said ${secret}` }, lines: [line] });
      const call = (args: readonly string[]) => run(args, { cwd: app.folder, env: { ...app.env, ...KEY } });
      await call(["plan", "--skip-synth"]);
      await call(["review", "plans", "--output", "review.json"]);
      const args = ["apply", "plans", "--review", "review.json", "--auto-approve", "--output", "report.json"];
      const applied = await call(args);
      expect(applied).toMatchObject({ code, stderr: expect.stringContaining(word) as string });
      const report = app.path("report.json");
      const texts = [applied.stdout, applied.stderr, existsSync(report) ? readFileSync(report, "utf8") : ""];
      expect(texts.filter((text) => leaks(readingsOf(text), secret))).toEqual([]);
    }
  } finally {
    app.remove();
  }
});
