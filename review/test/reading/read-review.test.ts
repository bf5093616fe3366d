import { parsePrevious } from "../../src/reading/parse-previous";
import { constructNames } from "../../src/reading/construct-names";
import type { Manifest } from "../../src/reading/manifest";
import { type FailOn, readReview, type StackInput } from "../../src/reading/read-review";
import type { PolicyRule } from "../../src/policy/policy";
import type { Review } from "../../src/review/review";
import { linesOf, NO_RULES, planOf, resource, reviewOf, update } from "./support";

const input = (name: string, changes: readonly object[] = [], more: object = {}): StackInput => ({
  name,
  source: `${name}.json`,
  plan: planOf(changes, more),
});
const read = (inputs: readonly StackInput[], options: object = {}): Review =>
  readReview(inputs, { policy: NO_RULES, ...options });
const manifestOf = (
  stacks: Record<string, readonly string[]>,
  paths: Record<string, string> = {},
): Manifest => ({
  source: "manifest.json",
  stacks: Object.entries(stacks).map(([name, dependsOn]) => ({
    name,
    constructPath: name,
    dependsOn,
    names: constructNames(new Map(Object.entries(paths))),
  })),
});
const output = (actions: readonly string[], before: unknown, after: unknown): object => ({
  actions,
  before,
  after,
  after_unknown: false,
  before_sensitive: false,
  after_sensitive: false,
});

