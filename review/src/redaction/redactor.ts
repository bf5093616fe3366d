import type { Json, Marks, OutputChange, Plan, ResourceChange } from "../plan/plan";
import { decodeText } from "./base64";
import { SecretCollector } from "./collect-secrets";
import { Identities } from "./identities";
import { Labels } from "./labels";
import { isList, isObject, marksAll, marksAnything, marksAt, property } from "./marks";
import type { Naming } from "./named-values";
import { DEEPEST, isNamedSecret, namingOfItem, namingOfKey } from "./named-values";
import type { TextKind } from "./named-secrets";
import type { Redacted, RedactedChange } from "./redacted";
import { EncodedText, Unknown } from "./redacted";
import { Scrubber } from "./scrubber";
import { SecretNames } from "./secret-names";
import { TextSecrets } from "./text-secrets";

/** How plans are redacted. */
export interface RedactorOptions {
  /**
   * A secret of the pipeline, with which readers are shown a keyed hash of each secret, so that they see it change.
   * @default - no hashes: a plain hash of a short secret can be guessed
   */
  readonly hashKey?: string;
  /**
   * Further names, as expressions over names as they stand, whose values are secrets (see `SECRET_NAMES`).
   * @default - none
   */
  readonly secretNames?: readonly RegExp[];
}

/** Where the walk over a value is. */
interface Place {
  readonly marks: readonly Marks[];
  readonly unknown: Marks;
  readonly naming: Naming;
  readonly key: string;
  readonly kind: TextKind;
  readonly depth: number;
}

/**
 * Removes secrets from plans: what any of them marks as sensitive, wherever it stands and in whatever encoding, and what
 * names like `password` tell (`SECRET_NAMES`). Copies of values below 6 characters are left, except where they are marked.
 *
 * A text that holds a secret keeps its other parts: `(sensitive)` stands for the first secret, `(sensitive 2)` for the
 * next other one, counted within one call, so that a difference of hidden parts is still a difference. With a key it is
 * `(sensitive 0123456789ab)`, which is the same in every call and every run.
 *
 * Where marks do not have the shape of the value, or a value is nested deeper than 200 levels, the whole is hidden.
 */
export class Redactor {
  /**
   * Reads what is secret in plans.
   * @param plans all plans of the review: a secret of one is removed from the output of all
   */
  static of(plans: readonly Plan[], options: RedactorOptions = {}): Redactor {
    const names = new SecretNames(options.secretNames);
    const texts = new TextSecrets(names);
    const collector = new SecretCollector(names, texts);
    for (const plan of plans) {
      collector.add(plan);
    }
    return new Redactor(names, new Scrubber(collector.secrets, texts), new Identities(options.hashKey));
  }

  readonly #labels: Labels;

  private constructor(
    private readonly names: SecretNames,
    private readonly scrubber: Scrubber,
    private readonly identities: Identities,
  ) {
    this.#labels = new Labels(identities);
  }

  /** What changes of a resource. What is marked on one side is secret on both. */
  change(change: ResourceChange): RedactedChange {
    return this.#change(change.change, "plain");
  }

  /** What changes of an output. */
  output(output: OutputChange): RedactedChange {
    return this.#change(output.change, this.names.includes(output.name) ? "secret" : "plain");
  }

  /**
   * Any value.
   * @param marks what of it is sensitive
   * @param unknown what of it is known only after apply
   */
  value(value: Json | undefined, marks?: Marks, unknown?: Marks): Redacted | undefined {
    return this.#walk(value, place([marks], unknown, "plain"), new Labels(this.identities));
  }

  /**
   * Any text: an address, a key, a message, an id. Unlike in a change, secrets are counted over all calls, so that
   * addresses that differ still differ.
   */
  text(text: string): string {
    return this.#scrub(text, "text", this.#labels);
  }

