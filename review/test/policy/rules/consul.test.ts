import type { Action, Json } from "../../../src/plan/plan";
import { oneServerRule } from "../../../src/policy/rules/one-server";
import { serverGateRule } from "../../../src/policy/rules/server-gate";
import { change, configuration, labels, type ResourceSpec, stack, verdicts } from "../plans";

const ROLE = "cdktf-docker-discovery.role";
const GATE = "cdktf-docker-discovery.gate";
const server: Json = { labels: labels({ [ROLE]: "consul-server" }) };
const agent: Json = { labels: labels({ [ROLE]: "consul-agent" }) };
const UNKNOWN: ResourceSpec = { after: {}, unknown: { labels: true } };

describe("one server in a stack's plan", () => {
  const of = (...changes: Parameters<typeof change>[]) =>
    verdicts(oneServerRule, stack(changes.map((one) => change(...one))));

  const CHANGING: readonly Action[] = [
    "create",
    "update",
    "replace",
    "delete",
    "forget",
    "create-then-forget",
    "unknown",
  ];
  test.each(CHANGING)("two of them are found: %s", (action) => {
    const spec = action === "delete" || action === "forget" ? { before: server } : { after: server };
    expect(
      of(["docker_container.one", action, spec], ["docker_container.two", "update", { after: server }]),
    ).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error stack: .*2 Consul servers at once: production-web/one \\(${action}\\), production-web/two \\(update\\)`,
        ),
      ),
    ]);
  });

  test("one is in order, with others that stay as they are, agents and other containers", () => {
    expect(
      of(
        ["docker_container.one", "replace", { before: server, after: server }],
        ["docker_container.two", "no-op", { before: server, after: server }],
        ["docker_container.agent", "replace", { before: agent, after: agent }],
        ["docker_container.other", "replace", { before: {}, after: {} }],
        ["docker_network.two", "replace", { before: server, after: server }],
      ),
    ).toEqual([]);
  });

  test("what was a server counts, and what becomes one", () => {
    expect(
      of(
        ["docker_container.one", "update", { before: server, after: agent }],
        ["docker_container.two", "update", { before: agent, after: server }],
      ),
    ).toHaveLength(1);
  });

  test("what an earlier apply left of a server is the same one", () => {
    expect(
      of(
        ["docker_container.one", "replace", { before: server, after: server }],
        ["docker_container.one", "delete", { before: server, deposed: "a1" }],
      ),
    ).toEqual([]);
  });

  test("what an earlier apply left, with labels that say two things, is the same one", () => {
    const twice: Json = {
      labels: [
        { label: ROLE, value: "bind" },
        { label: ROLE, value: "registrator" },
      ],
    };
    const left: Parameters<typeof change> = [
      "docker_container.one",
      "delete",
      { before: twice, deposed: "a1" },
    ];
    expect(of(["docker_container.one", "replace", { before: server, after: server }], left)).toEqual([]);
    expect(of(["docker_container.two", "replace", { before: server, after: server }], left)).toHaveLength(1);
  });

  test("labels that are known only after apply cannot be verified where they could make two", () => {
    const maybe = /^cannot verify stack: .*may change more than one Consul server/;
    expect(
      of(["docker_container.one", "update", { after: server }], ["docker_container.two", "create", UNKNOWN]),
    ).toEqual([expect.stringMatching(maybe)]);
    expect(
      of(["docker_container.one", "create", UNKNOWN], ["docker_container.two", "create", UNKNOWN]),
    ).toEqual([expect.stringMatching(maybe)]);
    expect(of(["docker_container.one", "create", UNKNOWN])).toEqual([]);
  });
});

test("labels that the configuration does not set make no server", () => {
  const create = change("docker_container.one", "create", UNKNOWN);
  const plain = configuration("docker_container.one", "image");
  const labelled = configuration("docker_container.one", "image", "labels");
  expect(verdicts(serverGateRule, stack([create], plain))).toEqual([]);
  expect(verdicts(serverGateRule, stack([create], labelled))).toHaveLength(1);
  const second = change("docker_container.two", "create", { after: server });
  expect(verdicts(oneServerRule, stack([create, second], plain))).toEqual([]);
  expect(verdicts(oneServerRule, stack([create, second], labelled))).toHaveLength(1);
  // What was a server is one, whatever becomes of its labels.
  const replaced = change("docker_container.one", "replace", { before: server, ...UNKNOWN });
  expect(verdicts(serverGateRule, stack([replaced], plain))).toEqual([
    expect.stringMatching(/^error .*gate is \(nothing\)/),
  ]);
});

describe("a server's gate", () => {
  const check = (test: Json): Json => [{ test, interval: "10s" }];
  const CONSUL = ["CMD", "sh", "/consul/gate.sh"];
  const gated = (more: Record<string, Json> = {}): Record<string, Json> => ({
    labels: labels({ [ROLE]: "consul-server", [GATE]: "health-check" }),
    healthcheck: check(CONSUL),
    wait: true,
    ...more,
  });
  const of = (action: Action, spec: ResourceSpec) =>
    verdicts(serverGateRule, stack([change("docker_container.server", action, spec)]));

  test.each(["create", "update", "replace", "create-then-forget"] as const)(
    "is in order when it is whole: %s",
    (action) => {
      expect(of(action, { after: gated() })).toEqual([]);
      expect(of(action, { after: gated({ healthcheck: { test: CONSUL } }) })).toEqual([]);
      expect(
        of(action, { after: gated({ healthcheck: check(["CMD-SHELL", "consul info || exit 1"]) }) }),
      ).toEqual([]);
    },
  );

  const FAULTS: readonly (readonly [string, Record<string, Json>, RegExp])[] = [
    ["no label", { labels: labels({ [ROLE]: "consul-server" }) }, /gate is \(nothing\), not "health-check"/],
    ["another label", { labels: labels({ [ROLE]: "consul-server", [GATE]: "none" }) }, /gate is "none"/],
    ["no health check", { healthcheck: [] }, /no health check of its own/],
    ["null for a health check", { healthcheck: null }, /no health check of its own/],
    ["a health check that is switched off", { healthcheck: check(["NONE"]) }, /switched off/],
    ["a health check without a test", { healthcheck: check([]) }, /has no test/],
    ["a health check with null for a test", { healthcheck: check(null) }, /has no test/],
    ["a health check without a command", { healthcheck: check(["CMD"]) }, /has no command/],
    ["a health check with an empty command", { healthcheck: check(["CMD-SHELL", " "]) }, /has no command/],
    ["a health check that always passes", { healthcheck: check(["CMD", "true"]) }, /always passes/],
    [
      "a health check that always passes, by its path",
      { healthcheck: check(["CMD", "/bin/true"]) },
      /always passes/,
    ],
    ["a health check that exits with 0", { healthcheck: check(["CMD-SHELL", "exit 0"]) }, /always passes/],
    ["a health check that only says so", { healthcheck: check(["CMD-SHELL", "echo ok"]) }, /always passes/],
    ["no wait", { wait: false }, /`wait` is false/],
    ["null for wait", { wait: null }, /`wait` is null/],
  ];
  test.each(FAULTS)("is found with %s", (_, more, fault) => {
    const found = of("replace", { before: gated(), after: gated(more) });
    expect(found).toEqual([
      expect.stringMatching(/^error docker_container\.server: .* is a Consul server, and /),
    ]);
    expect(found[0]).toMatch(fault);
  });

  test("has all its faults in one finding", () => {
    const [found, ...others] = of("create", { after: server });
    expect(found).toMatch(/gate is \(nothing\).*no health check.*`wait` is \(nothing\)/);
    expect(others).toEqual([]);
  });

  test("is demanded of a container that was a server too", () => {
    expect(of("replace", { before: server, after: agent })).toHaveLength(1);
  });

  test.each([
    [
      "the gate's label",
      { labels: [{ label: ROLE, value: "consul-server" }, { label: GATE }] },
      { labels: [{}, { value: true }] },
      /label .*gate is known only after apply/,
    ],
    ["the health check", {}, { healthcheck: true }, /its health check is known only after apply/],
    [
      "the test",
      { healthcheck: [{}] },
      { healthcheck: [{ test: true }] },
      /its health check's test is known only after apply/,
    ],
    [
      "a part of the test",
      { healthcheck: check(["CMD", null]) },
      { healthcheck: [{ test: [false, true] }] },
      /test is known only after apply/,
    ],
    ["wait", {}, { wait: true }, /`wait` is known only after apply/],
  ] as const)("cannot be verified where %s is known only after apply", (_, more, unknown, message) => {
    const { wait, healthcheck, labels: marks } = gated();
    const after = {
      wait: wait!,
      healthcheck: healthcheck!,
      labels: marks!,
      ...(more as Record<string, Json>),
    };
    const [found, ...others] = of("create", { after, unknown: unknown });
    expect(found).toMatch(/^cannot verify /);
    expect(found).toMatch(message);
    expect(others).toEqual([]);
  });

  test("is no health check that only the image may have", () => {
    const { healthcheck, ...after } = gated();
    const spec: ResourceSpec = { after, unknown: { healthcheck: true } };
    const created = change("docker_container.server", "create", spec);
    const [found] = verdicts(
      serverGateRule,
      stack([created], configuration("docker_container.server", "labels", "wait")),
    );
    expect(healthcheck).toBeDefined();
    expect(found).toMatch(/^error .*no health check of its own/);
  });

  test("cannot be verified where nobody knows whether it is a server", () => {
    expect(of("create", UNKNOWN)).toEqual([
      expect.stringMatching(/^cannot verify .*whether .* is a Consul server/),
    ]);
  });

  test.each(["no-op", "delete", "forget"] as const)("is not demanded at %s", (action) => {
    expect(of(action, { before: server, ...(action === "no-op" ? { after: server } : {}) })).toEqual([]);
  });

  test("is not demanded of others", () => {
    expect(of("create", { after: agent })).toEqual([]);
    expect(verdicts(serverGateRule, stack([change("docker_volume.v", "create", { after: server })]))).toEqual(
      [],
    );
  });
});
