import type { Json } from "../plan/plan";
import { EncodedText, type Redacted, Secret, Unknown } from "../redaction/redacted";
import type { ShownValue } from "../review/review";

/**
 * A value of the plan together with what may be shown of it. Differences are found in `raw`, since two secrets may look
 * alike in `shown`; texts are made of `shown` alone.
 */
export interface Pair {
  /** The value as the plan has it; undefined where there is none, or none that belongs to `shown`. */
  readonly raw: Json | undefined;
  /** The value without its secrets; undefined where there is none. */
  readonly shown: Redacted | undefined;
}

/** A value of JSON that holds no secret, as one that is redacted. */
export function redacted(value: Json): Redacted;
export function redacted(value: Redacted): Redacted {
  return value;
}

/** No value. */
export const ABSENT: Pair = { raw: undefined, shown: undefined };

/** An object of JSON, with redacted values or without. */
export interface Tree<Value> {
  readonly [key: string]: Value;
}

/** Tells whether a value is an object of JSON. */
export function isObject(value: Json | undefined): value is Tree<Json>;
export function isObject(value: Redacted | undefined): value is Tree<Redacted>;
export function isObject(value: Redacted | undefined): value is Tree<Redacted> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret || value instanceof Unknown || value instanceof EncodedText)
  );
}

/** Tells whether a value is a list. */
export function isList(value: Json | undefined): value is readonly Json[];
export function isList(value: Redacted | undefined): value is readonly Redacted[];
export function isList(value: Redacted | undefined): value is readonly Redacted[] {
  return Array.isArray(value);
}

/** An own member of an object: keys such as `__proto__` and `constructor` are keys like others. */
export function member<Value>(object: Tree<Value>, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The members of an object. Where the two sides cannot be told to belong together, `raw` is undefined. */
export function membersOf({ raw, shown }: Pair): Map<string, Pair> {
  if (!isObject(shown)) return new Map();
  const keys = Object.keys(shown);
  if (!isObject(raw)) return new Map(keys.map((key) => [key, { raw: undefined, shown: member(shown, key) }]));
  const rawKeys = Object.keys(raw);
  const byName = rawKeys.every((key) => Object.hasOwn(shown, key));
  if (byName) {
    return new Map(keys.map((key) => [key, { raw: member(raw, key), shown: member(shown, key) }]));
  }
  // A key is a secret and was replaced: the order is what is left. What is known only after apply has no raw member.
  const known = keys.filter((key) => Object.hasOwn(raw, key) || !isUnknown(member(shown, key)));
  const inOrder = known.length === rawKeys.length;
  const rawOf = new Map(inOrder ? known.map((key, i) => [key, member(raw, rawKeys[i] ?? "")]) : []);
  return new Map(keys.map((key) => [key, { raw: rawOf.get(key), shown: member(shown, key) }]));
}

/** Whether a key of an object is a secret, so that another one is shown in its place. */
export function hidesKeys({ raw, shown }: Pair): boolean {
  return isObject(raw) && isObject(shown) && Object.keys(raw).some((key) => !Object.hasOwn(shown, key));
}

/** The elements of a list. */
export function elementsOf({ raw, shown }: Pair): Pair[] {
  if (!isList(shown)) return [];
  const own = isList(raw) && raw.length === shown.length ? raw : undefined;
  return shown.map((value, i) => ({ raw: own?.[i], shown: value }));
}

function isUnknown(value: Redacted | undefined): boolean {
  return value instanceof Unknown;
}

/** Tells whether two values are the same, and look the same. */
export function samePair(a: Pair, b: Pair): boolean {
  if (!sameValue(a.raw, b.raw)) return false;
  // A document without secrets is the same in both.
  if (a.raw !== undefined && a.raw === a.shown && b.raw === b.shown) return true;
  return sameValue(a.shown, b.shown);
}

/** Tells whether two values are the same, at any depth. What is known only after apply is never the same as anything. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean;
export function sameValue(a: Redacted | undefined, b: Redacted | undefined): boolean;
export function sameValue(a: Redacted | undefined, b: Redacted | undefined): boolean {
  if (typeof a !== "object" || a === null) return a === b;
  const left: (Redacted | undefined)[] = [a];
  const right: (Redacted | undefined)[] = [b];
  while (left.length > 0) {
    const x = left.pop();
    const y = right.pop();
    if (typeof x !== "object" || x === null) {
      if (x !== y) return false;
    } else if (x instanceof Unknown || y instanceof Unknown) {
      return false;
    } else if (isList(x)) {
      if (!isList(y) || x.length !== y.length) return false;
      for (let i = 0; i < x.length; i++) {
        left.push(x[i]);
        right.push(y[i]);
      }
    } else if (isObject(x)) {
      if (!isObject(y)) return false;
      const keys = Object.keys(x);
      if (keys.length !== Object.keys(y).length) return false;
      for (const key of keys) {
        if (!Object.hasOwn(y, key)) return false;
        left.push(x[key]);
        right.push(y[key]);
      }
    } else if (x instanceof Secret) {
      if (!(y instanceof Secret) || !x.equals(y)) return false;
    } else if (!(y instanceof EncodedText) || x.text !== y.text) {
      return false;
    }
  }
  return true;
}

/** Tells whether any part of a value is known only after apply. */
export function hasUnknown(value: Redacted | undefined): boolean {
  return some(value, (part) => part instanceof Unknown);
}

/** Tells whether any part of a value, itself included, is such a one. */
export function some(value: Redacted | undefined, test: (part: Redacted) => boolean): boolean {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (next === undefined) continue;
    if (test(next)) return true;
    if (isList(next)) for (const element of next) open.push(element);
    else if (isObject(next)) for (const key of Object.keys(next)) open.push(next[key]);
  }
  return false;
}