  #change(change: ResourceChange["change"], naming: Naming): RedactedChange {
    const marks = [change.beforeSensitive, change.afterSensitive];
    const labels = new Labels(this.identities);
    return {
      before: this.#walk(change.before, place(marks, undefined, naming), labels),
      after: this.#walk(change.after, place(marks, change.afterUnknown, naming), labels),
    };
  }

  #walk(value: Json | undefined, at: Place, labels: Labels): Redacted | undefined {
    if (at.unknown === true) {
      return Unknown.VALUE;
    }
    if (value === undefined) {
      return marksAnything(at.unknown) ? this.#container(at.unknown, value, at, labels) : undefined;
    }
    if (
      at.marks.some((marks) => marksAll(marks, value)) ||
      at.depth > DEEPEST ||
      isNamedSecret(value, at.naming)
    ) {
      return this.identities.secret(value);
    }
    if (marksAll(at.unknown, value) || (value === null && marksAnything(at.unknown))) {
      return value === null ? this.#container(at.unknown, value, at, labels) : Unknown.VALUE;
    }
    if (typeof value === "string") {
      return this.#string(value, at, labels);
    }
    if (typeof value === "number") {
      return this.scrubber.hidden(String(value), "text").length > 0 ? this.identities.secret(value) : value;
    }
    return value === null || typeof value === "boolean" ? value : this.#container(value, value, at, labels);
  }

  #string(value: string, at: Place, labels: Labels): Redacted {
    const decoded = at.key.endsWith("_base64") ? decodeText(value) : undefined;
    if (decoded !== undefined) {
      return new EncodedText("base64", this.#scrub(decoded, "text", labels));
    }
    const hidden = this.scrubber.hidden(value, at.kind);
    const first = hidden[0];
    if (first !== undefined && first.start === 0 && first.end === value.length) {
      return this.identities.secret(value);
    }
    return this.#scrub(value, at.kind, labels);
  }

  /** An object or a list; `shape` has its form, `value` is undefined or null where only marks of unknown parts have one. */
  #container(shape: Marks, value: Json | undefined, at: Place, labels: Labels): Redacted {
    if (at.depth > DEEPEST) {
      return value === undefined || value === null ? Unknown.VALUE : this.identities.secret(value);
    }
    const inner = (key: string | number): Omit<Place, "naming" | "key" | "kind"> => ({
      marks: at.marks.map((marks) => marksAt(marks, key)),
      unknown: marksAt(at.unknown, key),
      depth: at.depth + 1,
    });
    if (isList(shape)) {
      const list = isList(value) ? value : [];
      const length = Math.max(list.length, isList(at.unknown) ? at.unknown.length : 0);
      const items: Redacted[] = [];
      for (let index = 0; index < length; index++) {
        const naming = namingOfItem(list, index, at.naming, this.names);
        items.push(
          this.#walk(list[index], { ...inner(index), naming, key: "", kind: "entry" }, labels) ?? null,
        );
      }
      return items;
    }
    const object = isObject(value) ? value : {};
    const entries = new Map<string, Redacted>();
    const unknown = isObject(at.unknown) ? Object.keys(at.unknown) : [];
    for (const key of new Set([...Object.keys(object), ...unknown])) {
      const naming = namingOfKey(object, key, at.naming, this.names);
      const item = this.#walk(property(object, key), { ...inner(key), naming, key, kind: "text" }, labels);
      if (item !== undefined) {
        entries.set(freeName(this.#scrub(key, "text", labels), entries), item);
      }
    }
    return Object.fromEntries(entries);
  }

  #scrub(text: string, kind: TextKind, labels: Labels): string {
    const hidden = this.scrubber.hidden(text, kind);
    if (hidden.length === 0) {
      return text;
    }
    let scrubbed = "";
    let at = 0;
    for (const { start, end, secret } of hidden) {
      scrubbed += text.slice(at, start) + labels.of(secret);
      at = end;
    }
    return scrubbed + text.slice(at);
  }
}

function place(marks: readonly Marks[], unknown: Marks, naming: Naming): Place {
  return { marks, unknown, naming, key: "", kind: "text", depth: 0 };
}

/** A name that is not taken: two keys may be alike without their secrets, and neither may be lost. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    free = `${name} #${number}`;
  }
  return free;
}
