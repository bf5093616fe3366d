import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parsePlan } from "../../src/plan/parse-plan";
import type { Action, Json } from "../../src/plan/plan";
import { evaluatePolicy } from "../../src/policy/evaluate-policy";
import { policyStack } from "../../src/policy/policy-stack";
import type { Finding } from "../../src/review/review";
import { change, stack } from "./plans";

const FIXTURES = join(__dirname, "../../fixtures");
const NOW = new Date("2026-06-15");

function findingsOf(folder: string, file: string): readonly Finding[] {
  const plan = parsePlan(readFileSync(join(FIXTURES, folder, file)), file);
  const of = policyStack({
    name: "fixture",
    environment: "fixture",
    dependsOn: [],
    plan,
    nameOf: (address) => address,
    hostOf: () => undefined,
  });
  return evaluatePolicy({}, [of], NOW);
}

const inShort = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ level, rule, address }) => `${level} ${rule} ${address ?? "stack"}`).sort();

describe("the shipped rules on real plans", () => {
  const files = ["plans", "by-hand"].flatMap((folder) =>
    readdirSync(join(FIXTURES, folder))
      .filter((file) => file.endsWith(".json"))
      .map((file) => [folder, file] as const),
  );

  test.each(files)("run: %s/%s", (folder, file) => {
    for (const { message } of findingsOf(folder, file)) {
      expect(message).not.toMatch(/the rule failed/);
      expect(message).not.toMatch(/planted-secret/);
    }
  });

  test("say of a new container what is wrong with it, and nothing of what the provider fills in", () => {
    expect(inShort(findingsOf("plans", "docker-create.json"))).toEqual([
      "error docker/published-port docker_container.web",
      "error secrets/plain-text docker_container.web",
    ]);
  });

  test("say that a volume is lost", () => {
    expect(inShort(findingsOf("plans", "docker-change.json"))).toContain(
      "error docker/data-volume docker_volume.data",
    );
    expect(inShort(findingsOf("plans", "docker-delete.json"))).toEqual([
      "error docker/data-volume docker_volume.data",
    ]);
    expect(inShort(findingsOf("plans", "deposed.json"))).toEqual([
      "error docker/data-volume docker_volume.data",
    ]);
  });

  test("say that a plan is not whole", () => {
    for (const [folder, file] of [
      ["plans", "errored.json"],
      ["plans", "targeted.json"],
      ["by-hand", "deferred.json"],
    ] as const) {
      expect(inShort(findingsOf(folder, file))).toContain("error terraform/complete-plan stack");
    }
  });

  test("have nothing to say of a fleet that its constructs made, and that does not change", () => {
    expect(findingsOf("plans", "fleet-base-create.json")).toEqual([]);
    expect(findingsOf("plans", "fleet-base-unchanged.json")).toEqual([]);
  });
});

test("no shape of values makes a shipped rule fail", () => {
  const actions: readonly Action[] = [
    "create",
    "update",
    "replace",
    "delete",
    "forget",
    "create-then-forget",
    "unknown",
  ];
  const names = [
    "labels",
    "ports",
    "image",
    "name",
    "healthcheck",
    "wait",
    "volumes",
    "mounts",
    "endpoint_spec",
    "task_spec",
    "input",
    "env",
    "upload",
  ];
  const inner = [
    "label",
    "value",
    "ip",
    "test",
    "volume_name",
    "container_path",
    "source",
    "target",
    "ports",
    "container_spec",
    "image",
    "cdktf-docker-discovery.action",
    "cdktf-docker-discovery.host",
  ];
  const leaf = fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    "",
    "consul-server",
    "health-check",
    "0.0.0.0",
    "cdktf-docker-discovery.role",
    "cdktf-docker-discovery.data",
    "engine-restart",
    "a:latest",
  );
  const value = fc.letrec<{ node: Json }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...inner), tie("node"), { maxKeys: 3 }),
    ),
  })).node;
  const body = fc.oneof(value, fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }));
  const resource = fc.record({
    address: fc.constantFrom(
      "docker_container.a",
      "docker_service.a",
      "docker_image.a",
      "docker_volume.a",
      "terraform_data.a",
    ),
    action: fc.constantFrom(...actions),
    before: body,
    after: body,
    unknown: body,
    sensitive: body,
  });
  fc.assert(
    fc.property(fc.array(resource, { maxLength: 3 }), (resources) => {
      const of = stack(
        resources.map(({ address, action, ...spec }, index) => change(`${address}${index}`, action, spec)),
      );
      for (const { message } of evaluatePolicy({}, [of], NOW)) expect(message).not.toMatch(/the rule failed/);
    }),
    { numRuns: 500 },
  );
});
