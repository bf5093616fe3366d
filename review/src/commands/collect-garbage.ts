import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Below this size of plans nothing is gained. */
const WORTH_COLLECTING = 8 * 1024 ** 2;

/**
 * Frees what reading plans has left behind: their texts, and what the parser made on its way. V8 on its own lets it lie
 * until the heap has grown much further, and a review takes that much more memory.
 *
 * @param bytes how large the plans are together
 */
export function collectGarbage(bytes: number): void {
  if (bytes < WORTH_COLLECTING) return;
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as unknown;
  if (isCallable(collect)) collect();
}

function isCallable(value: unknown): value is () => void {
  return typeof value === "function";
}
