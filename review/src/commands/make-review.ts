import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadPolicy } from "../policy/load-policy";
import { readManifest } from "../reading/manifest";
import { type FailOn, readReview, type StackInput } from "../reading/read-review";
import type { Review } from "../review/review";
import { pickStacks } from "../terraform/synthesized-stacks";
import { KEY_VARIABLE } from "../terraform/terraform-environment";
import type { Io } from "./io";
import type { Inputs } from "./read-inputs";

/** How plans are reviewed, as commands say it. */
export interface ReviewSettings {
  /**
   * CDKTF's output.
   * @default - what the folder of plans names, if it is there
   */
  readonly manifest?: string;
  /** A policy file. */
  readonly policy?: string;
  /** What blocks, beside policies. */
  readonly failOn?: readonly FailOn[];
  /**
   * Globs of the manifest's stacks that must have a plan.
   * @default - those that the folder of plans names; else all
   */
  readonly stacks?: readonly string[];
  /** The review before. */
  readonly previous?: Review;
}

/** The key of hashes and fingerprints; an empty variable is none. */
export function keyOf(env: Io["env"]): string | undefined {
  const key = env[KEY_VARIABLE];
  return key === undefined || key === "" ? undefined : key;
}

/** Reviews what was read: the same for every command, so that all come to the same fingerprint. */
export async function makeReview(
  {
    stacks: inputs,
    manifest: found,
    folder,
  }: Pick<Inputs, "manifest" | "folder"> & {
    readonly stacks: readonly StackInput[];
  },
  settings: ReviewSettings,
  { cwd, env }: Pick<Io, "cwd" | "env">,
): Promise<Review> {
  const { failOn, previous } = settings;
  const directory = settings.manifest === undefined ? found : resolve(cwd, settings.manifest);
  const manifest = directory === undefined ? undefined : readManifest(directoryOf(directory));
  const policy = settings.policy === undefined ? undefined : await loadPolicy(resolve(cwd, settings.policy));
  const key = keyOf(env);
  const stacks =
    settings.stacks !== undefined && settings.stacks.length > 0
      ? pickStacks(
          (manifest?.stacks ?? inputs).map(({ name }) => ({ name })),
          settings.stacks,
        ).map(({ name }) => name)
      : folder?.index.stacks.map(({ name }) => name);
  return readReview(inputs, {
    ...(manifest === undefined ? {} : { manifest }),
    ...(stacks === undefined ? {} : { stacks }),
    ...(policy === undefined ? {} : { policy }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(previous === undefined ? {} : { previous }),
    ...(key === undefined ? {} : { key }),
  });
}

/** People name the manifest's file as well as its directory. */
function directoryOf(path: string): string {
  return path.endsWith("manifest.json") && existsSync(path) ? join(path, "..") : path;
}
