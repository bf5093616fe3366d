import type { Json, Marks } from "../../plan/plan";
import { decodeText } from "../../redaction/base64";
import { isList, isObject, marksAll, marksAnything, marksAt, property } from "../../redaction/marks";
import type { TextKind } from "../../redaction/named-secrets";
import {
  DEEPEST,
  isNamedSecret,
  kindOfMember,
  namingOfItem,
  namingOfKey,
  type Naming,
} from "../../redaction/named-values";
import { SecretNames } from "../../redaction/secret-names";
import { TextSecrets } from "../../redaction/text-secrets";
import type { PolicyRule } from "../policy";
import { makesOrChanges, pageOf } from "./scope";

const ID = "secrets/plain-text";
const MEND =
  "Declare the variable that it comes from `sensitive` (or wrap it in `sensitive()`), or hand over the path of a file instead of the value. Change the secret if it was ever in a repository.";

/** Where secrets are found, and where a secret's name has a value that is known only after apply. */
interface Found {
  readonly secrets: Set<string>;
  readonly unknown: Set<string>;
}

/**
 * No secret in plain text: what is one by its name or its shape is marked sensitive in the plan.
 *
 * @param furtherNames names that mean secrets, beside `SECRET_NAMES`
 * @param texts what finds secrets in texts by these names, and remembers the texts without any
 */
export function plainTextRule(
  furtherNames: readonly RegExp[] = [],
  texts = new TextSecrets(new SecretNames(furtherNames)),
): PolicyRule {
  const { names } = texts;
  return {
    id: ID,
    title: "Secrets are marked as sensitive",
    help: pageOf(ID),
    *check(stack) {
      for (const resource of stack.resources) {
        if (!makesOrChanges(resource)) continue;
        const { after, afterUnknown, afterSensitive } = resource.change.change;
        const found: Found = { secrets: new Set(), unknown: new Set() };
        for (const attribute of attributesOf(after, afterUnknown)) {
          const own: Found = { secrets: found.secrets, unknown: new Set() };
          const holder = isObject(after) ? after : {};
          search({
            value: property(holder, attribute),
            unknown: marksAll(afterUnknown, after) ? true : marksAt(afterUnknown, attribute),
            sensitive: marksAll(afterSensitive, after) ? true : marksAt(afterSensitive, attribute),
            naming: namingOfKey(holder, attribute, "plain", names),
            path: attribute,
            kind: kindOfMember(holder, attribute),
            encoded: isEncoded(attribute, resource.type),
            names,
            texts,
            found: own,
          });
          // What the configuration does not set is the provider's, whose schema marks its secrets.
          if (resource.configures(attribute) === true) {
            for (const path of own.unknown) found.unknown.add(path);
          }
        }
        if (found.secrets.size > 0) {
          yield {
            resource,
            message: `${resource.name} carries what looks like secrets in plain text: ${[...found.secrets].join(", ")}`,
            mend: MEND,
          };
        }
        if (found.unknown.size > 0) {
          yield {
            resource,
            message: `${resource.name} has names of secrets whose values are known only after apply and not marked as sensitive: ${[...found.unknown].join(", ")}`,
            mend: MEND,
            cannotVerify: true,
          };
        }
      }
      const loose: Found = { secrets: new Set(), unknown: new Set() };
      const root = { kind: "text" as const, encoded: false, names, texts, found: loose };
      for (const { name, value, sensitive } of stack.plan.variables) {
        const naming = names.includes(name) ? "secret" : "plain";
        search({ ...root, value, unknown: undefined, sensitive, naming, path: `var.${name}` });
      }
      for (const { name, change } of stack.plan.outputChanges) {
        if (change.action === "no-op") continue;
        search({
          ...root,
          value: change.after,
          unknown: change.afterUnknown,
          sensitive: change.afterSensitive,
          naming: names.includes(name) ? "secret" : "plain",
          path: `output.${name}`,
        });
      }
      for (const [paths, cannotVerify] of [
        [loose.secrets, false],
        [loose.unknown, true],
      ] as const) {
        if (paths.size === 0) continue;
        yield {
          message: `variables or outputs ${cannotVerify ? "with names of secrets are known only after apply and" : "hold what looks like secrets and"} are not declared sensitive: ${[...paths].join(", ")}`,
          mend: "Declare them `sensitive`, and change the secret if it was ever in a repository.",
          cannotVerify,
        };
      }
    },
  };
}

