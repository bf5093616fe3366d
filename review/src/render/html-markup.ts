import { visible } from "./escape";

/**
 * Markup that is safe by its type: the tag `markup` escapes every text that it is given, and only what it made itself goes
 * in as it is. So a text of a plan cannot become markup by somebody's forgetting to escape it.
 */

/** A piece of HTML. Only `markup`, `multiline` and `join` make it from texts. */
export class Markup {
  /** @param source HTML that its maker answers for: never with a text of a plan in it */
  constructor(readonly source: string) {}
}

/** What may stand in a template: texts and numbers are escaped, pieces go in as they are, `undefined` and `false` are nothing. */
export type Part = string | number | Markup | readonly Markup[] | undefined | false;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function entities(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** Escapes a text for an element's content and for an attribute in quotes alike. */
export function escapeHtml(text: string): string {
  return entities(visible(text));
}

/** A text in one line that keeps its tabs; everything else in it is escaped as always. */
export function line(text: string): Markup {
  return new Markup(text.split("\t").map(escapeHtml).join("\t"));
}

/** A text that keeps its line breaks and tabs; everything else in it is escaped as always. */
export function multiline(text: string): Markup {
  return new Markup(
    text
      .split("\n")
      .map((each) => line(each).source)
      .join("\n"),
  );
}

function sourceOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.source;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.map((piece) => piece.source).join("");
}

/** The tag of templates: what stands in the source is HTML, what is put in is escaped. */
export function markup(source: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = source[0] ?? "";
  parts.forEach((part, position) => {
    text += sourceOf(part) + (source[position + 1] ?? "");
  });
  return new Markup(text);
}

/** Joins pieces, with a piece or a text between them. */
export function join(pieces: readonly Markup[], between: string): Markup {
  return new Markup(pieces.map((piece) => piece.source).join(escapeHtml(between)));
}

/** A number for readers: `12,345`. */
export function figure(number: number): string {
  return number.toLocaleString("en-US");
}

/** A number and its noun: `1 stack`, `3 stacks`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${figure(number)} ${number === 1 ? noun : plural}`;
}
