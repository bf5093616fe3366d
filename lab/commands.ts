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

/** How a program ended. */
export interface Ended {
  /** Its exit status; undefined if a signal ended it, or a timeout. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program is given besides its arguments. */
export interface Given {
  /** What it reads from its standard input. */
  readonly input?: string | Buffer;
  /** The file that it reads as its standard input. */
  readonly inputFile?: string;
  /** How long it may take, in milliseconds. */
  readonly timeout?: number;
  /** The folder that it runs in. @default - this one */
  readonly cwd?: string;
  /** Its variables. @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program beside whatever else runs, and tells how it ended.
 * @throws Error if it cannot be run at all
 */
export async function attempt(program: string, args: readonly string[], given: Given = {}): Promise<Ended> {
  const file = given.inputFile === undefined ? undefined : openSync(given.inputFile, "r");
  const stdin = file ?? (given.input === undefined ? "ignore" : "pipe");
  try {
    return await new Promise<Ended>((resolve, reject) => {
      const { cwd, env } = given;
      const options: SpawnOptions = {
        stdio: [stdin, "pipe", "pipe"],
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env }),
      };
      if (given.timeout !== undefined)
        Object.assign(options, { timeout: given.timeout, killSignal: "SIGKILL" });
      const child = spawn(program, args, options);
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout?.on("data", (data: Buffer) => stdout.push(data));
      child.stderr?.on("data", (data: Buffer) => stderr.push(data));
      // A program that ends early does not read to the end; its status tells why.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(given.input);
      child.once("error", (error) => {
        reject(new Error(`${program} cannot be run: ${error.message}`));
      });
      const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString("utf8");
      child.once("close", (code) => {
        resolve({ status: code ?? undefined, stdout: text(stdout), stderr: text(stderr) });
      });
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Runs a program beside whatever else runs, and returns what it wrote to its standard output.
 * @throws Error with the command and what it wrote to its standard error
 */
export async function outputOf(program: string, args: readonly string[], given: Given = {}): Promise<string> {
  const { status, stdout, stderr } = await attempt(program, args, given);
  if (status === 0) return stdout;
  const why = status === undefined ? "ended by a signal or its timeout" : `exit status ${status}`;
  throw new Error(`${[program, ...args].join(" ")}: ${why}\n${`${stderr}${stdout}`.trim()}`);
}

/**
 * Waits for all of what runs side by side, whatever becomes of each.
 * @throws Error with every error, a line each
 */
export async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const faults = (await Promise.allSettled(work)).flatMap((result) =>
    result.status === "rejected"
      ? [result.reason instanceof Error ? result.reason.message : String(result.reason)]
      : [],
  );
  if (faults.length > 0) throw new Error(faults.join("\n"));
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
