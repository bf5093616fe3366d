/** What the fuzzer does to plans: mutations as data, so that a case can be printed, made again, and made smaller. */
import fc from "fast-check";
import type { Json } from "../../src/plan/plan";
import { hostile } from "../render/arbitrary-review";

type Container = Json[] | Record<string, Json>;

/** A mutation of a document. `way` leads to a place: each number picks a child, modulo how many there are. */
export type Mutation =
  | { readonly kind: "drop" | "duplicate"; readonly way: readonly number[] }
  | { readonly kind: "replace"; readonly way: readonly number[]; readonly by: Json }
  | { readonly kind: "rename"; readonly way: readonly number[]; readonly key: string }
  | { readonly kind: "add"; readonly way: readonly number[]; readonly key: string; readonly value: Json }
  | {
      readonly kind: "nest";
      readonly way: readonly number[];
      readonly levels: number;
      readonly list: boolean;
    }
  | { readonly kind: "copy"; readonly way: readonly number[]; readonly from: readonly number[] };

/** A mutation of the file's bytes, after those of the document. */
export type ByteMutation =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "byte"; readonly at: number; readonly byte: number };

/** What one run of the fuzzer works on. */
export interface Case {
  /** Which fixture, modulo how many there are. */
  readonly fixture: number;
  /** Whether it is one in which nothing changes: there a change that gets in must not be missed. */
  readonly quiet: boolean;
  readonly mutations: readonly Mutation[];
  readonly bytes: readonly ByteMutation[];
  /** Whether the fixture as it is makes a second stack of the review. */
  readonly second: boolean;
  /** Whether the pipeline has a key. */
  readonly keyed: boolean;
}

/** Words of the format, and words that are none of it yet. */
const WORDS: readonly string[] = (
  "no-op create read update delete forget open replace hibernate managed data ephemeral virtual pass fail error unknown " +
  "resource output_value check var AfterCreate DuringUpdate resource_config_unknown replace_because_tainted " +
  "delete_because_moon_phase docker_container docker_volume __proto__ constructor toString 1.2 2.0 0.1 true"
).split(" ");

/** Keys of the format. */
const KEYS: readonly string[] = (
  "address previous_address module_address mode type name index provider_name deposed change actions before after " +
  "after_unknown before_sensitive after_sensitive replace_paths importing id identity generated_config action_reason " +
  "resource_changes resource_drift deferred_changes output_changes planned_values prior_state configuration variables " +
  "relevant_attributes checks status problems message errored complete applyable format_version terraform_version " +
  "action_invocations deferred_action_invocations reason resource_change labels env upload content content_base64 value " +
  "root_module child_modules module_calls resources provisioners expressions constant_value references sensitive " +
  "timestamp list_changes __proto__ constructor length"
).split(" ");

const TUPLES: readonly (readonly string[])[] = [
  ["no-op"],
  ["delete"],
  ["delete", "create"],
  ["create", "delete"],
  ["create", "forget"],
  ["update", "delete"],
  ["forget"],
  [],
  ["no-op", "no-op"],
  ["hibernate"],
];

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 0.1, 1e300, "", " ", "[]", "{}", "null"),
  fc.integer(),
  fc.constantFrom<Json>(...WORDS),
  { weight: 3, arbitrary: hostile },
);

const huge: fc.Arbitrary<Json> = fc
  .tuple(fc.oneof(hostile, fc.constantFrom("x", "\n", "`", "漢", "\u0000", "</", "a b\n")), fc.nat(5))
  .map(([text, size]) => text.repeat(Math.ceil((4 ** size * 60) / text.length)));

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: huge },
  { weight: 2, arbitrary: fc.constantFrom<Json>(...TUPLES) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>([], {}, [[]], [null], [{}], { "": null }, [true], { a: true }),
  },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 4 }) },
  { weight: 1, arbitrary: fc.dictionary(hostile, scalar, { maxKeys: 3 }) },
);

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: hostile },
);

/** Short ways change the plan itself and its lists, long ones values within. */
const way: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 9 });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("drop" as const), way }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("duplicate" as const), way }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("replace" as const), way, by: value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), way, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("add" as const), way, key, value }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("nest" as const),
      way,
      levels: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(199, 201, 400, 600)),
      list: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("copy" as const), way, from: way }) },
);

const byteMutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat(10_000_000) }),
  fc.record({
    kind: fc.constant("byte" as const),
    at: fc.nat(10_000_000),
    byte: fc.integer({ min: 0, max: 255 }),
  }),
);

const cases: fc.Arbitrary<Case> = fc.record({
  fixture: fc.nat(1_000_000),
  quiet: fc.nat(2).map((number) => number === 0),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 6 }),
  bytes: fc.oneof(
    { weight: 19, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(byteMutation, { minLength: 1, maxLength: 2 }) },
  ),
  second: fc.nat(9).map((number) => number === 0),
  keyed: fc.boolean(),
});

