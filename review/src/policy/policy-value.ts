import type { AttributePath, Json, Marks } from "../plan/plan";
import { isList, isObject, marksAll, marksAnything, marksAt, property } from "../redaction/marks";
import type { PolicyValue } from "./policy";

/** A value of a plan with what is marked of it. */
export interface MarkedValue {
  readonly value: Json | undefined;
  readonly unknown: Marks;
  readonly sensitive: Marks;
}

/** What stands at a path. What is known only after apply at the path, above it or below it makes it unknown. */
export function valueAt(root: MarkedValue, path: AttributePath): PolicyValue {
  let { value, unknown, sensitive } = root;
  let hidden = false;
  for (const step of path) {
    if (marksAll(unknown, value)) return { kind: "unknown" };
    hidden ||= marksAll(sensitive, value);
    unknown = marksAt(unknown, step);
    sensitive = marksAt(sensitive, step);
    value = childOf(value, step);
  }
  if (marksAll(unknown, value) || marksAnything(unknown)) return { kind: "unknown" };
  if (value === undefined) return { kind: "absent" };
  return { kind: "known", value, sensitive: hidden || marksAnything(sensitive) };
}

/** The positions or names at a path, those known only after apply too; undefined where that itself is unknown. */
export function keysAt(root: MarkedValue, path: AttributePath): readonly (string | number)[] | undefined {
  let { value, unknown } = root;
  for (const step of path) {
    if (marksAll(unknown, value)) return undefined;
    unknown = marksAt(unknown, step);
    value = childOf(value, step);
  }
  if (marksAll(unknown, value)) return undefined;
  if (isList(value) || (isList(unknown) && !isObject(value))) {
    const length = Math.max(isList(value) ? value.length : 0, isList(unknown) ? unknown.length : 0);
    return Array.from({ length }, (_, position) => position);
  }
  const names = new Set(isObject(value) ? Object.keys(value) : []);
  // Names of what is known only after apply are left out of the value.
  for (const name of isObject(unknown) ? Object.keys(unknown) : []) {
    if (marksAnything(marksAt(unknown, name))) names.add(name);
  }
  return [...names];
}

function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (isList(value)) return typeof step === "number" ? value[step] : undefined;
  return isObject(value) ? property(value, String(step)) : undefined;
}

/** A value that is text; undefined for any other, known or not. */
export function textOf(value: PolicyValue): string | undefined {
  return value.kind === "known" && typeof value.value === "string" ? value.value : undefined;
}

/** Whether nothing is set: nothing stands there, or null. */
export function isUnset(value: PolicyValue): boolean {
  return value.kind === "absent" || (value.kind === "known" && value.value === null);
}

/** A value as a message says it: JSON, and never a sensitive one. */
export function shown(value: PolicyValue): string {
  if (value.kind === "known") return value.sensitive ? "(sensitive)" : JSON.stringify(value.value);
  return value.kind === "unknown" ? "(known after apply)" : "(nothing)";
}
