import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countsIn, faultsIn, report, resultsIn } from "../../lab/rings";

const jestJson = (passed: number, failed: number, broken = 0): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: broken });

describe("countsIn", () => {
  test("counts a file of tests that could not be loaded as failed", () => {
    expect(countsIn(jestJson(7, 1, 2))).toEqual({ passed: 7, failed: 3 });
  });

  test("refuses what jest did not write", () => {
    expect(() => countsIn('{"numPassedTests": 1}')).toThrow("numFailedTests is missing");
  });
});

describe("report", () => {
  test("ends with the rings that ran and the sum of their tests", () => {
    expect(
      report([
        { ring: "unit", outcome: "passed", counts: { passed: 100, failed: 0 } },
        { ring: "conformance", outcome: "passed", counts: { passed: 20, failed: 0 } },
        { ring: "engines", outcome: "passed", counts: { passed: 3, failed: 0 } },
      ]),
    ).toEqual([
      "rings: unit ran and passed, conformance ran and passed, engines ran and passed",
      "123 passed, 0 failed",
    ]);
  });

  test("says what a ring lacked that did not run", () => {
    expect(
      report([
        { ring: "unit", outcome: "failed", counts: { passed: 9, failed: 1 } },
        { ring: "engines", outcome: "not run", lacked: ["registrator: build it", "root: run it as root"] },
      ]),
    ).toEqual([
      "engines lacked: registrator: build it",
      "engines lacked: root: run it as root",
      "rings: unit ran and failed, engines did not run",
      "9 passed, 1 failed",
    ]);
  });

  test("never says that nothing failed when a ring failed without a failed test", () => {
    expect(report([{ ring: "unit", outcome: "failed", counts: { passed: 5, failed: 0 } }])).toEqual([
      "rings: unit ran and failed",
      "5 passed, 1 failed",
    ]);
  });

  test("counts what failed besides the rings", () => {
    const lacked = ["what ran before it failed"];
    expect(report([{ ring: "unit", outcome: "not run", lacked }], ["checks"])).toEqual([
      "failed besides the rings: checks",
      "unit lacked: what ran before it failed",
      "rings: unit did not run",
      "0 passed, 1 failed",
    ]);
  });
});

describe("resultsIn", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-rings-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test("reads what each ring left, and what became of one that left nothing", () => {
    writeFileSync(join(folder, "unit.outcome"), "passed\n");
    writeFileSync(join(folder, "unit.json"), jestJson(4, 0));
    writeFileSync(join(folder, "conformance.outcome"), "Debian\nroot\n");
    expect(resultsIn(folder)).toEqual([
      { ring: "unit", outcome: "passed", counts: { passed: 4, failed: 0 } },
      { ring: "conformance", outcome: "not run", lacked: ["Debian", "root"] },
      { ring: "engines", outcome: "not run", lacked: ["what ran before it failed"] },
      { ring: "page", outcome: "not run", lacked: ["what ran before it failed"] },
    ]);
  });

  test("takes a ring that was cut off before it wrote its results as failed", () => {
    writeFileSync(join(folder, "engines.outcome"), "failed\n");
    expect(resultsIn(folder)[2]).toEqual({
      ring: "engines",
      outcome: "failed",
      counts: { passed: 0, failed: 0 },
    });
  });

  test("has the steps that failed besides the rings, if any", () => {
    expect(faultsIn(folder)).toEqual([]);
    writeFileSync(join(folder, "faults"), "examples\nchecks\n");
    expect(faultsIn(folder)).toEqual(["examples", "checks"]);
  });
});
