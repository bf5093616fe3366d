import fc from "fast-check";
import type { Json } from "../../src/plan/plan";
import { labelOf } from "../../src/policy/labels";
import { isUnset, shown, textOf } from "../../src/policy/policy-value";
import { policyStack } from "../../src/policy/policy-stack";
import { change, labels, plan, type ResourceSpec } from "./plans";

function resourceOf(spec: ResourceSpec, type = "docker_container") {
  const [resource] = policyStack({
    name: "production-web",
    environment: "production",
    dependsOn: ["production-net"],
    plan: plan([change(`${type}.web`, "replace", spec)]),
    nameOf: () => "production-web/web",
    hostOf: () => "web-1",
  }).resources;
  return resource!;
}

describe("a stack", () => {
  const stack = policyStack({
    name: "production-web",
    environment: "production",
    dependsOn: ["production-net"],
    plan: plan([
      change("docker_container.web", "no-op"),
      change("data.docker_network.net", "read", { mode: "data" }),
      change("tls_key.temporary", "open", { mode: "ephemeral" }),
      change("docker_volume.data", "delete", { mode: "unknown" }),
    ]),
    nameOf: (address) => `name of ${address}`,
    hostOf: ({ type }) => (type === "docker_volume" ? "web-1" : undefined),
  });

  test("has its managed resources, and those of a mode that is not known", () => {
    expect(stack.resources.map(({ address }) => address)).toEqual([
      "docker_container.web",
      "docker_volume.data",
    ]);
    expect(stack).toMatchObject({
      name: "production-web",
      environment: "production",
      dependsOn: ["production-net"],
    });
  });

  test("has each resource's name and host", () => {
    expect(stack.resources[1]).toMatchObject({ name: "name of docker_volume.data", host: "web-1" });
    expect(stack.resources[0]).not.toHaveProperty("host");
  });

  test.each([
    ["no-op", false],
    ["create", false],
    ["update", false],
    ["forget", false],
    ["create-then-forget", false],
    ["delete", true],
    ["replace", true],
  ] as const)("says of a %s whether it destroys", (action, destroys) => {
    const [resource] = policyStack({
      name: "s",
      environment: "e",
      dependsOn: [],
      plan: plan([change("a.b", action)]),
      nameOf: (address) => address,
      hostOf: () => undefined,
    }).resources;
    expect(resource?.destroys).toBe(destroys);
  });

  test("takes an action that is not known for a destroy where it says delete", () => {
    const odd = change("a.b", "unknown");
    const [resource] = policyStack({
      name: "s",
      environment: "e",
      dependsOn: [],
      plan: plan([{ ...odd, change: { ...odd.change, actions: ["delete", "polish"] } }]),
      nameOf: (address) => address,
      hostOf: () => undefined,
    }).resources;
    expect(resource?.destroys).toBe(true);
  });
});

