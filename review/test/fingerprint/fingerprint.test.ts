import { readdirSync, readFileSync } from "node:fs";
import { combineFingerprints, fingerprintOf } from "../../src/fingerprint/fingerprint";
import type { Json, Plan } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import { Redactor } from "../../src/redaction/redactor";

const KEY = "key of the pipeline";
const FOLDER = `${__dirname}/../../fixtures/plans`;
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

function read(document: unknown): Plan {
  return parsePlan(JSON.stringify(document), "plan.json");
}

function keyed(plan: Plan, key = KEY): string {
  return fingerprintOf(plan, { key, redactor: Redactor.of([plan]) });
}

function unkeyed(plan: Plan): string {
  return fingerprintOf(plan, { redactor: Redactor.of([plan]) });
}

type Loose = Record<string, unknown>;

/** A plan with something of everything. */
function whole(): Loose {
  return {
    format_version: "1.2",
    terraform_version: "1.14.0",
    timestamp: "2026-01-01T00:00:00Z",
    complete: true,
    applyable: true,
    variables: { size: { value: 3 } },
    resource_changes: [
      {
        address: "terraform_data.a",
        mode: "managed",
        type: "terraform_data",
        name: "a",
        provider_name: "terraform.io/builtin/terraform",
        change: {
          actions: ["update"],
          before: { input: "one", secret: "first-value", list: ["x", "y"] },
          after: { input: "two", secret: "other-value", list: ["x", "y"] },
          after_unknown: { output: true },
          before_sensitive: { secret: true },
          after_sensitive: { secret: true },
        },
      },
      {
        address: "terraform_data.b",
        mode: "managed",
        type: "terraform_data",
        name: "b",
        change: {
          actions: ["create"],
          before: null,
          after: { input: "b" },
          after_unknown: {},
          before_sensitive: false,
          after_sensitive: {},
        },
      },
    ],
    resource_drift: [],
    output_changes: {
      plain: {
        actions: ["update"],
        before: "x",
        after: "y",
        after_unknown: false,
        before_sensitive: false,
        after_sensitive: false,
      },
    },
    relevant_attributes: [
      { resource: "terraform_data.a", attribute: ["input"] },
      { resource: "terraform_data.b", attribute: ["input"] },
    ],
    checks: [
      { address: { kind: "check", name: "c", to_display: "check.c" }, status: "pass" },
      { address: { kind: "check", name: "d", to_display: "check.d" }, status: "pass" },
    ],
  };
}

function changed(change: (document: Loose) => void): Plan {
  const document = whole();
  change(document);
  return read(document);
}

const change = (document: Loose, at = 0): Loose =>
  (document["resource_changes"] as Loose[])[at]?.["change"] as Loose;
const side = (document: Loose, name: string): Loose => change(document)[name] as Loose;

describe.each([
  ["with a key", (plan: Plan) => keyed(plan), /^hmac-sha256:[0-9a-f]{64}$/],
  ["without a key", unkeyed, /^sha256:[0-9a-f]{64}$/],
])("%s", (_, of, form) => {
  const original = of(read(whole()));

  test("has its form, and is the same each time", () => {
    expect(original).toMatch(form);
    expect(of(read(whole()))).toBe(original);
  });

  test.each<[string, (document: Loose) => void]>([
    ["the time of planning", (document) => (document["timestamp"] = "2027-01-01T00:00:00Z")],
    [
      "the order of keys",
      (document) => {
        const entries = Object.entries(document).reverse();
        for (const key of Object.keys(document)) {
          Reflect.deleteProperty(document, key);
        }
        Object.assign(document, Object.fromEntries(entries));
      },
    ],
    ["the order of resources", (document) => (document["resource_changes"] as Loose[]).reverse()],
    [
      "the order of relevant attributes",
      (document) => (document["relevant_attributes"] as Loose[]).reverse(),
    ],
    ["the order of checks", (document) => (document["checks"] as Loose[]).reverse()],
  ])("does not depend on %s", (__, mutate) => {
    expect(of(changed(mutate))).toBe(original);
  });

  test.each<[string, (document: Loose) => void]>([
    ["a value", (document) => (side(document, "after")["input"] = "two ")],
    ["a value before", (document) => (side(document, "before")["input"] = "One")],
    ["the order in a list", (document) => (side(document, "after")["list"] = ["y", "x"])],
    ["an action", (document) => (change(document)["actions"] = ["delete", "create"])],
    ["the order of actions", (document) => (change(document)["actions"] = ["create", "delete"])],
    ["what is unknown", (document) => (change(document)["after_unknown"] = {})],
    [
      "what is sensitive",
      (document) => (change(document)["after_sensitive"] = { secret: true, input: true }),
    ],
    [
      "an address",
      (document) => (((document["resource_changes"] as Loose[])[1] as Loose)["address"] = "terraform_data.c"),
    ],
    ["a resource that is gone", (document) => (document["resource_changes"] as Loose[]).pop()],
    [
      "a resource twice",
      (document) =>
        (document["resource_changes"] as Loose[]).push((whole()["resource_changes"] as Loose[])[1] as Loose),
    ],
    ["drift", (document) => (document["resource_drift"] = [(whole()["resource_changes"] as Loose[])[0]])],
    [
      "an output",
      (document) =>
        (((document["output_changes"] as Record<string, Loose>)["plain"] as Loose)["after"] = "z"),
    ],
    ["a variable", (document) => (document["variables"] = { size: { value: 4 } })],
    ["a check", (document) => (((document["checks"] as Loose[])[0] as Loose)["status"] = "fail")],
    ["completeness", (document) => (document["complete"] = false)],
    ["the version of Terraform", (document) => (document["terraform_version"] = "1.14.1")],
    [
      "a secret that does not change any more",
      (document) => (side(document, "after")["secret"] = "first-value"),
    ],
    [
      "a reason",
      (document) =>
        (((document["resource_changes"] as Loose[])[0] as Loose)["action_reason"] = "replace_by_request"),
    ],
    ["an import", (document) => (change(document)["importing"] = { id: "x" })],
    ["what forces a replacement", (document) => (change(document)["replace_paths"] = [["input"]])],
    [
      "a move",
      (document) =>
        (((document["resource_changes"] as Loose[])[0] as Loose)["previous_address"] = "terraform_data.z"),
    ],
  ])("depends on %s", (__, mutate) => {
    expect(of(changed(mutate))).not.toBe(original);
  });

  test("of real plans are all different, and the same when read again", () => {
    const all = FILES.map((file) => of(parsePlan(readFileSync(`${FOLDER}/${file}`), file)));
    expect(FILES.length).toBeGreaterThan(10);
    expect(all).toEqual(FILES.map((file) => of(parsePlan(readFileSync(`${FOLDER}/${file}`), file))));
    expect(new Set(all).size).toBe(new Set(FILES.map((file) => withoutTime(file))).size);
  });
});

