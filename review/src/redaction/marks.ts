import type { Json, Marks } from "../plan/plan";

/** An object of JSON. */
export type JsonObject = { readonly [key: string]: Json };

/** Whether it is an object of JSON, and no list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is a list of JSON. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own property; `__proto__` and the like are names as any other. */
export function property(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Whether anything at all is marked. What is neither a mark nor a container marks: a plan that says so is not understood. */
export function marksAnything(marks: Marks): boolean {
  return marksSomething(marks, 0);
}

/** Deeper than this marks are looked through without recursion. */
const MOST_CALLS = 200;

function marksSomething(marks: Marks, depth: number): boolean {
  if (marks === undefined || marks === null || marks === false) {
    return false;
  }
  if (typeof marks !== "object") {
    return true;
  }
  if (depth > MOST_CALLS) {
    return marksSomewhere(marks);
  }
  if (isList(marks)) {
    for (const item of marks) {
      if (marksSomething(item, depth + 1)) {
        return true;
      }
    }
    return false;
  }
  // Without a list of the keys. What a prototype would have marks too.
  for (const key in marks) {
    if (marksSomething(marks[key], depth + 1)) {
      return true;
    }
  }
  return false;
}

function marksSomewhere(marks: Marks): boolean {
  const rest: Marks[] = [marks];
  while (rest.length > 0) {
    const next = rest.pop();
    if (isList(next)) {
      for (const item of next) {
        rest.push(item);
      }
    } else if (isObject(next)) {
      for (const key of Object.keys(next)) {
        rest.push(next[key]);
      }
    } else if (next !== undefined && next !== null && next !== false) {
      return true;
    }
  }
  return false;
}

/** Whether marks mark the whole of a value; also where their shape is not the value's, so that something in them would be lost. */
export function marksAll(marks: Marks, value: Json | undefined): boolean {
  if (marks === undefined || marks === null || marks === false) {
    return false;
  }
  if (marks === true || typeof marks !== "object") {
    return true;
  }
  if (value === undefined || value === null) {
    // The other side's marks, on a side that has nothing there.
    return false;
  }
  if (isList(marks) ? isList(value) : isObject(value)) {
    return false;
  }
  return marksAnything(marks);
}

/** The marks of one item of a value. */
export function marksAt(marks: Marks, key: string | number): Marks {
  if (isList(marks)) {
    return typeof key === "number" ? marks[key] : undefined;
  }
  return isObject(marks) ? property(marks, String(key)) : undefined;
}

/** Calls for every part of a value that is marked by any of some marks, as a whole. */
export function eachMarked(
  value: Json | undefined,
  marks: readonly Marks[],
  call: (value: Json) => void,
): void {
  // Most marks mark nothing, though they mirror the whole value.
  const marking = marks.filter(marksAnything);
  if (marking.length === 0) {
    return;
  }
  const rest: { readonly value: Json | undefined; readonly marks: readonly Marks[] }[] = [
    { value, marks: marking },
  ];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const item = next.value;
    const itsMarks = next.marks.filter((mark) => mark !== undefined && mark !== null && mark !== false);
    if (item === undefined || itsMarks.length === 0) {
      continue;
    }
    if (itsMarks.some((mark) => marksAll(mark, item))) {
      call(item);
    } else if (isList(item)) {
      for (let index = 0; index < item.length; index++) {
        rest.push({ value: item[index], marks: itsMarks.map((mark) => marksAt(mark, index)) });
      }
    } else if (isObject(item)) {
      for (const key of Object.keys(item)) {
        rest.push({ value: item[key], marks: itsMarks.map((mark) => marksAt(mark, key)) });
      }
    }
  }
}

/** Calls for every text, number, truth value and key in a value. */
export function eachLeaf(
  value: Json | undefined,
  call: (leaf: string | number | boolean) => void,
  callKey: (key: string) => void = () => undefined,
): void {
  const rest: (Json | undefined)[] = [value];
  while (rest.length > 0) {
    const item = rest.pop();
    if (isList(item)) {
      for (const entry of item) {
        rest.push(entry);
      }
    } else if (isObject(item)) {
      for (const key of Object.keys(item)) {
        callKey(key);
        rest.push(item[key]);
      }
    } else if (item !== undefined && item !== null && typeof item !== "object") {
      call(item);
    }
  }
}

/** How deep two values are compared before they count as different. */
const DEEPEST_COMPARED = 200;

/** Whether two values are alike: same keys in whatever order, same items, same leaves. */
export function isSame(one: Json | undefined, other: Json | undefined, depth = 0): boolean {
  if (one === other) {
    return true;
  }
  if (depth > DEEPEST_COMPARED) {
    return false;
  }
  if (isList(one)) {
    return (
      isList(other) &&
      one.length === other.length &&
      one.every((item, at) => isSame(item, other[at], depth + 1))
    );
  }
  if (!isObject(one) || !isObject(other)) {
    return false;
  }
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key], depth + 1))
  );
}
