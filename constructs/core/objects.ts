/** An object type without `undefined` among its values. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** A copy of an object without the fields that are undefined, as `exactOptionalPropertyTypes` asks for. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** The entries of a map, sorted by key in code point order, so that output never depends on insertion order. */
export function sortedEntries<T>(map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** JSON with the keys of every object sorted: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown): unknown =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(sortedEntries(field as Record<string, unknown>))
      : field,
  );
}
