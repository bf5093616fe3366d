import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../lab/commands";

/** How many plans are made beside each other: a provider's process takes 50 MB and a processor's share. */
const BESIDE = 3;

/**
 * Plans the stacks of a synthesized app, as `cdktf deploy` left them, and returns those that would change something, with a
 * line of Terraform's for each change.
 * @param wanted which of them
 * @throws Error with what Terraform said, if one cannot be planned
 */
export async function changingPlans(
  stacks: string,
  wanted: (stack: string) => boolean = () => true,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const waiting = readdirSync(stacks).filter((stack) => stack.startsWith("staging-") && wanted(stack));
  if (waiting.length === 0) throw new Error(`${stacks} has no such stack`);
  const changed: Record<string, readonly string[]> = {};
  const work = async () => {
    for (let stack = waiting.shift(); stack !== undefined; stack = waiting.shift()) {
      const { PATH, HOME } = process.env;
      const given = {
        cwd: join(stacks, stack),
        env: { PATH, HOME, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
        timeout: 120_000,
      };
      const plain = ["-no-color", "-input=false"];
      // A synth since then has taken it away.
      if (!existsSync(join(stacks, stack, ".terraform")))
        await attempt("terraform", ["init", ...plain], given);
      const { status, stdout, stderr } = await attempt(
        "terraform",
        ["plan", "-detailed-exitcode", ...plain],
        given,
      );
      if (status === 2)
        changed[stack] = [...stdout.matchAll(/^ {2}# (.* (?:will|must) be .*)$/gm)].map(([, change = ""]) => change); // prettier-ignore
      else if (status !== 0) throw new Error(`${stack}: ${stdout}${stderr}`);
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, work));
  return changed;
}
