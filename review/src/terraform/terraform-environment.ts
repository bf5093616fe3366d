import { isAbsolute, join } from "node:path";

/** The variable that holds the key of hashes and fingerprints. It is never given on a command line. */
export const KEY_VARIABLE = "CDKTF_PLAN_REVIEW_KEY";

/**
 * The variables that Terraform is run with in a stack: the caller's, without the key of the hashes, which a provider or a
 * program of the configuration could read there.
 *
 * @param stack a name of the stack that is good for a file
 */
export function terraformEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  stack: string,
): Record<string, string | undefined> {
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => name !== KEY_VARIABLE));
  const dataDirectory = env["TF_DATA_DIR"];
  return {
    ...inherited,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    // One place for all stacks: each needs its own in it.
    ...(dataDirectory !== undefined && isAbsolute(dataDirectory)
      ? { TF_DATA_DIR: join(dataDirectory, stack) }
      : {}),
  };
}
