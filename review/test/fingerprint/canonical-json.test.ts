import fc from "fast-check";
import { writeCanonical } from "../../src/fingerprint/canonical-json";
import type { Json } from "../../src/plan/plan";

function canonical(value: Json | undefined): string {
  const pieces: string[] = [];
  writeCanonical(value, (text) => pieces.push(text));
  return pieces.join("");
}

test("is JSON with sorted keys and no white space", () => {
  expect(canonical({ b: [1, "x", null, true, {}], a: { d: [], c: "\n" } })).toBe(
    '{"a":{"c":"\\n","d":[]},"b":[1,"x",null,true,{}]}',
  );
});

test("means what was written, and is the same whatever the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value as Json);
      // JSON has no -0.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonical(reversed(value as Json))).toBe(text);
    }),
  );
});

test("comes in blocks, and is the same as in one", () => {
  const value = Array.from({ length: 20_000 }, (_, index) => ({ index, text: "é".repeat(index % 7) }));
  const pieces: string[] = [];
  writeCanonical(value, (text) => pieces.push(text));
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join("")).toBe(JSON.stringify(value));
});

test("of any depth", () => {
  let value: Json = 1;
  for (let depth = 0; depth < 200_000; depth++) {
    value = [value];
  }
  expect(canonical(value)).toBe(`${"[".repeat(200_000)}1${"]".repeat(200_000)}`);
});

test("tells nothing from null", () => {
  expect(canonical(undefined)).not.toBe(canonical(null));
  expect(canonical("undefined")).not.toBe(canonical(undefined));
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map((item: Json) => reversed(item));
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]: [string, Json]) => [key, reversed(item)]),
  );
}
