/** Plans with a secret planted in one place, as Terraform writes them. */
import type { Json } from "../../src/plan/plan";
import { base32 } from "../../src/redaction/byte-runs";

type Members = Readonly<Record<string, Json>>;

/** A plan's JSON. */
export type PlanDocument = Readonly<Record<string, Json>>;

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");

/** A resource's change; `more` stands beside `change`. */
function resource(name: string, change: Members, more: Members = {}): Json {
  return {
    address: `docker_container.${name}`,
    mode: "managed",
    type: "docker_container",
    name,
    provider_name: "registry.terraform.io/kreuzwerker/docker",
    change: {
      actions: ["update"],
      before: {},
      after: {},
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      ...change,
    },
    ...more,
  };
}

const marked = (value: Json): Json =>
  resource("marked", {
    before: { data: value },
    after: { data: "another" },
    before_sensitive: { data: true },
    after_sensitive: { data: true },
  });

function document(changes: readonly Json[], more: Members = {}): PlanDocument {
  return {
    format_version: "1.2",
    terraform_version: "1.14.0",
    errored: false,
    complete: true,
    applyable: true,
    planned_values: { root_module: {} },
    resource_changes: changes,
    configuration: { root_module: {} },
    ...more,
  };
}

/** All that a plan can say of a copy of a secret without a mark, in one plan. */
function copies(secret: string): { readonly changes: readonly Json[]; readonly more: Members } {
  const texts: Members = {
    plain: `before ${secret} after`,
    json: JSON.stringify({ a: [secret], b: JSON.stringify({ c: secret }) }),
    list: ["a", [secret]],
    set: [secret, "b"],
    map: { [secret]: "as a key", [`${secret} and more`]: 2 },
    labels: [{ label: secret, value: `x${secret}` }],
    url: `https://user:${encodeURIComponent(secret)}@host/path?token=${encodeURIComponent(secret)}`,
    upload: [
      { file: "/a.conf", content: `secret = ${secret}\n`, content_base64: base64(`secret = ${secret}\n`) },
      {
        file: "/b.json",
        content: JSON.stringify({ secret }),
        content_base64: base64(JSON.stringify({ s: secret })),
      },
      { file: "/c.yaml", content: `a:\n  b: '${secret}'\n` },
    ],
    aligned: base64(secret),
    one_off: base64(`a${secret}`),
    two_off: base64(`ab${secret}z`),
    in_bytes: base64(Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(secret)])),
    of_urls: Buffer.from(secret).toString("base64url"),
    twice: base64(base64(secret)),
    hexadecimal: Buffer.from(secret).toString("hex"),
    hexadecimal_pairs: Buffer.from(secret)
      .toString("hex")
      .replace(/..(?=.)/g, "$&:"),
    base32: base32(secret),
    in_short_lines: base64(`-${secret}-`).replace(/.{12}/g, "$&\n"),
  };
  const key = JSON.stringify(secret);
  return {
    changes: [
      resource("changed", { after: texts }),
      resource("gone", { actions: ["delete"], before: texts, after: null }),
      resource("replaced", {
        actions: ["delete", "create"],
        before: { ...texts, name: secret },
        after: { ...texts, name: "new" },
        replace_paths: [["name"], ["map", secret]],
      }),
      resource(
        "keyed",
        {
          importing: { id: `id/${secret}`, identity: { name: secret } },
          generated_config: `x = "${secret}"`,
        },
        {
          address: `docker_container.keyed[${key}]`,
          index: secret,
          previous_address: `docker_container.old[${key}]`,
          action_reason: secret,
        },
      ),
      resource("left", { actions: ["delete"], before: texts, after: null }, { deposed: "0badcafe" }),
      resource("word", { actions: [secret] }, { mode: secret }),
    ],
    more: {
      resource_drift: [resource("drifted", { before: { plain: "a" }, after: texts })],
      relevant_attributes: [{ resource: "docker_container.drifted", attribute: ["map", secret] }],
      deferred_changes: [
        { reason: "instance_count_unknown", resource_change: resource("later", { after: texts }) },
        { reason: secret, resource_change: resource("latest", { after: texts }) },
      ],
      output_changes: {
        plain: { actions: ["update"], before: secret, after: texts, after_unknown: false },
        [`named-${secret}`]: { actions: ["create"], before: null, after: 1, after_unknown: false },
        "cross-stack-output-plain": {
          actions: ["create"],
          before: null,
          after: secret,
          after_unknown: false,
        },
      },
      checks: [
        {
          address: { kind: "check", name: "c", to_display: `check.c[${key}]` },
          status: "fail",
          instances: [
            {
              address: { to_display: `check.c[${key}]` },
              status: "fail",
              problems: [{ message: `It is ${secret}.` }],
            },
          ],
        },
      ],
      action_invocations: [
        {
          address: `action.docker_exec.reload[${key}]`,
          type: "docker_exec",
          config_values: texts,
          lifecycle_action_trigger: {
            triggering_resource_address: `docker_container.keyed[${key}]`,
            action_trigger_event: "AfterCreate",
          },
        },
      ],
      configuration: {
        provider_config: {
          docker: { name: "docker", expressions: { host: { constant_value: `ssh://${secret}@host` } } },
        },
        root_module: {
          resources: [
            {
              address: "docker_container.changed",
              mode: "managed",
              type: "docker_container",
              name: "changed",
              provider_config_key: "docker",
              expressions: { plain: { constant_value: secret } },
              provisioners: [
                { type: "local-exec", expressions: { command: { constant_value: `echo ${secret}` } } },
              ],
            },
          ],
        },
      },
      list_changes: [{ odd: secret }],
    },
  };
}