describe("actions", () => {
  test.each<[string[], { importing?: object; previous_address?: string }, string, Record<string, number>]>([
    [["create"], {}, "create", { add: 1 }],
    [["read"], {}, "read", { read: 1 }],
    [["update"], {}, "update", { change: 1 }],
    [["delete"], {}, "delete", { destroy: 1 }],
    [["delete", "create"], {}, "replace", { add: 1, destroy: 1, replace: 1 }],
    [["create", "delete"], {}, "replace", { add: 1, destroy: 1, replace: 1 }],
    [["create", "forget"], {}, "create-then-forget", { add: 1, forget: 1, replace: 1 }],
    [["forget"], {}, "forget", { forget: 1 }],
    [["open"], {}, "open", { read: 1 }],
    [["no-op"], { previous_address: "t.b" }, "move", { move: 1 }],
    [["no-op"], { importing: { id: "x" } }, "import", { import: 1 }],
    [["update"], { previous_address: "t.b" }, "update", { change: 1, move: 1 }],
    [["conjure"], {}, "unknown", { unknown: 1 }],
    [["delete", "update"], {}, "unknown", { unknown: 1 }],
  ])("%j %j is %s", (actions, { importing, ...more }, action, counts) => {
    const stack = reviewOf(planOf([resource("t.a", actions, importing ? { importing } : {}, more)]));
    expect(stack.changes.map((change) => change.action)).toEqual([action]);
    expect(stack.counts).toMatchObject(counts);
    const { unchanged, ...all } = stack.counts;
    const sum = (values: Record<string, number>): number => Object.values(values).reduce((a, b) => a + b, 0);
    expect(sum(all)).toBe(sum(counts));
    expect(unchanged).toBe(0);
    expect(stack.status).toBe("changed");
  });

  test("says the order of a replacement, its reason, and what forces it", () => {
    const [change] = reviewOf(
      planOf([
        resource(
          "docker_container.a",
          ["create", "delete"],
          {
            before: { name: "a", env: ["A=1"], memory: 1, id: "abc" },
            after: { name: "b", env: ["A=2"], memory: 2 },
            after_unknown: { id: true },
            replace_paths: [["name"], ["env"], ["gone", "deep"]],
          },
          { action_reason: "replace_because_cannot_update" },
        ),
      ]),
    ).changes;
    expect(change).toMatchObject({
      order: "create-before-delete",
      reason: { code: "replace_because_cannot_update", text: "the provider cannot change it in place" },
      noise: { "computed by the provider": 1 },
    });
    expect(linesOf(change!.attributes)).toEqual([
      '! name: "a" -> "b"',
      '! env[A]: "1" -> "2"',
      "! gone.deep: nothing -> nothing {the plan names it as forcing the replacement, and shows no difference}",
      "memory: 1 -> 2",
    ]);
  });

  test("says that a replacement without a named attribute has none, and why a tainted one is replaced", () => {
    const replaced = (action_reason: string): object =>
      resource(`t.${action_reason}`, ["delete", "create"], {}, { action_reason });
    const { changes, byHand } = reviewOf(
      planOf([
        replaced("replace_because_tainted"),
        replaced("replace_because_cannot_update"),
        replaced("replace_for_a_whim"),
      ]),
    );
    expect(changes.map(({ reason }) => reason?.text)).toEqual([
      "it is marked as tainted: its creation, or a provisioner, failed",
      "the provider cannot change it in place; the plan does not name the attribute",
      "for a reason that this version does not know: review it by hand",
    ]);
    expect(byHand).toHaveLength(1);
  });

  test("shows what a delete loses and a create makes, with the empty counted", () => {
    const before = {
      name: "data",
      driver: "local",
      driver_opts: {},
      labels: [],
      mountpoint: "/x",
      id: "data",
    };
    const [gone, made] = reviewOf(
      planOf([
        resource("docker_volume.a", ["delete"], { before, after: null }),
        resource("docker_volume.b", ["create"], {
          before: null,
          after: { name: "data", driver: null, labels: [] },
          after_unknown: { id: true },
        }),
      ]),
    ).changes;
    expect(linesOf(gone!.attributes)).toEqual(['name: "data" -> nothing', 'driver: "local" -> nothing']);
    expect(gone!.noise).toEqual({ empty: 2, "computed by the provider": 2 });
    expect(linesOf(made!.attributes)).toEqual(['name: nothing -> "data"']);
    expect(made!.noise).toEqual({ empty: 1, "computed by the provider": 1 });
  });

  test("names imports, deposed objects and provisioners", () => {
    const { changes } = reviewOf(
      planOf(
        [
          resource("t.a", ["update"], { importing: { id: "i-1" } }),
          resource("t.b", ["no-op"], { importing: { unknown: true } }),
          resource("t.c", ["no-op"], { importing: { identity: { name: "x" } } }),
          resource("t.d", ["delete"], {}, { deposed: "abcd1234" }),
          resource("t.e[0]", ["create"]),
          resource("t.e[1]", ["delete"]),
        ],
        {
          configuration: {
            root_module: {
              resources: [
                {
                  address: "t.e",
                  mode: "managed",
                  type: "t",
                  name: "e",
                  provisioners: [{ type: "local-exec" }],
                },
              ],
            },
          },
        },
      ),
    );
    const of = (address: string) => changes.find((change) => change.address === address);
    expect(of("t.a")?.importing).toBe('by the id "i-1"');
    expect(of("t.b")?.importing).toBe("by an id that is known only after apply");
    expect(of("t.c")?.importing).toBe('by the identity {"name":"x"}');
    expect(of("t.d")?.deposed).toBe("abcd1234");
    expect(of("t.e[0]")?.provisioners).toEqual(["local-exec (when created)"]);
    expect(of("t.e[1]")?.provisioners).toEqual(["local-exec (if declared for destruction)"]);
  });
});

test("puts the most dangerous first", () => {
  const data = { labels: [{ label: "cdktf-docker-discovery.data", value: "consul-data" }] };
  const { changes } = reviewOf(
    planOf([
      resource("data.t.read", ["read"], {}, { mode: "data", type: "t" }),
      resource("t.create", ["create"]),
      resource("t.move", ["no-op"], {}, { previous_address: "t.x" }),
      resource("t.update", ["update"]),
      resource("t.forget", ["forget"]),
      resource("t.replace", ["delete", "create"]),
      resource("docker_container.replace", ["delete", "create"], { before: data, after: data }),
      resource("t.delete", ["delete"]),
      resource("docker_volume.delete", ["delete"]),
      resource("mine.delete", ["delete"]),
      resource("t.unknown", ["vanish"]),
    ]),
    { policy: { ...NO_RULES, dataBearingTypes: ["mine"] } },
  );
  expect(changes.map(({ address, dataBearing }) => `${address} ${dataBearing ?? ""}`.trim())).toEqual([
    "t.unknown",
    "docker_volume.delete docker_volume",
    "mine.delete mine",
    "t.delete",
    "docker_container.replace label cdktf-docker-discovery.data=consul-data",
    "t.replace",
    "t.forget",
    "t.update",
    "t.move",
    "t.create",
    "data.t.read",
  ]);
});

