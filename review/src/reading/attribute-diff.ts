import { diffArrays } from "diff";
import type { AttributePath } from "../plan/plan";
import type { Redacted } from "../redaction/redacted";
import type { AttributeChange } from "../review/review";
import { kindByText } from "./documents";
import { keyStep, nameStep, type Place } from "./place";
import { guessedRule, knownRule, type ListRule } from "./sets";
import { documentsIn, isText, textChange, valuePart } from "./texts";
import {
  ABSENT,
  elementsOf,
  hidesKeys,
  Identities,
  isList,
  isObject,
  member,
  membersOf,
  type Pair,
  samePair,
  sameValue,
  shownValue,
  some,
} from "./values";

/** Deeper than that a difference is shown as the whole value before and after. */
const MOST_LEVELS = 32;
/** Beyond that many edits the elements of a list are compared regardless of their order. */
const MOST_EDITS = 1_000;

/** Finds what is different between two values of an attribute, and says it in the words of a review. */
export class AttributeDiff {
  /** What is different. */
  readonly changes: AttributeChange[] = [];
  /** Those of the forcing ways that one of `changes` is on. */
  readonly foundForcing = new Set<AttributePath>();
  readonly #identities = new Identities();

  /**
   * @param type the resource's type, whose sets are known
   * @param forcing what forces a replacement
   */
  constructor(
    readonly type: string,
    readonly forcing: readonly AttributePath[] = [],
  ) {}

  /** Adds what is different between two values. Nothing that differs is left out. */
  compare(before: Pair, after: Pair, place: Place): void {
    if (samePair(before, after)) return;
    if (place.level > MOST_LEVELS) {
      this.#whole(before, after, place);
    } else if (isNothing(before, place) || isNothing(after, place)) {
      this.#oneSided(before, after, place);
    } else if (isObject(before.shown) && isObject(after.shown)) {
      this.#objects(before, after, place);
    } else if (isList(before.shown) && isList(after.shown)) {
      this.#lists(before, after, place);
    } else if (isText(before.shown) && isText(after.shown)) {
      this.#texts(before, after, place);
    } else {
      this.#whole(before, after, place);
    }
  }

