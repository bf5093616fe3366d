import type {
  ActionInvocation,
  AttributePath,
  Change,
  DeferredChange,
  Json,
  Marks,
  OutputChange,
  PlanDocument,
  ResourceChange,
} from "./plan";
import { isObject, member } from "./read-document";
import { ACTION_INVOCATION, CHANGE, DEFERRED, RESOURCE_CHANGE } from "./schema";
import type { Unknowns } from "./unknowns";
import { ACTION_REASONS, ACTION_TUPLES, DEFERRAL_REASONS, MODES, TRIGGER_EVENTS } from "./vocabulary";

/** null and absent are the same to a plan. */
function present<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/** A text field, which the schema has checked. */
function text(fields: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether anything is marked, below too. */
export function marksAnything(marks: Marks): boolean {
  const rest: Marks[] = [marks];
  while (rest.length > 0) {
    const next = rest.pop();
    if (next === true) return true;
    if (typeof next === "object" && next !== null) for (const below of Object.values(next)) rest.push(below);
  }
  return false;
}

/** Whether two values are the same. No document is nested too deep for this (see `MAX_DEPTH`). */
function isSame(one: Json | undefined, other: Json | undefined): boolean {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null)
    return Object.is(one, other);
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    const items = other as readonly Json[];
    return (one as readonly Json[]).every((item, at) => isSame(item, items[at]));
  }
  const a = one as Readonly<Record<string, Json>>;
  const b = other as Readonly<Record<string, Json>>;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

/** An action that the values of its change contradict: then neither is believed. */
function contradiction(change: Change): string | undefined {
  const { action, before, after, afterUnknown } = change;
  switch (action) {
    case "no-op":
      if (marksAnything(afterUnknown) || !isSame(before, after)) return "no-op whose values differ";
      return undefined;
    case "create":
      return before === undefined ? undefined : "create with a value before";
    case "delete":
    case "forget":
      return after === undefined && !marksAnything(afterUnknown) ? undefined : `${action} with a value after`;
    default:
      return undefined;
  }
}

/** An import, where the change is one. */
function importingOf(value: unknown): Change["importing"] {
  if (!isObject(value)) return undefined;
  const id = text(value, "id");
  const identity = present(value.identity);
  return {
    ...(id === undefined ? {} : { id }),
    ...(identity === undefined ? {} : { identity }),
    ...(value.unknown === true ? { unknown: true } : {}),
  };
}

/**
 * Reads a change. An action that is not known, a field of another type and values that contradict the action make it
 * `unknown`.
 */
function readChange(value: unknown, where: string, unknowns: Unknowns): Change {
  const { fields, sound } = unknowns.check(where, CHANGE, value);
  const actions = (fields.actions ?? []) as readonly string[];
  const meaning = ACTION_TUPLES.get(actions.join(","));
  if (meaning === undefined && fields.actions !== undefined) unknowns.word(where, "action", actions);
  const importing = importingOf(fields.importing);
  const generatedConfig = text(fields, "generated_config");
  const change: Change = {
    action: sound ? (meaning?.action ?? "unknown") : "unknown",
    actions,
    ...(meaning?.order === undefined ? {} : { order: meaning.order }),
    before: present(fields.before as Json | undefined),
    after: present(fields.after as Json | undefined),
    afterUnknown: fields.after_unknown as Marks,
    beforeSensitive: fields.before_sensitive as Marks,
    afterSensitive: fields.after_sensitive as Marks,
    replacePaths: (present(fields.replace_paths) ?? []) as readonly AttributePath[],
    ...(importing === undefined ? {} : { importing }),
    ...(generatedConfig === undefined ? {} : { generatedConfig }),
  };
  const contradicted = contradiction(change);
  if (contradicted === undefined) return change;
  unknowns.word(where, contradicted, actions);
  return { ...change, action: "unknown" };
}

/** Reads an entry of `resource_changes` or `resource_drift`, or the one within a deferred change. */
export function readResourceChange(value: unknown, place: string, unknowns: Unknowns): ResourceChange {
  const known = member(value, "address");
  const where = typeof known === "string" && known !== "" ? known : place;
  const { fields, sound } = unknowns.check(where, RESOURCE_CHANGE, value);
  // An empty word is one that nobody knows.
  const mode = typeof fields.mode === "string" ? fields.mode : undefined;
  const modeKnown = mode !== undefined && MODES.has(mode);
  if (mode !== undefined && !modeKnown) unknowns.word(where, "mode", mode);
  const reason = text(fields, "action_reason");
  const reasonKnown = reason === undefined || ACTION_REASONS.has(reason);
  if (!reasonKnown) unknowns.word(where, "action reason", reason);
  const change = readChange(member(value, "change"), where, unknowns);
  const previousAddress = text(fields, "previous_address");
  const moduleAddress = text(fields, "module_address");
  const index = present(fields.index as string | number | null | undefined);
  const providerName = text(fields, "provider_name");
  const deposed = text(fields, "deposed");
  return {
    address: text(fields, "address") ?? place,
    ...(previousAddress === undefined ? {} : { previousAddress }),
    ...(moduleAddress === undefined ? {} : { moduleAddress }),
    mode: modeKnown ? (mode as ResourceChange["mode"]) : "unknown",
    type: text(fields, "type") ?? "unknown",
    name: text(fields, "name") ?? "unknown",
    ...(index === undefined ? {} : { index }),
    ...(providerName === undefined ? {} : { providerName }),
    ...(deposed === undefined ? {} : { deposed }),
    change: sound ? change : { ...change, action: "unknown" },
    ...(reason === undefined ? {} : { reason }),
    reasonKnown,
  };
}

