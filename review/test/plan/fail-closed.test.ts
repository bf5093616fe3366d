import fc from "fast-check";
import { parsePlan } from "../../src/plan/parse-plan";
import type { Json, Plan } from "../../src/plan/plan";
import { PlanError } from "../../src/plan/plan-error";
import {
  ACTION_REASONS,
  ACTION_TUPLES,
  CHECK_STATUSES,
  DEFERRAL_REASONS,
  MODES,
} from "../../src/plan/vocabulary";
import { ALL_FIXTURES, fixtureText } from "./fixtures";

type Document = Record<string, Json> & {
  resource_changes?: Record<string, Json>[];
  output_changes?: Record<string, Json>;
};

const documentOf = (name: string) => JSON.parse(fixtureText(name)) as Document;
const parse = (document: unknown) => parsePlan(JSON.stringify(document), "plan.json");
const notes = (plan: Plan) => plan.unknowns.map(({ where, what, got }) => `${where}: ${what}: ${got}`);

/** A change that is sound, but for what is said. */
const changed = (more: object, change: object = {}) =>
  parse({
    format_version: "1.2",
    planned_values: {},
    resource_changes: [
      {
        address: "a.b",
        mode: "managed",
        type: "a",
        name: "b",
        change: { actions: ["update"], before: { x: 1 }, after: { x: 2 }, after_unknown: {}, ...change },
        ...more,
      },
    ],
  });

/** A word that is none of those. */
const wordBut = (known: Iterable<string>) => {
  const words = new Set(known);
  return fc.string({ minLength: 1, maxLength: 40 }).filter((word) => !words.has(word));
};

test("an action that is not known is unknown, and noted", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "create",
      "delete",
      "update",
      "read",
      "forget",
      "no-op",
      "open",
      "Create",
      "create,delete",
      "",
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 4 }).filter((tuple) => !ACTION_TUPLES.has(tuple.join())),
      (actions) => {
        const plan = changed({}, { actions });
        expect(plan.resourceChanges.map(({ change }) => change)).toMatchObject([
          { action: "unknown", actions },
        ]);
        expect(plan.unknowns).toMatchObject([{ where: "a.b", what: "action" }]);
      },
    ),
  );
});

test.each<[string, Iterable<string>, (word: string) => Plan]>([
  ["action reason", ACTION_REASONS.keys(), (word) => changed({ action_reason: word })],
  ["mode", MODES, (word) => changed({ mode: word })],
  [
    "deferral reason",
    DEFERRAL_REASONS.keys(),
    (word) =>
      parse({
        format_version: "1.2",
        planned_values: {},
        deferred_changes: [
          { reason: word, resource_change: documentOf("create").resource_changes?.[0] ?? null },
        ],
      }),
  ],
  [
    "check status",
    CHECK_STATUSES,
    (word) =>
      parse({
        format_version: "1.2",
        planned_values: {},
        checks: [{ address: { kind: "check", to_display: "check.x" }, status: word }],
      }),
  ],
])("a word of another %s is noted, and nothing else", (what, known, plan) => {
  fc.assert(
    fc.property(wordBut(known), (word) => {
      expect(plan(word).unknowns).toMatchObject([{ what }]);
    }),
  );
});

test.each<[string, object, object, string[]]>([
  ["no change", { change: undefined }, {}, ["a.b: field of another type: nothing"]],
  ["a change that is a list", { change: [] }, {}, ["a.b: field of another type: a list of 0"]],
  ["no actions", {}, { actions: undefined }, ["a.b: field of another type: actions: nothing"]],
  ["actions that are a text", {}, { actions: "delete" }, ["a.b: field of another type: actions: a string"]],
  ["an action that is a number", {}, { actions: [1] }, ["a.b: field of another type: actions: a list of 1"]],
  [
    "replace_paths of another type",
    {},
    { replace_paths: ["x"] },
    ["a.b: field of another type: replace_paths: a list of 1"],
  ],
  [
    "importing of another type",
    {},
    { importing: true },
    ["a.b: field of another type: importing: a boolean"],
  ],
  [
    "generated_config of another type",
    {},
    { generated_config: 1 },
    ["a.b: field of another type: generated_config: a number"],
  ],
  [
    "no address",
    { address: undefined },
    {},
    ["resource_changes[0]: field of another type: address: nothing"],
  ],
  [
    "an address that is a number",
    { address: 1 },
    {},
    ["resource_changes[0]: field of another type: address: a number"],
  ],
  ["no mode", { mode: undefined }, {}, ["a.b: field of another type: mode: nothing"]],
  ["a type of another type", { type: {} }, {}, ["a.b: field of another type: type: an object"]],
  ["an index that is a list", { index: [1] }, {}, ["a.b: field of another type: index: a list of 1"]],
  ["deposed of another type", { deposed: 1 }, {}, ["a.b: field of another type: deposed: a number"]],
  [
    "previous_address of another type",
    { previous_address: {} },
    {},
    ["a.b: field of another type: previous_address: an object"],
  ],
  [
    "action_reason of another type",
    { action_reason: 7 },
    {},
    ["a.b: field of another type: action_reason: a number"],
  ],
  ["a no-op that changes", {}, { actions: ["no-op"] }, ["a.b: no-op whose values differ: [no-op]"]],
  [
    "a no-op with what is not known",
    {},
    { actions: ["no-op"], after: { x: 1 }, after_unknown: { y: [false, { z: true }] } },
    ["a.b: no-op whose values differ: [no-op]"],
  ],
  ["a create of what is there", {}, { actions: ["create"] }, ["a.b: create with a value before: [create]"]],
  [
    "a delete that leaves something",
    {},
    { actions: ["delete"] },
    ["a.b: delete with a value after: [delete]"],
  ],
  [
    "a forget that leaves something",
    {},
    { actions: ["forget"] },
    ["a.b: forget with a value after: [forget]"],
  ],
])("a change with %s is unknown, and says why", (_, more, change, expected) => {
  const plan = changed(more, change);
  expect(notes(plan)).toEqual(expected);
  expect(plan.resourceChanges.map((entry) => entry.change.action)).toEqual(["unknown"]);
});

