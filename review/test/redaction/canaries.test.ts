import type { Json, Plan } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import { base32 } from "../../src/redaction/byte-runs";
import { Redactor } from "../../src/redaction/redactor";
import { everythingOf, leaks } from "./leaks";
import { output, plan, resource } from "./plans";

const CANARY = 'Canary-7f3a/91+"bd\\<&>é$';
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const pairs = (text: string, between: string): string =>
  Buffer.from(text).toString("hex").match(/../g)!.join(between);

/** Where a copy of a secret can stand without a mark. */
const COPIES: Readonly<Record<string, (secret: string) => Json>> = {
  "as it is": (secret) => secret,
  "in a text": (secret) => `before ${secret} after`,
  "in a list": (secret) => ["a", [secret]],
  "as the key of a map": (secret) => ({ [secret]: 1, [`${secret}x`]: 2 }),
  "in JSON": (secret) => JSON.stringify({ a: [secret] }),
  "in JSON as Go writes it": (secret) =>
    JSON.stringify({ a: secret }).replace(/[<>&]/g, (it) => `\\u00${it.charCodeAt(0).toString(16)}`),
  "in JSON in JSON": (secret) => JSON.stringify({ a: JSON.stringify({ b: secret }) }),
  "in base64": (secret) => base64(secret),
  "in an attribute in base64": (secret) => ({ content_base64: base64(`x = ${secret}\n`) }),
  "in base64 in base64": (secret) => base64(JSON.stringify({ auth: base64(`user-${secret}`) })),
  "in base64 with line ends": (secret) =>
    base64(`${"-".repeat(70)}${secret}${"-".repeat(70)}`).replace(/.{64}/g, "$&\n"),
  "in base64 in short lines": (secret) => base64(`--${secret}--`).replace(/.{10}/g, "$&\n"),
  "in base64 in indented lines behind a name": (secret) =>
    `data: ${base64(`---${secret}---`).replace(/.{16}/g, "$&\n    ")}\nmore: x`,
  "in base64 in short lines in JSON": (secret) =>
    JSON.stringify({ a: base64(`-${secret}-`).replace(/.{12}/g, "$&\n") }),
  "in base64 in lines that begin in the middle": (secret) =>
    `x=1/${base64(`${"-".repeat(50)}${secret}`).replace(/.{33}/g, "$&\n")}`,
  "in base32": (secret) => base32(secret),
  "in base32 in lower case": (secret) => base32(`-${secret}`).toLowerCase(),
  "in base32 behind others": (secret) => `x: ABC${base32(`--${secret}--`)}==`,
  "in base32 in lines": (secret) => base32(`${"-".repeat(40)}${secret}`).replace(/.{32}/g, "$&\n"),
  "as hexadecimal digits with colons": (secret) => pairs(secret, ":"),
  "as hexadecimal digits with colons in lines": (secret) =>
    `key:\n    ${pairs(secret, ":").replace(/(?:...){8}/g, "$&\n    ")}`,
  "as hexadecimal digits with spaces in upper case": (secret) => pairs(secret, " ").toUpperCase(),
  "in base64 behind one character": (secret) => `v=${base64(`a${secret}`)}`,
  "in base64 behind two characters": (secret) => `v=${base64(`ab${secret}`)}`,
  "in base64 of URLs": (secret) => Buffer.from(secret).toString("base64url"),
  "in JSON in base64": (secret) => base64(JSON.stringify({ deep: { er: secret } })),
  "in binary base64": (secret) =>
    Buffer.concat([Buffer.from([0, 255, 1, 254, 7]), Buffer.from(secret)]).toString("base64"),
  "in a URL": (secret) => `https://host/path?q=${encodeURIComponent(secret)}&x=1`,
  "in a URL in lower case": (secret) =>
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  "as hexadecimal digits": (secret) => Buffer.from(secret).toString("hex"),
  "as hexadecimal digits in upper case": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "in a shell's quotes": (secret) => `sh -c 'echo "${secret.replace(/["$`\\]/g, "\\$&")}"'`,
  "without white space around it": (secret) => secret.trim(),
};

