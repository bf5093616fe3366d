import fc from "fast-check";
import { lineDiff } from "../../src/reading/line-diff";
import type { DiffLine } from "../../src/review/review";

function diff(before: readonly string[], after: readonly string[]): DiffLine[] {
  return lineDiff({ raw: before, shown: before }, { raw: after, shown: after });
}

/** The length of the longest common subsequence, by the table of the textbook. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const line of a) {
    const next = [0];
    b.forEach((other, j) => {
      next.push(line === other ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** One side of a difference, with as many dots as lines are left out in its gaps. */
function side(lines: readonly DiffLine[], other: "added" | "removed"): string[] {
  return lines.flatMap(({ op, text }) =>
    op === other ? [] : op === "gap" ? Array.from({ length: Number(text) }, () => "…") : [text],
  );
}

/** A text with dots where another has them. */
function dotted(text: readonly string[], like: readonly string[]): string[] {
  return text.map((line, i) => (like[i] === "…" ? "…" : line));
}

test("no line is lost, and as few as can be are removed and added", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "}", "", "only once"), { maxLength: 14 });
  const own = (prefix: string) =>
    fc.array(
      fc.nat(3).map((n) => `${prefix}${n}`),
      { maxLength: 4 },
    );
  fc.assert(
    fc.property(text, text, own("x"), own("y"), fc.nat(14), (one, two, mine, yours, at) => {
      const before = [...one.slice(0, at), ...mine, ...one.slice(at)];
      const after = [...two.slice(0, at), ...yours, ...two.slice(at)];
      const lines = diff(before, after);
      const count = (op: string): number => lines.filter((line) => line.op === op).length;
      const common = longestCommon(before, after);
      expect(count("removed")).toBe(before.length - common);
      expect(count("added")).toBe(after.length - common);
      expect(side(lines, "added")).toEqual(dotted(before, side(lines, "added")));
      expect(side(lines, "removed")).toEqual(dotted(after, side(lines, "removed")));
    }),
    { numRuns: 1_000 },
  );
});

test("where all but a few of thousands of lines differ, those few stay", () => {
  const text = (side: string): string[] =>
    Array.from({ length: 4_000 }, (_, i) => (i % 1_000 === 500 ? `kept ${i}` : `${side} ${i}`));
  const lines = diff(text("before"), text("after"));
  expect(lines.filter(({ op }) => op === "kept").map(({ text: line }) => line)).toEqual([
    "kept 500",
    "kept 1500",
    "kept 2500",
    "kept 3500",
  ]);
});

test("what takes too long to compare counts as wholly different", () => {
  const lines = Array.from({ length: 3_000 }, (_, i) => `line ${i}`);
  const shown = diff(lines, [...lines].reverse());
  expect(shown.filter(({ op }) => op === "removed")).toHaveLength(3_000);
  expect(shown.filter(({ op }) => op === "added")).toHaveLength(3_000);
});