test("an empty mode and an empty reason for putting off are words that nobody knows", () => {
  expect(notes(changed({ mode: "" }, { actions: ["no-op"], after: { x: 1 } }))).toEqual(["a.b: mode: "]);
  const resource_change = documentOf("create").resource_changes?.[0] ?? null;
  const deferred_changes = [{ reason: "", resource_change }];
  expect(notes(parse({ format_version: "1.2", planned_values: {}, deferred_changes }))).toEqual([
    "deferred_changes[0]: deferral reason: ",
  ]);
});

test("an entry that is no object is kept as one that is not known", () => {
  const plan = parse({ format_version: "1.2", planned_values: {}, resource_changes: [null, "x", 1, []] });
  expect(plan.resourceChanges.map(({ address, change }) => [address, change.action])).toEqual([
    ["resource_changes[0]", "unknown"],
    ["resource_changes[1]", "unknown"],
    ["resource_changes[2]", "unknown"],
    ["resource_changes[3]", "unknown"],
  ]);
  expect(plan.unknowns).toHaveLength(8);
});

test("flags of another type say nothing, and are noted", () => {
  const plan = parse({
    format_version: "1.2",
    planned_values: {},
    errored: "false",
    complete: 1,
    applyable: {},
  });
  expect([plan.errored, plan.complete, plan.applyable]).toEqual([undefined, undefined, undefined]);
  expect(notes(plan)).toEqual([
    "plan: field of another type: errored: a string",
    "plan: field of another type: complete: a number",
    "plan: field of another type: applyable: an object",
  ]);
});

test("what is secret is in no note", () => {
  const secret = "hunter2-planted";
  const notesOf = [
    changed({ index: { secret } }, { actions: { secret }, importing: secret, before: secret, after: secret }),
    parse({
      format_version: "1.2",
      planned_values: {},
      checks: [secret],
      relevant_attributes: [secret],
      thing_changes: [secret],
    }),
  ].flatMap(notes);
  expect(notesOf.length).toBeGreaterThan(4);
  for (const note of notesOf) expect(note).not.toContain(secret);
});

test("a part of the plan that is not known and tells of changes is noted", () => {
  const part = (key: string, value: unknown) =>
    notes(parse({ format_version: "1.2", planned_values: {}, [key]: value }));
  expect(part("list_changes", [{}])).toEqual(["list_changes: part of the plan: a list of 1"]);
  expect(part("module_changes", { a: {} })).toEqual(["module_changes: part of the plan: an object"]);
  expect(part("things", [{ address: "a.b" }])).toEqual(["things: part of the plan: a list of 1"]);
  expect(part("list_changes", [])).toEqual([]);
  expect(part("things", ["a"])).toEqual([]);
  expect(part("comment", { text: "a" })).toEqual([]);
});

