import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The folder that holds what the lab makes and remembers. */
export function labFolder(): string {
  return join(homedir(), ".cache", "cdktf-docker-discovery");
}

/** The path of a program, or undefined if it is neither on PATH nor where Debian keeps what only root runs. */
export function which(program: string, path = process.env["PATH"] ?? ""): string | undefined {
  for (const folder of [...path.split(delimiter), "/usr/sbin", "/sbin"]) {
    if (folder === "") continue;
    const candidate = join(folder, program);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** Whether the path is a file that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether this process is root's. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The last lines of a file, indented; for an error's message. */
export function tailOf(file: string, lines = 20): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return `  (${file} cannot be read)`;
  }
  return text
    .trimEnd()
    .split("\n")
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join("\n");
}

/**
 * Runs a program and returns what it wrote to its standard output.
 * @throws Error with the command and what it wrote to its standard error
 */
export function output(program: string, args: readonly string[], options: { cwd?: string } = {}): string {
  const done = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, ...options });
  if (done.error) throw new Error(`${program} cannot be run: ${done.error.message}`);
  if (done.status !== 0) {
    const said = `${done.stderr}${done.stdout}`.trim();
    throw new Error(`${[program, ...args].join(" ")}: exit status ${done.status ?? "none"}\n${said}`);
  }
  return done.stdout;
}

/** What `logged` runs. */
export interface LoggedCommand {
  /** The program, by name or path. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The folder in which it runs. */
  readonly cwd?: string;
  /** Environment variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The file to which its output is added. */
  readonly log: string;
}

/**
 * Runs a program that takes a while; its output goes to a log file.
 * @throws Error with the command and the log's last lines
 */
export async function logged(command: LoggedCommand): Promise<void> {
  mkdirSync(dirname(command.log), { recursive: true });
  const log = openSync(command.log, "a");
  const options: SpawnOptions = {
    stdio: ["ignore", log, log],
    env: { ...process.env, ...command.env },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  };
  try {
    const status = await new Promise<string>((resolve, reject) => {
      const child = spawn(command.program, command.args, options);
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        resolve(signal ?? String(code));
      });
    });
    if (status !== "0") {
      const line = [command.program, ...command.args].join(" ");
      throw new Error(`${line}: ended with ${status}; the end of ${command.log}:\n${tailOf(command.log)}`);
    }
  } finally {
    closeSync(log);
  }
}

/** Runs a command-line entry: its error becomes one message and exit status 1. */
export async function main(entry: () => Promise<void>): Promise<void> {
  try {
    await entry();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
