import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import picomatch from "picomatch";
import { z } from "zod";
import { CommandError } from "../commands/command-error";
import { plainText } from "../commands/io";
import { type Manifest, ManifestError, readManifest } from "../reading/manifest";

/** A stack that Terraform can be run in. */
export interface SynthesizedStack {
  /** Its name. */
  readonly name: string;
  /** The stacks that are deployed before it, directly. */
  readonly dependsOn: readonly string[];
  /** The directory that Terraform is run in. */
  readonly directory: string;
}

const DIRECTORIES = z.object({
  stacks: z.record(z.string(), z.object({ name: z.string(), workingDirectory: z.string().min(1) })),
});

/**
 * The stacks that CDKTF wrote, in the order in which they are deployed.
 *
 * @param output CDKTF's output, `cdktf.out`
 * @throws ManifestError if it cannot be read
 */
export function synthesizedStacks(output: string): SynthesizedStack[] {
  const manifest: Manifest = readManifest(output);
  const file = join(output, "manifest.json");
  const parsed = DIRECTORIES.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) {
    throw new ManifestError(
      `${file}: a stack has no workingDirectory; synthesize again with CDKTF 0.20 or later`,
    );
  }
  const directories = new Map(
    Object.values(parsed.data.stacks).map(({ name, workingDirectory }) => [
      name,
      normalize(workingDirectory),
    ]),
  );
  return manifest.stacks.map(({ name, dependsOn }) => {
    const inside = directories.get(name) ?? "..";
    if (isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`)) {
      throw new ManifestError(`${file}: the stack ${JSON.stringify(name)} lies outside of ${output}`);
    }
    return { name, dependsOn, directory: join(output, inside) };
  });
}

/**
 * Picks stacks by globs (`production-*`, `{a,b}`, `!staging-*`), in their order.
 *
 * @param globs all stacks where there are none
 * @throws CommandError if a glob picks nothing: its words are wrong, and silence would look like "no changes"
 */
export function pickStacks<T extends { readonly name: string }>(
  stacks: readonly T[],
  globs: readonly string[],
): T[] {
  const names = stacks.map(({ name }) => plainText(name)).join(", ");
  if (stacks.length === 0) {
    throw new CommandError("synth/no-stack", "there is no stack at all", "See what the app synthesizes");
  }
  const negative = globs.filter((glob) => glob.startsWith("!"));
  const positive = globs.filter((glob) => !glob.startsWith("!"));
  for (const glob of globs) {
    const matches = picomatch(glob.replace(/^!/, ""));
    if (stacks.some(({ name }) => matches(name))) continue;
    throw new CommandError(
      "synth/no-stack",
      `no stack matches ${JSON.stringify(plainText(glob))}; there are ${names}`,
      "Write a stack's name or a glob such as 'production-*', in quotes so that the shell leaves it alone",
    );
  }
  const wanted = picomatch(positive.length === 0 ? "**" : positive, {
    ignore: negative.map((glob) => glob.slice(1)),
  });
  const picked = stacks.filter(({ name }) => wanted(name));
  if (picked.length === 0) {
    throw new CommandError(
      "synth/no-stack",
      `${globs.join(" ")} leaves no stack; there are ${names}`,
      "Leave out the glob that takes away too much",
    );
  }
  return picked;
}