/** Where a plan says that a value is a secret; each plan has unmarked copies of it everywhere else. */
const MARKS: Readonly<
  Record<string, (secret: string) => { readonly changes?: readonly Json[]; readonly more?: Members }>
> = {
  "an attribute": (secret) => ({ changes: [marked(secret)] }),
  "a nested attribute": (secret) => ({
    changes: [
      resource("marked", {
        after: { a: { b: [{ c: secret }] } },
        after_sensitive: { a: { b: [{ c: true }] } },
      }),
    ],
  }),
  "an element of a list": (secret) => ({
    changes: [resource("marked", { before: { a: ["x", secret] }, before_sensitive: { a: [false, true] } })],
  }),
  "a set": (secret) => ({
    changes: [resource("marked", { after: { a: [secret, "y"] }, after_sensitive: { a: true } })],
  }),
  "a map": (secret) => ({
    changes: [resource("marked", { after: { a: { b: secret } }, after_sensitive: { a: { b: true } } })],
  }),
  "a key of a map": (secret) => ({
    changes: [resource("marked", { after: { a: { [secret]: "x" } }, after_sensitive: { a: true } })],
  }),
  "JSON in a text": (secret) => ({ changes: [marked(JSON.stringify({ password: secret }))] }),
  "an upload in base64": (secret) => ({ changes: [marked(base64(secret))] }),
  "a variable": (secret) => ({
    more: { variables: { v: { value: secret } } },
  }),
  "an output": (secret) => ({
    more: { planned_values: { outputs: { o: { sensitive: true, value: secret } }, root_module: {} } },
  }),
  drift: (secret) => ({
    more: {
      resource_drift: [
        resource("marked", { before: { a: secret }, after: { a: "x" }, before_sensitive: { a: true } }),
      ],
    },
  }),
  "the prior state": (secret) => ({
    more: {
      prior_state: {
        format_version: "1.0",
        values: {
          root_module: {
            child_modules: [
              {
                resources: [
                  { address: "m.x", mode: "data", values: { a: secret }, sensitive_values: { a: true } },
                ],
              },
            ],
          },
        },
      },
    },
  }),
  "a deposed object": (secret) => ({
    changes: [
      resource(
        "marked",
        { actions: ["delete"], before: { a: secret }, after: null, before_sensitive: { a: true } },
        { deposed: "0badf00d" },
      ),
    ],
  }),
  "a deferred change": (secret) => ({
    more: {
      deferred_changes: [
        {
          reason: "resource_config_unknown",
          resource_change: resource("marked", { after: { a: secret }, after_sensitive: { a: true } }),
        },
      ],
    },
  }),
  "an action": (secret) => ({
    more: {
      action_invocations: [
        {
          address: "action.docker_exec.reload",
          type: "docker_exec",
          config_values: { command: ["sh", secret] },
          config_sensitive: { command: [false, true] },
          invoke_action_trigger: {},
        },
      ],
    },
  }),
  "an output for another stack": (secret) => ({
    more: {
      output_changes: {
        "cross-stack-output-random_passwordresult": {
          actions: ["create"],
          before: null,
          after: secret,
          after_unknown: false,
          before_sensitive: true,
          after_sensitive: true,
        },
      },
    },
  }),
};