interface Search {
  readonly value: Json | undefined;
  readonly unknown: Marks;
  readonly sensitive: Marks;
  readonly naming: Naming;
  readonly path: string;
  readonly kind: TextKind;
  readonly encoded: boolean;
  readonly names: SecretNames;
  readonly texts: TextSecrets;
  readonly found: Found;
}

/** A part of what is searched. Its path is put together only where something is found. */
interface Part {
  readonly value: Json | undefined;
  readonly unknown: Marks;
  readonly sensitive: Marks;
  readonly naming: Naming;
  readonly encoded: boolean;
  readonly kind: TextKind;
  readonly depth: number;
  /** The name or the position in `parent`, or the path of the whole. */
  readonly step: string | number;
  readonly parent: Part | undefined;
}

function pathOf(part: Part): string {
  const steps: string[] = [];
  for (let at: Part | undefined = part; at !== undefined; at = at.parent) {
    const { step, parent } = at;
    if (parent === undefined) steps.push(String(step));
    else if (typeof step === "number") steps.push(`[${step}]`);
    else steps.push(/^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`);
  }
  return steps.reverse().join("");
}

/** Looks through a value; what is marked sensitive is in order. Adds paths, never values. */
function search(root: Search): void {
  const { names, texts, found, value, unknown, sensitive, naming, path, kind, encoded } = root;
  const open: Part[] = [
    { value, unknown, sensitive, naming, encoded, kind, depth: 0, step: path, parent: undefined },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    searchPart(next, open, names, texts, found);
}

function searchPart(part: Part, open: Part[], names: SecretNames, texts: TextSecrets, found: Found): void {
  const { value, unknown, sensitive, naming, kind } = part;
  if (marksAll(sensitive, value)) return;
  if (marksAll(unknown, value)) {
    if (naming === "secret") found.unknown.add(pathOf(part));
  } else if (typeof value === "string" || typeof value === "number") {
    if (isNamedSecret(value, naming)) found.secrets.add(pathOf(part));
    else if (typeof value === "string") {
      const text = part.encoded ? (decodeText(value) ?? value) : value;
      const spans = texts.spans(text, kind);
      if (spans.length > 0)
        found.secrets.add(kind === "entry" ? `${pathOf(part)}${entryName(text, spans)}` : pathOf(part));
    }
  } else if (part.depth > DEEPEST) {
    found.unknown.add(`${pathOf(part)} (too deep to look into)`);
  } else if (isList(value) || (isList(unknown) && !isObject(value))) {
    const list = isList(value) ? value : [];
    const length = Math.max(list.length, isList(unknown) ? unknown.length : 0);
    for (let index = 0; index < length; index++) {
      open.push({
        value: list[index],
        unknown: marksAt(unknown, index),
        sensitive: marksAt(sensitive, index),
        naming: index < list.length ? namingOfItem(list, index, naming, names) : naming,
        encoded: part.encoded,
        kind: "entry",
        depth: part.depth + 1,
        step: index,
        parent: part,
      });
    }
  } else if (isObject(value) || isObject(unknown)) {
    const object = isObject(value) ? value : {};
    for (const key of attributesOf(value, unknown)) {
      open.push({
        value: property(object, key),
        unknown: marksAt(unknown, key),
        sensitive: marksAt(sensitive, key),
        naming: namingOfKey(object, key, naming, names),
        encoded: isEncoded(key),
        kind: kindOfMember(object, key),
        depth: part.depth + 1,
        step: key,
        parent: part,
      });
    }
  }
}

/** Names in a value, with those of what is known only after apply, which the value leaves out. */
function attributesOf(value: Json | undefined, unknown: Marks): Iterable<string> {
  if (!isObject(unknown)) return isObject(value) ? Object.keys(value) : [];
  const names = new Set(isObject(value) ? Object.keys(value) : []);
  for (const name of Object.keys(unknown)) {
    if (!names.has(name) && marksAnything(marksAt(unknown, name))) names.add(name);
  }
  return names;
}

/** Attributes that hold base64. */
function isEncoded(attribute: string, type?: string): boolean {
  return attribute.endsWith("_base64") || (type === "docker_config" && attribute === "data");
}

/** The name of a variable in an entry of an environment, ` (DB_PASSWORD)`, if what was found stands behind it. */
function entryName(text: string, spans: readonly { readonly start: number }[]): string {
  const name = /^\s*([A-Za-z_][A-Za-z0-9_.-]{0,100})=/.exec(text);
  return name !== null && spans.every(({ start }) => start >= name[0].length) ? ` (${name[1] ?? ""})` : "";
}
