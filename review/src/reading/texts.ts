import type { Json } from "../plan/plan";
import { EncodedText, type Redacted } from "../redaction/redacted";
import type { AttributeChange } from "../review/review";
import { type DocumentKind, kindByName, kindByText, parseStructure } from "./documents";
import { lineDiff, linesOf } from "./line-diff";
import type { Place } from "./place";
import type { ListRule } from "./sets";
import { ABSENT, isObject, member, type Pair, redacted, sameValue, shownValue } from "./values";

/** How a text changes. */
export type TextChange = Omit<AttributeChange, "path" | "forcesReplacement">;

/** Two documents, to be compared by what they hold. */
export interface Documents {
  readonly kind: DocumentKind;
  readonly before: Pair;
  readonly after: Pair;
  /** What there is to say if nothing that is shown differs. */
  readonly note: string;
}

/** Tells whether a value is a text, encoded or not. */
export function isText(value: Redacted | undefined): value is string | EncodedText {
  return typeof value === "string" || value instanceof EncodedText;
}

/** Says how a text changes. Either side may be absent. */
export function textChange(before: Pair, after: Pair, place: Place): TextChange {
  const a = decoded(before);
  const b = decoded(after);
  return asText(before, after, a, b, kindOf(a, b, place));
}

/** The documents that two texts are; undefined where one of them is none, or is not known to be one. */
export function documentsIn(before: Pair, after: Pair, place: Place): Documents | undefined {
  const a = decoded(before);
  const b = decoded(after);
  const kind = kindOf(a, b, place);
  const structure = kind === undefined ? undefined : structures(a, b, kind);
  if (kind === undefined || structure === undefined) return undefined;
  const note = sameValue(structure.before.raw, structure.after.raw)
    ? "same content, written differently"
    : "differs in a part that is not shown";
  return { ...structure, kind, note };
}

function kindOf(a: Decoded, b: Decoded, { file, inDocument }: Place): DocumentKind | undefined {
  const named = file === undefined ? undefined : kindByName(file);
  return named ?? (inDocument ? undefined : kindByText(b.shown ?? a.shown ?? ""));
}

/** A text without its encoding. */
interface Decoded {
  readonly raw: string | undefined;
  readonly shown: string | undefined;
}

function decoded({ raw, shown }: Pair): Decoded {
  const text = typeof raw === "string" ? raw : undefined;
  if (shown instanceof EncodedText) {
    return { raw: text && Buffer.from(text, shown.encoding).toString("utf8"), shown: shown.text };
  }
  return { raw: text, shown: typeof shown === "string" ? shown : undefined };
}

function structures(
  a: Decoded,
  b: Decoded,
  kind: DocumentKind,
): Pick<Documents, "before" | "after"> | undefined {
  const before = a.shown === undefined ? undefined : parseStructure(a.shown, kind);
  const after = b.shown === undefined ? undefined : parseStructure(b.shown, kind);
  if (before === undefined || after === undefined) return undefined;
  const rawOf = (side: Decoded, shown: Json): Json | undefined => {
    if (side.raw === undefined) return undefined;
    return side.raw === side.shown ? shown : parseStructure(side.raw, kind);
  };
  const raw = { before: rawOf(a, before), after: rawOf(b, after) };
  // Where a secret's removal made a document of what is none, its lines are what is left to compare.
  if ((a.raw !== undefined && raw.before === undefined) || (b.raw !== undefined && raw.after === undefined)) {
    return undefined;
  }
  return {
    before: { raw: raw.before, shown: redacted(before) },
    after: { raw: raw.after, shown: redacted(after) },
  };
}

function asText(
  before: Pair,
  after: Pair,
  a: Decoded,
  b: Decoded,
  kind: DocumentKind | undefined,
): TextChange {
  const note = noteOn(a, b);
  const noted = note === undefined ? {} : { note };
  const multiLine = a.shown?.includes("\n") === true || b.shown?.includes("\n") === true;
  if (!multiLine) {
    return {
      before: shownValue(before.shown ?? undefined),
      after: shownValue(after.shown ?? undefined),
      ...noted,
      // Beside a file's content there are its permissions and its owner.
      ...(kind === undefined || parseStructure(b.shown ?? a.shown ?? "", kind) === undefined
        ? {}
        : { document: kind }),
    };
  }
  return {
    before: { kind: "absent" },
    after: { kind: "absent" },
    lines: lineDiff(linesOf(a.raw, a.shown ?? ""), linesOf(b.raw, b.shown ?? "")),
    document: kind ?? "text",
    ...noted,
  };
}

function noteOn(a: Decoded, b: Decoded): string | undefined {
  if (a.shown === undefined || b.shown === undefined) return undefined;
  if (a.shown === b.shown) return "differs in a part that is not shown";
  const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();
  return squeezed(a.raw ?? a.shown) === squeezed(b.raw ?? b.shown) ? "only white space differs" : undefined;
}

/** Takes the value out of `NAME=value` or `{ label, value }`; undefined where there is none, or more than that. */
export function valuePart(pair: Pair, part: NonNullable<ListRule["part"]>): Pair | undefined {
  const { raw, shown } = pair;
  if (shown === undefined) return ABSENT;
  if (part === "value") {
    if (!isObject(shown) || Object.keys(shown).length !== 2) return undefined;
    const value = member(shown, "value");
    return value === undefined
      ? undefined
      : { raw: isObject(raw) ? member(raw, "value") : undefined, shown: value };
  }
  if (typeof shown !== "string" || !shown.includes("=")) return undefined;
  const rest = (text: string): string => text.slice(text.indexOf("=") + 1);
  return { raw: typeof raw === "string" ? rest(raw) : undefined, shown: rest(shown) };
}