  /** Tells whether a way is one of those that force a replacement, or leads to or from such a one. */
  #forces({ steps }: Place): boolean {
    const found = this.forcing.filter((path) =>
      path.every((step, i) => i >= steps.length || steps[i] === undefined || steps[i] === step),
    );
    for (const path of found) this.foundForcing.add(path);
    return found.length > 0;
  }

  /** Both values, as they are. */
  #whole(before: Pair, after: Pair, place: Place, note?: string): void {
    const alike = sameValue(before.shown, after.shown);
    const said = note ?? (alike ? NOT_SHOWN : undefined);
    this.#add(place, {
      before: shownOrAbsent(before, place),
      after: shownOrAbsent(after, place),
      ...(said === undefined ? {} : { note: said }),
    });
  }

  #add(place: Place, change: Omit<AttributeChange, "path" | "forcesReplacement">): void {
    this.changes.push({ path: place.path, forcesReplacement: this.#forces(place), ...change });
  }

  #texts(before: Pair, after: Pair, place: Place): void {
    const documents = documentsIn(before, after, place);
    if (documents === undefined) {
      this.#add(place, textChange(before, after, place));
      return;
    }
    const from = this.changes.length;
    const inside: Place = { ...place, path: `${place.path} >`, inDocument: true, level: place.level + 1 };
    this.compare(documents.before, documents.after, inside);
    for (let i = from; i < this.changes.length; i++) {
      const found = this.changes[i];
      if (found !== undefined && found.document === undefined) {
        this.changes[i] = { ...found, document: documents.kind };
      }
    }
    // The same content: written differently, or different in a secret that is gone from both.
    if (this.changes.length === from) {
      this.#add(place, { ...textChange(before, after, place), note: documents.note });
    }
  }

  /** What is there on one side alone: whole if it is small, else what it is made of. */
  #oneSided(before: Pair, after: Pair, place: Place): void {
    const there = isNothing(before, place) ? after : before;
    const pick = (pair: Pair): [Pair, Pair] => (there === after ? [ABSENT, pair] : [pair, ABSENT]);
    const { shown } = there;
    if (shown === undefined || isNothing(there, place)) {
      // Null on one side, nothing on the other: outside of documents these are the same.
      return;
    }
    if (isText(shown)) {
      const [a, b] = pick(there);
      this.#texts(a, b, place);
    } else if (isList(shown) && shown.length > 0 && this.#isNamed(shown, place)) {
      const [a, b] = pick({ raw: [], shown: [] });
      this.#lists(there === after ? b : there, there === after ? there : a, place);
    } else if (holdsText(shown)) {
      for (const [key, pair] of membersOf(there)) {
        if (this.#isBlock(place) && isUnset(pair.shown)) continue;
        const [a, b] = pick(pair);
        this.compare(a, b, nameStep(place, key, shown));
      }
      elementsOf(there).forEach((pair, i) => {
        const [a, b] = pick(pair);
        this.#element(a, b, keyStep(place, i));
      });
    } else if (this.#isBlock(place) && isObject(shown)) {
      const set = Object.fromEntries(Object.entries(shown).filter(([, value]) => !isUnset(value)));
      const [a, b] = pick({ raw: there.raw, shown: set });
      this.#whole(a, b, place);
    } else {
      this.#whole(before, after, place);
    }
  }

  /** Whether it is an element of a list of blocks: what is not set in it is null or empty. */
  #isBlock({ inDocument, names, steps }: Place): boolean {
    return !inDocument && steps.at(-1) === undefined && knownRule(this.type, names)?.keyOf !== undefined;
  }

  #isNamed(list: readonly Redacted[], place: Place): boolean {
    const rule = this.#ruleOf(list, [], place);
    return rule.keyOf !== undefined || rule.set;
  }

  #ruleOf(before: readonly Redacted[], after: readonly Redacted[], place: Place): ListRule {
    const known = place.inDocument ? undefined : knownRule(this.type, place.names);
    return known ?? guessedRule(before, after);
  }

  #objects(before: Pair, after: Pair, place: Place): void {
    const from = this.changes.length;
    const a = membersOf(before);
    const b = membersOf(after);
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      const file = isObject(after.shown) ? after.shown : {};
      this.compare(a.get(key) ?? ABSENT, b.get(key) ?? ABSENT, nameStep(place, key, file));
    }
    // Keys that are secrets can differ and look alike.
    const hidden = hidesKeys(before) || hidesKeys(after);
    if (hidden && this.changes.length === from && !isBlank(before, after, place)) {
      this.#whole(before, after, place, NOT_SHOWN);
    }
  }

  #lists(before: Pair, after: Pair, place: Place): void {
    const a = elementsOf(before);
    const b = elementsOf(after);
    const rule = this.#ruleOf(shownOf(a), shownOf(b), place);
    const [onlyBefore] = a;
    const [onlyAfter] = b;
    const single = a.length === 1 && b.length === 1 && rule.keyOf === undefined;
    if (single && onlyBefore !== undefined && onlyAfter !== undefined && !isPlain(onlyAfter)) {
      // A block that is there once.
      this.compare(onlyBefore, onlyAfter, keyStep(place, 0));
      return;
    }
    const { gone, come, kept, moved } = this.#matched(a, b);
    if (rule.keyOf !== undefined) {
      this.#named(gone, come, rule, place, kept);
      if (!rule.set && (moved || reordered(a, b, rule.keyOf))) this.#order(kept, place);
    } else if (rule.set) {
      if (gone.length + come.length > 0) this.#set(gone, come, kept, place);
    } else if (gone.length + come.length === 0) {
      this.#order(kept, place);
    } else {
      this.#inOrder(a, b, gone, come, kept, place);
    }
  }

  /** An element of a list: null is nothing, and still one more or one less. */
  #element(before: Pair, after: Pair, place: Place): void {
    const from = this.changes.length;
    this.compare(before, after, place);
    if (this.changes.length === from && (before === ABSENT || after === ABSENT))
      this.#add(place, { before: shownValue(before.shown), after: shownValue(after.shown) });
  }

  /** Nothing but the order. */
  #order(kept: number, place: Place): void {
    this.#add(place, {
      before: { kind: "absent" },
      after: { kind: "absent" },
      set: { added: [], removed: [], kept },
      note: "the same elements in another order",
    });
  }

  /** What is on one side only, each element as often as it is there. */
  #matched(
    a: readonly Pair[],
    b: readonly Pair[],
  ): { gone: Pair[]; come: Pair[]; kept: number; moved: boolean } {
    // Most elements stay where they are: only what lies between needs more than a look.
    const { head, tail } = sameEnds(a, b);
    const left = new Map<string, number[]>();
    a.slice(head, a.length - tail).forEach((pair, i) => {
      const id = this.#identities.of(pair);
      const found = left.get(id);
      if (found === undefined) left.set(id, [i]);
      else found.push(i);
    });
    for (const found of left.values()) found.reverse();
    const come: Pair[] = [];
    const keptBefore = new Set<number>();
    let last = -1;
    let moved = false;
    for (const pair of b.slice(head, b.length - tail)) {
      const i = left.get(this.#identities.of(pair))?.pop();
      if (i === undefined) {
        come.push(pair);
      } else {
        keptBefore.add(i);
        moved ||= i < last;
        last = i;
      }
    }
    const gone = a.slice(head, a.length - tail).filter((_, i) => !keptBefore.has(i));
    return { gone, come, kept: head + keptBefore.size + tail, moved };
  }

  /** Elements that have names: those of the same name are compared with each other. */
  #named(
    gone: readonly Pair[],
    come: readonly Pair[],
    { keyOf, part }: ListRule,
    place: Place,
    kept: number,
  ): void {
    const waiting = new Map<string, Pair[]>();
    const nameless: Pair[] = [];
    const keyed = (pair: Pair): string | undefined =>
      pair.shown === undefined ? undefined : keyOf?.(pair.shown);
    for (const pair of come) {
      const key = keyed(pair);
      if (key === undefined) nameless.push(pair);
      else waiting.set(key, [...(waiting.get(key) ?? []), pair]);
    }
    const lost: Pair[] = [];
    const compare = (before: Pair, after: Pair, key: string): void => {
      const at = keyStep(place, key);
      if (part === undefined) this.compare(before, after, at);
      else this.#valueParts(before, after, at, part);
    };
    for (const pair of gone) {
      const key = keyed(pair);
      if (key === undefined) lost.push(pair);
      else compare(pair, waiting.get(key)?.shift() ?? ABSENT, key);
    }
    for (const [key, pairs] of waiting) for (const pair of pairs) compare(ABSENT, pair, key);
    if (lost.length + nameless.length > 0) this.#set(lost, nameless, kept, place);
  }

  /** Of `NAME=value` and `{ label, value }` the value, where the name is said already and nothing else differs. */
  #valueParts(before: Pair, after: Pair, place: Place, part: NonNullable<ListRule["part"]>): void {
    const from = this.changes.length;
    const a = valuePart(before, part);
    const b = valuePart(after, part);
    if (a === undefined || b === undefined) this.compare(before, after, place);
    else this.compare(a, b, place);
    // An empty label or variable is still one more or one less.
    if (this.changes.length === from) this.#whole(before, after, place);
  }

  #set(gone: readonly Pair[], come: readonly Pair[], kept: number, place: Place, note?: string): void {
    this.#add(place, {
      before: { kind: "absent" },
      after: { kind: "absent" },
      set: {
        added: come.map(({ shown }) => shownValue(shown)),
        removed: gone.map(({ shown }) => shownValue(shown)),
        kept,
      },
      ...(note === undefined ? {} : { note }),
    });
  }

  /** A list whose order counts. */
  #inOrder(
    a: readonly Pair[],
    b: readonly Pair[],
    gone: readonly Pair[],
    come: readonly Pair[],
    kept: number,
    place: Place,
  ): void {
    const ids = (pairs: readonly Pair[]): string[] => pairs.map((pair) => this.#identities.of(pair));
    const parts = diffArrays(ids(a), ids(b), { maxEditLength: MOST_EDITS });
    const keptInOrder = parts?.reduce(
      (sum, { added, removed, count }) => sum + (added || removed ? 0 : count),
      0,
    );
    if (parts === undefined || (keptInOrder !== undefined && keptInOrder < kept)) {
      this.#set(gone, come, kept, place, "the order of its elements changes too");
      return;
    }
    let i = 0;
    let j = 0;
    let run: { removed: Pair[]; added: Pair[]; i: number; j: number } | undefined;
    const close = (): void => {
      if (run === undefined) return;
      const { removed, added } = run;
      for (let n = 0; n < Math.max(removed.length, added.length); n++) {
        const at = n < added.length ? run.j + n : run.i + n;
        this.#element(removed[n] ?? ABSENT, added[n] ?? ABSENT, keyStep(place, at));
      }
      run = undefined;
    };
    for (const { added, removed, count } of parts) {
      if (!added && !removed) {
        close();
      } else {
        run ??= { removed: [], added: [], i, j };
        if (removed) run.removed.push(...a.slice(i, i + count));
        else run.added.push(...b.slice(j, j + count));
      }
      if (!added) i += count;
      if (!removed) j += count;
    }
    close();
  }
}

