import { readFileSync } from "node:fs";

/** Clock ticks of the processors since the machine's start, all together: proc(5), /proc/stat and /proc/PID/stat. */
interface Reading {
  readonly all: number;
  readonly busy: number;
  readonly own: number;
}

/** The ticks of a process; of this one those of its children that have ended too. */
function ticksOf(pid: number | "self"): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name in parentheses, which may hold anything: utime, stime, cutime and cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, pid === "self" ? 15 : 13).reduce((sum, field) => sum + Number(field), 0);
}

/** @param further ticks that belong to the measurement besides those of this process and of `own` */
function read(own: readonly number[], further = 0): Reading {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  // Interrupts are those of the measured packets, above all.
  const busy = user + nice + system + steal;
  return {
    all: busy + idle + iowait + irq + softirq,
    busy,
    own: further + ticksOf("self") + own.reduce((sum, pid) => sum + ticksOf(pid), 0),
  };
}

/** What share of all processors other programs took between two readings, 0 to 1. */
function othersShare(before: Reading, after: Reading): number {
  const others = after.busy - before.busy - (after.own - before.own);
  return Math.max(0, others) / Math.max(1, after.all - before.all);
}

/** A measurement, and what share of the processors other programs took meanwhile. */
export interface Undisturbed<T> {
  readonly value: T;
  readonly othersShare: number;
}

const TOLERATED = 0.05;
const ATTEMPTS = 3;
const LONGEST_WAIT_MILLISECONDS = 5_000;
const LONG_WAIT_MILLISECONDS = 30_000;

/** Waits until other programs take little, but not for ever. */
async function quiet(take: () => Reading, longest: number): Promise<void> {
  const end = Date.now() + longest;
  for (let share = 1; share > TOLERATED && Date.now() < end;) {
    const before = take();
    await new Promise((resolve) => setTimeout(resolve, 500));
    share = othersShare(before, take());
  }
}

/** The least disturbed of a number of attempts; the first that was not disturbed ends them. */
async function leastDisturbed<T>(
  measure: () => Promise<T> | T,
  take: () => Reading,
  { attempts, longestWait }: { readonly attempts: number; readonly longestWait: number },
): Promise<Undisturbed<T>> {
  let best: Undisturbed<T> | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    await quiet(take, longestWait);
    const before = take();
    const value = await measure();
    const share = othersShare(before, take());
    if (best === undefined || share < best.othersShare) best = { value, othersShare: share };
    if (share <= TOLERATED) break;
  }
  if (best === undefined) throw new RangeError("nothing was measured");
  return best;
}

/**
 * Measures in a quiet moment: waits for one, and takes the measurement again if other programs worked meanwhile, three
 * times in all. The least disturbed one counts.
 * @param own the processes that belong to the measurement, besides this one and its children that ended meanwhile
 */
export function undisturbed<T>(
  measure: () => Promise<T> | T,
  own: readonly number[] = [],
): Promise<Undisturbed<T>> {
  return leastDisturbed(measure, () => read(own), {
    attempts: ATTEMPTS,
    longestWait: LONGEST_WAIT_MILLISECONDS,
  });
}

/**
 * The same for what takes a minute: it waits longer for a quiet moment, and takes the measurement once, unless it is said
 * that it can be taken again.
 * @param further the ticks that belong to the measurement, besides those of this process and its children that ended
 */
export function observed<T>(
  measure: () => Promise<T>,
  further: () => number,
  attempts = 1,
): Promise<Undisturbed<T>> {
  return leastDisturbed(measure, () => read([], further()), {
    attempts,
    longestWait: LONG_WAIT_MILLISECONDS,
  });
}
