import type { AttributeChange, DiffLine, ReviewedAction, ShownValue } from "../review/review";
import type { Markup } from "./html-markup";
import { count, figure, join, line, markup, multiline } from "./html-markup";

/** Longer values are folded; a reader opens them. In UTF-16 units. */
const FOLD = 480;
/** How much of a folded value is its heading. */
const HEADING = 80;

/** A value as code, folded if it is long. */
function shownText(text: string, inner: Markup = multiline(text)): Markup {
  if (text.length <= FOLD) return markup`<code>${inner}</code>`;
  // A heading must not end within a pair of units that make one character.
  const heading = text.slice(0, HEADING).replace(/[\uD800-\uDBFF]$/, "");
  return markup`<details class="long"><summary><code>${heading}…</code> <span class="dim">${count(text.length, "character")}</span></summary><code>${inner}</code></details>`;
}

/** A value. `absent` is a dash for eyes and words for ears. */
export function shownValue(value: ShownValue, inner?: Markup): Markup {
  switch (value.kind) {
    case "absent":
      return markup`<span class="dim"><span aria-hidden="true">–</span><span class="sr">not set</span></span>`;
    case "known-after-apply":
      return markup`<span class="later">known after apply</span>`;
    case "sensitive":
      return markup`<span class="secret">sensitive${value.hash !== undefined && markup` <code>${value.hash}</code>`}</span>`;
    case "value":
      return shownText(value.text, inner);
  }
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** How many units two texts have in common at their start and at their end, without cutting a character in two. */
export function commonEnds(one: string, other: string): { readonly start: number; readonly end: number } {
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one.charCodeAt(start) === other.charCodeAt(start)) start++;
  if (start > 0 && isHigh(one.charCodeAt(start - 1))) start--;
  let end = 0;
  while (
    end < shortest - start &&
    one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end)
  )
    end++;
  if (end > 0 && isLow(one.charCodeAt(one.length - end))) end--;
  return { start, end };
}

/** Marks in two values what differs, if they have enough in common that this helps. */
function comparedValues(before: ShownValue, after: ShownValue): readonly [Markup, Markup] {
  if (before.kind !== "value" || after.kind !== "value" || before.text === after.text) {
    return [shownValue(before), shownValue(after)];
  }
  const { start, end } = commonEnds(before.text, after.text);
  // Two quotes are in common to all strings; and half a number says nothing.
  if (start + end < 4 || !before.text.startsWith('"') || !after.text.startsWith('"'))
    return [shownValue(before), shownValue(after)];
  const inner = (text: string, tag: "del" | "ins"): Markup => {
    const middle = multiline(text.slice(start, text.length - end));
    const marked =
      middle.source === ""
        ? middle
        : tag === "del"
          ? markup`<del>${middle}</del>`
          : markup`<ins>${middle}</ins>`;
    return markup`${multiline(text.slice(0, start))}${marked}${multiline(text.slice(text.length - end))}`;
  };
  return [shownValue(before, inner(before.text, "del")), shownValue(after, inner(after.text, "ins"))];
}

/** A line of a difference: its sign is text, so that it needs no colour and can be copied. */
function shownLine({ op, text }: DiffLine): Markup {
  switch (op) {
    case "kept":
      return markup`<span>  ${line(text)}</span>`;
    case "added":
      return markup`<ins>+ ${line(text)}</ins>`;
    case "removed":
      return markup`<del>− ${line(text)}</del>`;
    case "gap": {
      // A gap's text is a number; whatever else it should be is shown as it is.
      const number = /^\d{1,9}$/.test(text) ? count(Number(text), "unchanged line") : text;
      return markup`<span class="gap">⋯ ${number}</span>`;
    }
  }
}

/** A difference of texts. */
export function shownLines(lines: readonly DiffLine[]): Markup {
  return markup`<pre class="diff">${lines.map(shownLine)}</pre>`;
}

/** What came to a set and what went. */
function shownSet({ added, removed, kept }: NonNullable<AttributeChange["set"]>): Markup {
  return markup`<ul class="set">${removed.map((value) => markup`<li><del><span aria-hidden="true">− </span><span class="sr">removed </span>${shownValue(value)}</del></li>`)}${added.map((value) => markup`<li><ins><span aria-hidden="true">+ </span><span class="sr">added </span>${shownValue(value)}</ins></li>`)}${kept > 0 && markup`<li class="dim">${count(kept, "element")} kept</li>`}</ul>`;
}

