/**
 * What the fuzzer believes of a plan. It looks at the bare JSON by the documented format, and shares nothing with the parser:
 * whatever it finds must not end with exit code 0.
 */
type Members = Readonly<Record<string, unknown>>;

const REASONS = new Set(
  (
    "replace_because_tainted replace_because_cannot_update replace_by_request replace_by_triggers " +
    "delete_because_no_resource_config delete_because_no_module delete_because_wrong_repetition " +
    "delete_because_count_index delete_because_each_key delete_because_no_move_target read_because_config_unknown " +
    "read_because_dependency_pending read_because_check_nested"
  ).split(" "),
);
const MODES = new Set(["managed", "data", "ephemeral"]);
const STATUSES = new Set(["pass", "unknown"]);
const ACTIONS = new Set(["no-op", "create", "read", "update", "delete", "forget", "open"]);

function members(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Members)
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isNoOp(change: unknown): boolean {
  const actions = list(members(change)?.["actions"]);
  return actions.length === 1 && actions[0] === "no-op";
}

function* ofResource(entry: unknown, where: string): Iterable<string> {
  const resource = members(entry);
  const change = members(resource?.["change"]);
  if (resource === undefined || change === undefined) {
    yield `${where} is no change of a resource`;
    return;
  }
  const { address, previous_address: previous, mode, action_reason: reason } = resource;
  if (!isText(address)) yield `${where} has no address`;
  if (!isText(mode) || !MODES.has(mode)) yield `${where} has an unknown mode`;
  if (isText(reason) && !REASONS.has(reason)) yield `${where} has an unknown reason`;
  if (isText(previous) && previous !== address) yield `${where} is moved`;
  if (!isNothing(change["importing"])) yield `${where} is imported`;
  if (!isNoOp(change)) yield `${where} is ${JSON.stringify(change["actions"])}`;
  else if (JSON.stringify(change["before"] ?? null) !== JSON.stringify(change["after"] ?? null)) {
    // Orders of keys may differ.
    if (canonical(change["before"]) !== canonical(change["after"])) yield `${where} is a no-op that changes`;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, each: unknown) => {
    const object = members(each);
    if (object === undefined) return each;
    return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  });
}

function managed(values: unknown): string[] {
  const found: string[] = [];
  const open: unknown[] = [members(values)?.["root_module"]];
  while (open.length > 0) {
    const module = members(open.pop());
    for (const each of list(module?.["resources"])) {
      const resource = members(each);
      if (resource?.["mode"] === "managed" && isText(resource["address"])) found.push(resource["address"]);
    }
    open.push(...list(module?.["child_modules"]));
  }
  return found;
}

/** What of a plan must not be taken for nothing to do; empty where nothing is found. */
export function changesIn(document: unknown): string[] {
  const plan = members(document);
  if (plan === undefined) return ["no plan"];
  const found: string[] = [];
  const resources = list(plan["resource_changes"]);
  for (const [index, entry] of resources.entries())
    found.push(...ofResource(entry, `resource_changes[${index}]`));
  for (const [index, entry] of list(plan["resource_drift"]).entries()) {
    const actions = list(members(members(entry)?.["change"])?.["actions"]);
    if (actions.length === 0 || !actions.every((action) => isText(action) && ACTIONS.has(action)))
      found.push(`resource_drift[${index}] has unknown actions`);
  }
  for (const key of ["deferred_changes", "action_invocations", "deferred_action_invocations", "list_changes"])
    if (list(plan[key]).length > 0) found.push(key);
  for (const [name, change] of Object.entries(members(plan["output_changes"]) ?? {}))
    if (!isNoOp(change)) found.push(`output ${name}`);
  for (const [index, check] of list(plan["checks"]).entries()) {
    const status = members(check)?.["status"];
    if (!isText(status) || !STATUSES.has(status)) found.push(`checks[${index}] is ${JSON.stringify(status)}`);
  }
  for (const key of ["errored", "applyable"]) if (plan[key] === true) found.push(key);
  if (plan["complete"] === false) found.push("incomplete");
  for (const key of ["errored", "applyable", "complete"])
    if (!isNothing(plan[key]) && typeof plan[key] !== "boolean") found.push(`${key} is no boolean`);
  const addresses = new Set(
    [
      ...resources,
      ...list(plan["deferred_changes"]).map((each) => members(each)?.["resource_change"]),
    ].flatMap((entry) => {
      const resource = members(entry);
      return [resource?.["address"], resource?.["previous_address"]];
    }),
  );
  for (const address of managed(plan["planned_values"]))
    if (!addresses.has(address)) found.push(`${address} is planned, and has no change`);
  return found;
}
