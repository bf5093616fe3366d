import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, DataResource, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { requireEnginesRing } from "../../lab/requirements";
import { planReview, type Ran } from "./review-cli";

const SLOW = 180_000;
const KEY = { CDKTF_PLAN_REVIEW_KEY: "a secret of the pipeline" };
const folder = mkdtempSync(join(tmpdir(), "plan-review-"));

/** Two stacks, of which the second is made of what the first hands over. */
function synth(value: string): void {
  const app = new App({ outdir: join(folder, "cdktf.out") });
  const stack = (name: string): TerraformStack => {
    const made = new TerraformStack(app, name);
    new LocalBackend(made, { path: join(folder, `${name}.tfstate`) });
    return made;
  };
  const one = new DataResource(stack("network"), "subnet", { input: { value } });
  const fleet = stack("fleet");
  const two = new DataResource(fleet, "host", {
    input: { value: one.output.toString() },
    triggersReplace: { value },
  });
  new TerraformOutput(fleet, "host-id", { value: two.id });
  app.synth();
}

const call = (...args: string[]): Promise<Ran> => planReview(args, folder, KEY);
const plan = (...globs: string[]): Promise<Ran> =>
  call("plan", ...globs, "--manifest", "cdktf.out", "--output", "plans");
const review = (): Promise<Ran> => call("review", "plans", "--output", "review.json");
const verify = (): Promise<Ran> => call("verify", "plans", "--review", "review.json");
const apply = (): Promise<Ran> =>
  call("apply", "plans", "--review", "review.json", "--auto-approve", "--output", "report.json");
const report = (): string[] =>
  (
    JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
      stacks: { name: string; status: string }[];
    }
  ).stacks.map(({ name, status }) => `${name} ${status}`);
/** The exit code, with what was said beside it where it is not the one. */
const expectCode = ({ code, stderr, stdout }: Ran, wanted: number): void => {
  expect({ code, ...(code === wanted ? {} : { stderr, stdout }) }).toEqual({ code: wanted });
};

beforeAll(async () => {
  await requireEnginesRing();
}, SLOW);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("plan, review, verify and apply with the real Terraform", () => {
  test(
    "deploy stack after stack, and then there is nothing to do",
    async () => {
      synth("10.0.0.0/24");
      for (const name of ["network", "fleet"]) {
        expectCode(await plan(name), 2);
        expectCode(await review(), 2);
        expectCode(await verify(), 0);
        expectCode(await apply(), 0);
        expect(report()).toEqual([`${name} applied`]);
      }
      expectCode(await plan(), 0);
      expectCode(await review(), 0);
    },
    SLOW,
  );

  test(
    "a stack that cannot be planned is an error beside one that can",
    async () => {
      writeFileSync(join(folder, "cdktf.out/stacks/network/broken.tf"), 'resource "terraform_data" "x" {\n');
      const { code, stderr } = await plan();
      expect(code).toBe(1);
      expect(stderr).toContain("1 of 2 stacks planned");
      expect(stderr).toMatch(/network: FAILED: .*init ended with exit code 1:\n\s*Error: /);
      expectCode(await review(), 1);
      rmSync(join(folder, "cdktf.out/stacks/network/broken.tf"));
    },
    SLOW,
  );

  test(
    "a change leaves what is made of it to be planned anew, and no old plan is taken for that",
    async () => {
      synth("10.0.1.0/24");
      expectCode(await plan(), 2);
      expectCode(await review(), 2);
      const reviewed = readFileSync(join(folder, "review.json"), "utf8");
      // The same plans again, at another time.
      expectCode(await plan(), 2);
      expectCode(await verify(), 0);
      const applied = await apply();
      expectCode(applied, 2);
      expect(report()).toEqual(["network applied", "fleet not-applied"]);
      expect(applied.stderr).toContain("provisional");

      expectCode(await plan("fleet"), 2);
      expectCode(await verify(), 3);
      expectCode(await apply(), 3);
      expect(readFileSync(join(folder, "review.json"), "utf8")).toBe(reviewed);
      expectCode(await review(), 2);
      expectCode(await apply(), 0);
      expectCode(await plan(), 0);
    },
    SLOW,
  );

  test(
    "a single byte more in a plan is refused",
    async () => {
      synth("10.0.2.0/24");
      expectCode(await plan("network"), 2);
      expectCode(await review(), 2);
      const json = join(folder, "plans/network.json");
      const text = readFileSync(json, "utf8");
      writeFileSync(json, text.replace("10.0.2.0/24", "10.0.2.0/240"));
      const refused = await verify();
      expectCode(refused, 3);
      expect(refused.stderr).toContain("differs: network");
      writeFileSync(json, text);
      expectCode(await verify(), 0);
      const saved = join(folder, "plans/network.tfplan");
      const bytes = readFileSync(saved);
      writeFileSync(saved, Buffer.concat([bytes.subarray(0, 200), Buffer.from([0]), bytes.subarray(200)]));
      expectCode(await apply(), 1);
      writeFileSync(saved, bytes);
      expectCode(await apply(), 0);
      // The state has outrun it: Terraform itself refuses it now.
      const again = await apply();
      expectCode(again, 1);
      expect(again.stderr).toContain("stale");
    },
    SLOW,
  );
});
