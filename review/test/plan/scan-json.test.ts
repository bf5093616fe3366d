import fc from "fast-check";
import { MAX_DEPTH, quoteNumbers, scanJson } from "../../src/plan/scan-json";

/** How deep a value nests. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("sound JSON has no key twice and no number that a double does not hold", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
      expect(scanJson(JSON.stringify(value, null, indent))).toEqual({
        tooDeep: depthOf(value) > MAX_DEPTH,
        repeatedKeyAt: -1,
        inexactNumbers: [],
      });
    }),
    { numRuns: 500 },
  );
});

test("a key that stands twice is found, at any depth, behind any strings", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), { minKeys: 1 }),
      fc.nat(20),
      fc.nat(),
      (object, depth, pick) => {
        const keys = Object.keys(object);
        const again = `${JSON.stringify(keys[pick % keys.length])}:1`;
        const inner = JSON.stringify(object).slice(0, -1);
        const text = `${'[{"a":'.repeat(depth)}${inner},${again}}${"}]".repeat(depth)}`;
        expect(scanJson(text).repeatedKeyAt).toBe(text.lastIndexOf(again));
      },
    ),
  );
});

test("the same key in objects beside and within each other is sound", () => {
  expect(scanJson('[{"a":{"a":[{"a":1},{"a":2}]}},{"a":"a"},"a","a"]').repeatedKeyAt).toBe(-1);
});

test.each([
  [MAX_DEPTH, false],
  [MAX_DEPTH + 1, true],
])("%d levels", (levels, tooDeep) => {
  expect(scanJson(`${"[".repeat(levels)}${"]".repeat(levels)}`).tooDeep).toBe(tooDeep);
  expect(scanJson(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`).tooDeep).toBe(tooDeep);
  expect(scanJson(`["${"[".repeat(levels)}\\"${"[".repeat(levels)}"]`).tooDeep).toBe(false);
});

test.each([
  ["12345678901234567890", false],
  ["9007199254740993", false],
  ["9007199254740992", true],
  ["-12345678901234567890.5", false],
  ["1e400", false],
  ["1e-400", false],
  ["1e300", true],
  ["100000000000000000000000", true],
  ["0.30000000000000004", true],
  ["0.1000000000000000055511151231257827021181583404541015625", true],
  ["3.14159265358979323846", false],
  ["0.0000000000000000000", true],
  ["-0", true],
])("%s is held by a double: %s", (literal, exact) => {
  const text = `{"n":[${literal},"${literal}"]}`;
  const { inexactNumbers } = scanJson(text);
  expect(inexactNumbers).toEqual(exact ? [] : [6, 6 + literal.length]);
  const [first] = (JSON.parse(quoteNumbers(text, inexactNumbers)) as { n: unknown[] }).n;
  expect(first).toBe(exact ? Number(literal) : literal);
});

test("whatever two integers a text has, they are the same afterwards only if they were before", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt({ min: -3n, max: 3n }), (one, difference) => {
      const two = one + difference;
      const text = `[${String(one)},${String(two)}]`;
      const [a, b] = JSON.parse(quoteNumbers(text, scanJson(text).inexactNumbers)) as unknown[];
      expect(a === b).toBe(one === two);
    }),
  );
});

test("any text is looked through without a fault", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "a", "1", "-", ".", "e", " "),
      }),
      (text) => {
        expect(scanJson(text).tooDeep).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});
