import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What a run of `cdktf-plan-review` gave. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cdktf-plan-review` while this process goes on: it may be what stands before the engine. */
export function planReview(
  args: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { PATH, HOME } = process.env;
  const child = spawn(
    join(root, "node_modules/.bin/tsx"),
    [join(root, "review/src/commands/cli.ts"), ...args],
    {
      cwd,
      env: { PATH, HOME, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, ...written });
    });
  });
}
