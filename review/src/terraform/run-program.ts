import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** How long a program has to end by itself after it was told to, in milliseconds. */
export const STOP_GRACE = 60_000;
/** How much of a program's output is kept, in characters, from its end: where it says why it failed. */
const KEPT_OUTPUT = 256 * 1024;

/** How a program is run. */
export interface RunOptions {
  /** The directory that it is run in. */
  readonly cwd: string;
  /** Its variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends it: first as Ctrl-C does, so that it can give back its locks, and for good after `STOP_GRACE`. */
  readonly signal: AbortSignal;
  /**
   * The file that its output is written to, which only this user may read.
   * @default - it is kept
   */
  readonly stdoutFile?: string;
  /** Is called with each line of its output. */
  readonly onLine?: (line: string) => void;
  /**
   * Whether a shell reads the command.
   * @default false
   */
  readonly shell?: boolean;
  /**
   * How long it has to end after it was told to, in milliseconds.
   * @default STOP_GRACE
   */
  readonly grace?: number;
}

/** What came of a run. */
export interface RunResult {
  /** Its exit code; undefined if a signal ended it or it could not be started. */
  readonly code: number | undefined;
  /** What it wrote to its output, the end of it. */
  readonly stdout: string;
  /** What it wrote to its error output, the end of it. */
  readonly stderr: string;
  /** Why it could not be started: the system's word, `ENOENT`. */
  readonly notStarted?: string;
  /** Whether it was told to end. */
  readonly interrupted: boolean;
}

/** Keeps the end of what is written. */
class Tail {
  #text = "";

  add(text: string): void {
    this.#text += text;
    if (this.#text.length > 2 * KEPT_OUTPUT) this.#text = this.#text.slice(-KEPT_OUTPUT);
  }

  get text(): string {
    return this.#text.slice(-KEPT_OUTPUT);
  }
}

/** Runs a program to its end. Never rejects. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { cwd, env, signal, stdoutFile, onLine, shell = false, grace = STOP_GRACE } = options;
  if (signal.aborted) return { code: undefined, stdout: "", stderr: "", interrupted: true };
  const file = stdoutFile === undefined ? undefined : openSync(stdoutFile, "w", 0o600);
  const stdout = new Tail();
  const stderr = new Tail();
  let rest = "";
  let interrupted = false;
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, [...args], {
        cwd,
        env: { ...env },
        shell,
        // A group of its own: Ctrl-C would reach it twice otherwise, and the second one makes Terraform let go of
        // everything at once.
        detached: true,
        stdio: ["ignore", file ?? "pipe", "pipe"],
      });
      let hard: NodeJS.Timeout | undefined;
      let again: NodeJS.Timeout | undefined;
      const stop = (): void => {
        interrupted = true;
        signalGroup(child.pid, "SIGINT", shell);
        // An interrupt that comes while a shell starts a program may reach neither. Terraform is never told twice.
        if (shell)
          again = setInterval(() => {
            signalGroup(child.pid, "SIGTERM", true);
          }, 1_000);
        hard = setTimeout(() => {
          signalGroup(child.pid, "SIGKILL", true);
        }, grace);
      };
      const end = (result: Pick<RunResult, "code" | "notStarted">): void => {
        signal.removeEventListener("abort", stop);
        clearTimeout(hard);
        clearInterval(again);
        if (onLine !== undefined && rest !== "") onLine(rest);
        resolve({ ...result, stdout: stdout.text, stderr: stderr.text, interrupted });
      };
      signal.addEventListener("abort", stop, { once: true });
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout.add(text);
        if (onLine === undefined) return;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr.add(text);
      });
      child.once("error", (error) => {
        end({ code: undefined, notStarted: "code" in error ? String(error.code) : error.message });
      });
      child.once("close", (code) => {
        end({ code: code ?? undefined });
      });
    });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Signals a program, and what it started if `group` says so. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals, group: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