/** How many cases are made of one seed. */
const BATCH = 200;

/** The cases of some runs, the same for the same seed. */
export function* casesOf(
  seed: number,
  from: number,
  to: number,
): Iterable<readonly [run: number, each: Case]> {
  for (let batch = Math.floor(from / BATCH); batch * BATCH < to; batch++) {
    const all = fc.sample(cases, { seed: (seed + batch * 7_919) | 0, numRuns: BATCH });
    for (const [position, each] of all.entries()) {
      const run = batch * BATCH + position;
      if (run >= from && run < to) yield [run, each];
    }
  }
}

function isContainer(value: Json | undefined): value is Container {
  return typeof value === "object" && value !== null;
}

function childOf(container: Container, step: number): string | number | undefined {
  if (Array.isArray(container)) return container.length === 0 ? undefined : step % container.length;
  const keys = Object.keys(container);
  return keys.length === 0 ? undefined : keys[step % keys.length];
}

function get(container: Container, key: string | number): Json | undefined {
  return (container as Record<string | number, Json>)[key];
}

function put(container: Container, key: string | number, item: Json): void {
  Object.defineProperty(container, key, {
    value: item,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

interface Place {
  readonly container: Container;
  readonly key: string | number;
}

/** Follows a way as far as it goes. */
function placeAt(root: Container, steps: readonly number[]): Place | undefined {
  let found: Place | undefined;
  let at: Json | undefined = root;
  for (const step of steps) {
    if (!isContainer(at)) break;
    const key = childOf(at, step);
    if (key === undefined) break;
    found = { container: at, key };
    at = get(at, key);
  }
  return found;
}

function copied(value: Json | undefined): Json {
  return value === undefined ? null : structuredClone<Json>(value);
}

function apply(root: Container, each: Mutation): void {
  const place = placeAt(root, each.way);
  if (place === undefined) return;
  const { container, key } = place;
  switch (each.kind) {
    case "drop":
      if (Array.isArray(container)) container.splice(key as number, 1);
      else Reflect.deleteProperty(container, key);
      return;
    case "duplicate":
      if (Array.isArray(container)) container.splice(key as number, 0, copied(get(container, key)));
      else put(container, `${key}_2`, copied(get(container, key)));
      return;
    case "replace":
      put(container, key, copied(each.by));
      return;
    case "rename":
      if (Array.isArray(container)) return;
      put(container, each.key, copied(get(container, key)));
      if (each.key !== key) Reflect.deleteProperty(container, key);
      return;
    case "add": {
      const inner = get(container, key);
      if (Array.isArray(inner)) inner.push(copied(each.value));
      else if (isContainer(inner)) put(inner, each.key, copied(each.value));
      else if (!Array.isArray(container)) put(container, each.key, copied(each.value));
      return;
    }
    case "nest": {
      let nested = copied(get(container, key));
      for (let level = 0; level < each.levels; level++) nested = each.list ? [nested] : { nested };
      put(container, key, nested);
      return;
    }
    case "copy": {
      const from = placeAt(root, each.from);
      if (from !== undefined) put(container, key, copied(get(from.container, from.key)));
    }
  }
}

/** The plan that a case makes of a fixture's text. */
export function mutated(text: string, { mutations, bytes }: Pick<Case, "mutations" | "bytes">): Buffer {
  const document = JSON.parse(text) as Container;
  for (const each of mutations) apply(document, each);
  let file = Buffer.from(JSON.stringify(document));
  for (const each of bytes) {
    const at = each.at % (file.length + 1);
    if (each.kind === "cut") file = file.subarray(0, at);
    else if (at < file.length) file[at] = each.byte;
  }
  return file;
}

/** Cases that leave out one part of a case each: where one of them fails as well, it is the better report. */
export function* smaller(each: Case): Iterable<Case> {
  for (let index = 0; index < each.mutations.length; index++)
    yield { ...each, mutations: each.mutations.filter((_, position) => position !== index) };
  if (each.bytes.length > 0) yield { ...each, bytes: [] };
  if (each.second) yield { ...each, second: false };
  if (each.keyed) yield { ...each, keyed: false };
  for (const [index, one] of each.mutations.entries()) {
    const texts = one.kind === "replace" && typeof one.by === "string" ? [one.by] : [];
    for (const text of texts) {
      if (text.length < 2) continue;
      const half = Math.ceil(text.length / 2);
      for (const by of [text.slice(0, half), text.slice(half), text.slice(1), text.slice(0, -1)])
        yield {
          ...each,
          mutations: each.mutations.map((other, at) => (at === index ? ({ ...one, by } as Mutation) : other)),
        };
    }
  }
}
