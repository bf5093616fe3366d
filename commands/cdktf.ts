import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

const root = dirname(__dirname);

/** Runs the project's own cdktf CLI with its output going straight through. @returns its exit status */
export function cdktf(args: readonly string[], terraform: string): number {
  const binary = join(root, "node_modules", ".bin", "cdktf");
  // The provider's newer half reads DOCKER_CONTEXT whatever the configuration says, and stops where there is none such.
  const inherited = { ...process.env };
  delete inherited["DOCKER_CONTEXT"];
  const result = spawnSync(binary, [...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...inherited, TERRAFORM_BINARY_NAME: terraform, CHECKPOINT_DISABLE: "1" },
  });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}