describe("a value", () => {
  const resource = resourceOf({
    before: { image: "a", ports: [{ internal: 80 }] },
    after: {
      image: "b",
      none: null,
      ports: [{ internal: 80 }, { internal: 81, ip: "127.0.0.1" }],
      env: ["A=1", null],
    },
    unknown: { id: true, ports: [{ external: true }, {}], env: [false, true] },
    sensitive: { ports: [{}, { internal: true }] },
  });

  test.each([
    [["image"], { kind: "known", value: "b", sensitive: false }],
    [["none"], { kind: "known", value: null, sensitive: false }],
    [["nowhere"], { kind: "absent" }],
    [["image", "deeper"], { kind: "absent" }],
    [["constructor"], { kind: "absent" }],
    [["id"], { kind: "unknown" }],
    [["id", "deeper"], { kind: "unknown" }],
    [["ports"], { kind: "unknown" }],
    [["ports", 0], { kind: "unknown" }],
    [["ports", 0, "internal"], { kind: "known", value: 80, sensitive: false }],
    [["ports", 0, "external"], { kind: "unknown" }],
    [["ports", 1], { kind: "known", value: { internal: 81, ip: "127.0.0.1" }, sensitive: true }],
    [["ports", 1, "internal"], { kind: "known", value: 81, sensitive: true }],
    [["ports", 1, "ip"], { kind: "known", value: "127.0.0.1", sensitive: false }],
    [["ports", 2], { kind: "absent" }],
    [["env", 0], { kind: "known", value: "A=1", sensitive: false }],
    [["env", 1], { kind: "unknown" }],
  ])("after at %j", (path, value) => {
    expect(resource.after(...path)).toEqual(value);
  });

  test("before is never unknown", () => {
    expect(resource.before("image")).toEqual({ kind: "known", value: "a", sensitive: false });
    expect(resource.before("id")).toEqual({ kind: "absent" });
    expect(resource.before("ports")).toEqual({ kind: "known", value: [{ internal: 80 }], sensitive: true });
  });

  test.each([
    [["ports"], [0, 1]],
    [["env"], [0, 1]],
    [
      ["ports", 0],
      ["internal", "external"],
    ],
    [["image"], []],
    [["nowhere"], []],
    [["id"], undefined],
    [["id", "deeper"], undefined],
    [[], ["image", "none", "ports", "env", "id"]],
  ])("has keys at %j, with those known only after apply", (path, keys) => {
    expect(resource.keys("after", ...path)).toEqual(keys);
  });

  test("has keys of a list that only the marks have", () => {
    const other = resourceOf({ after: {}, unknown: { ports: [{ ip: true }] } });
    expect(other.keys("after", "ports")).toEqual([0]);
    expect(other.after("ports", 0, "ip")).toEqual({ kind: "unknown" });
  });

  test("a resource that is unknown as a whole knows nothing", () => {
    const other = resourceOf({ after: {}, unknown: true });
    expect(other.after("image")).toEqual({ kind: "unknown" });
    expect(other.keys("after")).toBeUndefined();
  });

  test("marks of another shape than the value hide it rather than reveal it", () => {
    const other = resourceOf({ after: { a: "x" }, unknown: { a: ["odd", true] } });
    expect(other.after("a")).toEqual({ kind: "unknown" });
  });

  test("a value is known exactly if nothing at, above or below its path is marked", () => {
    const tree: fc.Arbitrary<{ value: Json; marks: Json }> = fc.letrec<{
      node: { value: Json; marks: Json };
    }>((tie) => ({
      node: fc.oneof(
        { depthSize: "small" },
        fc.record({ value: fc.constantFrom<Json>("x", 1, true), marks: fc.boolean() }),
        fc.array(tie("node"), { maxLength: 3 }).map((items) => ({
          value: items.map(({ value }) => value),
          marks: items.map(({ marks }) => marks),
        })),
      ),
    })).node;
    const marked = (marks: Json): boolean => (Array.isArray(marks) ? marks.some(marked) : marks === true);
    fc.assert(
      fc.property(tree, fc.array(fc.nat({ max: 2 }), { maxLength: 4 }), ({ value, marks }, path) => {
        let at: Json | undefined = value;
        let mark: Json = marks;
        for (const step of path) {
          at = Array.isArray(at) ? (at as Json[])[step] : undefined;
          mark = mark === true ? true : Array.isArray(mark) ? ((mark as Json[])[step] ?? false) : false;
        }
        const got = resourceOf({ after: { root: value }, unknown: { root: marks } }).after("root", ...path);
        expect(got.kind).toBe(marked(mark) ? "unknown" : at === undefined ? "absent" : "known");
        if (got.kind === "known") expect(got.value).toEqual(at);
      }),
    );
  });
});

describe("what the configuration sets", () => {
  const created = change('module.m["x"].docker_container.web[0]', "create");
  const configures = (document: Json, attribute: string) =>
    policyStack({
      name: "s",
      environment: "e",
      dependsOn: [],
      plan: plan([created], { document: document as Record<string, Json> }),
      nameOf: (address) => address,
      hostOf: () => undefined,
    }).resources[0]?.configures(attribute);
  const module = { resources: [{ address: "docker_container.web", expressions: { image: {} } }] };
  const document = { configuration: { root_module: { module_calls: { m: { module } } } } };

  test("is found by the address without keys", () => {
    expect(configures(document, "image")).toBe(true);
    expect(configures(document, "labels")).toBe(false);
  });
  test("is undefined where the plan does not have the resource", () => {
    expect(configures({}, "image")).toBeUndefined();
    expect(configures({ configuration: { root_module: module } }, "image")).toBeUndefined();
  });
});

