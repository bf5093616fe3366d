import type { Action, Json, Plan } from "../../../src/plan/plan";
import { plainTextRule } from "../../../src/policy/rules/plain-text";
import { change, configuration, type ResourceSpec, stack, verdicts } from "../plans";

/** The canary: no message may have it. */
const CANARY = "Xq7-canary-9Zt";
const rule = plainTextRule();
const of = (spec: ResourceSpec, more: Partial<Plan> & { action?: Action; address?: string } = {}) => {
  const { action = "create", address = "docker_container.web", ...plan } = more;
  const found = verdicts(rule, stack([change(address, action, spec)], plan));
  expect(found.join("\n")).not.toContain(CANARY);
  expect(found.join("\n")).not.toContain(Buffer.from(CANARY).toString("base64").slice(0, 12));
  return found;
};
const PLACES: readonly (readonly [string, Json, RegExp])[] = [
  ["an attribute", { password: CANARY }, /: password$/],
  [
    "a nested attribute",
    { auth: [{ settings: { api_token: CANARY } }] },
    /: auth\[0\]\.settings\.api_token$/,
  ],
  ["an environment", { env: ["A=1", `DB_PASSWORD=${CANARY}`] }, /: env\[1\] \(DB_PASSWORD\)$/],
  ["a label", { labels: [{ label: "traefik.password", value: CANARY }] }, /: labels\[0\]\.value$/],
  ["a map", { env: { "db.password": CANARY } }, /: env\["db\.password"\]$/],
  ["a command", { command: ["run", "--token", CANARY] }, /: command\[2\]$/],
  [
    "an uploaded file",
    { upload: [{ file: "/etc/a.conf", content: `user = a\npassword = "${CANARY}"\n` }] },
    /: upload\[0\]\.content$/,
  ],
  [
    "an uploaded document",
    { upload: [{ file: "/etc/a.json", content: JSON.stringify({ acl: { tokens: { agent: CANARY } } }) }] },
    /: upload\[0\]\.content$/,
  ],
  [
    "an encoded file",
    {
      upload: [{ file: "/etc/a", content_base64: Buffer.from(`DB_PASSWORD=${CANARY}\n`).toString("base64") }],
    },
    /: upload\[0\]\.content_base64$/,
  ],
  ["an address", { url: `https://admin:${CANARY}@example.com/` }, /: url$/],
  ["a private key", { file: `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----` }, /: file$/],
];