function withoutTime(file: string): string {
  return JSON.stringify({
    ...(JSON.parse(readFileSync(`${FOLDER}/${file}`, "utf8")) as Loose),
    timestamp: "",
  });
}

describe("secrets", () => {
  const other = changed((document) => (side(document, "after")["secret"] = "another-value"));

  test("are covered with a key", () => {
    expect(keyed(other)).not.toBe(keyed(read(whole())));
  });

  test("are not covered without one: their hash could be guessed", () => {
    expect(unkeyed(other)).toBe(unkeyed(read(whole())));
    expect(unkeyed(other)).toBe(fingerprintOf(other, { key: "", redactor: Redactor.of([other]) }));
  });
});

test("another key is another fingerprint", () => {
  expect(keyed(read(whole()), "another key")).not.toBe(keyed(read(whole())));
});

/** Ways to all leaves of a document. */
function* leaves(value: Json, path: (string | number)[] = []): Iterable<(string | number)[]> {
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) {
      yield* leaves((value as Record<string, Json>)[key] as Json, [
        ...path,
        Array.isArray(value) ? Number(key) : key,
      ]);
    }
  } else {
    yield path;
  }
}

test("with a key, one byte more in any text of a real plan is another fingerprint", () => {
  const text = readFileSync(`${FOLDER}/docker-change.json`, "utf8");
  const document = JSON.parse(text) as Record<string, Json>;
  const plan = parsePlan(text, "plan.json");
  const redactor = Redactor.of([plan]);
  const original = fingerprintOf(plan, { key: KEY, redactor });
  let count = 0;
  for (const path of leaves(document)) {
    let parent: Loose = document;
    for (const key of path.slice(0, -1)) {
      parent = parent[key] as Loose;
    }
    const last = path.at(-1) as string | number;
    const value = parent[last];
    if (typeof value !== "string" || path[0] === "timestamp" || count++ % 7 !== 0) {
      continue;
    }
    parent[last] = `${value} `;
    expect([path, fingerprintOf({ ...plan, document }, { key: KEY, redactor }) === original]).toEqual([
      path,
      false,
    ]);
    parent[last] = value;
  }
  expect(count).toBeGreaterThan(200);
  expect(fingerprintOf({ ...plan, document }, { key: KEY, redactor })).toBe(original);
});

describe("fingerprints together", () => {
  const stacks = [
    { name: "a", fingerprint: "sha256:1" },
    { name: "b", fingerprint: "sha256:2" },
  ];

  test("do not depend on the order of stacks", () => {
    expect(combineFingerprints(stacks)).toBe(combineFingerprints([...stacks].reverse()));
    expect(combineFingerprints(stacks)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(combineFingerprints(stacks, KEY)).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
  });

  test("depend on each name, each fingerprint, their number and the key", () => {
    const others = [
      combineFingerprints([]),
      combineFingerprints(stacks.slice(1)),
      combineFingerprints([
        { name: "a", fingerprint: "sha256:2" },
        { name: "b", fingerprint: "sha256:1" },
      ]),
      combineFingerprints([{ name: 'a","sha256:1', fingerprint: "" }]),
      combineFingerprints(stacks, KEY),
      combineFingerprints(stacks, "another key"),
      combineFingerprints(stacks),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});
