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
  return canonicalText(value) ?? "null";
}

/** Written out by hand: JSON.stringify with a function that sorts copies every object, and takes three times as long. */
function canonicalText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const plain: unknown =
    "toJSON" in value && typeof value.toJSON === "function"
      ? (value as { toJSON(): unknown }).toJSON()
      : value;
  if (typeof plain !== "object" || plain === null) return JSON.stringify(plain);
  if (Array.isArray(plain))
    return `[${Array.from(plain, (item) => canonicalText(item) ?? "null").join(",")}]`;
  const fields: string[] = [];
  for (const [key, field] of sortedEntries(plain as Record<string, unknown>)) {
    const text = canonicalText(field);
    if (text !== undefined) fields.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${fields.join(",")}}`;
}
