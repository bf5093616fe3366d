import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The rings, innermost first, and the page of plan review in a real browser. */
export const RINGS = ["unit", "conformance", "engines", "page"] as const;

/** How many tests of a ring passed and failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** What became of a ring. */
export type RingResult =
  | { readonly ring: string; readonly outcome: "passed" | "failed"; readonly counts: Counts }
  /** It could not run: `lacked` says what was missing, a line for each. */
  | { readonly ring: string; readonly outcome: "not run"; readonly lacked: readonly string[] };

/** The counts in what `jest --json` writes. A file of tests that could not even be loaded counts as one failed test. */
export function countsIn(json: string): Counts {
  const said = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const number = (key: string): number => {
    const value = said[key];
    if (typeof value !== "number") throw new Error(`${key} is missing: this is not what jest --json writes`);
    return value;
  };
  return {
    passed: number("numPassedTests"),
    failed: number("numFailedTests") + number("numRuntimeErrorTestSuites"),
  };
}

/**
 * The last lines of a run: what failed besides the rings, what each ring lacked, which rings ran, and the sum of the
 * tests, in which everything that failed besides them counts as one failed test.
 */
export function report(results: readonly RingResult[], faults: readonly string[] = []): string[] {
  const lines = faults.map((step) => `failed besides the rings: ${step}`);
  let passed = 0;
  let failed = faults.length;
  for (const result of results) {
    if (result.outcome === "not run") {
      lines.push(...result.lacked.map((line) => `${result.ring} lacked: ${line}`));
      continue;
    }
    passed += result.counts.passed;
    failed += result.counts.failed;
    // A ring also fails by running out of time, or with a coverage that is too low: never report "0 failed" then.
    if (result.outcome === "failed" && result.counts.failed === 0) failed += 1;
  }
  const words = results.map(({ ring, outcome }) =>
    outcome === "not run" ? `${ring} did not run` : `${ring} ran and ${outcome}`,
  );
  return [...lines, `rings: ${words.join(", ")}`, `${passed} passed, ${failed} failed`];
}

/**
 * Reads what the run left in a folder: for each ring `<ring>.outcome` (passed, failed, or what it lacked) and
 * `<ring>.json` from jest. A ring without an outcome did not get its turn.
 */
export function resultsIn(folder: string): RingResult[] {
  return RINGS.map((ring) => {
    const outcomeFile = join(folder, `${ring}.outcome`);
    if (!existsSync(outcomeFile)) return { ring, outcome: "not run", lacked: ["what ran before it failed"] };
    const outcome = readFileSync(outcomeFile, "utf8").trim();
    if (outcome !== "passed" && outcome !== "failed")
      return { ring, outcome: "not run", lacked: outcome.split("\n") };
    const jsonFile = join(folder, `${ring}.json`);
    const counts = existsSync(jsonFile) ? countsIn(readFileSync(jsonFile, "utf8")) : { passed: 0, failed: 0 };
    return { ring, outcome, counts };
  });
}

/** The steps besides the rings that failed: the lines of the folder's file `faults`. */
export function faultsIn(folder: string): string[] {
  const file = join(folder, "faults");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

if (require.main === module) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("usage: rings.ts <folder of the results>");
  console.log(report(resultsIn(folder), faultsIn(folder)).join("\n"));
}
