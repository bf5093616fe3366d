import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";

const root = dirname(__dirname);

/** Runs the project's own cdktf CLI with its output going straight through. @returns its exit status */
export function cdktf(args: readonly string[], terraform: string): number {
  const binary = join(root, "node_modules", ".bin", "cdktf");
  const result = spawnSync(binary, [...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TERRAFORM_BINARY_NAME: terraform, CHECKPOINT_DISABLE: "1" },
  });
  if (result.error !== undefined) throw result.error;
  return result.status ?? 1;
}
