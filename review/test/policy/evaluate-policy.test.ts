import { evaluatePolicy } from "../../src/policy/evaluate-policy";
import type { Acknowledgement, Policy, PolicyRule, PolicyStack, Violation } from "../../src/policy/policy";
import { PolicyError } from "../../src/policy/policy-error";
import { change, stack } from "./plans";

const NOW = new Date("2026-06-15T23:30:00Z");
const web = stack([change("docker_container.web", "update"), change("docker_container.db", "update")], {
  name: "production-web",
});
const staging = stack([change("docker_container.web", "update")], {
  name: "staging-web",
  environment: "staging",
});

/** A rule that finds fault with each resource that is called `web`. */
const faulty: PolicyRule = {
  id: "team/no-web",
  title: "Nothing is called web",
  help: "https://example.com/no-web",
  check: (of) =>
    of.resources
      .filter(({ change: { name } }) => name === "web")
      .map((resource) => ({ resource, message: "it is called web", mend: "Call it something else." })),
};

const rule = (check: PolicyRule["check"], more: Partial<PolicyRule> = {}): PolicyRule => ({
  id: "team/rule",
  title: "A rule",
  check,
  ...more,
});

/** Findings in one line each. */
function evaluate(policy: Policy, stacks: readonly PolicyStack[] = [web], now = NOW): readonly string[] {
  return evaluatePolicy({ shipped: "none", ...policy }, stacks, now).map(
    (finding) =>
      `${finding.acknowledged === undefined ? finding.level : `acknowledged (${finding.acknowledged.reason})`} ${finding.rule} ${finding.stack}${finding.address === undefined ? "" : ` ${finding.address}`}: ${finding.message}`,
  );
}

describe("evaluatePolicy", () => {
  test("gives findings with what people need", () => {
    expect(evaluatePolicy({ shipped: "none", rules: [faulty] }, [web], NOW)).toEqual([
      {
        rule: "team/no-web",
        level: "error",
        stack: "production-web",
        address: "docker_container.web",
        name: "production-web/web",
        message: "it is called web",
        mend: "Call it something else.",
        help: "https://example.com/no-web",
      },
    ]);
  });

  test("holds the shipped rules by default, and those alone that the policy names", () => {
    const volume = stack([
      change("docker_volume.data", "delete"),
      change("docker_image.i", "create", { after: { name: "nginx" } }),
    ]);
    const rules = (policy: Policy) => evaluatePolicy(policy, [volume], NOW).map(({ rule: id }) => id);
    expect(rules({})).toEqual(["docker/data-volume", "docker/image-version"]);
    expect(rules({ shipped: ["docker/image-version"] })).toEqual(["docker/image-version"]);
    expect(rules({ shipped: "none", rules: [rule(() => [])] })).toEqual([]);
  });

  test("takes further data-bearing types and names of secrets from the policy", () => {
    const ledger = stack([
      change("acme_ledger.main", "delete"),
      change("acme_thing.a", "create", { after: { acme_licence: "QX7-1188-ZZ" } }),
    ]);
    const rules = (policy: Policy) => evaluatePolicy(policy, [ledger], NOW).map(({ rule: id }) => id);
    expect(rules({})).toEqual([]);
    expect(rules({ dataBearingTypes: ["acme_ledger"], secretNames: [/^acme_licence$/] })).toEqual([
      "docker/data-volume",
      "secrets/plain-text",
    ]);
  });

  test("asks a rule only about stacks of its environments", () => {
    const asked: string[] = [];
    const listening = rule(
      (of, all) => {
        asked.push(`${of.name} of ${all.length}`);
        return [];
      },
      { environments: ["staging"] },
    );
    evaluate({ rules: [listening] }, [web, staging]);
    expect(asked).toEqual(["staging-web of 2"]);
  });

  test("puts errors first, then what cannot be verified, warnings, and what is acknowledged last", () => {
    const violation = (message: string, more: Partial<Violation> = {}): Violation => ({
      message,
      mend: "Mend.",
      ...more,
    });
    const [, db] = web.resources;
    expect(
      evaluate({
        rules: [
          rule(() => [violation("w")], { id: "team/warning", level: "warning" }),
          rule(() => [violation("c", { cannotVerify: true }), violation("e")]),
          rule(() => [violation("a", { resource: db! })], { id: "team/known" }),
        ],
        acknowledgements: [
          { rule: "team/known", target: "docker_container.db", reason: "fine", expires: "2026-07-01" },
        ],
      }),
    ).toEqual([
      "error team/rule production-web: e",
      "cannot-verify team/rule production-web: c",
      "warning team/warning production-web: w",
      "acknowledged (fine) team/known production-web docker_container.db: a",
    ]);
  });

  test("a rule that only warns does not block for what it cannot know", () => {
    expect(
      evaluate({
        rules: [
          rule(() => [{ message: "who knows", mend: "Wait.", cannotVerify: true }], { level: "warning" }),
        ],
      }),
    ).toEqual(["warning team/rule production-web: cannot verify: who knows"]);
  });

  test("keeps a rule's own `this`", () => {
    class Counting implements PolicyRule {
      readonly id = "team/counting";
      readonly title = "Counts";
      private readonly limit = 1;
      *check(of: PolicyStack): Iterable<Violation> {
        if (of.resources.length > this.limit) yield { message: `over ${this.limit}`, mend: "Take some out." };
      }
    }
    expect(evaluate({ rules: [new Counting()] })).toEqual(["error team/counting production-web: over 1"]);
  });

  test("refuses a policy that is none, also one that was never loaded from a file", () => {
    const bad = { acknowledgements: [{ rule: "team/rule", target: "a", reason: "r", expires: "never" }] };
    expect(() => evaluate({ rules: [rule(() => [])], ...bad })).toThrow(PolicyError);
    expect(() => evaluatePolicy({ shipped: "none" }, [], NOW)).toThrow(/no rule is in force/);
  });
});

