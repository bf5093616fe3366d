import type { Json, Marks, OutputChange, Plan, ResourceChange } from "../plan/plan";
import { decodeText } from "./base64";
import { SecretCollector } from "./collect-secrets";
import { Identities } from "./identities";
import { Labels } from "./labels";
import type { JsonObject } from "./marks";
import { isList, isObject, isSame, marksAll, marksAnything, marksAt, property } from "./marks";
import type { Naming } from "./named-values";
import { DEEPEST, isNamedSecret, kindOfMember, namingOfItem, namingOfKey } from "./named-values";
import type { TextKind } from "./named-secrets";
import type { Redacted, RedactedChange } from "./redacted";
import { EncodedText, Unknown } from "./redacted";
import type { HiddenSpan } from "./scrubber";
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
  /**
   * What finds secrets in texts by names, shared with others that look through the same texts. It has the names.
   * @default - one of its own, with `secretNames`
   */
  readonly texts?: TextSecrets;
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
    const { texts = new TextSecrets(new SecretNames(options.secretNames)) } = options;
    const { names } = texts;
    const collector = new SecretCollector(names, texts);
    for (const plan of plans) {
      collector.add(plan);
    }
    return new Redactor(names, new Scrubber(collector.secrets, texts), new Identities(options.hashKey));
  }

  readonly #labels: Labels;
  #last: { readonly change: ResourceChange; readonly redacted: RedactedChange } | undefined;
  readonly #plainKeys = new Set<string>();

  private constructor(
    private readonly names: SecretNames,
    private readonly scrubber: Scrubber,
    private readonly identities: Identities,
  ) {
    this.#labels = new Labels(identities);
  }

  /** What changes of a resource. What is marked on one side is secret on both. */
  change(change: ResourceChange): RedactedChange {
    // Whoever reads plans asks twice for one change and goes on to the next: all of them would be another copy of the plan.
    if (this.#last?.change !== change) {
      this.#last = { change, redacted: this.#change(change.change, "plain") };
    }
    return this.#last.redacted;
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
    const marking = [marks].filter(marksAnything);
    return this.#walk(value, marking, unknown, "plain", "", "text", 0, new Labels(this.identities));
  }

  /**
   * Any text: an address, a key, a message, an id. Unlike in a change, secrets are counted over all calls, so that
   * addresses that differ still differ.
   */
  text(text: string): string {
    return this.#scrub(text, "text", this.#labels);
  }

  #change(change: ResourceChange["change"], naming: Naming): RedactedChange {
    // Most marks mark nothing, though they mirror the whole value.
    const marks = [change.beforeSensitive, change.afterSensitive].filter(marksAnything);
    const unknown = marksAnything(change.afterUnknown) ? change.afterUnknown : undefined;
    const labels = new Labels(this.identities);
    // Most attributes stay as they are: they are redacted once.
    const items = new Map<string, Redacted>();
    const { before, after } = change;
    const keep: Twin | undefined = isObject(before) && isObject(after) ? { items } : undefined;
    const take: Twin | undefined = isObject(before) ? { items, of: before } : undefined;
    return {
      before: this.#walk(before, marks, undefined, naming, "", "text", 0, labels, keep),
      after: this.#walk(after, marks, unknown, naming, "", "text", 0, labels, take),
    };
  }

  // Called for every value of a plan: arguments rather than an object of them, since that is most of what it costs.
  #walk(
    value: Json | undefined,
    marks: readonly Marks[],
    unknown: Marks,
    naming: Naming,
    key: string,
    kind: TextKind,
    depth: number,
    labels: Labels,
    twin?: Twin,
  ): Redacted | undefined {
    if (unknown === true) {
      return Unknown.VALUE;
    }
    if (value === undefined || value === null) {
      if (value === null && marks.includes(true)) {
        return this.identities.secret(value);
      }
      return this.#unknown(unknown, depth, labels) ?? value;
    }
    if (depth > DEEPEST || isNamedSecret(value, naming) || marks.some((mark) => marksAll(mark, value))) {
      return this.identities.secret(value);
    }
    if (marksAll(unknown, value)) {
      return Unknown.VALUE;
    }
    switch (typeof value) {
      case "string":
        return this.#string(value, key, kind, labels);
      case "number":
        return this.scrubber.hidden(String(value), "text").length > 0 ? this.identities.secret(value) : value;
      case "boolean":
        return value;
      default:
        return this.#container(value, marks, unknown, naming, depth, labels, twin);
    }
  }

  #string(value: string, key: string, kind: TextKind, labels: Labels): Redacted {
    const decoded = key.endsWith("_base64") ? decodeText(value) : undefined;
    if (decoded !== undefined) {
      return new EncodedText("base64", this.#scrub(decoded, kind, labels));
    }
    const hidden = this.scrubber.hidden(value, kind);
    const first = hidden[0];
    if (first !== undefined && first.start === 0 && first.end === value.length) {
      return this.identities.secret(value);
    }
    return replace(value, hidden, labels);
  }

  /** What stands where there is no value: its parts that are known only after apply. Undefined where nothing is marked. */
  #unknown(marks: Marks, depth: number, labels: Labels): Redacted | undefined {
    if (marks === undefined || marks === null || marks === false) {
      return undefined;
    }
    if (typeof marks !== "object") {
      return Unknown.VALUE;
    }
    if (depth > DEEPEST) {
      return marksAnything(marks) ? Unknown.VALUE : undefined;
    }
    if (isList(marks)) {
      const items = marks.map((mark) => this.#unknown(mark, depth + 1, labels));
      return items.some((item) => item !== undefined)
        ? items.map((item) => (item === undefined ? null : item))
        : undefined;
    }
    const redacted: Record<string, Redacted> = {};
    for (const [key, mark] of Object.entries(marks)) {
      const item = this.#unknown(mark, depth + 1, labels);
      if (item !== undefined) {
        put(redacted, this.#key(key, labels), item);
      }
    }
    return Object.keys(redacted).length > 0 ? redacted : undefined;
  }

  #container(
    value: readonly Json[] | JsonObject,
    marks: readonly Marks[],
    unknown: Marks,
    naming: Naming,
    depth: number,
    labels: Labels,
    twin?: Twin,
  ): Redacted {
    const marksOf = (key: string | number): readonly Marks[] =>
      marks.length === 0 ? marks : active(marks.map((mark) => marksAt(mark, key)));
    // What has nothing to hide is handed on as it is: a copy of every value would double what a plan takes.
    if (isList(value)) {
      const length = Math.max(value.length, isList(unknown) ? unknown.length : 0);
      let items: Redacted[] | undefined;
      for (let index = 0; index < length; index++) {
        const itsNaming = namingOfItem(value, index, naming, this.names);
        const itsUnknown = marksAt(unknown, index);
        const item = this.#walk(
          value[index],
          marksOf(index),
          itsUnknown,
          itsNaming,
          "",
          "entry",
          depth + 1,
          labels,
        );
        if (items === undefined && index < value.length && item === value[index]) {
          continue;
        }
        if (items === undefined) {
          items = [];
          for (let before = 0; before < Math.min(index, value.length); before++) {
            items.push(asItIs(value[before]));
          }
        }
        items.push(item ?? null);
      }
      return items ?? asItIs(value);
    }
    const keys = Object.keys(value);
    let redacted: Record<string, Redacted> | undefined;
    const add = (key: string, position: number): void => {
      const itsNaming = namingOfKey(value, key, naming, this.names);
      const itsUnknown = marksAt(unknown, key);
      const own = property(value, key);
      const taken =
        twin?.of !== undefined &&
        isSame(own, property(twin.of, key)) &&
        !marksAnything(itsUnknown) &&
        namingOfKey(twin.of, key, naming, this.names) === itsNaming &&
        (typeof own !== "string" || kindOfMember(twin.of, key) === kindOfMember(value, key))
          ? twin.items.get(key)
          : undefined;
      const walk = (): Redacted | undefined =>
        this.#walk(
          own,
          marksOf(key),
          itsUnknown,
          itsNaming,
          key,
          typeof own === "string" ? kindOfMember(value, key) : "text",
          depth + 1,
          labels,
        );
      const item = taken === undefined ? walk() : taken;
      if (item === undefined) {
        return;
      }
      if (twin !== undefined && twin.of === undefined) {
        twin.items.set(key, item);
      }
      const name = this.#key(key, labels);
      if (redacted === undefined) {
        if (item === own && name === key) {
          return;
        }
        redacted = {};
        for (let index = 0; index < position; index++) {
          const before = keys[index] as string;
          put(redacted, before, asItIs(value[before]));
        }
      }
      put(redacted, name, item);
    };
    keys.forEach(add);
    for (const key of isObject(unknown) ? Object.keys(unknown) : []) {
      if (!Object.hasOwn(value, key)) {
        add(key, keys.length);
      }
    }
    return redacted ?? asItIs(value);
  }

  #key(key: string, labels: Labels): string {
    if (this.#plainKeys.has(key)) {
      return key;
    }
    const scrubbed = this.#scrub(key, "text", labels);
    if (scrubbed === key && this.#plainKeys.size < MOST_KEYS) {
      this.#plainKeys.add(key);
    }
    return scrubbed;
  }

  #scrub(text: string, kind: TextKind, labels: Labels): string {
    return replace(text, this.scrubber.hidden(text, kind), labels);
  }
}

