import type { Action, Json, Marks, Plan, ResourceChange } from "../../src/plan/plan";
import type { PolicyRule, PolicyStack, Violation } from "../../src/policy/policy";
import { policyStack } from "../../src/policy/policy-stack";

const ACTIONS: Readonly<Record<Action, readonly string[]>> = {
  "no-op": ["no-op"],
  create: ["create"],
  read: ["read"],
  update: ["update"],
  delete: ["delete"],
  replace: ["delete", "create"],
  "create-then-forget": ["create", "forget"],
  forget: ["forget"],
  open: ["open"],
  unknown: ["polish"],
};

/** A resource of a test: what matters of it. */
export interface ResourceSpec {
  readonly before?: Json;
  readonly after?: Json;
  readonly unknown?: Marks;
  readonly sensitive?: Marks;
  readonly deposed?: string;
  readonly mode?: ResourceChange["mode"];
}

/** A change of `docker_container.web`, `module.a.docker_volume.data["x"]`. */
export function change(address: string, action: Action, spec: ResourceSpec = {}): ResourceChange {
  const [type = "", name = ""] = address
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(-2);
  const { before, after, unknown, sensitive, deposed, mode = "managed" } = spec;
  return {
    address,
    mode,
    type,
    name,
    reasonKnown: true,
    ...(deposed === undefined ? {} : { deposed }),
    change: {
      action,
      actions: ACTIONS[action],
      before,
      after,
      afterUnknown: unknown,
      beforeSensitive: sensitive,
      afterSensitive: sensitive,
      replacePaths: [],
    },
  };
}

/** A document whose configuration sets these attributes of a resource, and no others. */
export function configuration(address: string, ...attributes: string[]): Pick<Plan, "document"> {
  return {
    document: {
      configuration: {
        root_module: {
          resources: [{ address, expressions: Object.fromEntries(attributes.map((name) => [name, {}])) }],
        },
      },
    },
  };
}

/** A whole plan with these changes. */
export function plan(resourceChanges: readonly ResourceChange[], more: Partial<Plan> = {}): Plan {
  return {
    formatVersion: "1.2",
    resourceChanges,
    resourceDrift: [],
    deferredChanges: [],
    outputChanges: [],
    variables: [],
    checks: [],
    relevantAttributes: [],
    actionInvocations: [],
    provisioners: [],
    providers: new Map(),
    references: new Map(),
    errored: false,
    complete: true,
    applyable: true,
    unknowns: [],
    document: {},
    ...more,
  };
}

/** A stack whose resources have the names `<stack>/<name of the resource>`. */
export function stack(
  resourceChanges: readonly ResourceChange[],
  more: Partial<Plan> & { readonly name?: string; readonly environment?: string } = {},
): PolicyStack {
  const { name = "production-web", environment = "production", ...rest } = more;
  return policyStack({
    name,
    environment,
    dependsOn: [],
    plan: plan(resourceChanges, rest),
    nameOf: (address) =>
      `${name}/${
        address
          .replace(/\[.*\]$/, "")
          .split(".")
          .at(-1) ?? ""
      }`,
    hostOf: () => undefined,
  });
}

/** What a rule finds in a stack. */
export function violations(rule: PolicyRule, of: PolicyStack): readonly Violation[] {
  return [...rule.check(of, [of])];
}

/** What a rule finds in one line for each: `error docker_container.web: message`. */
export function verdicts(rule: PolicyRule, of: PolicyStack): readonly string[] {
  return violations(rule, of).map(
    ({ resource, message, cannotVerify }) =>
      `${cannotVerify === true ? "cannot verify" : "error"} ${resource?.address ?? "stack"}: ${message}`,
  );
}

/** Labels as the Docker provider has them. */
export function labels(of: Readonly<Record<string, string | null>>): Json {
  return Object.entries(of).map(([label, value]) => ({ label, value }));
}
