import type { Redacted } from "../redaction/redacted";
import { isObject, member } from "./values";

/** Where in a resource, or in a document that is embedded in it, a value stands. */
export interface Place {
  /** The way to it as it is shown. */
  readonly path: string;
  /** The way to it in the plan's terms; undefined for an element of a list, whose position is not the same on both sides. */
  readonly steps: readonly (string | undefined)[];
  /** The names of attributes on the way, `networks_advanced.aliases`. */
  readonly names: string;
  /** How deep it is. */
  readonly level: number;
  /** Whether it is in an embedded document. */
  readonly inDocument: boolean;
  /** The name of the file that the value is the content of. */
  readonly file?: string;
}

/** The resource itself. */
export const ROOT: Place = { path: "", steps: [], names: "", level: 0, inDocument: false };

/** Attributes that say what file an object of them describes. */
const FILE_ATTRIBUTES = ["file", "filename", "path", "target", "destination"];

/**
 * A member of an object.
 *
 * @param owner the object, in which a file's name may stand
 */
export function nameStep(place: Place, name: string, owner: Redacted): Place {
  const word = /^[A-Za-z_][\w-]*$/.test(name);
  const step = word ? name : `[${JSON.stringify(name)}]`;
  const { file } = place;
  const named = place.inDocument || FILE_ATTRIBUTES.includes(name) ? undefined : (fileNameIn(owner) ?? file);
  return {
    path: joined(place.path, step, word),
    steps: place.inDocument ? place.steps : [...place.steps, name],
    names: place.names === "" ? name : `${place.names}.${name}`,
    level: place.level + 1,
    inDocument: place.inDocument,
    ...(named === undefined ? {} : { file: named }),
  };
}

/** An element of a list, by its position or by what it is called. */
export function keyStep(place: Place, key: string | number): Place {
  return {
    ...place,
    path: joined(place.path, `[${plainKey(key)}]`, false),
    steps: place.inDocument ? place.steps : [...place.steps, undefined],
    level: place.level + 1,
  };
}

/** A key that could be taken for more than it is has quotes. */
function plainKey(key: string | number): string {
  return typeof key === "number" || /^[\w./:@*+-]+$/.test(key) ? String(key) : JSON.stringify(key);
}

function joined(path: string, step: string, dot: boolean): string {
  if (path === "") return step;
  if (path.endsWith(" >")) return `${path} ${step}`;
  return dot ? `${path}.${step}` : path + step;
}

function fileNameIn(owner: Redacted): string | undefined {
  if (!isObject(owner)) return undefined;
  for (const attribute of FILE_ATTRIBUTES) {
    const value = member(owner, attribute);
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
