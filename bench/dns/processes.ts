import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { tailOf } from "../../lab/commands";

/** Waits so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Programs that run while something is measured, each with its output in a file. */
export class Processes {
  private readonly running: { readonly name: string; readonly child: ChildProcess; readonly log: string }[] =
    [];

  /** The process ids of those that run. */
  public get pids(): number[] {
    return this.running.flatMap(({ child }) => (child.pid === undefined ? [] : [child.pid]));
  }

  /** Starts a program in the background. */
  public start(name: string, program: string, args: readonly string[], log: string): void {
    const file = openSync(log, "a");
    const child = spawn(program, args, { stdio: ["ignore", file, file] });
    closeSync(file);
    this.running.push({ name, child, log });
  }

  /**
   * Asks until the answer is yes.
   * @throws Error when a program ended meanwhile, or after half a minute
   */
  public async until(what: string, ask: () => Promise<boolean> | boolean): Promise<void> {
    const end = Date.now() + 30_000;
    for (;;) {
      const dead = this.running.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
      if (dead !== undefined) throw new Error(`${dead.name} ended:\n${tailOf(dead.log)}`);
      if (await ask()) return;
      if (Date.now() > end) {
        const logs = this.running.map(({ name, log }) => `${name}:\n${tailOf(log, 5)}`);
        throw new Error(`${what}: not so after 30 s\n${logs.join("\n")}`);
      }
      await pause(100);
    }
  }

  /** Ends what was started, the last one first. */
  public async end(): Promise<void> {
    for (const { child } of this.running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await gone;
      clearTimeout(kill);
    }
    this.running.length = 0;
  }
}
