import { sortedEntries } from "../core/objects";
import { firstSecretIn, namesSecret } from "../core/secrets";
import { isPlain } from "./agent-defaults";
import { AGENT_OPTIONS } from "./agent-options";
import { UNTYPED_KEYS } from "./consul-versions";
import type { At } from "./option";
import { knownTo, spanInWords } from "./option";

/** A value of Consul's JSON. */
export type RawValue = boolean | number | string | readonly RawValue[] | { readonly [key: string]: RawValue };

/** Keys of Consul's agent configuration as they stand in its JSON. */
export type RawConfiguration = Readonly<Record<string, RawValue>>;

/** The prop of every key that has one; keys that moved are here under both names. */
const PROP_OF_KEY = new Map(
  AGENT_OPTIONS.flatMap((option) => {
    const prop = option.props.join(".");
    const now: [string, string] = [option.keys.join("."), prop];
    return option.before === undefined ? [now] : [now, [option.before.key, prop] as [string, string]];
  }),
);
const SECTIONS = new Set(
  AGENT_OPTIONS.flatMap((option) =>
    option.keys.slice(0, -1).map((_key, i) => option.keys.slice(0, i + 1).join(".")),
  ),
);
/** Keys that hold a secret though their names do not say so. */
const SECRET_KEYS = new Set(["encrypt", "authorization", "proxy-authorization", "x-consul-token"]);

/**
 * Checks keys that are not typed. Consul reads keys without regard to case, so that is how they are compared.
 * @throws ValidationError consul/raw-typed, consul/option-version, consul/secret, consul/wrong-kind
 */
export function checkRaw(raw: RawConfiguration, at: At, version: string): void {
  if (!isPlain(raw)) at.fail("consul/wrong-kind", raw, "an object of Consul's keys", "Give keys and values");
  check(raw, at, { version, path: [], secret: false });
}

interface Walk {
  readonly version: string;
  readonly path: readonly string[];
  /** Whether a name on the way says that what is below is secret. */
  readonly secret: boolean;
}

function check(value: unknown, at: At, walk: Walk): void {
  if (Array.isArray(value)) {
    value.forEach((element, i) => {
      check(element, at.field(i), walk);
    });
  } else if (isPlain(value)) {
    const named = typeof value["name"] === "string" && isSecretKey(value["name"]);
    for (const [key, field] of sortedEntries(value)) {
      const path = [...walk.path, key.toLowerCase()];
      const below = at.field(key);
      checkKey(path.join("."), field, below, walk.version);
      const secret = walk.secret || isSecretKey(key) || (named && key.toLowerCase() === "value");
      check(field, below, { ...walk, path, secret });
    }
  } else {
    checkLeaf(value, at, walk.secret);
  }
}

function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase()) || namesSecret(key);
}

function checkKey(key: string, value: unknown, at: At, version: string): void {
  const prop = PROP_OF_KEY.get(key);
  if (prop !== undefined) {
    at.fail("consul/raw-typed", value, "keys that have no prop of their own", `Give it as the prop ${prop}`);
  }
  if (SECTIONS.has(key) && !isPlain(value)) {
    at.fail(
      "consul/wrong-kind",
      value,
      "an object of Consul's keys",
      "Give the keys of the section in an object",
    );
  }
  const span = UNTYPED_KEYS[key];
  if (span !== undefined && !knownTo(span, version)) {
    at.fail(
      "consul/option-version",
      value,
      `the keys of Consul ${version}; ${key} exists ${spanInWords(span)}`,
      "Leave it out, or run a version that knows it",
    );
  }
}

function checkLeaf(value: unknown, at: At, secret: boolean): void {
  const kind = typeof value;
  if (kind !== "boolean" && kind !== "string" && !(kind === "number" && Number.isFinite(value))) {
    at.fail(
      "consul/wrong-kind",
      value,
      "true or false, a number, a text, a list or an object",
      "Give a value of JSON",
    );
  }
  const text = kind === "boolean" ? "" : String(value);
  if (
    (secret && text !== "") ||
    firstSecretIn(text) !== undefined ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
  ) {
    at.fail(
      "consul/secret",
      "(masked)",
      "keys without secrets",
      "Leave it out: it would lie in Terraform's state in plain text; gossip keys, ACL tokens and TLS keys come with a later release",
    );
  }
}
