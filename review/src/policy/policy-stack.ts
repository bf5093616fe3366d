import type { AttributePath, Plan, ResourceChange } from "../plan/plan";
import { addressParts } from "../reading/addresses";
import { configuredAttributes } from "../reading/configured-attributes";
import type { PolicyResource, PolicyStack } from "./policy";
import { keysAt, type MarkedValue, valueAt } from "./policy-value";

/** What a stack is made of, for rules. */
export interface PolicyStackInput {
  /** Its name. */
  readonly name: string;
  /** Its environment. */
  readonly environment: string;
  /** The stacks that are deployed before it, directly. */
  readonly dependsOn: readonly string[];
  /** Its plan. */
  readonly plan: Plan;
  /** Gives the construct's path of an address, else the address. */
  readonly nameOf: (address: string) => string;
  /** Gives the host of a resource, where it is known. */
  readonly hostOf: (resource: ResourceChange) => string | undefined;
}

/** A stack as rules see it. Data sources and ephemeral resources are left out; a mode that is not known is not. */
export function policyStack(input: PolicyStackInput): PolicyStack {
  const { name, environment, dependsOn, plan } = input;
  let configured: ReturnType<typeof configuredAttributes> | undefined;
  const attributesOf = (address: string) =>
    (configured ??= configuredAttributes(plan)).get(addressParts(address).configuration);
  return {
    name,
    environment,
    dependsOn,
    plan,
    resources: plan.resourceChanges
      .filter(({ mode }) => mode !== "data" && mode !== "ephemeral")
      .map((change) => policyResource(change, input, attributesOf)),
  };
}

function policyResource(
  change: ResourceChange,
  { nameOf, hostOf }: PolicyStackInput,
  attributesOf: (address: string) => ReadonlySet<string> | undefined,
): PolicyResource {
  const { address, type } = change;
  const { action, actions } = change.change;
  const host = hostOf(change);
  const sides = {
    before: {
      value: change.change.before,
      unknown: undefined,
      sensitive: change.change.beforeSensitive,
    },
    after: {
      value: change.change.after,
      unknown: change.change.afterUnknown,
      sensitive: change.change.afterSensitive,
    },
  };
  return {
    address,
    name: nameOf(address),
    type,
    action,
    // An action that is not known may still say that something is deleted.
    destroys: action === "delete" || action === "replace" || actions.includes("delete"),
    ...(host === undefined ? {} : { host }),
    change,
    before: (...path) => valueAt(sides.before, path),
    after: (...path) => valueAt(sides.after, path),
    keys: (side, ...path: AttributePath) => keysAt(sides[side], path),
    configures: (attribute) => attributesOf(address)?.has(attribute),
    labels: (side) => labelsIn(sides[side]),
  };
}

function labelsIn(side: MarkedValue): Readonly<Record<string, string>> | undefined {
  const value = valueAt(side, ["labels"]);
  if (value.kind === "unknown") return undefined;
  if (value.kind === "absent" || typeof value.value !== "object" || value.value === null) return {};
  // Blocks of `label` and `value`, as the Docker provider has them, or a map.
  const entries = Array.isArray(value.value)
    ? keysAt(side, ["labels"])?.map((key) => [
        valueAt(side, ["labels", key, "label"]),
        valueAt(side, ["labels", key, "value"]),
      ])
    : keysAt(side, ["labels"])?.map((key) => [
        { kind: "known", value: String(key), sensitive: false } as const,
        valueAt(side, ["labels", key]),
      ]);
  return Object.fromEntries(
    (entries ?? []).flatMap(([label, text]) =>
      label?.kind === "known" && typeof label.value === "string" && text?.kind === "known"
        ? [[label.value, typeof text.value === "string" ? text.value : ""]]
        : [],
    ),
  );
}