/** The configuration of the variable, which alone says that it is sensitive. */
const SENSITIVE_VARIABLE: Members = { v: { sensitive: true } };

function together(secret: string, mark: ReturnType<(typeof MARKS)[string]>): PlanDocument {
  const { changes, more } = copies(secret);
  const merged: Record<string, Json> = { ...more, ...mark.more };
  for (const key of ["resource_drift", "deferred_changes", "action_invocations"]) {
    const lists = [more[key], mark.more?.[key]].flatMap((list) =>
      Array.isArray(list) ? (list as Json[]) : [],
    );
    merged[key] = lists;
  }
  merged["output_changes"] = {
    ...(more["output_changes"] as Members),
    ...(mark.more?.["output_changes"] as Members),
  };
  const configuration = more["configuration"] as { provider_config: Json; root_module: Members };
  merged["configuration"] = {
    ...configuration,
    root_module: { ...configuration.root_module, variables: SENSITIVE_VARIABLE },
  };
  return document([...changes, ...(mark.changes ?? [])], merged);
}

/** Secrets that nothing marks: their names and shapes tell them. */
const NAMED: Readonly<Record<string, (secret: string) => PlanDocument>> = {
  "an entry of an environment": (secret) =>
    document([
      resource("web", { before: { env: ["A=1"] }, after: { env: ["A=1", `DB_PASSWORD=${secret}`] } }),
    ]),
  "an attribute of such a name": (secret) =>
    document([resource("web", { after: { admin_password: secret } })]),
  "an uploaded file": (secret) =>
    document([
      resource("web", {
        after: { upload: [{ file: "/etc/app.env", content: `MODE=x\nAPI_TOKEN=${secret}\n` }] },
      }),
    ]),
  "an uploaded file in base64": (secret) =>
    document([
      resource("web", {
        after: {
          upload: [{ file: "/etc/agent.json", content_base64: base64(JSON.stringify({ encrypt: secret })) }],
        },
      }),
    ]),
  "the password of a URL": (secret) =>
    document([resource("web", { after: { url: `postgres://user:${encodeURIComponent(secret)}@db/x` } })]),
  "a provisioner's environment": (secret) =>
    document([resource("web", { actions: ["create"], before: null, after: { name: "web" } })], {
      configuration: {
        root_module: {
          resources: [
            {
              address: "docker_container.web",
              mode: "managed",
              type: "docker_container",
              name: "web",
              provisioners: [
                {
                  type: "local-exec",
                  expressions: {
                    environment: { constant_value: { SECRET_KEY: secret } },
                    command: { constant_value: "x" },
                  },
                },
              ],
            },
          ],
        },
      },
    }),
};

/** All places, each with the plan that has a secret there. */
export const PLACES: readonly (readonly [place: string, plan: (secret: string) => PlanDocument])[] = [
  ...Object.entries(MARKS).map(
    ([place, mark]) => [place, (secret: string) => together(secret, mark(secret))] as const,
  ),
  ...Object.entries(NAMED),
];

/** A plan with a text that nothing says to be a secret. */
export function unmarked(text: string): PlanDocument {
  return document([resource("changed", { after: { plain: `before ${text} after` } })]);
}
