import type { Json } from "../plan/plan";
import { secretsOfCommand } from "./commands";
import { isPasswordFile } from "./credential-files";
import type { JsonObject } from "./marks";
import { isList, isObject, property } from "./marks";
import type { TextKind } from "./named-secrets";
import type { SecretNames } from "./secret-names";
import { isAboutASecret, isOrdinaryValue } from "./secret-names";

/** What the names around a value say of it. */
export type Naming =
  /** Nothing. */
  | "plain"
  /** It is a secret. */
  | "secret"
  /** It stands in a secret, beside its name or its file. */
  | "in-secret";

/** Keys of an object that say what its value is called: of labels, of environments, of headers. */
const NAMING_KEYS = ["name", "key", "label", "variable", "env", "header"] as const;

/** Keys of an object that say which file its content is for. */
const FILE_KEYS = ["file", "filename", "path", "destination", "target", "name"] as const;

/** Whether an attribute may say what another one is called, or which file it is for. */
export function isNamingKey(key: string): boolean {
  return ([...NAMING_KEYS, ...FILE_KEYS] as readonly string[]).includes(key);
}

const CONTENT_KEYS = /^(?:content|contents|data|source|text|value|body)(?:_base64)?$/;

const MOST_KEYS = 20_000;
/** What the names of attributes alone say of how their texts are read. */
const kindsOfKeys = new Map<string, TextKind | "content">();

function kindOfKey(key: string): TextKind | "content" {
  const known = kindsOfKeys.get(key);
  if (known !== undefined) {
    return known;
  }
  const kind = isPasswordFile(key) ? "passwords" : CONTENT_KEYS.test(key) ? "content" : "text";
  if (kindsOfKeys.size < MOST_KEYS) {
    kindsOfKeys.set(key, kind);
  }
  return kind;
}

/** How the text of an attribute is read. */
export function kindOfMember(object: JsonObject, key: string): TextKind {
  const kind = kindOfKey(key);
  if (kind !== "content") {
    return kind;
  }
  return FILE_KEYS.some((file) => {
    const name = property(object, file);
    return typeof name === "string" && isPasswordFile(name);
  })
    ? "passwords"
    : "text";
}

const VALUE_KEYS = new Set(["value", "values", "data", "content"]);

/** What its key says of an attribute. */
export function namingOfKey(object: JsonObject, key: string, outer: Naming, names: SecretNames): Naming {
  if (names.includes(key)) {
    return "secret";
  }
  if (VALUE_KEYS.has(key)) {
    for (const naming of NAMING_KEYS) {
      const name = property(object, naming);
      if (typeof name === "string" && names.includes(name)) {
        return "secret";
      }
    }
  }
  return outer !== "plain" && !isAboutASecret(key) ? "in-secret" : "plain";
}

/** What an item of a list is: as the list, or what the flag or the program before it says (`["--token", "abc"]`). */
export function namingOfItem(
  list: readonly Json[],
  index: number,
  outer: Naming,
  names: SecretNames,
): Naming {
  if (outer !== "plain" || index === 0) {
    return outer;
  }
  const flag = list[index - 1];
  const item = list[index];
  if (isOption(flag) || isOption(item)) {
    if (secretsOfCommand(list).has(index)) {
      return "secret";
    }
  }
  return typeof flag === "string" &&
    /^--?[A-Za-z][\w.-]{0,100}$/.test(flag) &&
    names.includes(flag) &&
    typeof item === "string"
    ? "secret"
    : "plain";
}

function isOption(item: Json | undefined): boolean {
  return typeof item === "string" && item.startsWith("-");
}

/** Whether a leaf is hidden for its name alone. */
export function isNamedSecret(leaf: Json | undefined, naming: Naming): boolean {
  if (naming === "plain") {
    return false;
  }
  return typeof leaf === "string" ? !isOrdinaryValue(leaf) : typeof leaf === "number" && naming === "secret";
}

/** How deep values are looked into by name, and shown: what is deeper is hidden. */
export const DEEPEST = 200;

/** Calls for every leaf that is a secret by its name, and for every other text, with how it is read. */
export function eachNamed(
  value: Json | undefined,
  names: SecretNames,
  call: {
    readonly secret: (leaf: string | number) => void;
    readonly text: (text: string, kind: TextKind, key: string) => void;
  },
): void {
  const leaf = (at: Json | undefined, naming: Naming, kind: TextKind, key: string): void => {
    if (isNamedSecret(at, naming)) {
      call.secret(at as string | number);
    } else if (typeof at === "string") {
      call.text(at, kind, key);
    }
  };
  const rest: { value: Json; naming: Naming; depth: number }[] = [];
  const visit = (at: Json | undefined, naming: Naming, depth: number, kind: TextKind, key: string): void => {
    if (typeof at !== "object" || at === null) {
      leaf(at, naming, kind, key);
    } else if (depth <= DEEPEST) {
      rest.push({ value: at, naming, depth });
    }
  };
  visit(value, "plain", 0, "text", "");
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { value: at, naming, depth } = next;
    if (isList(at)) {
      for (let index = 0; index < at.length; index++) {
        visit(at[index], namingOfItem(at, index, naming, names), depth + 1, "entry", "");
      }
      // Of a word like `-pX` only a part is the secret that may stand elsewhere.
      for (const secret of at.some(isOption) ? secretsOfCommand(at).values() : []) {
        call.secret(secret);
      }
    } else if (isObject(at)) {
      for (const key of Object.keys(at)) {
        const own = at[key];
        const kind = typeof own === "string" ? kindOfMember(at, key) : "text";
        visit(own, namingOfKey(at, key, naming, names), depth + 1, kind, key);
      }
    }
  }
}
