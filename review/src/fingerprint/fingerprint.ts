import { createHash, createHmac } from "node:crypto";
import type { Json, Plan, PlanDocument, ResourceChange } from "../plan/plan";
import type { Redactor } from "../redaction/redactor";
import type { Redacted } from "../redaction/redacted";
import { EncodedText, Secret, Unknown } from "../redaction/redacted";
import { writeCanonical } from "./canonical-json";

/** How a plan's fingerprint is made. */
export interface FingerprintOptions {
  /**
   * A secret of the pipeline. With it the fingerprint covers all of the plan, values of secrets too.
   * @default - the fingerprint covers what a reader of the review can see
   */
  readonly key?: string;
  /** Removes the secrets, where there is no key. */
  readonly redactor: Redactor;
}

/** A stack's name and its plan's fingerprint. */
export interface StackFingerprint {
  /** The stack's name. */
  readonly name: string;
  /** What `fingerprintOf` gave. */
  readonly fingerprint: string;
}

/** The time at which it was planned is nothing that a plan does. */
const LEFT_OUT = new Set(["timestamp"]);
/** Lists of the plan whose order says nothing. */
const UNORDERED = new Set([
  "resource_changes",
  "resource_drift",
  "deferred_changes",
  "relevant_attributes",
  "checks",
  "action_invocations",
  "deferred_action_invocations",
]);

/**
 * The fingerprint of a plan, to tell whether a plan is the one that was reviewed.
 *
 * With a key it is `hmac-sha256:` and 64 hexadecimal digits, over the whole document in canonical form (keys sorted, no
 * white space, the plan's own lists as sets), but for `timestamp`. One byte more in any value makes another one. JSON
 * numbers are covered as they are read: those beyond 2^53 that are read alike are alike.
 *
 * Without a key it is `sha256:` and 64 hexadecimal digits, over what the review can show: the resources' changes, drift,
 * deferred changes, outputs, variables, checks, relevant attributes, invoked actions, provisioners, what is unknown, and
 * the versions. Secrets are left out, since a plain hash of a short one can be guessed; whether one changes is covered.
 */
export function fingerprintOf(plan: Plan, options: FingerprintOptions): string {
  if (options.key !== undefined && options.key !== "") {
    const { key } = options;
    const hash = createHmac("sha256", key);
    hash.update("cdktf-plan-review fingerprint 1\n");
    writeDocument(plan.document, hash, () => createHmac("sha256", key));
    return `hmac-sha256:${hash.digest("hex")}`;
  }
  const hash = createHash("sha256");
  hash.update("cdktf-plan-review fingerprint 1\n");
  writeReviewed(plan, options.redactor, hash);
  return `sha256:${hash.digest("hex")}`;
}

/**
 * The fingerprint over several stacks, whatever their order.
 * @param key the secret of the pipeline, if their fingerprints were made with it
 */
export function combineFingerprints(stacks: readonly StackFingerprint[], key?: string): string {
  const keyed = key !== undefined && key !== "";
  const hash = keyed ? createHmac("sha256", key) : createHash("sha256");
  hash.update("cdktf-plan-review fingerprints 1\n");
  const lines = stacks.map(({ name, fingerprint }) => JSON.stringify([name, fingerprint])).sort();
  hash.update(lines.join("\n"));
  return `${keyed ? "hmac-sha256" : "sha256"}:${hash.digest("hex")}`;
}

/** What `createHash` and `createHmac` give. */
interface AnyHash {
  update(text: string): unknown;
  digest(encoding: "hex"): string;
}

function writeDocument(document: PlanDocument, hash: AnyHash, create: () => AnyHash): void {
  for (const key of Object.keys(document).sort()) {
    const value = document[key];
    if (LEFT_OUT.has(key)) {
      continue;
    }
    hash.update(`\n${JSON.stringify(key)}:`);
    if (UNORDERED.has(key) && Array.isArray(value)) {
      writeUnordered(value as readonly Json[], hash, create);
    } else {
      writeCanonical(value, (text) => hash.update(text));
    }
  }
}

/** Writes the sorted hashes of items, which takes little memory whatever the items are. */
function writeUnordered(items: Iterable<Json>, hash: AnyHash, create: () => AnyHash): void {
  const digests: string[] = [];
  for (const item of items) {
    const own = create();
    writeCanonical(item, (text) => own.update(text));
    digests.push(own.digest("hex"));
  }
  for (const digest of digests.sort()) {
    hash.update(`${digest},`);
  }
}

