import type { AttributePath, ConfigurationAddress, Plan, ResourceChange } from "../plan/plan";
import { ACTION_REASONS } from "../plan/vocabulary";
import type { Policy } from "../policy/policy";
import { DATA_BEARING_TYPES } from "../policy/data-bearing";
import type { Redacted } from "../redaction/redacted";
import type { Redactor } from "../redaction/redactor";
import type { Reason, ReviewedAction, ReviewedChange } from "../review/review";
import { addressParts } from "./addresses";
import { attributesOf } from "./attributes";
import { isList, isObject, member, shownValue } from "./values";

/** Labels on containers, the public contract of `cdktf-docker-discovery`. */
const LABELS = {
  role: "cdktf-docker-discovery.role",
  gate: "cdktf-docker-discovery.gate",
  data: "cdktf-docker-discovery.data",
} as const;

/** What is known of the stack that a change is in. */
export interface StackContext {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly redactor: Redactor;
  /** The attributes that the configuration sets, by resource. */
  readonly configured: ReadonlyMap<ConfigurationAddress, ReadonlySet<string>>;
  /** The name of a resource; its address where none is known. Not yet redacted. */
  nameOf(address: string): string;
  /** The host that a resource is on. Not yet redacted. */
  hostOf(change: ResourceChange): string | undefined;
}

/** What a change does, in the words of a review; undefined for one that does nothing at all. */
export function reviewedAction({
  change,
  address,
  previousAddress,
}: ResourceChange): ReviewedAction | undefined {
  if (change.action !== "no-op") return change.action;
  if (change.importing !== undefined) return "import";
  return previousAddress !== undefined && previousAddress !== address ? "move" : undefined;
}

/** Says what happens to an object, and why. */
export function reviewChange(
  resource: ResourceChange,
  action: ReviewedAction,
  context: StackContext,
): ReviewedChange {
  const { plan, policy, redactor } = context;
  const { change } = resource;
  const text = (value: string): string => redactor.text(value);
  const redacted = redactor.change(resource);
  const { configuration } = addressParts(resource.address);
  const labels = new Map([...labelsOf(redacted.before), ...labelsOf(redacted.after)]);
  const optional = {
    order: change.order,
    reason: reasonOf(resource, text),
    previousAddress: resource.previousAddress === undefined ? undefined : text(resource.previousAddress),
    deposed: resource.deposed === undefined ? undefined : text(resource.deposed),
    importing: importingOf(resource, redactor),
    dataBearing: dataBearing(resource.type, labels, policy),
    role: labels.get(LABELS.role),
    gate: labels.get(LABELS.gate),
    host: mapped(context.hostOf(resource), text),
    image: imageOf(resource.type, redacted.after) ?? imageOf(resource.type, redacted.before),
  };
  return {
    address: text(resource.address),
    name: text(context.nameOf(resource.address)),
    type: text(resource.type),
    action,
    actions: change.actions.map(text),
    ...withoutUndefined(optional),
    ...attributesOf({
      type: resource.type,
      change: { ...change, replacePaths: change.replacePaths.map((path) => shownPath(path, text)) },
      redacted,
      configured: context.configured.get(configuration),
      noise: policy.noise ?? [],
    }),
    provisioners: provisionersOf(plan, configuration, action),
  };
}

/** Why, in words: those of the vocabulary, and the order of events where a plan has no word for it. */
function reasonOf(
  { reason, reasonKnown, change }: ResourceChange,
  text: (value: string) => string,
): Reason | undefined {
  if (reason === undefined) return undefined;
  const words = reasonKnown ? ACTION_REASONS.get(reason) : undefined;
  if (words === undefined) {
    return { code: text(reason), text: "for a reason that this version does not know: review it by hand" };
  }
  const forced = change.replacePaths.length > 0;
  const bare = reason === "replace_because_cannot_update" && !forced;
  return { code: reason, text: bare ? `${words}; the plan does not name the attribute` : words };
}

/** A way to what forces a replacement, as keys stand in redacted values: a key of a map may be a secret. */
function shownPath(path: AttributePath, text: (value: string) => string): AttributePath {
  return path.map((step) => (typeof step === "string" ? text(step) : step));
}

function importingOf({ change }: ResourceChange, redactor: Redactor): string | undefined {
  const { importing } = change;
  if (importing === undefined) return undefined;
  if (importing.unknown === true) return "by an id that is known only after apply";
  if (importing.id !== undefined) return `by the id ${JSON.stringify(redactor.text(importing.id))}`;
  const shown = shownValue(redactor.value(importing.identity));
  return shown.kind === "value" ? `by the identity ${shown.text}` : "by an identity that is not shown";
}

const BEARING_DATA: ReadonlySet<string> = new Set(DATA_BEARING_TYPES);

function dataBearing(type: string, labels: ReadonlyMap<string, string>, policy: Policy): string | undefined {
  if (BEARING_DATA.has(type) || policy.dataBearingTypes?.includes(type) === true) return type;
  const data = labels.get(LABELS.data);
  return data === undefined ? undefined : `label ${LABELS.data}=${data}`;
}

/** The labels of a container: a list of `{ label, value }`, or a map. */
function labelsOf(side: Redacted | undefined): Map<string, string> {
  const labels = isObject(side) ? member(side, "labels") : undefined;
  const found = new Map<string, string>();
  const add = (name: Redacted | undefined, value: Redacted | undefined): void => {
    if (typeof name === "string" && typeof value === "string") found.set(name, value);
  };
  if (isObject(labels)) for (const name of Object.keys(labels)) add(name, labels[name]);
  if (isList(labels)) {
    for (const element of labels) {
      if (isObject(element)) add(member(element, "label"), member(element, "value"));
    }
  }
  return found;
}

function imageOf(type: string, side: Redacted | undefined): string | undefined {
  const image = type === "docker_container" && isObject(side) ? member(side, "image") : undefined;
  return typeof image === "string" ? image : undefined;
}

const WHEN: ReadonlyMap<ReviewedAction, string> = new Map([
  ["create", "when created"],
  ["create-then-forget", "when created"],
  ["delete", "if declared for destruction"],
  ["replace", "when created or destroyed"],
  ["unknown", "when created or destroyed"],
]);

/** The plan's format does not say which of them run at creation and which at destruction. */
function provisionersOf(plan: Plan, configuration: ConfigurationAddress, action: ReviewedAction): string[] {
  const said = WHEN.get(action);
  if (said === undefined) return [];
  return plan.provisioners
    .filter(({ resource }) => resource === configuration)
    .map(({ type }) => `${type} (${said})`);
}

function mapped<From, To>(value: From | undefined, map: (value: From) => To): To | undefined {
  return value === undefined ? undefined : map(value);
}

/** Drops members without a value. */
export function withoutUndefined<Members extends object>(
  members: Members,
): { [Key in keyof Members]?: Exclude<Members[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Members]?: Exclude<Members[Key], undefined>;
  };
}