/** Writes a value as JSON text, at any depth. */
function write(
  value: Redacted,
  leaf: (special: Secret | Unknown | EncodedText) => string,
  sorted: boolean,
): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const parts: string[] = [];
  // Texts to be written as they are stand in objects of their own, lest they are taken for values.
  const open: (Redacted | { readonly verbatim: string })[] = [value];
  const isVerbatim = (next: unknown): next is { readonly verbatim: string } => next instanceof Verbatim;
  while (open.length > 0) {
    const next = open.pop();
    if (next === undefined) continue;
    if (isVerbatim(next)) {
      parts.push(next.verbatim);
    } else if (next instanceof Secret || next instanceof Unknown || next instanceof EncodedText) {
      parts.push(leaf(next));
    } else if (isList(next)) {
      parts.push("[");
      open.push(new Verbatim("]"));
      for (let i = next.length - 1; i >= 0; i--) {
        open.push(next[i] ?? null);
        if (i > 0) open.push(COMMA);
      }
    } else if (isObject(next)) {
      const keys = Object.keys(next);
      if (sorted) keys.sort();
      parts.push("{");
      open.push(new Verbatim("}"));
      for (let i = keys.length - 1; i >= 0; i--) {
        const key = keys[i] ?? "";
        open.push(next[key] ?? null, new Verbatim(`${JSON.stringify(key)}:`));
        if (i > 0) open.push(COMMA);
      }
    } else {
      parts.push(JSON.stringify(next));
    }
  }
  return parts.join("");
}

class Verbatim {
  constructor(readonly verbatim: string) {}
}

const COMMA = new Verbatim(",");

/** Texts that are the same for the same values, whatever the order of their keys. */
export class Identities {
  readonly #secrets: Secret[] = [];
  #unknown = 0;

  /** The text of a value. What is known only after apply gets another each time. */
  of({ raw, shown }: Pair): string {
    const rawText = raw === undefined ? "" : write(redacted(raw), () => "", true);
    return `${rawText}\n${shown === undefined ? "" : write(shown, (special) => this.#leaf(special), true)}`;
  }

  #leaf(special: Secret | Unknown | EncodedText): string {
    if (special instanceof EncodedText) return `encoded ${JSON.stringify(special.text)}`;
    if (special instanceof Unknown) return `unknown ${++this.#unknown}`;
    let at = this.#secrets.findIndex((secret) => secret.equals(special));
    if (at < 0) at = this.#secrets.push(special) - 1;
    return `secret ${at}`;
  }
}

/** How a value is shown. */
export function shownValue(value: Redacted | undefined): ShownValue {
  if (value === undefined) return { kind: "absent" };
  if (value instanceof Unknown) return { kind: "known-after-apply" };
  if (value instanceof Secret) {
    return { kind: "sensitive", ...(value.hash === undefined ? {} : { hash: value.hash }) };
  }
  return { kind: "value", text: write(value, shownLeaf, false) };
}

/** Without quotes, so that no text of a plan can look like it. */
function shownLeaf(special: Secret | Unknown | EncodedText): string {
  if (special instanceof EncodedText) return JSON.stringify(special.text);
  if (special instanceof Unknown) return "(known after apply)";
  return special.hash === undefined ? "(sensitive)" : `(sensitive ${special.hash})`;
}
