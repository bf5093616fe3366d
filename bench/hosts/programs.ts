import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { tailOf } from "../../lab/commands";

/** A program that is measured. */
export interface Measured {
  readonly program: string;
  readonly args: readonly string[];
  /** Its folder. */
  readonly cwd: string;
  /** The file that its output is added to. */
  readonly log: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const GRACE_MILLISECONDS = 30_000;

/** Programs that run one after the other, each in a group of its own, so that an interruption ends all that it started. */
export class Programs {
  private readonly running = new Set<ChildProcess>();
  private interruption: Error | undefined;

  /**
   * Runs a program.
   * @param meanwhile is told its process id
   * @returns how long it took, in seconds
   * @throws Error with the end of its output; or that of the interruption
   */
  public async run(measured: Measured, meanwhile?: (pid: number) => void): Promise<number> {
    this.goOn();
    const { program, args, cwd, log, env = {} } = measured;
    const file = openSync(log, "a");
    const started = process.hrtime.bigint();
    const child = spawn(program, args, {
      cwd,
      detached: true,
      stdio: ["ignore", file, file],
      env: { ...process.env, CHECKPOINT_DISABLE: "1", ...env },
    });
    closeSync(file);
    this.running.add(child);
    const ended = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        resolve(signal ?? String(code));
      });
      if (child.pid !== undefined) meanwhile?.(child.pid);
    }).finally(() => this.running.delete(child));
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    this.goOn();
    if (ended !== "0")
      throw new Error(`${[program, ...args].join(" ")}: ended with ${ended}\n${tailOf(log, 40)}`);
    return seconds;
  }

  /** Asks what runs to end, and lets nothing further begin. */
  public interrupt(reason: string): void {
    this.interruption ??= new Error(reason);
    for (const child of this.running) {
      end(child, "SIGTERM");
      setTimeout(() => {
        if (this.running.has(child)) end(child, "SIGKILL");
      }, GRACE_MILLISECONDS).unref();
    }
  }

  /** @throws Error if it was interrupted */
  public goOn(): void {
    if (this.interruption !== undefined) throw this.interruption;
  }
}

/** Sends a signal to a program and all that it started. */
function end({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