/** Where a plan can hold a secret that it marks. */
const MARKED: Readonly<Record<string, (secret: string) => Partial<Plan>>> = {
  "an attribute": (secret) => ({
    resourceChanges: [
      resource({ before: { data: secret }, beforeSensitive: { data: true }, after: { data: null } }),
    ],
  }),
  "an attribute marked only on the other side": (secret) => ({
    resourceChanges: [
      resource({ before: { data: secret }, after: { data: "x" }, afterSensitive: { data: true } }),
    ],
  }),
  "a nested attribute": (secret) => ({
    resourceChanges: [
      resource({ after: { a: { b: [{ c: secret }] } }, afterSensitive: { a: { b: [{ c: true }] } } }),
    ],
  }),
  "a marked object": (secret) => ({
    resourceChanges: [resource({ after: { a: { b: [{ c: secret }] } }, afterSensitive: { a: true } })],
  }),
  "a key of a marked map": (secret) => ({
    resourceChanges: [resource({ after: { a: { [secret]: 1 } }, afterSensitive: { a: true } })],
  }),
  "an item of a list": (secret) => ({
    resourceChanges: [resource({ before: { a: ["x", secret] }, beforeSensitive: { a: [false, true] } })],
  }),
  "JSON in a marked text": (secret) => ({
    resourceChanges: [
      resource({ after: { a: JSON.stringify({ password: secret }) }, afterSensitive: { a: true } }),
    ],
  }),
  "marked base64": (secret) => ({
    resourceChanges: [resource({ after: { a: base64(secret) }, afterSensitive: { a: true } })],
  }),
  "a marked text with a line end": (secret) => ({
    resourceChanges: [resource({ after: { a: `${secret}\n` }, afterSensitive: { a: true } })],
  }),
  "marks that are no marks": (secret) => ({
    resourceChanges: [resource({ after: { a: secret }, afterSensitive: { a: { b: true } } })],
  }),
  "marks of another kind": (secret) => ({
    resourceChanges: [resource({ after: { a: secret }, afterSensitive: { a: "yes" } })],
  }),
  drift: (secret) => ({
    resourceDrift: [resource({ before: { a: secret }, beforeSensitive: { a: true }, after: { a: "x" } })],
  }),
  "a deferred change": (secret) => ({
    deferredChanges: [
      {
        reason: "instance_count_unknown",
        reasonKnown: true,
        resourceChange: resource({ after: { a: secret }, afterSensitive: { a: true } }),
      },
    ],
  }),
  "an output": (secret) => ({
    outputChanges: [output("x", { before: secret, beforeSensitive: true, after: "y" })],
  }),
  "an output to another stack": (secret) => ({
    outputChanges: [
      output("cross-stack-output-random_passwordresult", { after: secret, afterSensitive: true }),
    ],
  }),
  "a sensitive variable": (secret) => ({
    variables: [{ name: "x", value: { y: secret }, sensitive: true, ephemeral: false }],
  }),
  "an ephemeral variable": (secret) => ({
    variables: [{ name: "x", value: secret, sensitive: false, ephemeral: true }],
  }),
  "an output of the planned values": (secret) => ({
    document: { planned_values: { outputs: { x: { sensitive: true, value: secret } } } },
  }),
  "an output of the prior state": (secret) => ({
    document: { prior_state: { values: { outputs: { x: { sensitive: true, value: { y: secret } } } } } },
  }),
  "a resource of the prior state": (secret) => ({
    document: {
      prior_state: {
        values: { root_module: { resources: [{ values: { a: secret }, sensitive_values: { a: true } }] } },
      },
    },
  }),
  "a resource of a module": (secret) => ({
    document: {
      planned_values: {
        root_module: {
          child_modules: [
            {
              child_modules: [{ resources: [{ values: { a: [secret] }, sensitive_values: { a: [true] } }] }],
            },
          ],
        },
      },
    },
  }),
  "a constant of the configuration": (secret) => ({
    resourceChanges: [resource({ after: {}, afterSensitive: { data: true } })],
    document: {
      configuration: {
        root_module: {
          resources: [{ address: "docker_container.web", expressions: { data: { constant_value: secret } } }],
        },
      },
    },
  }),
  "the default of a sensitive variable": (secret) => ({
    document: { configuration: { root_module: { variables: { x: { sensitive: true, default: secret } } } } },
  }),
  "what a module gets for a sensitive variable": (secret) => ({
    document: {
      configuration: {
        root_module: {
          module_calls: {
            m: {
              expressions: { x: { constant_value: secret } },
              module: { variables: { x: { sensitive: true } } },
            },
          },
        },
      },
    },
  }),
  "the password of a provider": (secret) => ({
    document: {
      configuration: {
        provider_config: {
          docker: { expressions: { registry_auth: [{ password: { constant_value: secret } }] } },
        },
      },
    },
  }),
  "an action": (secret) => ({
    actionInvocations: [{ address: "action.x.y", type: "x", values: { a: secret }, sensitive: { a: true } }],
  }),
  "an attribute that is called so": (secret) => ({
    resourceChanges: [resource({ before: { admin_password: secret }, after: { admin_password: "x" } })],
  }),
};