const NOT_SHOWN = "differs in a part that is not shown";

/** How many elements two lists share from their starts, and from their ends. */
function sameEnds(a: readonly Pair[], b: readonly Pair[]): { head: number; tail: number } {
  const most = Math.min(a.length, b.length);
  const same = (i: number, j: number): boolean => samePair(a[i] ?? ABSENT, b[j] ?? ABSENT);
  let head = 0;
  while (head < most && same(head, head)) head++;
  let tail = 0;
  while (tail < most - head && same(a.length - 1 - tail, b.length - 1 - tail)) tail++;
  return { head, tail };
}

/** Neither object nor list. */
function isPlain({ shown }: Pair): boolean {
  return !isObject(shown) && !isList(shown);
}

/** Nothing: no value, or outside of documents null, with which Terraform says the same. */
function isNothing({ shown }: Pair, { inDocument }: Place): boolean {
  return shown === undefined || (shown === null && !inDocument);
}

function shownOrAbsent(pair: Pair, place: Place): AttributeChange["before"] {
  return isNothing(pair, place) ? { kind: "absent" } : shownValue(pair.shown);
}

/** Whether two objects differ in nothing but nulls and what is not there. */
function isBlank(before: Pair, after: Pair, place: Place): boolean {
  if (place.inDocument || !isObject(before.raw) || !isObject(after.raw)) return false;
  const { raw: a } = before;
  const { raw: b } = after;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    sameValue(member(a, key) ?? null, member(b, key) ?? null),
  );
}

/** Whether any part is a text that is better read by itself: one of several lines, or a document. */
function holdsText(value: Redacted | undefined): boolean {
  return some(value, (part) =>
    typeof part === "string" ? part.includes("\n") || kindByText(part) !== undefined : isText(part),
  );
}

function isUnset(value: Redacted | undefined): boolean {
  if (isList(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === null || value === "";
}

function shownOf(pairs: readonly Pair[]): Redacted[] {
  const list: Redacted[] = [];
  for (const { shown } of pairs) list.push(shown ?? null);
  return list;
}

/** Whether the elements that both sides have, by their names, stand in another order. */
function reordered(a: readonly Pair[], b: readonly Pair[], keyOf: NonNullable<ListRule["keyOf"]>): boolean {
  const keys = (pairs: readonly Pair[]): string[] =>
    shownOf(pairs).flatMap((element) => {
      const key = keyOf(element);
      return key === undefined ? [] : [key];
    });
  const before = keys(a);
  const after = keys(b);
  const inBefore = new Set(before);
  const inAfter = new Set(after);
  const common = after.filter((key) => inBefore.has(key));
  return before.filter((key) => inAfter.has(key)).some((key, i) => key !== common[i]);
}