test("tells role, gate, host and image of containers", () => {
  const labels = [
    { label: "cdktf-docker-discovery.role", value: "consul-server" },
    { label: "cdktf-docker-discovery.gate", value: "health-check" },
  ];
  const configuration = {
    provider_config: {
      "docker.web-1": {
        name: "docker",
        alias: "web-1",
        expressions: { host: { constant_value: "ssh://deploy@10.30.0.14" } },
      },
      docker: { name: "docker", expressions: { host: { constant_value: "tcp://10.30.0.15:2376" } } },
    },
    root_module: {
      resources: ["web-1", undefined].map((alias, i) => ({
        address: `docker_container.c${i}`,
        mode: "managed",
        type: "docker_container",
        name: `c${i}`,
        provider_config_key: alias === undefined ? "docker" : `docker.${alias}`,
        expressions: {},
      })),
    },
  };
  const containers = [0, 1].map((i) =>
    resource(`docker_container.c${i}`, ["create"], { before: null, after: { labels, image: "consul:1.20" } }),
  );
  const gone = resource("docker_container.web-1_registrator_Container_64BFE403", ["delete"]);
  const [removed, first, second] = reviewOf(planOf([...containers, gone], { configuration })).changes;
  expect(first).toMatchObject({
    role: "consul-server",
    gate: "health-check",
    host: "web-1",
    image: "consul:1.20",
  });
  expect(second).toMatchObject({ host: "10.30.0.15" });
  expect(removed).toMatchObject({ name: "test/web-1/registrator", host: "web-1" });
});

describe("noise", () => {
  test("is folded by name, counted, and never what forces a replacement", () => {
    const change = (more: object): object =>
      resource("docker_container.a", ["delete", "create"], {
        before: {
          network_data: [{ ip_address: "1" }],
          cpu_set: "",
          memory: 1,
          tags: { a: "1" },
          tags_all: { a: "1" },
        },
        after: { cpu_set: null, memory: 2, tags: { a: "2" }, tags_all: { a: "2" } },
        after_unknown: { network_data: true },
        ...more,
      });
    const [plain] = reviewOf(planOf([change({})]), {
      policy: { ...NO_RULES, noise: ["docker_container.memory"] },
    }).changes;
    expect(linesOf(plain!.attributes)).toEqual(['tags.a: "1" -> "2"']);
    expect(plain!.noise).toEqual({
      "computed by the provider": 1,
      "empty or not set": 1,
      "tags_all as tags": 1,
      "policy: docker_container.memory": 1,
    });
    const [forced] = reviewOf(planOf([change({ replace_paths: [["memory"], ["network_data"]] })]), {
      policy: { ...NO_RULES, noise: ["docker_container.memory"] },
    }).changes;
    expect(linesOf(forced!.attributes)).toEqual([
      '! network_data: [{"ip_address":"1"}] -> unknown',
      "! memory: 1 -> 2",
      'tags.a: "1" -> "2"',
    ]);
  });

  test("the replacement hash is noise beside what else forces, and shown where it is alone", () => {
    const labels = (hash: string): object => ({
      labels: [{ label: "cdktf-docker-discovery.replacement-hash", value: hash }],
    });
    const replaced = (before: object, after: object, replace_paths: unknown): string[] => {
      const plan = planOf([
        resource("docker_container.a", ["delete", "create"], { before, after, replace_paths }),
      ]);
      return linesOf(reviewOf(plan).changes[0]!.attributes);
    };
    expect(replaced(labels("1"), labels("2"), [["labels"]])).toEqual([
      '! labels[cdktf-docker-discovery.replacement-hash]: "1" -> "2"',
    ]);
    expect(
      replaced({ ...labels("1"), name: "a" }, { ...labels("2"), name: "b" }, [["labels"], ["name"]]),
    ).toEqual(['! name: "a" -> "b"']);
  });

  test("what is not configured and known only after apply is folded, what is configured is shown", () => {
    const plan = planOf(
      [
        resource("t.a", ["update"], {
          before: { a: 1, b: 1 },
          after: {},
          after_unknown: { a: true, b: true },
        }),
      ],
      {
        configuration: {
          root_module: {
            resources: [
              {
                address: "t.a",
                mode: "managed",
                type: "t",
                name: "a",
                expressions: { a: { references: ["t.x"] } },
              },
            ],
          },
        },
      },
    );
    const [change] = reviewOf(plan).changes;
    expect(linesOf(change!.attributes)).toEqual(["a: 1 -> unknown"]);
    expect(change!.noise).toEqual({ "known after apply": 1 });
  });
});

