import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { CommandError, systemCode } from "../commands/command-error";

/** The index of a folder of plans. */
export const INDEX_FILE = "plans.json";

/** A name of a file in the folder itself: no way out of it. */
const fileName = z
  .string()
  .min(1)
  .refine((name) => basename(name) === name && name !== "." && name !== "..", {
    message: "must be the name of a file in this folder",
  });

const STACK = z.object({
  name: z.string().min(1),
  dependsOn: z.array(z.string()),
  directory: z.string().min(1),
  status: z.enum(["planned", "failed"]),
  /** Whether Terraform said that there is something to do. */
  changes: z.boolean().optional(),
  failure: z.string().optional(),
  json: fileName.optional(),
  plan: fileName.optional(),
});

const INDEX = z.object({
  version: z.literal(1),
  terraform: z.object({ binary: z.string(), version: z.string() }),
  /** CDKTF's output. */
  manifest: z.string().min(1),
  /** Whether all stacks have been gone through: not if the run was ended. */
  complete: z.boolean(),
  stacks: z.array(STACK).refine((stacks) => new Set(stacks.map(({ name }) => name)).size === stacks.length, {
    message: "two stacks have the same name",
  }),
});

/** What came of planning one stack. */
export type PlansEntry = z.infer<typeof STACK>;

/** What `plan` says of a folder of plans: `plans.json`. */
export type PlansIndex = z.infer<typeof INDEX>;

/**
 * Makes a folder that only this user can look into: plans hold secrets. What an earlier run left there is removed first,
 * so that an old plan is never taken for a new one.
 *
 * @throws CommandError if it cannot be made, or holds files that are not plans
 */
export function makePlansFolder(folder: string): void {
  removeOldPlans(folder);
  orUnwritable(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  });
}

/**
 * Removes what an earlier run left in a folder of plans. It goes first of all: a run that fails before it plans anything
 * must not leave older plans to be reviewed as its own.
 *
 * @throws CommandError if it cannot be removed, or the folder holds files that are not plans
 */
export function removeOldPlans(folder: string): void {
  if (!existsSync(join(folder, INDEX_FILE))) return;
  const { stacks } = readPlansIndex(folder);
  orUnwritable(folder, () => {
    for (const { json, plan } of stacks) {
      for (const file of [json, plan]) if (file !== undefined) rmSync(join(folder, file), { force: true });
    }
    rmSync(join(folder, INDEX_FILE));
  });
}

function orUnwritable(folder: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new CommandError(
      "output/unwritable",
      `the folder ${folder} cannot be made (${systemCode(error)})`,
      "Name another with --output",
    );
  }
}

/** Writes the index, all of it or none. */
export function writePlansIndex(folder: string, index: PlansIndex): void {
  const file = join(folder, INDEX_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(INDEX.parse(index), null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Reads the index of a folder of plans.
 *
 * @throws CommandError if there is none, or it is not what `plan` writes
 */
export function readPlansIndex(folder: string): PlansIndex {
  const file = join(folder, INDEX_FILE);
  const wrong = (problem: string): CommandError =>
    new CommandError(
      "input/plans-folder",
      `${file} ${problem}`,
      "Name a folder that `cdktf-plan-review plan` wrote, or the files of plans themselves",
    );
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(`cannot be read (${systemCode(error)})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("is no JSON");
  }
  const parsed = INDEX.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(
    `is no index of plans: ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  );
}

/**
 * Gives each stack a name of its files, without ending: its own name, with what a file system may not take written as
 * `%2F`. Names that differ in nothing but case get numbers: not every file system tells these apart.
 */
export function fileNames(stacks: readonly string[]): Map<string, string> {
  const taken = new Set([basename(INDEX_FILE, ".json")]);
  return new Map(
    stacks.map((stack) => {
      const safe = encodeURIComponent(stack)
        .replace(/[*'()!~]|^\./g, hexCode)
        .slice(0, 200);
      let name = safe;
      for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${safe}-${n}`;
      taken.add(name.toLowerCase());
      return [stack, name];
    }),
  );
}

function hexCode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