describe("a plan that lost something", () => {
  const changing = ALL_FIXTURES.flatMap(({ name }) => {
    const { resource_changes: changes = [] } = documentOf(name);
    const { complete, errored } = documentOf(name);
    return changes.flatMap((change, i) =>
      change["mode"] === "managed" ? [{ name, i, whole: complete === true && errored === false }] : [],
    );
  });

  test.each(changing.filter(({ whole }) => whole).map(({ name, i }) => [name, i] as const))(
    "%s without its change number %d is not believed",
    (name, i) => {
      const document = documentOf(name);
      const others = document.resource_changes?.filter((_, j) => j !== i) ?? [];
      const lost = document.resource_changes?.[i];
      document.resource_changes = others;
      const twin = others.some(({ address }) => address === lost?.["address"]);
      const change = lost?.["change"] as { actions: string[] };
      const { unknowns } = parse(document);
      // A deposed object has no place in the plan's values; an only change leaves no other trace than `applyable`.
      if (!twin && (others.length > 0 || change.actions[0] !== "no-op")) expect(unknowns).not.toEqual([]);
    },
  );

  test.each(
    ALL_FIXTURES.filter(({ name }) => documentOf(name)["applyable"] === true).map(({ name }) => name),
  )("%s without all of its changes is not believed", (name) => {
    const document = documentOf(name);
    for (const key of Object.keys(document))
      if (/_(changes|drift|invocations)$/.test(key)) Reflect.deleteProperty(document, key);
    expect(parse(document).unknowns).not.toEqual([]);
  });

  test.each(
    ALL_FIXTURES.filter(({ name }) => documentOf(name)["applyable"] === true).map(({ name }) => name),
  )("%s with all of its changes called no-op is not believed", (name) => {
    const document = documentOf(name);
    const all = [
      ...(document.resource_changes ?? []).map((entry) => entry["change"]),
      ...Object.values(document.output_changes ?? {}),
    ];
    for (const change of all) (change as { actions: string[] }).actions = ["no-op"];
    for (const key of [
      "resource_drift",
      "action_invocations",
      "deferred_action_invocations",
      "deferred_changes",
    ])
      Reflect.deleteProperty(document, key);
    for (const entry of document.resource_changes ?? []) {
      Reflect.deleteProperty(entry, "previous_address");
      Reflect.deleteProperty(entry["change"] as object, "importing");
    }
    expect(parse(document).unknowns).not.toEqual([]);
  });

  test("an output that is planned and has no change", () => {
    const document = documentOf("outputs");
    Reflect.deleteProperty(document.output_changes ?? {}, "created");
    expect(notes(parse(document))).toEqual(["output.created: planned output without a change: nothing"]);
  });

  test("an object that stands twice", () => {
    const document = documentOf("create");
    document.resource_changes?.push(...document.resource_changes);
    expect(notes(parse(document))).toEqual([
      "terraform_data.one: object twice in resource_changes: [create]",
      "terraform_data.two: object twice in resource_changes: [create]",
    ]);
  });

  test("one that cannot be applied although something changes", () => {
    expect(notes(parse({ ...documentOf("create"), applyable: false }))).toEqual([
      "applyable: plan that cannot be applied, with a change: a boolean",
    ]);
  });
});

describe("a plan in which anything was changed", () => {
  /** All places of a document, as ways to them. */
  function placesOf(value: Json, way: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== "object" || value === null) return [way];
    return [way, ...Object.entries(value).flatMap(([key, below]) => placesOf(below, [...way, key]))];
  }

  const documents = ALL_FIXTURES.filter(({ text }) => text.length < 20_000).map(({ name }) => {
    const document = documentOf(name);
    return {
      name,
      text: JSON.stringify(document),
      places: placesOf(document).filter((way) => way.length > 0),
    };
  });

  const mutation = fc.record({
    document: fc.constantFrom(...documents),
    place: fc.nat(),
    to: fc.option(fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, { nil: undefined }),
  });

  /** The document with the value at a place replaced or, where there is no other, taken out. */
  function mutate(
    { text, places }: (typeof documents)[number],
    place: number,
    to: Json | undefined,
  ): unknown {
    const document = JSON.parse(text) as Json;
    const way = places[place % places.length] ?? [];
    const last = way.at(-1) ?? "";
    const holder = way
      .slice(0, -1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
    if (to !== undefined) (holder as Record<string, unknown>)[last] = to;
    else if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else Reflect.deleteProperty(holder as object, last);
    return document;
  }

  test("is refused with a message, or read, and no entry of it is lost", () => {
    fc.assert(
      fc.property(mutation, ({ document, place, to }) => {
        const mutated = mutate(document, place, to) as Record<string, unknown>;
        let plan: Plan;
        try {
          plan = parse(mutated);
        } catch (error) {
          expect(error).toBeInstanceOf(PlanError);
          return;
        }
        const count = (key: string) => (mutated[key] as unknown[] | null | undefined)?.length ?? 0;
        expect(plan.resourceChanges).toHaveLength(count("resource_changes"));
        expect(plan.resourceDrift).toHaveLength(count("resource_drift"));
        expect(plan.deferredChanges).toHaveLength(count("deferred_changes"));
        expect(plan.actionInvocations).toHaveLength(
          count("action_invocations") + count("deferred_action_invocations"),
        );
        expect(plan.outputChanges).toHaveLength(
          Object.keys((mutated["output_changes"] as object | null | undefined) ?? {}).length,
        );
        expect(plan.checks.length).toBeGreaterThanOrEqual(count("checks"));
        for (const { change } of [...plan.resourceChanges, ...plan.outputChanges])
          if (change.action === "unknown") expect(plan.unknowns).not.toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });
});
