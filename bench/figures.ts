import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError("no values, no median");
  return (lower + upper) / 2;
}

/** Rounds for print. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** What a figure depends on, and what else the machine was doing. */
export function machine(): Record<string, string | number> {
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model ?? "unknown",
    memoryGibibytes: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    load: readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" "),
  };
}

/** How much of all processors' time was spent on work between two readings of /proc/stat, 0 to 1. */
function busyShare(before: readonly number[], after: readonly number[]): number {
  const passed = after.map((value, i) => value - (before[i] ?? 0));
  const all = passed.reduce((sum, value) => sum + value, 0);
  // user nice system idle iowait irq softirq steal
  const idle = (passed[3] ?? 0) + (passed[4] ?? 0);
  return all === 0 ? 0 : 1 - idle / all;
}

function processorTimes(): number[] {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  return line.trim().split(/\s+/).slice(1, 9).map(Number);
}

const QUIET = 0.1;
const LONGEST_WAIT_MILLISECONDS = 20_000;

/** Waits for moments without other work, and counts the measurements that got none. */
export class Quiet {
  private inVain = 0;

  /** How often it was waited for in vain. */
  public get missed(): number {
    return this.inVain;
  }

  /** Waits until the processors were idle for half a second but for a tenth, at most 20 s. */
  public async wait(): Promise<void> {
    const end = Date.now() + LONGEST_WAIT_MILLISECONDS;
    while (Date.now() < end) {
      const before = processorTimes();
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (busyShare(before, processorTimes()) <= QUIET) return;
    }
    this.inVain++;
  }
}