describe("labels", () => {
  test("are read from blocks and from maps", () => {
    expect(resourceOf({ after: { labels: labels({ a: "1", b: "2" }) } }).labels("after")).toEqual({
      a: "1",
      b: "2",
    });
    expect(resourceOf({ after: { labels: { a: "1" } } }).labels("after")).toEqual({ a: "1" });
    expect(resourceOf({ before: { labels: null } }).labels("before")).toEqual({});
    expect(resourceOf({}).labels("before")).toEqual({});
  });

  test("are undefined where any part is known only after apply", () => {
    const resource = resourceOf({
      after: { labels: [{ label: "a", value: "1" }, { label: "b" }] },
      unknown: { labels: [{}, { value: true }] },
    });
    expect(resource.labels("after")).toBeUndefined();
    expect(resource.labels("before")).toEqual({});
  });

  test("one of them is unknown only where it may itself be concerned", () => {
    const valueUnknown = resourceOf({
      after: { labels: [{ label: "a", value: "1" }, { label: "b" }] },
      unknown: { labels: [{}, { value: true }] },
    });
    expect(labelOf(valueUnknown, "after", "a")).toEqual({ kind: "known", value: "1", sensitive: false });
    expect(labelOf(valueUnknown, "after", "b")).toEqual({ kind: "unknown" });
    expect(labelOf(valueUnknown, "after", "c")).toEqual({ kind: "absent" });
    const nameUnknown = resourceOf({
      after: { labels: [{ value: "1" }] },
      unknown: { labels: [{ label: true }] },
    });
    expect(labelOf(nameUnknown, "after", "a")).toEqual({ kind: "unknown" });
    // The plan of this test does not say what its configuration sets.
    const allUnknown = resourceOf({ after: {}, unknown: { labels: true } });
    expect(labelOf(allUnknown, "after", "a")).toEqual({ kind: "unknown" });
  });

  test("one of them that is set twice is unknown unless both say the same", () => {
    const twice = (one: string, two: string) =>
      labelOf(
        resourceOf({
          after: {
            labels: [
              { label: "a", value: one },
              { label: "a", value: two },
            ],
          },
        }),
        "after",
        "a",
      );
    expect(twice("1", "2")).toEqual({ kind: "unknown" });
    expect(twice("1", "1")).toEqual({ kind: "known", value: "1", sensitive: false });
  });

  test("of maps", () => {
    const resource = resourceOf({ after: { labels: { a: "1" } }, unknown: { labels: { b: true } } });
    expect(labelOf(resource, "after", "a")).toMatchObject({ value: "1" });
    expect(labelOf(resource, "after", "b")).toEqual({ kind: "unknown" });
    expect(labelOf(resource, "after", "c")).toEqual({ kind: "absent" });
  });
});

describe("what messages say of a value", () => {
  test("never says a sensitive one", () => {
    expect(shown({ kind: "known", value: "hunter22", sensitive: true })).toBe("(sensitive)");
    expect(shown({ kind: "known", value: "a", sensitive: false })).toBe('"a"');
    expect(shown({ kind: "unknown" })).toBe("(known after apply)");
    expect(shown({ kind: "absent" })).toBe("(nothing)");
  });
  test("texts and what is not set", () => {
    expect(textOf({ kind: "known", value: "a", sensitive: false })).toBe("a");
    expect(textOf({ kind: "known", value: 1, sensitive: false })).toBeUndefined();
    expect(isUnset({ kind: "known", value: null, sensitive: false })).toBe(true);
    expect(isUnset({ kind: "absent" })).toBe(true);
    expect(isUnset({ kind: "unknown" })).toBe(false);
  });
});