/** Throws what it is given: rules written without types may throw anything. */
const throwing = (value: unknown) => () => {
  throw value as Error;
};

describe("a rule that fails", () => {
  const nonsense: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      "throws",
      () => {
        throw new Error("boom");
      },
      /: boom$/,
    ],
    ["throws no error", throwing("plainly"), /: plainly$/],
    ["throws nothing", throwing(undefined), /: undefined$/],
    [
      "throws without a message",
      () => {
        throw new Error(" ");
      },
      /it gave no message/,
    ],
    ["gives nothing", () => undefined, /gave undefined; it gives violations/],
    ["gives a truth value", () => true, /gave a boolean/],
    ["gives a text", () => "bad", /gave a string/],
    ["gives a promise", () => Promise.resolve([]), /rules are synchronous/],
    ["gives no violations", () => ["bad"], /gave a string for a violation/],
    ["gives null", () => [null], /gave null for a violation/],
    ["gives no message", () => [{ mend: "Mend." }], /`message` is undefined/],
    ["gives an empty message", () => [{ message: "", mend: "Mend." }], /`message` is an empty text/],
    ["gives no mend", () => [{ message: "m", mend: 1 }], /`mend` is a number/],
    [
      "gives a word for cannotVerify",
      () => [{ message: "m", mend: "m", cannotVerify: "yes" }],
      /`cannotVerify` is a string/,
    ],
    [
      "gives another stack's resource",
      () => [{ message: "m", mend: "m", resource: { address: "a.b", name: "b" } }],
      /none of the stack's/,
    ],
    [
      "gives a text for the resource",
      () => [{ message: "m", mend: "m", resource: "docker_container.web" }],
      /none of the stack's/,
    ],
    [
      "does not end",
      function* () {
        for (;;) yield { message: "m", mend: "m" };
      },
      /more than 10000 violations/,
    ],
  ];
  test.each(nonsense)("%s: is a failure that blocks", (_, check, message) => {
    const failing = rule(check as PolicyRule["check"], { level: "warning" });
    const findings = evaluatePolicy({ shipped: "none", rules: [failing] }, [web], NOW);
    const failure = findings.find(({ level }) => level === "error");
    expect(failure).toMatchObject({ rule: "team/rule", stack: "production-web" });
    expect(failure?.message).toMatch(/^the rule failed/);
    expect(failure?.message).toMatch(message);
  });

  test("keeps what it found before, and the other rules go on", () => {
    const failing = rule(function* () {
      yield { message: "first", mend: "Mend." };
      throw new Error("boom");
    });
    expect(evaluate({ rules: [failing, faulty] })).toEqual([
      "error team/rule production-web: first",
      "error team/rule production-web: the rule failed, so nothing is known of this stack: boom",
      "error team/no-web production-web docker_container.web: it is called web",
    ]);
  });

  test("cannot be acknowledged", () => {
    const failing = rule(() => {
      throw new Error("boom");
    });
    expect(
      evaluate({
        rules: [failing],
        acknowledgements: [
          { rule: "team/rule", target: "production-web", reason: "never mind", expires: "2099-01-01" },
        ],
      }),
    ).toEqual([
      expect.stringMatching(/^error team\/rule production-web: the rule failed/),
      expect.stringMatching(/^warning policy\/unused-acknowledgement/),
    ]);
  });
});

