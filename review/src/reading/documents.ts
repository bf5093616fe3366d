import type * as Yaml from "yaml";
import type { Json } from "../plan/plan";
import type { AttributeChange } from "../review/review";

/** The kind of a document, as a review names it. */
export type DocumentKind = NonNullable<AttributeChange["document"]>;

/** Beyond that many characters a document is compared line by line. */
const MOST_JSON = 4_000_000;
const MOST_YAML = 500_000;
const MOST_YAML_LEVELS = 200;

/**
 * Tells a document's kind by the name of its file; undefined where the name says nothing.
 *
 * @param file the path that it is uploaded to, `/etc/docker/daemon.json`
 */
export function kindByName(file: string): DocumentKind | undefined {
  const path = file.toLowerCase();
  const base = path.slice(path.lastIndexOf("/") + 1);
  if (base === "daemon.json") return "daemon.json";
  if (base.startsWith("named.conf") || (base.endsWith(".conf") && /\/(?:bind|named)\//.test(path))) {
    return "named.conf";
  }
  if (base.endsWith(".json")) return /(?:^|[/.-])consul(?:[/.-]|$)/.test(path) ? "consul" : "json";
  if (base.endsWith(".yaml") || base.endsWith(".yml")) return "yaml";
  return undefined;
}

/** Tells a document's kind by its text: JSON objects and lists, and what says itself that it is YAML. */
export function kindByText(text: string): DocumentKind | undefined {
  if (/^\s*[[{]/.test(text)) return "json";
  if (/^(?:%YAML |---[ \t]*\r?\n|#cloud-config[ \t]*\r?\n)/.test(text)) return "yaml";
  return undefined;
}

/**
 * Parses a document. Undefined where that fails, or would lose something: keys that are given twice, numbers that
 * JavaScript cannot hold, more than one document of YAML, aliases that grow without measure, what is neither object nor
 * list.
 */
export function parseStructure(text: string, kind: DocumentKind): Json | undefined {
  try {
    if (kind === "yaml") return text.length > MOST_YAML ? undefined : parseYaml(text);
    if (kind === "named.conf" || kind === "text" || text.length > MOST_JSON) return undefined;
    if (!/^\s*[[{]/.test(text)) return undefined;
    const value = JSON.parse(text) as Json;
    return losesNothing(text) ? value : undefined;
  } catch {
    // Not what its name promises, or nested too deep: its lines are compared instead.
    return undefined;
  }
}

function parseYaml(text: string): Json | undefined {
  if (isDeepYaml(text)) return undefined;
  // Loaded where there is YAML alone: it takes a tenth of the time of a small review.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseDocument } = require("yaml") as typeof Yaml;
  const document = parseDocument(text, { schema: "core", uniqueKeys: true, merge: false, logLevel: "error" });
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return typeof value === "object" && value !== null && isJson(value) ? value : undefined;
}

/**
 * Whether a text of YAML could be nested deeper than `MOST_YAML_LEVELS`. The parser calls itself for each level, and near
 * the end of its stack JavaScript's own regular expressions end the whole process, which nothing can catch.
 */
function isDeepYaml(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open += bracket === "[" || bracket === "{" ? 1 : open > 0 ? -1 : 0;
    if (open > MOST_YAML_LEVELS) return true;
  }
  // A level of a block takes a column at least.
  return text.split("\n").some((line) => (/^[\s?:-]*/.exec(line)?.[0].length ?? 0) > MOST_YAML_LEVELS);
}

function isJson(value: unknown): value is Json {
  const open = [value];
  // Aliases share objects, so there can be more of them than characters.
  for (let seen = 0; open.length > 0; seen++) {
    const next = open.pop();
    if (seen > MOST_YAML) return false;
    if (next === null || typeof next === "string" || typeof next === "boolean") continue;
    if (typeof next === "number") {
      if (!Number.isFinite(next) || (Number.isInteger(next) && !Number.isSafeInteger(next))) return false;
    } else if (Array.isArray(next)) {
      for (const element of next) open.push(element);
    } else if (typeof next === "object" && Object.getPrototypeOf(next) === Object.prototype) {
      for (const element of Object.values(next)) open.push(element);
    } else {
      return false;
    }
  }
  return true;
}

/** Tells whether a text of JSON, known to be valid, has no key twice in one object, and no number that is rounded. */
function losesNothing(text: string): boolean {
  const keys: (Set<string> | undefined)[] = [];
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d[\d.eE+-]*|[[\]{}]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found, colon] = match;
    if (found === "{") keys.push(new Set());
    else if (found === "[") keys.push(undefined);
    else if (found === "}" || found === "]") keys.pop();
    else if (found.startsWith('"')) {
      if (colon === undefined) continue;
      const key = String(JSON.parse(found.slice(0, found.length - colon.length)));
      const own = keys.at(-1);
      if (own?.has(key) === true) return false;
      own?.add(key);
    } else if (!isExact(found)) return false;
  }
  return true;
}

/** Whether a number of JSON is not rounded so that another one could be taken for it. */
function isExact(text: string): boolean {
  const digits = text
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "");
  return digits.length <= 15 && Number.isFinite(Number(text));
}