/** Where a plan shows texts to a reader. */
function showing(secret: string, copy: Json): Partial<Plan> {
  return {
    resourceChanges: [
      resource({
        address: `docker_container.web[${JSON.stringify(secret)}]`,
        before: { copy },
        after: { copy: 1 },
      }),
      { ...resource({ after: { copy } }), previousAddress: `module.x[${JSON.stringify(secret)}].a.b` },
      resource({ after: {}, importing: { id: `prefix/${secret}`, identity: { id: copy } } }),
    ],
    resourceDrift: [resource({ before: { copy }, after: { copy: [copy] } })],
    outputChanges: [output("plain", { before: copy, after: { copy } })],
    checks: [{ address: "check.x", kind: "check", status: "fail", problems: [`got ${secret}, wanted more`] }],
    provisioners: [
      { resource: "a.b", type: "local-exec", expressions: { command: { constant_value: copy } } },
    ],
    actionInvocations: [{ address: "action.x.y", type: "x", values: { copy }, sensitive: undefined }],
    unknowns: [{ where: `x[${secret}]`, what: "action", got: secret }],
  };
}

function together(one: Partial<Plan>, other: Partial<Plan>): Plan {
  const joined: Record<string, unknown> = { ...plan(), ...other };
  for (const [key, value] of Object.entries(one)) {
    const old = joined[key];
    joined[key] =
      Array.isArray(value) && Array.isArray(old) ? [...(value as unknown[]), ...(old as unknown[])] : value;
  }
  return joined as unknown as Plan;
}

describe("a secret that is marked in one place stands nowhere else", () => {
  describe.each(Object.keys(MARKED))("marked in %s", (place) => {
    test.each(Object.keys(COPIES))("a copy %s", (form) => {
      const marked = MARKED[place]?.(CANARY) as Partial<Plan>;
      const whole = together(marked, showing(CANARY, COPIES[form]?.(CANARY) as Json));
      for (const hashKey of [undefined, "key of the pipeline"]) {
        const texts = everythingOf(whole, Redactor.of([whole], hashKey === undefined ? {} : { hashKey }));
        expect(texts.filter((text) => leaks([text], CANARY))).toEqual([]);
      }
    });
  });

  test("nor in the plan of another stack", () => {
    const other = plan(showing(CANARY, CANARY));
    const marked = plan(MARKED["an attribute"]?.(CANARY));
    expect(leaks(everythingOf(other, Redactor.of([other, marked])), CANARY)).toBe(false);
    // The way to see it works: without the plan that marks it, it is shown.
    expect(leaks(everythingOf(other, Redactor.of([other])), CANARY)).toBe(true);
  });
});