describe("secrets in plain text", () => {
  test.each(PLACES)("are found in %s, without their value", (_, after, place) => {
    const found = of({ after });
    expect(found).toEqual([expect.stringMatching(/^error docker_container\.web: .*secrets in plain text/)]);
    expect(found[0]).toMatch(place);
  });

  test.each(PLACES)("are in order in %s where the plan marks them", (_, after) => {
    const top = Object.keys(after as Record<string, Json>)[0]!;
    expect(of({ after, sensitive: { [top]: true } })).toEqual([]);
    expect(of({ after, sensitive: true })).toEqual([]);
  });

  test("are in order where their own part alone is marked, and found beside it", () => {
    const after = { env: [`A_PASSWORD=${CANARY}`, `B_PASSWORD=${CANARY}`] };
    expect(of({ after, sensitive: { env: [true, true] } })).toEqual([]);
    expect(of({ after, sensitive: { env: [true, false] } })).toEqual([
      expect.stringMatching(/: env\[1\] \(B_PASSWORD\)$/),
    ]);
  });

  test("are found in a configuration of a swarm", () => {
    const data = Buffer.from(`password: ${CANARY}\n`).toString("base64");
    expect(of({ after: { data } }, { address: "docker_config.web" })).toEqual([
      expect.stringMatching(/: data$/),
    ]);
  });

  test("are not seen in what is no secret", () => {
    expect(
      of({
        after: {
          name: "web",
          env: ["DB_HOST=db", "DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD=", "TOKEN_TTL=30m"],
          password_file: "/run/secrets/db",
          secret_id: "abc",
          upload: [{ file: "/etc/a.conf", content: "listen 80;\n" }],
          tokens: null,
        },
      }),
    ).toEqual([]);
  });

  test.each([
    ["update", 1],
    ["replace", 1],
    ["create-then-forget", 1],
    ["unknown", 1],
    ["no-op", 0],
    ["delete", 0],
  ] as const)("at %s: %d", (action, count) => {
    expect(of({ before: { password: CANARY }, after: { password: CANARY } }, { action })).toHaveLength(count);
  });

  test("have names that the policy adds", () => {
    const licensed = stack([change("acme_thing.a", "create", { after: { licence: "QX7-1188" } })]);
    expect(verdicts(rule, licensed)).toEqual([]);
    expect(verdicts(plainTextRule([/^licence$/]), licensed)).toEqual([expect.stringMatching(/: licence$/)]);
  });

  test("known only after apply cannot be verified where the configuration sets them", () => {
    const spec: ResourceSpec = { after: { name: "web" }, unknown: { password: true } };
    const set = configuration("docker_container.web", "name", "password");
    expect(of(spec, set)).toEqual([expect.stringMatching(/^cannot verify .*: password$/)]);
    // Marks travel with values that are not known yet.
    expect(of({ ...spec, sensitive: { password: true } }, set)).toEqual([]);
    // What the provider gives is marked by its schema.
    expect(of(spec, configuration("docker_container.web", "name"))).toEqual([]);
    expect(
      of(
        { after: {}, unknown: { auth: [{ password: true }] } },
        configuration("docker_container.web", "auth"),
      ),
    ).toEqual([expect.stringMatching(/^cannot verify .*: auth\[0\]\.password$/)]);
  });

  test("too deep to look for cannot be verified", () => {
    let after: Json = { password: CANARY };
    for (let depth = 0; depth < 250; depth++) after = [after];
    expect(of({ after: { deep: after } }, configuration("docker_container.web", "deep"))).toEqual([
      expect.stringMatching(/^cannot verify .*too deep to look into/),
    ]);
  });
});

describe("variables and outputs", () => {
  const variable = (name: string, value: Json, sensitive: boolean): Partial<Plan> => ({
    variables: [{ name, value, sensitive, ephemeral: false }],
  });
  test("that hold secrets are declared sensitive", () => {
    expect(of({}, variable("db_password", CANARY, false))).toEqual([
      expect.stringMatching(/^error stack: .*: var\.db_password$/),
    ]);
    expect(of({}, variable("db_password", CANARY, true))).toEqual([]);
    expect(of({}, variable("settings", { db: { password: CANARY } }, false))).toEqual([
      expect.stringMatching(/var\.settings\.db\.password$/),
    ]);
    expect(of({}, variable("region", "eu-1", false))).toEqual([]);
  });

  const output = (
    action: Action,
    after: Json | undefined,
    sensitive: boolean,
    unknown = false,
  ): Partial<Plan> => ({
    outputChanges: [
      {
        name: "admin_token",
        change: {
          action,
          actions: [action],
          before: undefined,
          after,
          afterUnknown: unknown,
          beforeSensitive: sensitive,
          afterSensitive: sensitive,
          replacePaths: [],
        },
      },
    ],
  });
  test("of outputs, those that change", () => {
    expect(of({}, output("create", CANARY, false))).toEqual([
      expect.stringMatching(/^error stack: .*: output\.admin_token$/),
    ]);
    expect(of({}, output("create", CANARY, true))).toEqual([]);
    expect(of({}, output("no-op", CANARY, false))).toEqual([]);
    expect(of({}, output("create", undefined, false, true))).toEqual([
      expect.stringMatching(/^cannot verify stack: .*: output\.admin_token$/),
    ]);
  });
});