function writeReviewed(plan: Plan, redactor: Redactor, hash: AnyHash): void {
  const text = (value: string | undefined): Json => (value === undefined ? null : redactor.text(value));
  const write = (name: string, items: Iterable<Json>): void => {
    hash.update(`\n${name}:`);
    writeUnordered(items, hash, () => createHash("sha256"));
  };
  write("plan", [
    [plan.formatVersion, plan.terraformVersion ?? null],
    ["errored", plan.errored ?? null],
    ["complete", plan.complete ?? null],
    ["applyable", plan.applyable ?? null],
  ]);
  write("resource_changes", resources(plan.resourceChanges, redactor));
  write("resource_drift", resources(plan.resourceDrift, redactor));
  write("deferred_changes", deferred(plan, redactor));
  write("output_changes", outputs(plan, redactor));
  write("variables", variables(plan, redactor));
  write(
    "checks",
    plan.checks.map(({ address, kind, status, problems }) => [
      text(address),
      kind,
      status,
      problems.map(text),
    ]),
  );
  write(
    "relevant_attributes",
    plan.relevantAttributes.map(({ resource, path }) => [
      text(resource),
      path.map((step) => text(String(step))),
    ]),
  );
  write(
    "action_invocations",
    plan.actionInvocations.map((action) => [
      text(action.address),
      action.type,
      text(action.triggeredBy),
      text(action.event),
      plain(redactor.value(action.values, action.sensitive)),
    ]),
  );
  write(
    "provisioners",
    plan.provisioners.map(({ resource, type, expressions }) => [
      text(resource),
      type,
      plain(redactor.value(expressions)),
    ]),
  );
  write(
    "unknowns",
    plan.unknowns.map(({ where, what, got }) => [text(where), what, text(got)]),
  );
}

function* resources(changes: readonly ResourceChange[], redactor: Redactor): Iterable<Json> {
  for (const change of changes) {
    yield resource(change, redactor);
  }
}

function resource(resourceChange: ResourceChange, redactor: Redactor): Json {
  const { change } = resourceChange;
  const { before, after } = redactor.change(resourceChange);
  const optional = (value: string | undefined): Json => (value === undefined ? null : redactor.text(value));
  const { importing } = change;
  return [
    redactor.text(resourceChange.address),
    optional(resourceChange.previousAddress),
    optional(resourceChange.deposed),
    resourceChange.mode,
    optional(resourceChange.providerName),
    optional(resourceChange.reason),
    change.actions,
    change.replacePaths.map((path) => path.map((step) => redactor.text(String(step)))),
    plain(before),
    plain(after, before),
    importing === undefined
      ? null
      : [optional(importing.id), plain(redactor.value(importing.identity)), importing.unknown ?? null],
    optional(change.generatedConfig),
  ];
}

function* deferred(plan: Plan, redactor: Redactor): Iterable<Json> {
  for (const { reason, resourceChange } of plan.deferredChanges) {
    yield [redactor.text(reason), resource(resourceChange, redactor)];
  }
}

function* outputs(plan: Plan, redactor: Redactor): Iterable<Json> {
  for (const output of plan.outputChanges) {
    const { before, after } = redactor.output(output);
    yield [redactor.text(output.name), output.change.actions, plain(before), plain(after, before)];
  }
}

function* variables(plan: Plan, redactor: Redactor): Iterable<Json> {
  for (const { name, value, sensitive, ephemeral } of plan.variables) {
    const marks = sensitive || ephemeral;
    // As an attribute of an object, so that a variable's own name counts.
    yield [
      redactor.text(name),
      sensitive,
      ephemeral,
      plain(redactor.value({ [name]: value ?? null }, { [name]: marks })),
    ];
  }
}

/** Begins what stands in place of a leaf that is no JSON. */
const LEAF = "\u0000leaf ";

/** A redacted value as JSON. Of a secret it says whether it is the same as before at that place, and no more. */
function plain(value: Redacted | undefined, before?: Redacted): Json {
  if (value === undefined) {
    return `${LEAF}absent`;
  }
  if (value instanceof Secret) {
    return `${LEAF}secret${before instanceof Secret ? (value.equals(before) ? " kept" : " changed") : ""}`;
  }
  if (value instanceof Unknown) {
    return `${LEAF}unknown`;
  }
  if (value instanceof EncodedText) {
    return [`${LEAF}${value.encoding}`, value.text];
  }
  if (isItems(value)) {
    const old = before !== undefined && isItems(before) ? before : [];
    return value.map((item, index) => plain(item, old[index]));
  }
  if (typeof value === "object" && value !== null) {
    const old = isAttributes(before) ? before : {};
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(value[key], ownItem(old, key))]));
  }
  return value;
}

type Attributes = { readonly [key: string]: Redacted };

function isItems(value: Redacted): value is readonly Redacted[] {
  return Array.isArray(value);
}

function isAttributes(value: Redacted | undefined): value is Attributes {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret || value instanceof Unknown || value instanceof EncodedText)
  );
}

function ownItem(object: Attributes, key: string): Redacted | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