describe("drift", () => {
  const drifted = (more: object = {}): object => ({
    resource_drift: [
      update("t.other", { a: 1 }, { a: 2 }),
      update("t.read[0]", { a: 1, b: 1 }, { a: 2, b: 1 }),
    ],
    ...more,
  });

  test("is apart from changes, and relevant where the plan depends on it", () => {
    const relevant = (attribute: readonly string[]): boolean[] =>
      reviewOf(
        planOf(
          [update("t.x", { a: 1 }, { a: 2 })],
          drifted({ relevant_attributes: [{ resource: "t.read", attribute }] }),
        ),
      ).drift.map((drift) => drift.relevant);
    expect(relevant(["a"])).toEqual([true, false]);
    expect(relevant([])).toEqual([true, false]);
    expect(relevant(["b"])).toEqual([false, false]);
    const stack = reviewOf(
      planOf(
        [update("t.x", { a: 1 }, { a: 2 })],
        drifted({ relevant_attributes: [{ resource: "t.read", attribute: ["a"] }] }),
      ),
    );
    expect(stack.changes).toHaveLength(1);
    expect(stack.counts).toMatchObject({ change: 1, drift: 2, relevantDrift: 1 });
  });

  test("alone is no change where the plan cannot be applied, and one where it can or does not say", () => {
    expect(
      read([input("a", [], drifted({ applyable: false, complete: true, errored: false }))]).verdict,
    ).toBe("no-changes");
    expect(read([input("a", [], drifted({ applyable: true, complete: true, errored: false }))]).verdict).toBe(
      "changes",
    );
    expect(read([input("a", [], drifted())]).verdict).toBe("changes");
  });
});

