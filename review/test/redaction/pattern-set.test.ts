import fc from "fast-check";
import { PatternSet } from "../../src/redaction/pattern-set";

function found(patterns: readonly string[], text: string): string[] {
  const set = new PatternSet(patterns.map((pattern, owner) => [pattern, owner] as const));
  return (set.matches(text) ?? []).map(({ start, end, owner }) => `${start}-${end} ${owner}`).sort();
}

function naive(patterns: readonly string[], text: string): string[] {
  return patterns
    .flatMap((pattern, owner) =>
      Array.from({ length: text.length }, (_, start) => start).flatMap((start) =>
        text.startsWith(pattern, start) ? [`${start}-${start + pattern.length} ${owner}`] : [],
      ),
    )
    .sort();
}

test("finds what a plain search finds, whatever overlaps", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "\u00e9", "\u6f22"), maxLength: 80 });
  const patterns = fc.array(
    fc.string({ unit: fc.constantFrom("a", "b", "\u00e9"), minLength: 6, maxLength: 40 }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(
      patterns,
      fc.array(letters, { maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      (all, pieces, picks) => {
        let text = "";
        for (const piece of pieces) {
          text += piece + (all[Number(picks.next().value) % (all.length || 1)] ?? "");
        }
        expect(found(all, text)).toEqual(naive(all, text));
      },
    ),
    { numRuns: 500 },
  );
});

test("finds each of many patterns among many", () => {
  const patterns = Array.from(
    { length: 5000 },
    (_, number) => `https://${number.toString(36).padStart(4, "-")}/path`,
  );
  for (const number of [0, 1, 2500, 4999]) {
    expect(found(patterns, `x ${String(patterns[number])} y`)).toEqual([
      `2-${2 + String(patterns[number]).length} ${number}`,
    ]);
  }
  expect(found(patterns, "https://9999/path")).toEqual([]);
});

test("finds patterns of every length that begin alike, in the order in which they were given", () => {
  const text = `abcdef${Array.from({ length: 600 }, (_, number) => number).join(" ")}`;
  const patterns = Array.from({ length: 200 }, (_, number) => text.slice(0, 6 + number * 7));
  const set = new PatternSet([...patterns, "abcdef"].map((pattern, owner) => [pattern, owner] as const));
  const here = set.matches(text) ?? [];
  expect(here.map(({ end }) => end).sort((a, b) => a - b)).toEqual(
    [...patterns.map(({ length }) => length), 6].sort((a, b) => a - b),
  );
  expect(here.filter(({ end }) => end === 6).map(({ owner }) => owner)).toEqual([0, 200]);
});

test("leaves out what is too short, and finds nothing without patterns", () => {
  expect(new PatternSet([["short", 0]]).size).toBe(0);
  expect(found(["short"], "short")).toEqual([]);
  expect(found([], "anything at all")).toEqual([]);
  expect(found(["abcdef"], "abcde")).toEqual([]);
});

test("gives up on a text that is made to be slow", () => {
  const set = new PatternSet(
    Array.from({ length: 100 }, (_, number) => ["a".repeat(3000 + number), number] as const),
  );
  expect(set.matches("a".repeat(200_000))).toBeUndefined();
});
