import { cpus, loadavg, release, totalmem } from "node:os";

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
    load: loadavg()
      .map((load) => load.toFixed(2))
      .join(" "),
  };
}