describe("verdict", () => {
  const nothing = { applyable: false, complete: true, errored: false };
  const rule = (check: PolicyRule["check"], level: PolicyRule["level"] = "error"): object => ({
    policy: { shipped: "none", rules: [{ id: "test/rule", title: "t", level, check }] },
  });
  const finds: PolicyRule["check"] = () => [{ message: "is wrong", mend: "mend it" }];

  test.each<[string, StackInput, object, string]>([
    ["nothing", input("a", [resource("t.a", ["no-op"])], nothing), {}, "no-changes"],
    ["no resource at all", input("a", [], nothing), {}, "no-changes"],
    ["an update", input("a", [resource("t.a", ["update"])]), {}, "changes"],
    ["a read", input("a", [resource("data.t.a", ["read"], {}, { mode: "data" })]), {}, "changes"],
    ["a move", input("a", [resource("t.a", ["no-op"], {}, { previous_address: "t.b" })]), {}, "changes"],
    ["an output", input("a", [], { output_changes: { o: output(["update"], 1, 2) } }), {}, "changes"],
    ["a plan that is not complete", input("a", [], { ...nothing, complete: false }), {}, "changes"],
    [
      "a deferred no-op",
      input("a", [], {
        ...nothing,
        deferred_changes: [
          { reason: "resource_config_unknown", resource_change: resource("t.a", ["no-op"]) },
        ],
      }),
      {},
      "blocked",
    ],
    [
      "a check that failed",
      input("a", [], {
        ...nothing,
        checks: [
          { address: { kind: "check", name: "c", to_display: "check.c" }, status: "fail", instances: [] },
        ],
      }),
      {},
      "changes",
    ],
    ["an unknown action", input("a", [resource("t.a", ["vanish"])]), {}, "blocked"],
    [
      "an action that an unknown reason has",
      input("a", [resource("t.a", ["update"], {}, { action_reason: "x" })]),
      {},
      "blocked",
    ],
    ["a plan that failed midway", input("a", [resource("t.a", ["vanish"])], { errored: true }), {}, "error"],
    ["a stack without a plan", { name: "a", source: "a", failure: "init failed" }, {}, "error"],
    ["a finding", input("a", [], nothing), rule(finds), "blocked"],
    ["a warning", input("a", [], nothing), rule(finds, "warning"), "no-changes"],
    [
      "a finding without changes to fail on",
      input("a", [], nothing),
      { failOn: ["changes", "destroy"] },
      "no-changes",
    ],
  ])("%s", (_, stack, options, verdict) => {
    const review = read([stack], options);
    expect(review.verdict).toBe(verdict);
    expect(review.because.length > 0).toBe(verdict === "blocked" || verdict === "error");
  });

  test.each<[FailOn, readonly string[]]>([
    ["destroy", ["delete"]],
    ["destroy", ["create", "delete"]],
    ["replace", ["delete", "create"]],
    ["forget", ["forget"]],
    ["data-loss", ["delete"]],
    ["changes", ["update"]],
  ])("--fail-on %s blocks on %j", (failOn, actions) => {
    const review = read([input("a", [resource("docker_volume.a", actions)])], { failOn: [failOn] });
    expect(review.verdict).toBe("blocked");
    expect(review.because).toEqual([`--fail-on ${failOn}: a`]);
  });

  test("--fail-on drift counts no drift that noise filters folded", () => {
    const drift = (before: object, after: object): string =>
      read([input("a", [], { ...nothing, resource_drift: [update("docker_container.a", before, after)] })], {
        failOn: ["drift"],
      }).verdict;
    expect(drift({ dns: null }, { dns: [] })).toBe("no-changes");
    expect(drift({ memory: 1 }, { memory: 2 })).toBe("blocked");
  });

  test("an error comes before a block, and both are said", () => {
    const review = read([
      input("b", [resource("t.a", ["vanish"])]),
      { name: "a", source: "a", failure: "no plugin" },
    ]);
    expect(review.verdict).toBe("error");
    expect(review.because).toEqual([
      "there is no plan of a",
      "1 part of the plan of b must be reviewed by hand",
    ]);
    expect(review.stacks[0]).toMatchObject({ name: "a", status: "failed", failure: "no plugin" });
  });

  test("a policy's function that throws is an error", () => {
    const policy = {
      ...NO_RULES,
      environmentOf: () => {
        throw new Error("boom");
      },
    };
    expect(read([input("a", [], nothing)], { policy })).toMatchObject({
      verdict: "error",
      because: ["the policy's environmentOf failed for the stack a: boom"],
    });
  });
});