describe("secrets that names tell", () => {
  const SECRET = "rosebud77citizen";
  const place = (after: Json): Plan =>
    plan({ resourceChanges: [resource({ after }), resource({ after: { copy: SECRET } })] });

  test.each<[string, Json]>([
    ["an environment", { env: ["A=b", `DB_PASSWORD=${SECRET}`] }],
    ["an environment of several words", { env: [`API_TOKEN=first, ${SECRET} "and" more`] }],
    ["a list of names and values", { environment: [{ name: "API_KEY", value: SECRET }] }],
    ["labels", { labels: [{ label: "app.secret", value: SECRET }] }],
    ["a map", { data: { "db-password": SECRET } }],
    ["a list under a name", { tokens: [SECRET] }],
    ["an object under a name", { tokens: { agent: SECRET } }],
    ["a command's flag", { command: ["consul", "agent", "--token", SECRET] }],
    ["a command's flag with its value", { command: ["consul", `-token=${SECRET}`] }],
    ["a command line", { command: ["sh", "-c", `consul agent --token ${SECRET} --other x`] }],
    ["a header in a command line", { command: `curl -H "Authorization: Bearer ${SECRET}" http://x` }],
    ["JSON", { content: JSON.stringify({ acl: { tokens: { agent: SECRET } } }) }],
    ["JSON with a list of names", { content: JSON.stringify([{ key: "password", value: SECRET }]) }],
    ["JSON in JSON", { content: JSON.stringify({ a: JSON.stringify({ api_key: SECRET }) }) }],
    ["JSON with mistakes", { content: `{ "password": "${SECRET}", oops` }],
    ["YAML", { content: `a: b\npassword: ${SECRET}\nc: d\n` }],
    ["a YAML mapping", { content: `credentials:\n  first: x\n  second: ${SECRET}\nc: d\n` }],
    ["a YAML list", { content: `passwords:\n- x\n- ${SECRET}\nc: d\n` }],
    ["a YAML block", { content: `private_key: |\n  ${SECRET}\n  more\nc: d\n` }],
    ["an ini file", { content: `[db]\npassword = ${SECRET}\n` }],
    ["named.conf", { content: `key "rndc" {\n  algorithm hmac-sha256;\n  secret "${SECRET}";\n};\n` }],
    ["HCL", { content: `acl {\n  tokens {\n    agent = "${SECRET}"\n  }\n}\n` }],
    ["an export of a shell", { content: `#!/bin/sh\nexport DB_PASSWORD=${SECRET}\nrun\n` }],
    ["redis.conf", { content: `port 1\nrequirepass ${SECRET}\n` }],
    ["a gossip key", { content_base64: base64(JSON.stringify({ encrypt: SECRET })) }],
    ["an uploaded file", { upload: [{ content_base64: base64(`token = "${SECRET}"\n`), file: "/x" }] }],
    ["base64 in a text", { content: `data: ${base64(`password=${SECRET}`)}` }],
    ["the password of a URL", { url: `postgres://user:${SECRET}@db:5432/x` }],
    ["a URL whose password has an @", { url: `amqp://user:x@${SECRET}@mq/` }],
    ["a connection string", { dsn: `Server=db;User=x;Password=${SECRET};Encrypt=true` }],
    ["a query", { url: `https://host/?access_token=${SECRET}&x=1` }],
    ["a private key", { pem: `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----\n` }],
    ["a private key that is cut off", { pem: `x\n-----BEGIN PRIVATE KEY-----\n${SECRET}\n` }],
    ["a registry's login", { auths: { "https://r": { auth: base64(`user:${SECRET}`) } } }],
  ])("in %s", (_, after) => {
    const whole = place(after);
    const own = plan({ resourceChanges: whole.resourceChanges.slice(0, 1) });
    expect(leaks(everythingOf(own, Redactor.of([whole])), SECRET)).toBe(false);
  });

  test.each([
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "AKIAIOSFODNN7EXAMPLE",
    `ghp_${"a1B2".repeat(9)}`,
    `glpat-${"a1B2".repeat(5)}`,
    `xoxb-${"1234567890".repeat(2)}`,
  ])("a token by its shape: %s", (token) => {
    const whole = plan({
      resourceChanges: [resource({ after: { note: `see ${token} here`, list: [token] } })],
    });
    expect(leaks(everythingOf(whole, Redactor.of([whole])), token)).toBe(false);
  });

  test("a distinctive value is removed elsewhere too, an ordinary word is not", () => {
    const whole = plan({
      resourceChanges: [
        resource({
          after: { env: [`PASSWORD=${SECRET}`, "TOKEN=postgres"], image: "postgres:16", copy: `x ${SECRET}` },
        }),
      ],
    });
    const [change] = whole.resourceChanges;
    expect(Redactor.of([whole]).change(change as never).after).toEqual({
      env: ["PASSWORD=(sensitive)", "TOKEN=(sensitive 2)"],
      image: "postgres:16",
      copy: "x (sensitive)",
    });
  });

  test("names of the user's", () => {
    const change = resource({ after: { pin: "x", env: ["LICENCE=y", "A=z"], b: 'the licence="w"' } });
    const redactor = Redactor.of([plan({ resourceChanges: [change] })], {
      secretNames: [/^licence$/gi, /^pin$/],
    });
    expect(textsOfAfter(redactor, change)).toEqual([
      "pin",
      "env",
      "0",
      "LICENCE=(sensitive)",
      "1",
      "A=z",
      "b",
      'the licence="(sensitive 2)"',
    ]);
  });
});

function textsOfAfter(redactor: Redactor, change: Parameters<Redactor["change"]>[0]): string[] {
  return everythingOf(plan({ resourceChanges: [change] }), redactor).filter(
    (text) => text !== "" && text !== change.address,
  );
}

test("real plans hold none of what was planted in them", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const folder = `${__dirname}/../../fixtures/plans`;
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  let planted = 0;
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, "utf8");
    // No review shows what provisioners run: nothing marks a secret in a command.
    const whole = { ...parsePlan(text, file), provisioners: [] };
    const texts = everythingOf(whole, Redactor.of([whole]));
    planted += text.includes("planted-secret") ? 1 : 0;
    expect([file, texts.filter((shown) => shown.includes("planted-secret"))]).toEqual([file, []]);
  }
  expect(planted).toBeGreaterThan(3);
});
