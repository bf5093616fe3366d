import { createHash, createHmac } from "node:crypto";
import type { Json, Plan, PlanDocument, ResourceChange } from "../plan/plan";
import type { Redactor } from "../redaction/redactor";
import type { Redacted } from "../redaction/redacted";
import { EncodedText, Secret, Unknown } from "../redaction/redacted";
import { canonicalText, sortedKeys, writeCanonical } from "./canonical-json";

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
  return new PlanFingerprint(plan, options).value();
}

/** The fingerprint of a plan in the making (see `fingerprintOf`). */
export class PlanFingerprint {
  readonly #digests = new Map<ResourceChange, string>();

  constructor(
    private readonly plan: Plan,
    private readonly options: FingerprintOptions,
  ) {}

  /** Reads a change of the plan already, while its redacted values are at hand. Any that is not read so is read in the end. */
  read(change: ResourceChange): void {
    const { key, redactor } = this.options;
    if ((key === undefined || key === "") && !this.#digests.has(change)) {
      this.#digests.set(change, digestOf(resource(change, redactor)));
    }
  }

  /** The fingerprint. */
  value(): string {
    const { key, redactor } = this.options;
    if (key !== undefined && key !== "") {
      const hash = createHmac("sha256", key);
      hash.update("cdktf-plan-review fingerprint 1\n");
      writeDocument(this.plan.document, hash, () => createHmac("sha256", key));
      return `hmac-sha256:${hash.digest("hex")}`;
    }
    const hash = createHash("sha256");
    hash.update("cdktf-plan-review fingerprint 1\n");
    writeReviewed(this.plan, redactor, hash, this.#digests);
    return `sha256:${hash.digest("hex")}`;
  }
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
function writeUnordered(items: readonly Json[], hash: AnyHash, create: () => AnyHash): void {
  writeDigests(
    items.map((item) => {
      const own = create();
      writeCanonical(item, (text) => own.update(text));
      return own.digest("hex");
    }),
    hash,
  );
}

function writeDigests(digests: string[], hash: AnyHash): void {
  if (digests.length > 0) {
    hash.update(`${digests.sort().join(",")},`);
  }
}

function digestOf(canonical: string): string {
  return createHash("sha256").update(canonical).digest("hex");
}

function writeReviewed(
  plan: Plan,
  redactor: Redactor,
  hash: AnyHash,
  known: ReadonlyMap<ResourceChange, string>,
): void {
  const text = (value: string | undefined): Json => (value === undefined ? null : redactor.text(value));
  const write = <Item>(name: string, items: readonly Item[], canonical: (item: Item) => string): void => {
    hash.update(`\n${name}:`);
    writeDigests(
      items.map((item) => digestOf(canonical(item))),
      hash,
    );
  };
  const writeResources = (name: string, changes: readonly ResourceChange[]): void => {
    hash.update(`\n${name}:`);
    writeDigests(
      changes.map((change) => known.get(change) ?? digestOf(resource(change, redactor))),
      hash,
    );
  };
  write(
    "plan",
    [
      [plan.formatVersion, plan.terraformVersion ?? null],
      ["errored", plan.errored ?? null],
      ["complete", plan.complete ?? null],
      ["applyable", plan.applyable ?? null],
    ],
    canonicalText,
  );
  writeResources("resource_changes", plan.resourceChanges);
  writeResources("resource_drift", plan.resourceDrift);
  write("deferred_changes", plan.deferredChanges, ({ reason, resourceChange }) =>
    list(canonicalText(redactor.text(reason)), resource(resourceChange, redactor)),
  );
  write("output_changes", plan.outputChanges, (output) => {
    const { before, after } = redactor.output(output);
    const actions = canonicalText(output.change.actions);
    return list(canonicalText(redactor.text(output.name)), actions, plain(before), plain(after, before));
  });
  write("variables", plan.variables, ({ name, value, sensitive, ephemeral }) => {
    const marks = sensitive || ephemeral;
    // As an attribute of an object, so that a variable's own name counts.
    return list(
      canonicalText(redactor.text(name)),
      canonicalText(sensitive),
      canonicalText(ephemeral),
      plain(redactor.value({ [name]: value ?? null }, { [name]: marks })),
    );
  });
  write("checks", plan.checks, ({ address, kind, status, problems }) =>
    canonicalText([text(address), kind, status, problems.map(text)]),
  );
  write("relevant_attributes", plan.relevantAttributes, ({ resource, path }) =>
    canonicalText([text(resource), path.map((step) => text(String(step)))]),
  );
  write("action_invocations", plan.actionInvocations, (action) =>
    list(
      canonicalText(text(action.address)),
      canonicalText(action.type),
      canonicalText(text(action.triggeredBy)),
      canonicalText(text(action.event)),
      plain(redactor.value(action.values, action.sensitive)),
    ),
  );
  write("provisioners", plan.provisioners, ({ resource, type, expressions }) =>
    list(canonicalText(text(resource)), canonicalText(type), plain(redactor.value(expressions))),
  );
  write("unknowns", plan.unknowns, ({ where, what, got }) => canonicalText([text(where), what, text(got)]));
}

/** A change in canonical form. */
function resource(resourceChange: ResourceChange, redactor: Redactor): string {
  const { change } = resourceChange;
  const { before, after } = redactor.change(resourceChange);
  const optional = (value: string | undefined): Json => (value === undefined ? null : redactor.text(value));
  const { importing } = change;
  const { mode } = resourceChange;
  return list(
    canonicalText(redactor.text(resourceChange.address)),
    canonicalText(optional(resourceChange.previousAddress)),
    canonicalText(optional(resourceChange.deposed)),
    canonicalText(mode),
    canonicalText(optional(resourceChange.providerName)),
    canonicalText(optional(resourceChange.reason)),
    canonicalText(change.actions),
    canonicalText(change.replacePaths.map((path) => path.map((step) => redactor.text(String(step))))),
    plain(before),
    plain(after, before),
    importing === undefined
      ? "null"
      : list(
          canonicalText(optional(importing.id)),
          plain(redactor.value(importing.identity)),
          canonicalText(importing.unknown ?? null),
        ),
    canonicalText(optional(change.generatedConfig)),
  );
}

/** A list in canonical form, of items that are. */
function list(...items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

/** What stands in place of a leaf that is no JSON. */
function leaf(what: string): string {
  return JSON.stringify(`\u0000leaf ${what}`);
}

const ABSENT = leaf("absent");
const UNKNOWN = leaf("unknown");

/** A redacted value in canonical form. Of a secret it says whether it is the same as before at that place, and no more. */
function plain(value: Redacted | undefined, before?: Redacted): string {
  if (value === undefined) {
    return ABSENT;
  }
  if (value === null || typeof value !== "object") {
    return JSON.stringify(value);
  }
  if (value instanceof Secret) {
    return leaf(`secret${before instanceof Secret ? (value.equals(before) ? " kept" : " changed") : ""}`);
  }
  if (value instanceof Unknown) {
    return UNKNOWN;
  }
  if (value instanceof EncodedText) {
    return list(leaf(value.encoding), JSON.stringify(value.text));
  }
  let text = "";
  if (isItems(value)) {
    const old = before !== undefined && isItems(before) ? before : [];
    for (let index = 0; index < value.length; index++) {
      text += `${index > 0 ? "," : ""}${plain(value[index], old[index])}`;
    }
    return `[${text}]`;
  }
  const old = isAttributes(before) ? before : undefined;
  for (const key of sortedKeys(value)) {
    const earlier = old === undefined ? undefined : ownItem(old, key);
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${plain(value[key], earlier)}`;
  }
  return `{${text}}`;
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