describe("stacks", () => {
  const outputs = { output_changes: { o: output(["update"], 1, 2) } };

  test("come in the manifest's order, and are provisional where a stack before them changes its outputs", () => {
    const manifest = manifestOf({ a: [], b: ["a"], c: ["b"], d: [] }, { "t.x": "b/x" });
    const review = read(
      [input("d"), input("c"), input("b", [resource("t.x", ["update"])]), input("a", [], outputs)],
      {
        manifest,
      },
    );
    expect(review.stacks.map(({ name, provisionalBecauseOf }) => [name, provisionalBecauseOf])).toEqual([
      ["a", []],
      ["b", ["a"]],
      ["c", ["a"]],
      ["d", []],
    ]);
    expect(review.graph).toMatchObject({
      stacks: [
        { name: "a", danger: "change", provisional: false },
        { name: "b", danger: "change", provisional: true },
      ],
      edges: [{ from: "a", to: "b" }],
    });
    expect(
      read([...["a", "b", "c", "d"].map((name) => input(name))], { manifest, failOn: ["provisional"] })
        .verdict,
    ).toBe("no-changes");
  });

  test("are provisional after one that failed, and after any change if they read data sources", () => {
    const manifest = manifestOf({ a: [], b: ["a"] }, { "t.x": "a/x", "data.t.y": "b/y" });
    const failed = read([{ name: "a", source: "a", failure: "x" }, input("b")], { manifest });
    expect(failed.stacks[1]?.provisionalBecauseOf).toEqual(["a"]);
    const change = input("a", [resource("t.x", ["update"])]);
    const reads = input("b", [], {
      configuration: {
        root_module: {
          resources: [
            {
              address: "data.t.y",
              mode: "data",
              type: "t",
              name: "y",
              expressions: { a: { references: ["var.a"] } },
              depends_on: ["t.z"],
            },
          ],
        },
      },
    });
    expect(read([change, input("b")], { manifest }).stacks[1]?.provisionalBecauseOf).toEqual([]);
    expect(read([change, reads], { manifest }).stacks[1]?.provisionalBecauseOf).toEqual(["a"]);
  });

  test("that the manifest has and nobody planned are errors, unless they were not chosen", () => {
    const manifest = manifestOf({ a: [], b: [] });
    const review = read([input("a")], { manifest });
    expect(review.verdict).toBe("error");
    expect(review.stacks[1]).toMatchObject({ name: "b", status: "failed" });
    expect(read([input("a")], { manifest, stacks: ["a"] }).verdict).toBe("no-changes");
    expect(read([input("a")], { stacks: ["a", "x"] }).verdict).toBe("error");
    expect(read([input("a")], { manifest, stacks: ["a", "x"] }).verdict).toBe("error");
  });

  test("that the manifest does not have, or whose resources it does not have, block", () => {
    const strange = read([input("a"), input("x")], { manifest: manifestOf({ a: [] }) });
    expect(strange.verdict).toBe("blocked");
    expect(strange.because).toEqual(["the manifest does not match the plan of x"]);
    const manifest = manifestOf({ a: [] }, { "t.known": "a/known" });
    const plan = (address: string, action: string): string =>
      read([input("a", [resource(address, [action])])], { manifest }).verdict;
    expect(plan("t.known", "update")).toBe("changes");
    expect(plan("t.other", "update")).toBe("blocked");
    expect(plan("t.other", "no-op")).toBe("blocked");
    expect(plan("t.other", "delete")).toBe("changes");
  });

  test.each<[string, StackInput[], RegExp]>([
    ["none", [], /there is no plan to review/],
    [
      "one twice",
      [input("a"), { name: "a", source: "other.json", failure: "x" }],
      /other\.json: the stack "a" is given twice, by a\.json too/,
    ],
    ["a plan and a failure", [{ ...input("a"), failure: "x" }], /has a plan and a failure/],
  ])("are refused: %s", (_, inputs, message) => {
    expect(() => read(inputs)).toThrow(message);
  });
});

test("secrets of one stack are removed from the texts of all", () => {
  const secret = "swordfish-42";
  const review = read([
    { name: "a", source: "a", failure: `init failed with ${secret}` },
    input("b", [
      update(
        "t.x",
        { p: secret },
        { p: "other-secret" },
        { before_sensitive: { p: true }, after_sensitive: { p: true } },
      ),
      resource(
        `t.y["${secret}"]`,
        ["delete"],
        { before: { z: secret } },
        { previous_address: `t.z["${secret}"]` },
      ),
    ]),
  ]);
  expect(review.stacks[0]?.failure).toBe("init failed with (sensitive)");
  expect(JSON.stringify(review)).not.toContain(secret);
  expect(JSON.stringify(review)).not.toContain("other-secret");
});

test("banners say what must be known first", () => {
  const kinds = (more: object, changes: readonly object[] = []): string[] =>
    reviewOf(planOf(changes, more)).banners.map(({ kind }) => kind);
  const changed = [resource("t.a", ["update"])];
  // An errored plan is neither complete nor applyable: that is said once.
  expect(kinds({ errored: true, complete: false })).toEqual(["errored"]);
  expect(kinds({ applyable: false, errored: true, complete: false }, changed)).toEqual(["errored"]);
  expect(kinds({ applyable: false, errored: false, complete: false }, changed)).toEqual([
    "unknown",
    "incomplete",
    "not-applyable",
  ]);
  const check = (status: string): object => ({
    address: { kind: "check", name: status, to_display: `check.${status}` },
    status,
    instances: [],
  });
  expect(kinds({ checks: [check("pass"), check("unknown"), check("error")] })).toEqual([
    "check-failed",
    "check-unknown",
  ]);
});

