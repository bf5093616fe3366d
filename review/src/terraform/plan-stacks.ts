import { relative } from "node:path";
import { planStack, type PlanStackOptions, type StackProgress } from "./plan-stack";
import {
  fileNames,
  makePlansFolder,
  type PlansEntry,
  type PlansIndex,
  writePlansIndex,
} from "./plans-folder";
import type { SynthesizedStack } from "./synthesized-stacks";

/** How stacks are planned. */
export interface PlanStacksOptions extends Omit<PlanStackOptions, "fileName" | "initTurn" | "onProgress"> {
  /** CDKTF's output. */
  readonly manifest: string;
  /** How many stacks are planned at a time. */
  readonly parallelism: number;
  /** Is told how far each is. */
  readonly onProgress: (stack: string, progress: StackProgress) => void;
}

/**
 * Plans stacks, several at a time, into one folder with an index. One that fails holds up no other.
 *
 * @throws CommandError if the folder cannot be made
 */
export async function planStacks(
  stacks: readonly SynthesizedStack[],
  options: PlanStacksOptions,
): Promise<PlansIndex> {
  const { folder, env, signal, program, onProgress } = options;
  makePlansFolder(folder);
  const files = fileNames(stacks.map(({ name }) => name));
  const { default: pLimit } = await import("p-limit");
  const turn = pLimit(options.parallelism);
  // Terraform: "the plugin cache directory is not guaranteed to be concurrency safe".
  const cached = env["TF_PLUGIN_CACHE_DIR"];
  const initTurn = pLimit(cached === undefined || cached === "" ? options.parallelism : 1);
  const outcomes = new Map<string, PlansEntry>();
  const index = (complete: boolean): PlansIndex => ({
    version: 1,
    terraform: program,
    manifest: relative(folder, options.manifest) || ".",
    complete,
    stacks: stacks.map((stack) => {
      const entry = outcomes.get(stack.name) ?? notPlanned(stack);
      return { ...entry, directory: relative(folder, entry.directory) || "." };
    }),
  });
  // Whatever happens from now on, the folder says what is not planned.
  writePlansIndex(folder, index(false));
  await Promise.all(
    stacks.map((stack) =>
      turn(async () => {
        if (signal.aborted) return;
        outcomes.set(
          stack.name,
          await planStack(stack, {
            ...options,
            fileName: files.get(stack.name) ?? stack.name,
            initTurn: (task) => initTurn(task),
            onProgress: (progress) => {
              onProgress(stack.name, progress);
            },
          }),
        );
        writePlansIndex(folder, index(false));
      }),
    ),
  );
  const last = index(!signal.aborted);
  writePlansIndex(folder, last);
  return last;
}

function notPlanned({ name, dependsOn, directory }: SynthesizedStack): PlansEntry {
  return {
    name,
    dependsOn: [...dependsOn],
    directory,
    status: "failed",
    failure: "it was not planned: the run ended before its turn",
  };
}
