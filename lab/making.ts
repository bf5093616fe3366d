import { randomUUID } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { output } from "./commands";
import { mountsUnder } from "./recipes";

/** Removes a half-made root file system. debootstrap mounts proc and sys in it, and an interrupted one leaves them. */
export function removeTree(folder: string): void {
  for (const point of mountsUnder(readFileSync("/proc/mounts", "utf8"), folder)) output("umount", [point]);
  rmSync(folder, { recursive: true, force: true });
}

/** Says what is being made, and every half a minute that it still is. */
export async function step(name: string, work: () => Promise<void>): Promise<void> {
  const begun = Date.now();
  const seconds = (): string => `${Math.round((Date.now() - begun) / 1000)} s`;
  console.log(`${name}: making`);
  const still = setInterval(() => {
    console.log(`${name}: still at it after ${seconds()}`);
  }, 30_000);
  try {
    await work();
  } finally {
    clearInterval(still);
  }
  console.log(`${name}: made in ${seconds()}`);
}

/** How long another process is waited for. */
export interface TurnOptions {
  /** In milliseconds. @default 0: not at all */
  readonly wait?: number;
}

/**
 * Waits until no other process works in a folder, which is made if it is not there, and keeps others out of it.
 * @returns what ends the turn
 * @throws Error with the process that is at work there
 */
export async function takeTurn(folder: string, { wait = 0 }: TurnOptions = {}): Promise<() => void> {
  const lock = join(folder, "making.pid");
  const own = `${lock}.${randomUUID()}`;
  const end = Date.now() + wait;
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, `${process.pid}\n`);
  try {
    for (let told = false; ;) {
      try {
        // Unlike a file that is written in its place, it is never there without its text.
        linkSync(own, lock);
        return () => {
          rmSync(lock, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const pid = existsSync(lock) ? readFileSync(lock, "utf8").trim() : "";
      if (pid === "" || !existsSync(`/proc/${pid}`)) {
        rmSync(lock, { force: true });
        continue;
      }
      const atWork = `process ${pid} is at work in ${folder} already`;
      if (Date.now() >= end) throw new Error(`${atWork}: wait for it`);
      if (!told) console.log(`${atWork}: waiting`);
      told = true;
      await sleep(200);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Lets one process at a time work in a folder, which is made if it is not there.
 * @throws Error with the process that is at work there
 */
export async function alone<T>(
  folder: string,
  work: () => Promise<T>,
  options: TurnOptions = {},
): Promise<T> {
  const end = await takeTurn(folder, options);
  try {
    return await work();
  } finally {
    end();
  }
}
