import fc from "fast-check";
import type { Json, Marks } from "../../src/plan/plan";
import { base32 } from "../../src/redaction/byte-runs";
import { Redactor } from "../../src/redaction/redactor";
import type { EncodedText } from "../../src/redaction/redacted";
import { Secret } from "../../src/redaction/redacted";
import { everythingOf, leaks, textsOf } from "./leaks";
import { plan, resource } from "./plans";

const RUNS = 400;

/** A secret that is told from everything else in the plan: its own letters, and whatever is hard to escape. */
const secrets = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...Array.from("QXZqxz0123456789")), minLength: 5, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...Array.from("QXZ\"'\\\n\t<>&%${} /+=@:;,é漢😀~")), maxLength: 8 }),
    fc.string({ unit: fc.constantFrom(...Array.from("QXZqxz0123456789")), minLength: 5, maxLength: 30 }),
  )
  .map(([first, middle, last]) => `${first}${middle}${last}`);

const ordinary = fc.string({ unit: fc.constantFrom(...Array.from("abcde fgh\n.:-_")), maxLength: 30 });

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const encodings = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify({ a: [text] }, null, 2),
  (text) => JSON.stringify(JSON.stringify([text])),
  base64,
  (text) => Buffer.from(text).toString("base64url"),
  (text) => base64(JSON.stringify({ a: text })),
  (text) => base64(base64(text)),
  encodeURIComponent,
  (text) => Buffer.from(text).toString("hex"),
  (text) =>
    Buffer.from(text)
      .toString("hex")
      .replace(/..(?=.)/g, "$&:"),
  (text) => base32(text),
  (text) => base32(text).toLowerCase(),
  (text) => base64(text).replace(/.{14}/g, "$&\n"),
);

/** A text with the secret in it, encoded, with ordinary text around it before or after it is encoded. */
const plantedText = (secret: string): fc.Arbitrary<string> =>
  fc
    .tuple(encodings, ordinary, ordinary, ordinary, ordinary)
    .map(([encode, a, b, c, d]) => `${c} ${encode(`${a}${secret}${b}`)} ${d}`);

interface Tree {
  readonly value: Json;
  readonly marks: Marks;
}

/** A tree of ordinary values with one leaf or key that is planted, and marks of the same shape for it. */
function trees(planted: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> {
  return fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      planted,
      fc
        .tuple(tie("tree"), fc.array(ordinary, { maxLength: 3 }), fc.array(ordinary, { maxLength: 3 }))
        .map(([{ value, marks }, before, after]) => ({
          value: [...before, value, ...after],
          marks: [...before.map(() => false), marks ?? false],
        })),
      fc.tuple(tie("tree"), ordinary, ordinary).map(([{ value, marks }, key, text]) => ({
        value: { [`${key}.`]: text, [key]: value, number: 7, nothing: null },
        marks: { [key]: marks ?? false },
      })),
    ),
  })).tree;
}

test("a secret planted anywhere is gone everywhere", () => {
  const cases = secrets.chain((secret) =>
    fc.record({
      secret: fc.constant(secret),
      marked: trees(fc.constant({ value: secret, marks: true })),
      copies: fc.array(
        trees(
          fc.oneof(
            plantedText(secret).map((value) => ({ value, marks: false })),
            plantedText(secret).map((key) => ({ value: { [key]: 1 }, marks: false })),
            plantedText(secret).map((text) => ({ value: { content_base64: base64(text) }, marks: false })),
          ),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      side: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(cases, ({ secret, marked, copies, side }) => {
      const whole = plan({
        resourceChanges: [
          ...copies.map(({ value }) => resource({ before: { value }, after: { value: [value] } })),
          side
            ? resource({ before: { x: marked.value }, beforeSensitive: { x: marked.marks ?? false } })
            : resource({
                before: { x: marked.value },
                after: { x: "y" },
                afterSensitive: { x: marked.marks ?? false },
              }),
        ],
      });
      const texts = everythingOf(whole, Redactor.of([whole]));
      expect(texts.filter((text) => leaks([text], secret.trim()))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("values without secrets come through unchanged", () => {
  fc.assert(
    fc.property(trees(ordinary.map((value) => ({ value, marks: false }))), secrets, ({ value }, secret) => {
      const change = resource({ before: value, after: value });
      const other = resource({ after: { x: secret }, afterSensitive: { x: true } });
      const { before, after } = Redactor.of([plan({ resourceChanges: [change, other] })]).change(change);
      expect(before).toEqual(value);
      expect(after).toEqual(value);
    }),
    { numRuns: RUNS },
  );
});

test("random JSON comes through unchanged where nothing is marked and no name tells", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: fc.constantFrom(...Array.from("abcdefgh123_ {}:=")) }), (text) => {
      const value = JSON.parse(text) as Json;
      const redactor = Redactor.of([plan({ resourceChanges: [resource({ before: value, after: value })] })]);
      expect(JSON.stringify(redactor.value(value))).toBe(JSON.stringify(value));
    }),
    { numRuns: RUNS },
  );
});

test("random marks on random values neither throw nor show a text that they mark whole", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (value, marks, unknown) => {
      const json = value as Json;
      const redactor = Redactor.of([
        plan({
          resourceChanges: [
            resource({ after: json, afterSensitive: marks as Json, afterUnknown: unknown as Json }),
          ],
        }),
      ]);
      expect(redactor.value(json, marks as Json, unknown as Json)).toBeDefined();
      if (marks !== null && marks !== false && typeof marks !== "object") {
        expect(textsOf(redactor.value(json, marks as Json))).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
});

test("a difference that is hidden is still a difference", () => {
  const pairs = fc.tuple(secrets, secrets).filter(([one, other]) => one.trim() !== other.trim());
  fc.assert(
    fc.property(pairs, ordinary, ordinary, ([one, other], a, b) => {
      const change = resource({
        before: { text: `${a}<${one}>${b}`, whole: one, file_base64: base64(`${a}${one}`) },
        after: { text: `${a}<${other}>${b}`, whole: other, file_base64: base64(`${a}${other}`) },
        afterSensitive: { marked: true },
      });
      const marking = resource({ before: [one, other], beforeSensitive: true });
      const { before, after } = Redactor.of([plan({ resourceChanges: [change, marking] })]).change(
        change,
      ) as {
        before: Record<string, unknown>;
        after: Record<string, unknown>;
      };
      expect(before["text"]).not.toEqual(after["text"]);
      expect((before["file_base64"] as EncodedText).text).not.toBe(
        (after["file_base64"] as EncodedText).text,
      );
      const whole = before["whole"];
      expect(
        whole instanceof Secret && after["whole"] instanceof Secret && whole.equals(after["whole"]),
      ).toBe(false);
    }),
    { numRuns: RUNS },
  );
});
