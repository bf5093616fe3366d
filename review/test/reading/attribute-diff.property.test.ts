import fc from "fast-check";
import type { Json } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import { AttributeDiff } from "../../src/reading/attribute-diff";
import { lineDiff } from "../../src/reading/line-diff";
import { nameStep, ROOT } from "../../src/reading/place";
import { inStackOrder } from "../../src/reading/stack-order";
import { redacted, sameValue } from "../../src/reading/values";
import type { AttributeChange } from "../../src/review/review";
import { differences, planOf, reviewOf, update } from "./support";

const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>;

/** The differences of two values of an attribute, without a plan around them. */
function compare(type: string, before: Json, after: Json): AttributeChange[] {
  const diff = new AttributeDiff(type);
  const pair = (value: Json) => ({ raw: value, shown: redacted(value) });
  diff.compare(pair(before), pair(after), nameStep(ROOT, "input", {}));
  return diff.changes;
}

/** The same value but for nulls in objects, with which Terraform says nothing. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}

test("no difference is lost, and none is made up", () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      expect(compare("t", before, JSON.parse(JSON.stringify(before)) as Json)).toEqual([]);
      const same = sameValue(withoutNulls(before), withoutNulls(after));
      if (!same) expect(compare("t", before, after).length).toBeGreaterThan(0);
    }),
    {
      numRuns: 1_000,
      examples: [
        [[null], []],
        [["a"], ["a", null]],
        [{ a: [[null, null]] }, { a: [[null]] }],
      ],
    },
  );
});

test("a difference anywhere in a value is found", () => {
  const place = fc.array(fc.nat(3), { maxLength: 5 });
  fc.assert(
    fc.property(json, place, (value, way) => {
      const other = changedAt(value, way);
      expect(compare("t", value, other).length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});

/** Another value, which differs in one place: a leaf, or one element or member more. */
function changedAt(value: Json, [step, ...rest]: readonly number[]): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (step === undefined || list.length === 0) return [...list, "one more"];
    return list.map((inner, i) => (i === step % list.length ? changedAt(inner, rest) : inner));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as Record<string, Json>);
    if (step === undefined || entries.length === 0)
      return Object.fromEntries([...entries, ["one more", true]]);
    return Object.fromEntries(
      entries.map(([key, inner], i) => [key, i === step % entries.length ? changedAt(inner, rest) : inner]),
    );
  }
  return value === "changed" ? "changed again" : "changed";
}

test("a shuffled set never shows as a change", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,6}$/), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      names.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      ),
      ([one, other]) => {
        const container = (list: readonly string[]): object => ({
          env: list.map((name) => `${name}=1`),
          labels: list.map((label) => ({ label, value: "1" })),
          dns: list,
          security_opts: list,
          networks_advanced: list.map((name) => ({ name, aliases: [name] })),
          volumes: list.map((name) => ({ container_path: `/${name}`, volume_name: name })),
          upload: list.map((name) => ({ file: `/${name}`, content: "x" })),
          capabilities: [{ add: list, drop: [] }],
        });
        expect(differences("docker_container", container(one), container(other))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

test("one variable that changes among many shows as that one", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{2,6}$/), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(
      names.chain((list) =>
        fc.tuple(fc.shuffledSubarray(list, { minLength: list.length }), fc.constant(list)),
      ),
      ([shuffled, list]) => {
        const [changed] = list;
        const lines = differences(
          "docker_container",
          { env: list.map((name) => `${name}=old`) },
          { env: shuffled.map((name) => `${name}=${name === changed ? "new" : "old"}`) },
        );
        // A name that tells of a secret hides its value, and still shows that it changes.
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(new RegExp(`^env\\[${changed}\\]: .* -> `));
      },
    ),
    { numRuns: 200 },
  );
});

test("a difference of lines says all of both texts", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d", ""), { maxLength: 40 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff({ raw: before, shown: before }, { raw: after, shown: after });
      const gaps = lines
        .filter(({ op }) => op === "gap")
        .reduce((sum, { text: count }) => sum + Number(count), 0);
      const count = (op: string): number => lines.filter((line) => line.op === op).length;
      expect(count("kept") + count("removed") + gaps).toBe(before.length);
      expect(count("kept") + count("added") + gaps).toBe(after.length);
      if (JSON.stringify(before) !== JSON.stringify(after))
        expect(count("removed") + count("added")).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("stacks come after what they depend on, and otherwise as they were", () => {
  const graph = fc.integer({ min: 1, max: 9 }).chain((size) =>
    fc.tuple(
      fc.shuffledSubarray(
        Array.from({ length: size }, (_, i) => i),
        { minLength: size },
      ),
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 20 }),
    ),
  );
  fc.assert(
    fc.property(graph, ([order, edges]) => {
      // An edge from the smaller to the larger number makes no circle.
      const stacks = order.map((i) => ({
        name: String(i),
        dependsOn: edges.flatMap(([a, b]) => (a < b && b === i ? [String(a)] : [])),
      }));
      const sorted = inStackOrder(stacks);
      expect(sorted.map(({ name }) => name).sort()).toEqual(stacks.map(({ name }) => name).sort());
      sorted.forEach(({ dependsOn }, i) => {
        const before = new Set(sorted.slice(0, i).map(({ name }) => name));
        expect(dependsOn.filter((name) => !before.has(name))).toEqual([]);
      });
      if (edges.every(([a, b]) => a >= b)) expect(sorted).toEqual(stacks);
    }),
  );
});

test("any plan's values can be read, whatever their keys and texts", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("__proto__", "constructor", "[", "{", "---\n", '{"a":', "=", "a=b", "\u0000", "> "),
  );
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      hostile,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(hostile, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const attributes = fc.dictionary(
    fc.constantFrom(
      "env",
      "labels",
      "ports",
      "upload",
      "volumes",
      "networks_advanced",
      "capabilities",
      "command",
      "x",
    ),
    value,
  );
  fc.assert(
    fc.property(attributes, attributes, value, (before, after, marks) => {
      const changed = update("docker_container.a", before, after, {
        before_sensitive: marks,
        after_unknown: marks,
      });
      const plan = planOf([changed]);
      expect(reviewOf(plan).changes).toHaveLength(1);
      // A second reading of the same bytes says the same.
      const again = parsePlan(JSON.stringify(plan.document), "test.json");
      expect(reviewOf(again)).toEqual(reviewOf(plan));
    }),
    { numRuns: 150 },
  );
});