const DOCUMENTS: Readonly<Record<NonNullable<AttributeChange["document"]>, string>> = {
  json: "JSON",
  yaml: "YAML",
  "named.conf": "named.conf",
  "daemon.json": "daemon.json",
  consul: "Consul agent",
  text: "text",
};

/** The way to an attribute, which may break after each step. */
function shownPath(path: string): Markup {
  const steps = path.split(/(?<=[.>\]])/);
  return markup`<code>${steps.map((step, position) => markup`${position > 0 && markup`<wbr>`}${step}`)}</code>`;
}

/** Which columns the attributes of an action have: what is made has no before, and what is destroyed no after. */
function columnsOf(action: ReviewedAction): readonly ("before" | "after")[] {
  if (action === "create" || action === "open") return ["after"];
  return action === "delete" || action === "forget" ? ["before"] : ["before", "after"];
}

function attributeRow(attribute: AttributeChange, columns: readonly ("before" | "after")[]): Markup {
  const { path, before, after, document, lines, note, set } = attribute;
  const head = markup`<th scope="row">${shownPath(path)}${document !== undefined && markup` <span class="tag grey">${DOCUMENTS[document]}</span>`}${attribute.forcesReplacement && markup` <span class="tag orange">forces replacement</span>`}${note !== undefined && markup`<span class="hint">${note}</span>`}</th>`;
  if (lines !== undefined || set !== undefined) {
    return markup`<tr>${head}<td colspan="${columns.length}">${lines !== undefined && shownLines(lines)}${set !== undefined && shownSet(set)}</td></tr>`;
  }
  if (columns.length === 2) {
    const [was, is] = comparedValues(before, after);
    return markup`<tr>${head}<td class="was">${was}</td><td class="is">${is}</td></tr>`;
  }
  // A column that the action does not have is shown all the same if there is something in it.
  const only = columns[0] === "after" ? after : before;
  const other = columns[0] === "after" ? before : after;
  return markup`<tr>${head}<td>${shownValue(only)}${other.kind !== "absent" && markup` <span class="dim">${columns[0] === "after" ? "before" : "after"}</span> ${shownValue(other)}`}</td></tr>`;
}

/** The table of the attributes of a change, those that force a replacement first. */
export function attributeTable(
  attributes: readonly AttributeChange[],
  action: ReviewedAction,
  name: string,
): Markup {
  if (attributes.length === 0) return markup``;
  const columns = columnsOf(action);
  const heads = {
    before: action === "delete" ? "Lost value" : "Before",
    after: action === "create" ? "Value" : "After",
  };
  const forcing = attributes.filter(({ forcesReplacement }) => forcesReplacement);
  const others = attributes.filter(({ forcesReplacement }) => !forcesReplacement);
  return markup`<table class="attributes of${columns.length}"><caption class="sr">Attributes of ${name}</caption><thead><tr><th scope="col">Attribute</th>${columns.map((column) => markup`<th scope="col">${heads[column]}</th>`)}</tr></thead><tbody>${[...forcing, ...others].map((attribute) => attributeRow(attribute, columns))}</tbody></table>`;
}

/** In one line: the attributes that change, `image, env[2] and 3 more`. */
export function attributeNames(attributes: readonly AttributeChange[]): Markup {
  const names = attributes.slice(0, 4).map(({ path }) => markup`<code>${path}</code>`);
  const more = attributes.length - names.length;
  return markup`${join(names, ", ")}${more > 0 && ` and ${figure(more)} more`}`;
}

/** In one line: what forces a replacement, with its values where they are short. */
export function forcingAttributes(attributes: readonly AttributeChange[]): readonly Markup[] {
  return attributes
    .filter(({ forcesReplacement }) => forcesReplacement)
    .map((attribute) => {
      const { path, before, after, lines } = attribute;
      if (lines !== undefined) {
        const number = (op: DiffLine["op"]): string => figure(lines.filter((one) => one.op === op).length);
        return markup`<code>${path}</code>: <span class="minus">−${number("removed")}</span> <span class="plus">+${number("added")}</span> lines`;
      }
      const short = [before, after].every((value) => value.kind !== "value" || value.text.length <= 80);
      if (!short || attribute.set !== undefined) return markup`<code>${path}</code>`;
      const [was, is] = comparedValues(before, after);
      return markup`<code>${path}</code>: ${was} <span aria-hidden="true">→</span><span class="sr">becomes</span> ${is}`;
    });
}
