import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { output } from "./commands";
import { startTimeOf } from "./engine";
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
  const beside = `${lock}.${randomUUID()}`;
  const own = `${process.pid} ${startTimeOf(process.pid) ?? ""}`;
  const end = Date.now() + wait;
  mkdirSync(folder, { recursive: true });
  for (let told = false; ;) {
    if (linked(lock, own, beside)) {
      return () => {
        if (textOf(lock) === own) rmSync(lock, { force: true });
      };
    }
    const held = textOf(lock);
    if (held === undefined) continue;
    const [pid = "", startTime = ""] = held.split(" ");
    if (startTime === "" || startTimeOf(pid) !== startTime) {
      dropStale(lock, held, beside);
      continue;
    }
    const atWork = `process ${pid} is at work in ${folder} already`;
    if (Date.now() >= end) throw new Error(`${atWork}: wait for it`);
    if (!told) console.log(`${atWork}: waiting`);
    told = true;
    await sleep(200);
  }
}

/** Makes a file, which is never there without its text; false if there is one already. */
function linked(path: string, text: string, beside: string): boolean {
  writeFileSync(beside, text);
  try {
    linkSync(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Takes a lock away that nobody holds; one that somebody has taken meanwhile is put back. */
function dropStale(lock: string, stale: string, beside: string): void {
  try {
    renameSync(lock, beside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = textOf(beside);
  rmSync(beside, { force: true });
  if (moved !== undefined && moved !== stale) linked(lock, moved, beside);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
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
