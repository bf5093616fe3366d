import type { AttributePath, Change } from "../plan/plan";
import { type Redacted, type RedactedChange, Unknown } from "../redaction/redacted";
import type { AttributeChange } from "../review/review";
import { marksAnything, marksAt } from "../redaction/marks";
import { AttributeDiff } from "./attribute-diff";
import { NOISE, NOISE_BESIDE_CAUSE, noiseOf, repeatsTags } from "./noise";
import { keyStep, nameStep, type Place, ROOT } from "./place";
import { ABSENT, isList, isObject, member, membersOf, type Pair, shownValue } from "./values";

/** What is needed to say which attributes of a resource change. */
export interface AttributesInput {
  /** The resource's type. */
  readonly type: string;
  /** The change as the plan has it. */
  readonly change: Change;
  /** The change without its secrets. */
  readonly redacted: RedactedChange;
  /** The attributes that the configuration sets; undefined where it does not have the resource. */
  readonly configured: ReadonlySet<string> | undefined;
  /** The noise filters of the policy file. */
  readonly noise: readonly string[];
}

/** The attributes that change, those that force a replacement first, and how many of them each noise filter folded. */
export interface Attributes {
  readonly attributes: readonly AttributeChange[];
  readonly noise: Readonly<Record<string, number>>;
}

/**
 * Says which attributes change and how. One side alone (a create, a delete) has all of its known attributes; null is
 * what Terraform writes for an attribute that is not set, and empty ones are counted.
 */
export function attributesOf(input: AttributesInput): Attributes {
  const { type, change } = input;
  const diff = new AttributeDiff(type, replaces(change) ? change.replacePaths : []);
  const before = sideOf(change.before, input.redacted.before);
  const after = sideOf(change.after, input.redacted.after);
  const noise = new Map<string, number>();
  const count = (name: string): void => void noise.set(name, (noise.get(name) ?? 0) + 1);
  const kept: AttributeChange[] = [];
  const besideCause: { readonly found: AttributeChange; readonly folded: string }[] = [];
  if (!isObjectOrNothing(before) || !isObjectOrNothing(after)) {
    diff.compare(before, after, { ...ROOT, path: "(all attributes)" });
    kept.push(...diff.changes);
  } else {
    const a = membersOf(before);
    const b = membersOf(after);
    const oneSided = before.shown === undefined || after.shown === undefined;
    const owner = after.shown ?? before.shown ?? null;
    for (const attribute of new Set([...a.keys(), ...b.keys()])) {
      const from = diff.changes.length;
      const to = b.get(attribute) ?? ABSENT;
      if (oneSided && isEmpty((a.get(attribute) ?? to).shown)) {
        count(NOISE.empty);
        continue;
      }
      const place = nameStep(ROOT, attribute, owner);
      diff.compare(a.get(attribute) ?? ABSENT, to, place);
      if (!oneSided && diff.changes.length === from) {
        const remarked = markChange(change, attribute, place, to);
        if (remarked !== undefined) kept.push(remarked);
      }
      for (const found of diff.changes.slice(from)) {
        const question = {
          type,
          attribute,
          change: found,
          oneSided,
          unknownAfter: to.shown instanceof Unknown,
          configured: input.configured?.has(attribute),
        };
        const folded = noiseOf(question, input.noise);
        if (folded === undefined) kept.push(found);
        else if (found.forcesReplacement && NOISE_BESIDE_CAUSE.has(folded))
          besideCause.push({ found, folded });
        else count(folded);
      }
    }
  }
  const hasCause = kept.some(({ forcesReplacement }) => forcesReplacement);
  for (const { found, folded } of besideCause) {
    if (hasCause) count(folded);
    else kept.push(found);
  }
  const attributes = kept.filter((found) => {
    if (!repeatsTags(found, kept)) return true;
    count(NOISE.sameTags);
    return false;
  });
  for (const path of diff.forcing) {
    // The plan says that it forces a replacement: it is shown even where no difference is seen.
    if (!diff.foundForcing.has(path)) attributes.push(forcingWithoutDifference(path, before, after));
  }
  const forcing = attributes.filter(({ forcesReplacement }) => forcesReplacement);
  const others = attributes.filter(({ forcesReplacement }) => !forcesReplacement);
  return { attributes: [...forcing, ...others], noise: Object.fromEntries(noise) };
}

/** An attribute whose value stays, and which is sensitive on one side alone: its value may be shown elsewhere from now on. */
function markChange(
  change: Change,
  attribute: string,
  { path }: Place,
  { shown }: Pair,
): AttributeChange | undefined {
  const marked = (marks: Change["beforeSensitive"]): boolean =>
    marks === true || marksAnything(marksAt(marks, attribute));
  const after = marked(change.afterSensitive);
  if (marked(change.beforeSensitive) === after) return undefined;
  return {
    path,
    before: shownValue(shown),
    after: shownValue(shown),
    forcesReplacement: false,
    note: after ? "the same value, sensitive from now on" : "the same value, no longer marked as sensitive",
  };
}

function replaces({ action }: Change): boolean {
  return action === "replace" || action === "create-then-forget" || action === "unknown";
}

function sideOf(raw: Pair["raw"], shown: Redacted | undefined): Pair {
  return shown === undefined || shown === null ? ABSENT : { raw, shown };
}

function isObjectOrNothing({ shown }: Pair): boolean {
  return shown === undefined || isObject(shown);
}

function isEmpty(shown: Redacted | undefined): boolean {
  if (isList(shown)) return shown.length === 0;
  if (isObject(shown)) return Object.keys(shown).length === 0;
  return shown === "";
}

function forcingWithoutDifference(path: AttributePath, before: Pair, after: Pair): AttributeChange {
  const place = path.reduce<Place>(
    (at, step) => (typeof step === "string" ? nameStep(at, step, null) : keyStep(at, step)),
    ROOT,
  );
  return {
    path: place.path === "" ? "(all attributes)" : place.path,
    before: shownValue(walk(before.shown, path)),
    after: shownValue(walk(after.shown, path)),
    forcesReplacement: true,
    note: "the plan names it as forcing the replacement, and shows no difference",
  };
}

function walk(value: Redacted | undefined, path: AttributePath): Redacted | undefined {
  let at = value;
  for (const step of path) {
    if (isObject(at)) at = member(at, String(step));
    else if (isList(at) && typeof step === "number") at = at[step];
    else return at instanceof Unknown ? at : undefined;
  }
  return at;
}
