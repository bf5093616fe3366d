import type { Action, Json } from "../../../src/plan/plan";
import { engineRestartRule } from "../../../src/policy/rules/engine-restart";
import { change, type ResourceSpec, stack, verdicts } from "../plans";

const input = (host: string | undefined, action: string | undefined = "engine-restart"): Json => ({
  input: {
    change: "the engine's configuration",
    ...(host === undefined ? {} : { "cdktf-docker-discovery.host": host }),
    "cdktf-docker-discovery.action": action,
  },
});
const restart = (name: string, host = name, action: Action = "replace"): ReturnType<typeof change> =>
  change(`terraform_data.${name}`, action, {
    before: input(host),
    ...(action === "delete" ? {} : { after: input(host) }),
  });

const of = (
  changes: readonly ReturnType<typeof change>[],
  references: Readonly<Record<string, readonly string[]>> = {},
) => verdicts(engineRestartRule, stack(changes, { references: new Map(Object.entries(references)) }));

const FOUND = expect.stringMatching(
  /^error stack: engines restart on several hosts at the same time/,
) as string;
const MAYBE = expect.stringMatching(/^cannot verify stack: engines may restart on several hosts/) as string;

test("restarts of two hosts without an order are found", () => {
  expect(of([restart("a"), restart("b")])).toEqual([
    "error stack: engines restart on several hosts at the same time: production-web/a (a), production-web/b (b)",
  ]);
});

test.each(["create", "replace", "delete", "create-then-forget"] as const)("%s is a restart", (action) => {
  expect(of([restart("a", "a", action), restart("b")])).toEqual([FOUND]);
});
test.each(["no-op", "update", "read", "forget"] as const)("%s is none", (action) => {
  expect(of([restart("a", "a", action), restart("b")])).toEqual([]);
});

test("restarts of one host, other actions and other resources are in order", () => {
  expect(of([restart("a", "host-1"), restart("b", "host-1")])).toEqual([]);
  expect(of([restart("a")])).toEqual([]);
  expect(
    of([restart("a"), change("terraform_data.b", "create", { after: input("b", "engine-reload") })]),
  ).toEqual([]);
  expect(
    of([restart("a"), change("terraform_data.b", "create", { after: { input: "engine-restart" } })]),
  ).toEqual([]);
  expect(of([restart("a"), change("null_resource.b", "create", { after: input("b") })])).toEqual([]);
});

describe("an order", () => {
  test("is a reference, directly, over others, or over a module", () => {
    const two = [restart("a"), restart("b")];
    expect(of(two, { "terraform_data.b": ["terraform_data.a"] })).toEqual([]);
    expect(of(two, { "terraform_data.a": ["terraform_data.b"] })).toEqual([]);
    expect(
      of(two, { "terraform_data.b": ["docker_container.x"], "docker_container.x": ["terraform_data.a"] }),
    ).toEqual([]);
    expect(
      of(two, { "terraform_data.b": ["docker_container.x"], "docker_container.y": ["terraform_data.a"] }),
    ).toEqual([FOUND]);
    const inModule = [
      change("module.m.terraform_data.a", "replace", { before: input("a"), after: input("a") }),
      restart("b"),
    ];
    const references = { "module.m.terraform_data.a": [], "terraform_data.b": ["module.m"] };
    expect(of(inModule, references)).toEqual([]);
    expect(of(inModule, { ...references, "terraform_data.b": ["module.n"] })).toEqual([FOUND]);
  });

  test("holds between all of them", () => {
    const three = [restart("a"), restart("b"), restart("c")];
    const chain = { "terraform_data.b": ["terraform_data.a"], "terraform_data.c": ["terraform_data.b"] };
    expect(of(three, chain)).toEqual([]);
    // Both behind the first, and in no order with each other.
    expect(
      of(three, { "terraform_data.b": ["terraform_data.a"], "terraform_data.c": ["terraform_data.a"] }),
    ).toEqual([
      "error stack: engines restart on several hosts at the same time: production-web/b (b), production-web/c (c)",
    ]);
  });

  test("ends where references go round", () => {
    expect(
      of([restart("a"), restart("b")], {
        "docker_container.x": ["docker_container.y"],
        "docker_container.y": ["docker_container.x"],
        "terraform_data.a": ["docker_container.x"],
      }),
    ).toEqual([FOUND]);
  });

  test("is none between instances of one resource", () => {
    const instance = (key: string) =>
      change(`terraform_data.a["${key}"]`, "replace", { before: input(key), after: input(key) });
    expect(of([instance("x"), instance("y")], { "terraform_data.a": ["terraform_data.a"] })).toEqual([FOUND]);
  });

  test("holds for resources of the keys' configuration", () => {
    const a = change('terraform_data.a["x"]', "replace", { before: input("x"), after: input("x") });
    expect(of([a, restart("b")], { "terraform_data.b": ["terraform_data.a"] })).toEqual([]);
  });
});

describe("cannot be verified", () => {
  const unsure = (spec: ResourceSpec, action: Action = "create") => change("terraform_data.b", action, spec);

  test("where a host is known only after apply", () => {
    const after = input(undefined);
    expect(
      of([restart("a"), unsure({ after, unknown: { input: { "cdktf-docker-discovery.host": true } } })]),
    ).toEqual([MAYBE]);
  });
  test("where a host is not said", () => {
    expect(of([restart("a"), unsure({ after: input(undefined) })])).toEqual([MAYBE]);
  });
  test("where it is known only after apply whether it is a restart", () => {
    expect(of([restart("a"), unsure({ after: {}, unknown: { input: true } })])).toEqual([MAYBE]);
  });
  test("where an action is not known", () => {
    expect(of([restart("a"), unsure({ before: input("b"), after: input("b") }, "unknown")])).toEqual([MAYBE]);
  });
  test("but others' data alone are none of this rule's", () => {
    const loose = (name: string) =>
      change(`terraform_data.${name}`, "create", { after: {}, unknown: { input: true } });
    expect(of([loose("x"), loose("y")])).toEqual([]);
    expect(of([restart("a"), loose("x")], { "terraform_data.x": ["terraform_data.a"] })).toEqual([]);
  });
  test("and what is certain goes first", () => {
    expect(of([restart("a"), restart("c"), unsure({ after: {}, unknown: { input: true } })])).toEqual([
      FOUND,
    ]);
  });
});