test("a plan of nothing but drift that can be applied says that it changes the state alone", () => {
  const plan = (applyable: boolean, drift: object): ReturnType<typeof reviewOf> =>
    reviewOf(planOf([], { applyable, resource_drift: [drift] }));
  const changed = update("docker_container.a", { restart: "no" }, { restart: "always" });
  expect(plan(true, changed)).toMatchObject({
    status: "changed",
    banners: [{ kind: "state-only" }],
    noise: {},
  });
  expect(plan(false, changed)).toMatchObject({ status: "unchanged", banners: [], noise: {} });
  const folded = update("docker_container.a", { dns: null }, { dns: [] });
  expect(plan(false, folded)).toMatchObject({
    status: "unchanged",
    banners: [],
    counts: { drift: 1 },
    drift: [{ attributes: [], noise: { "empty or not set": 1 } }],
    noise: { "drift without a difference": 1 },
  });
});

test("a value that stays is told where its mark as sensitive comes or goes", () => {
  const notes = (before_sensitive: unknown, after_sensitive: unknown): unknown[] =>
    reviewOf(
      planOf([
        update("t.a", { v: "shown", w: 1 }, { v: "shown", w: 2 }, { before_sensitive, after_sensitive }),
      ]),
    ).changes.flatMap(({ attributes }) =>
      attributes.filter(({ path }) => path === "v").map(({ before, note }) => [before.kind, note]),
    );
  expect(notes({ v: true }, {})).toEqual([["sensitive", "the same value, no longer marked as sensitive"]]);
  expect(notes(false, { v: true })).toEqual([["sensitive", "the same value, sensitive from now on"]]);
  expect(notes({ v: false }, {})).toEqual([]);
  expect(notes(true, { v: true })).toEqual([]);
});

test("an action that is put off says so, and why", () => {
  const action_invocation = {
    address: "action.docker_exec.reload",
    type: "docker_exec",
    invoke_action_trigger: {},
  };
  const plan = planOf([], {
    deferred_action_invocations: [{ reason: "deferred_prereq", action_invocation }],
  });
  expect(reviewOf(plan).actions).toEqual([
    "action.docker_exec.reload (when the plan is applied), put off to a later plan: it depends on a change that is deferred",
  ]);
});

test("says what is different from the review before, read back from its JSON", () => {
  const before = read([input("a", [update("t.x", { v: 1 }, { v: 2 }), update("t.y", { v: 1 }, { v: 2 })])]);
  const now = [input("a", [update("t.x", { v: 1 }, { v: 3 }), update("t.z", { v: 1 }, { v: 2 })])];
  const delta = { added: ["a: t.z"], gone: ["a: t.y"], changed: ["a: t.x"] };
  expect(read(now, { previous: before }).delta).toEqual(delta);
  expect(read(now, { previous: parsePrevious(JSON.stringify(before, null, 2), "x.json") }).delta).toEqual(
    delta,
  );
  expect(read(now).delta).toBeUndefined();
});

test.each([
  ["no JSON", "{", /x\.json: is no JSON; give a file that `review --format json` wrote/],
  ["a plan", '{"format_version":"1.2"}', /x\.json: is not a review of version 1/],
  ["another version", '{"version":2,"stacks":[]}', /is not a review of version 1 \(at version\)/],
  [
    "nested too deep",
    `{"version":1,"stacks":[{"name":"a","status":"changed","drift":[],"outputs":[],"actions":[],"byHand":[],"changes":[{"address":"t.a","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}]}]}`,
    /is nested too deep for a review/,
  ],
])("an earlier review that is none is refused: %s", (_, text, message) => {
  expect(() => parsePrevious(text, "x.json")).toThrow(message);
});