/** The attributes of one side, redacted, for the other; `of` are those attributes, where they are to be taken. */
interface Twin {
  readonly items: Map<string, Redacted>;
  readonly of?: JsonObject;
}

/** Keys of attributes are few, and each is looked through once. */
const MOST_KEYS = 20_000;
const NO_MARKS: readonly Marks[] = [];

/** A value in which there is nothing to hide: JSON is what a redacted value is made of. */
function asItIs(value: Json | undefined): Redacted {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- a rule recurs without end otherwise
  return (value ?? null) as unknown as Redacted;
}

/** Those marks that mark something, perhaps. */
function active(marks: readonly Marks[]): readonly Marks[] {
  const found = marks.filter((mark) => mark !== undefined && mark !== null && mark !== false);
  return found.length === 0 ? NO_MARKS : found;
}

function replace(text: string, hidden: readonly HiddenSpan[], labels: Labels): string {
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

/** Puts an item under a name that is not taken: two keys may be alike without their secrets, and neither may be lost. */
function put(redacted: Record<string, Redacted>, name: string, item: Redacted): void {
  let free = name;
  for (let number = 2; Object.hasOwn(redacted, free); number++) {
    free = `${name} #${number}`;
  }
  if (free === "__proto__") {
    Object.defineProperty(redacted, free, {
      value: item,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    redacted[free] = item;
  }
}
