import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The project's root. */
export const root = dirname(dirname(__dirname));

/** Runs a program with its output going straight through, and says first what is run. @throws Error if it fails */
export function run(cwd: string, program: string, ...args: readonly string[]): void {
  process.stdout.write(`\n$ ${[program, ...args].join(" ")}\n`);
  execFileSync(program, [...args], { cwd, stdio: "inherit", env: surroundings() });
}

/** Runs a program and gives back what it prints. @throws Error if it fails */
export function output(cwd: string, program: string, ...args: readonly string[]): string {
  return execFileSync(program, [...args], { cwd, encoding: "utf8", env: surroundings() });
}

/** The environment without what npm tells its scripts of the package that they belong to. */
function surroundings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local)/.test(name)),
  );
}

/** Does something in a folder outside of the project, which is removed afterwards whatever happens. */
export function inTemporaryFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-docker-discovery-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What npm is told where the cache has most of what is needed. */
export const INSTALL = [
  "install",
  "--prefer-offline",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
] as const;
