import { CommandError } from "../commands/command-error";
import { plainText } from "../commands/io";
import { runProgram } from "./run-program";

/** The first version whose plans have the JSON format 1.x. */
export const MINIMUM_VERSION = "1.1.0";

/** Terraform or OpenTofu, as it is on this machine. */
export interface TerraformProgram {
  /** What it is started by. */
  readonly binary: string;
  /** Its version, `1.11.4`. */
  readonly version: string;
}

/** What is asked to find it. */
export interface FindOptions {
  /**
   * The program's name or path.
   * @default - TERRAFORM_BINARY_NAME, else terraform, else tofu
   */
  readonly binary?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Finds Terraform or OpenTofu, and asks its version.
 *
 * @throws CommandError if there is none, or none that is new enough
 */
export async function findTerraform(options: FindOptions): Promise<TerraformProgram> {
  const named = options.binary ?? nonEmpty(options.env["TERRAFORM_BINARY_NAME"]);
  const tried: string[] = [];
  let found: TerraformProgram | undefined;
  for (const binary of named === undefined ? ["terraform", "tofu"] : [named]) {
    const { code, stdout, notStarted } = await runProgram(binary, ["version", "-json"], {
      ...options,
      env: { ...options.env, CHECKPOINT_DISABLE: "1" },
    });
    if (notStarted !== undefined) {
      tried.push(`${binary} (${notStarted})`);
      continue;
    }
    const version = code === 0 ? versionIn(stdout) : undefined;
    if (version === undefined) {
      tried.push(`${binary}, which tells no version`);
      continue;
    }
    found ??= { binary, version };
    if (isAtLeast(version, MINIMUM_VERSION)) return { binary, version };
  }
  if (options.signal.aborted) {
    throw new CommandError(
      "terraform/interrupted",
      "interrupted before anything was planned",
      "Run it again",
    );
  }
  if (found !== undefined) {
    throw new CommandError(
      "terraform/version",
      `${plainText(found.binary)} is ${found.version}, and a plan that can be reviewed needs ${MINIMUM_VERSION} or later`,
      "Install a later one, or name another with --terraform",
    );
  }
  throw new CommandError(
    "terraform/missing",
    `there is no Terraform or OpenTofu: tried ${plainText(tried.join(", "))}`,
    "Install terraform (developer.hashicorp.com/terraform/install) or tofu (opentofu.org/docs/intro/install), or name it with --terraform",
  );
}

/** The version in what `version -json` prints; both programs call it terraform_version. */
function versionIn(json: string): string | undefined {
  try {
    const said: unknown = JSON.parse(json);
    if (typeof said !== "object" || said === null || !("terraform_version" in said)) return undefined;
    const { terraform_version: version } = said;
    return typeof version === "string" && /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? version : undefined;
  } catch {
    return undefined;
  }
}

function isAtLeast(version: string, minimum: string): boolean {
  const parts = (text: string): number[] => text.replace(/-.*$/, "").split(".").map(Number);
  const wanted = parts(minimum);
  for (const [i, part] of parts(version).entries()) {
    const least = wanted[i] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