/** Reads a list of resources' changes, and notes an object that stands in it twice. */
export function readResourceChanges(
  document: PlanDocument,
  key: string,
  unknowns: Unknowns,
): ResourceChange[] {
  const entries = (document[key] ?? []) as readonly unknown[];
  const seen = new Set<string>();
  return entries.map((entry, i) => {
    const change = readResourceChange(entry, `${key}[${String(i)}]`, unknowns);
    const object = change.deposed === undefined ? change.address : `${change.address} ${change.deposed}`;
    if (seen.has(object)) unknowns.word(change.address, `object twice in ${key}`, change.change.actions);
    seen.add(object);
    return change;
  });
}

/** A reason for putting off, and whether it is known; one that is not is noted. */
function readDeferral(
  entry: unknown,
  where: string,
  unknowns: Unknowns,
): { reason: string; reasonKnown: boolean } {
  const { fields } = unknowns.check(where, DEFERRED, entry);
  if (typeof fields.reason !== "string") return { reason: "unknown", reasonKnown: false };
  const { reason } = fields;
  const reasonKnown = DEFERRAL_REASONS.has(reason);
  if (!reasonKnown) unknowns.word(where, "deferral reason", reason);
  return { reason, reasonKnown };
}

/** Reads `deferred_changes`. */
export function readDeferredChanges(document: PlanDocument, unknowns: Unknowns): DeferredChange[] {
  return ((document.deferred_changes ?? []) as readonly unknown[]).map((entry, i) => {
    const where = `deferred_changes[${String(i)}]`;
    return {
      ...readDeferral(entry, where, unknowns),
      resourceChange: readResourceChange(member(entry, "resource_change"), where, unknowns),
    };
  });
}

/** Reads `output_changes`. */
export function readOutputChanges(document: PlanDocument, unknowns: Unknowns): OutputChange[] {
  return Object.entries(document.output_changes ?? {}).map(([name, value]) => ({
    name,
    change: readChange(value, `output.${name}`, unknowns),
  }));
}

/** Reads one invocation of an action. */
function readActionInvocation(value: unknown, place: string, unknowns: Unknowns): ActionInvocation {
  const known = member(value, "address");
  const where = typeof known === "string" && known !== "" ? known : place;
  const { fields } = unknowns.check(where, ACTION_INVOCATION, value);
  const lifecycle = fields.lifecycle_action_trigger;
  const invoke = fields.invoke_action_trigger;
  if (!isObject(lifecycle) && !isObject(invoke))
    unknowns.value(where, "trigger of an action", lifecycle ?? invoke);
  const event = isObject(lifecycle) ? text(lifecycle, "action_trigger_event") : undefined;
  if (isObject(lifecycle) && (event === undefined || !TRIGGER_EVENTS.has(event)))
    unknowns.word(where, "event that triggers an action", event);
  const triggeredBy = isObject(lifecycle)
    ? text(lifecycle, "triggering_resource_address")
    : text(isObject(invoke) ? invoke : {}, "calling_resource_address");
  return {
    address: text(fields, "address") ?? place,
    type: text(fields, "type") ?? "unknown",
    ...(triggeredBy === undefined ? {} : { triggeredBy }),
    ...(event === undefined ? {} : { event }),
    values: present(fields.config_values as Json | undefined),
    sensitive: fields.config_sensitive as Marks,
    unknown: fields.config_unknown as Marks,
  };
}

/** Reads `action_invocations` and `deferred_action_invocations`. */
export function readActionInvocations(document: PlanDocument, unknowns: Unknowns): ActionInvocation[] {
  const planned = (document.action_invocations ?? []) as readonly unknown[];
  const deferred = (document.deferred_action_invocations ?? []) as readonly unknown[];
  return [
    ...planned.map((entry, i) => readActionInvocation(entry, `action_invocations[${String(i)}]`, unknowns)),
    ...deferred.map((entry, i) => {
      const where = `deferred_action_invocations[${String(i)}]`;
      const { reason } = readDeferral(entry, where, unknowns);
      return {
        ...readActionInvocation(member(entry, "action_invocation"), where, unknowns),
        deferredReason: reason,
      };
    }),
  ];
}
