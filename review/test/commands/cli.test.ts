import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const PLANS = join(ROOT, "review", "fixtures", "plans");

describe("the program", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "cdktf-plan-review-cli-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const review = (plan: string, policy: string): { code: number | null; stderr: string } => {
    const file = join(directory, "policy.ts");
    writeFileSync(file, policy);
    const cli = join(ROOT, "review", "src", "commands", "cli.ts");
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", cli, "review", join(PLANS, plan), "--policy", file],
      { cwd: ROOT, encoding: "utf8" },
    );
    return { code: status, stderr };
  };
  const rule = (body: string): string =>
    `export default { rules: [{ id: "team/rule", title: "A rule", check() { ${body} } }] };`;

  it("ends as its command does", () => {
    expect(review("update.json", rule("return [];")).code).toBe(2);
  });

  it.each([
    ["ends the program while it is loaded", `process.exit(0); ${rule("return [];")}`],
    ["ends the program in a rule", rule("process.exit(0);")],
    ["ends the program with a code that means changes", rule("process.exit(2);")],
    ["waits for what never comes", `await new Promise(() => {}); ${rule("return [];")}`],
  ])("fails where a policy file %s", (_, policy) => {
    const { code, stderr } = review("update.json", policy);
    expect(stderr).toMatch(/^error: the program was ended before its command was/m);
    expect(code).toBe(1);
  });

  it("keeps its exit code where a policy file ends the program later", () => {
    expect(review("update.json", rule("setTimeout(() => process.exit(0), 1); return [];")).code).toBe(2);
  });

  it("fails where a policy file throws later", () => {
    expect(
      review("nothing.json", rule('setTimeout(() => { throw new Error("late"); }, 1); return [];')).code,
    ).toBe(1);
  });
});
