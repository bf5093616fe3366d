import { parsePlan } from "../../src/plan/parse-plan";
import { fixturePlan } from "./fixtures";

const minimal = { format_version: "1.2", planned_values: {}, complete: true, errored: false };
const parse = (plan: object) => parsePlan(JSON.stringify({ ...minimal, ...plan }), "plan.json");

test("provisioners of all modules, with their expressions", () => {
  expect(fixturePlan("provisioners").provisioners.map(({ resource, type }) => `${resource} ${type}`)).toEqual(
    [
      "terraform_data.changed local-exec",
      "terraform_data.changed local-exec",
      "terraform_data.kept local-exec",
      "terraform_data.remote file",
      "terraform_data.remote remote-exec",
      "module.child.terraform_data.inside local-exec",
    ],
  );
  expect(fixturePlan("provisioners").provisioners[1]?.expressions).toEqual({
    command: { constant_value: "echo gone" },
  });
});

test("references go through variables and outputs of modules", () => {
  expect(Object.fromEntries(fixturePlan("modules").references)).toEqual({
    "terraform_data.reader": ["module.host"],
    "module.host.module.agent.terraform_data.container": [
      "module.host.terraform_data.network",
      "terraform_data.upstream",
    ],
  });
});

test("references: outputs of modules, depends_on, keys, locals, data, and nothing of count and each", () => {
  const { references } = parse({
    configuration: {
      root_module: {
        resources: [
          {
            address: "a.b",
            expressions: {
              one: { references: ['module.m["x.y"].out', 'module.m["x.y"]', "module.m"] },
              block: [{ two: { references: ["local.three", "each.value", "count.index"] } }],
              constant: { constant_value: { references: ["no.reference"] } },
            },
            for_each_expression: { references: ["data.d.e.f", "data.d.e"] },
            depends_on: ["g.h", "module.n"],
          },
          { address: "g.h", expressions: { self: { references: ["path.module", "terraform.workspace"] } } },
        ],
        module_calls: {
          m: {
            expressions: { given: { references: ["g.h[0].id", "g.h[0]", "g.h"] } },
            module: {
              outputs: {
                out: { expression: { references: ["i.j.k", "i.j", "var.given"] }, depends_on: ["l.m"] },
              },
            },
          },
        },
      },
    },
  });
  expect(Object.fromEntries(references)).toEqual({
    "a.b": ["data.d.e", "g.h", "local.three", "module.m.i.j", "module.m.l.m", "module.n"],
  });
});

test("references in a circle come to an end", () => {
  const { references } = parse({
    configuration: {
      root_module: {
        resources: [{ address: "a.b", expressions: { x: { references: ["module.m.out"] } } }],
        module_calls: {
          m: {
            expressions: { given: { references: ["module.m.out", "c.d"] } },
            module: { outputs: { out: { expression: { references: ["var.given"] } } } },
          },
        },
      },
    },
  });
  expect(references.get("a.b")).toEqual(["c.d"]);
});

test("the place of each provider, that of a module's caller too", () => {
  const { providers } = parse({
    configuration: {
      provider_config: {
        docker: { name: "docker", expressions: { host: { references: ["var.host"] } } },
        "docker.web-1": {
          name: "docker",
          alias: "web-1",
          expressions: { host: { constant_value: "ssh://deploy@192.0.2.10" } },
        },
      },
      root_module: {
        resources: [
          { address: "docker_container.a", provider_config_key: "docker" },
          { address: "docker_container.b", provider_config_key: "docker.web-1" },
        ],
        module_calls: {
          m: {
            module: {
              resources: [{ address: "docker_container.c", provider_config_key: "module.m:docker.web-1" }],
            },
          },
        },
      },
    },
  });
  expect([...providers]).toEqual([
    ["docker_container.a", { key: "docker" }],
    ["docker_container.b", { key: "docker.web-1", alias: "web-1", host: "ssh://deploy@192.0.2.10" }],
    [
      "module.m.docker_container.c",
      { key: "module.m:docker.web-1", alias: "web-1", host: "ssh://deploy@192.0.2.10" },
    ],
  ]);
  expect(fixturePlan("fleet-web-change").providers.get("docker_container.host-1_web_314F1979")).toMatchObject(
    {
      host: "unix:///var/run/docker.sock",
    },
  );
});

test("variables: values, what is sensitive, and what is ephemeral and has no value", () => {
  expect(fixturePlan("sensitive").variables).toEqual([
    { name: "keys", value: { api: "planted-secret-api-key-two" }, sensitive: true, ephemeral: false },
    { name: "password", value: "planted-secret-rotated", sensitive: true, ephemeral: false },
  ]);
  expect(fixturePlan("ephemeral-variables").variables).toEqual([
    { name: "plain", value: "plain", sensitive: false, ephemeral: false },
    { name: "secret_token", value: undefined, sensitive: true, ephemeral: true },
    { name: "token", value: undefined, sensitive: false, ephemeral: true },
  ]);
  const hostile =
    '{"format_version":"1.0","planned_values":{},"variables":{"__proto__":{"value":1},"constructor":{"value":2}}}';
  expect(parsePlan(hostile, "x").variables.map(({ name, value }) => [name, value])).toEqual([
    ["__proto__", 1],
    ["constructor", 2],
  ]);
});

test("relevant attributes", () => {
  expect(fixturePlan("docker-drift").relevantAttributes).toEqual([
    { resource: "docker_container.relevant", path: ["memory"] },
  ]);
});

test("actions that apply invokes, and what is secret and not known of them", () => {
  const [reload, , later] = fixturePlan("action-invocations").actionInvocations;
  expect(reload).toEqual({
    address: "action.docker_exec.reload",
    type: "docker_exec",
    triggeredBy: "docker_container.web",
    event: "AfterCreate",
    values: { container: "web", command: ["kill", "-HUP", "1"], token: "planted-secret-action-token" },
    sensitive: { token: true },
    unknown: { container_id: true },
  });
  expect(later).toMatchObject({ address: "action.docker_exec.later", deferredReason: "deferred_prereq" });
});