describe("acknowledgements", () => {
  const word = (more: Partial<Acknowledgement> = {}): Policy => ({
    rules: [faulty],
    acknowledgements: [
      {
        rule: "team/no-web",
        target: "docker_container.web",
        reason: "old name",
        expires: "2026-06-15",
        ...more,
      },
    ],
  });
  const COVERED = "acknowledged (old name) team/no-web production-web docker_container.web: it is called web";
  const OPEN = "error team/no-web production-web docker_container.web: it is called web";

  test.each(["docker_container.web", "production-web/web"])("cover by %s", (target) => {
    expect(evaluate(word({ target }))).toEqual([COVERED]);
  });

  test("carry who accepts it, and until when", () => {
    const [finding] = evaluatePolicy({ shipped: "none", ...word({ by: "ops" }) }, [web], NOW);
    expect(finding?.acknowledged).toEqual({ reason: "old name", by: "ops", expires: "2026-06-15" });
  });

  test("cover a finding of the whole stack by the stack's name, and no other", () => {
    const whole = rule(() => [{ message: "whole", mend: "Mend." }]);
    const covering = (target: string) =>
      evaluate({
        rules: [whole, faulty],
        acknowledgements: [{ rule: "team/rule", target, reason: "fine", expires: "2026-06-15" }],
      });
    expect(covering("production-web")).toEqual([OPEN, "acknowledged (fine) team/rule production-web: whole"]);
    expect(covering("docker_container.web")).toContain("error team/rule production-web: whole");
    const named = evaluate({
      rules: [faulty],
      acknowledgements: [
        { rule: "team/no-web", target: "production-web", reason: "r", expires: "2026-06-15" },
      ],
    });
    expect(named[0]).toBe(OPEN);
  });

  test.each(["docker_container.we", "docker_container.*", "DOCKER_CONTAINER.WEB", "production-web/web/"])(
    "match exactly: not %s",
    (target) => {
      expect(evaluate(word({ target }))).toEqual([
        OPEN,
        `warning policy/unused-acknowledgement (policy): the acknowledgement of team/no-web for ${target} covers nothing`,
      ]);
    },
  );

  test("cover no other rule's finding", () => {
    const other = rule((of) => [{ resource: of.resources[0]!, message: "other", mend: "Mend." }]);
    const { acknowledgements = [] } = word();
    expect(evaluate({ rules: [faulty, other], acknowledgements })).toEqual([
      "error team/rule production-web docker_container.web: other",
      COVERED,
    ]);
  });

  test.each([
    ["2026-06-14T00:00:00Z", true],
    ["2026-06-15T00:00:00Z", true],
    ["2026-06-15T23:59:59.999Z", true],
    ["2026-06-16T00:00:00Z", false],
    ["2027-01-01T00:00:00Z", false],
  ])("count to the end of their last day in UTC: at %s", (now, counts) => {
    expect(evaluate(word(), [web], new Date(now))).toEqual([
      counts ? COVERED : `${OPEN}. Its acknowledgement expired on 2026-06-15`,
    ]);
  });

  test("that expired do not hide one that counts", () => {
    const { acknowledgements = [] } = word({ expires: "2020-01-01", reason: "long ago" });
    const { acknowledgements: later = [] } = word();
    expect(evaluate({ rules: [faulty], acknowledgements: [...later, ...acknowledgements] })).toEqual([
      COVERED,
    ]);
  });

  test("that cover nothing are reported, with their stack where it is known", () => {
    expect(evaluate(word({ target: "docker_container.db", expires: "2026-01-01" }))).toEqual([
      OPEN,
      "warning policy/unused-acknowledgement production-web: the acknowledgement of team/no-web for docker_container.db covers nothing, and expired on 2026-01-01",
    ]);
  });

  test("of a stack that is not reviewed are left alone", () => {
    expect(evaluate(word({ stack: "production-elsewhere" }))).toEqual([OPEN]);
  });

  test("that fit several stacks cover none of them", () => {
    expect(evaluate(word(), [web, staging])).toEqual([
      OPEN,
      "error team/no-web staging-web docker_container.web: it is called web",
      "error policy/ambiguous-acknowledgement (policy): the acknowledgement of team/no-web for docker_container.web could mean several things, and covers none of them: docker_container.web in production-web, docker_container.web in staging-web",
    ]);
    expect(evaluate(word({ stack: "production-web" }), [web, staging])).toEqual([
      "error team/no-web staging-web docker_container.web: it is called web",
      COVERED,
    ]);
  });

  test("by a name that several instances share cover none of them", () => {
    const instances = stack([
      change('docker_container.web["a"]', "update"),
      change('docker_container.web["b"]', "update"),
    ]);
    const findings = evaluate(word({ target: "production-web/web" }), [instances]);
    expect(findings.map((finding) => finding.split(" ").slice(0, 2).join(" "))).toEqual([
      "error team/no-web",
      "error team/no-web",
      "error policy/ambiguous-acknowledgement",
    ]);
    expect(evaluate(word({ target: 'docker_container.web["a"]' }), [instances])).toHaveLength(2);
  });

  test("cover all that their rule says of one object", () => {
    const two = rule((of) =>
      ["one", "two"].map((message) => ({ resource: of.resources[0]!, message, mend: "Mend." })),
    );
    expect(
      evaluate({
        rules: [two],
        acknowledgements: [
          { rule: "team/rule", target: "docker_container.web", reason: "fine", expires: "2026-06-15" },
        ],
      }),
    ).toEqual([
      "acknowledged (fine) team/rule production-web docker_container.web: one",
      "acknowledged (fine) team/rule production-web docker_container.web: two",
    ]);
  });
});
