import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

/**
 * Lets one process at a time work in a folder, which is made if it is not there.
 * @throws Error with the process that is at work there
 */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, "making.pid");
  mkdirSync(folder, { recursive: true });
  if (existsSync(lock)) {
    const pid = readFileSync(lock, "utf8").trim();
    if (pid !== "" && existsSync(`/proc/${pid}`)) {
      throw new Error(`process ${pid} is at work in ${folder} already: wait for it`);
    }
    rmSync(lock);
  }
  writeFileSync(lock, `${process.pid}\n`, { flag: "wx" });
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}
