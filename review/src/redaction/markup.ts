import { pushValue } from "./hidden-value";
import type { Span } from "./pattern-set";
import { isAboutASecret } from "./secret-names";

/**
 * Values in XML and its kin: `<password>x</password>`, `<add key="password" value="x"/>`,
 * `<name>password</name><value>x</value>`. Attributes (`password="x"`) are read as assignments are.
 */

const LONGEST_TAG = 2000;
/** An attribute whose value says what another one, or the element, is called. */
const NAMING = /[\s"'](?:name|key|id|property)\s*=\s*\\?["']$/i;
const VALUE = /[\s"']value\s*=\s*\\?(["'])(.*?)\\?\1/is;

/** Reads elements of a text by the names in their tags. */
export class Markup {
  /** Elements that are not closed any more from some place on. */
  readonly #unclosed = new Map<string, number>();

  constructor(private readonly text: string) {}

  /** Reads the value of a name that stands in markup. Returns where that ends; undefined where the name does not. */
  read(name: Span, found: Span[]): number | undefined {
    const { text } = this;
    switch (text[name.start - 1]) {
      case "<":
      case ":": {
        const start = /<(?:[\w.-]{1,60}:)?$/.exec(text.slice(Math.max(0, name.start - 64), name.start));
        return start === null ? undefined : this.#element(name.start - start[0].length, name, found);
      }
      case '"':
      case "'":
        return this.#named(name, found);
      case ">":
        return this.#pair(name, found);
      default:
        return undefined;
    }
  }

  /** All texts of an element with a secret's name, but for those in elements that are about a secret. */
  #element(start: number, name: Span, found: Span[]): number | undefined {
    const { text } = this;
    const end = this.#endOfTag(start);
    if (end === undefined || !/[\s/>]/.test(text[name.end] ?? "")) {
      return undefined;
    }
    this.#value(name.end, end, found);
    if (text[end - 2] === "/") {
      return end;
    }
    const close = this.#closing(text.slice(start + 1, name.end), end);
    if (close === undefined) {
      return end;
    }
    let inner = "";
    for (const match of text.slice(end, close).matchAll(/<!\[CDATA\[([\s\S]*?)\]\]>|<([^<>]*)>|[^<]+/g)) {
      const [part, data, opened] = match;
      const at = end + match.index;
      if (opened !== undefined) {
        inner = /^(?:[\w.-]*:)?([\w.-]+)/.exec(opened)?.[1] ?? "";
      } else if (inner === "" || !isAboutASecret(inner)) {
        const from = data === undefined ? at : at + part.indexOf(data, 9);
        pushValue(found, text, { start: from, end: from + (data ?? part).length });
      }
    }
    return close;
  }

  /** `<property name="password">x</property>` and `<add key="password" value="x"/>`. */
  #named(name: Span, found: Span[]): number | undefined {
    const { text } = this;
    if (!NAMING.test(text.slice(Math.max(0, name.start - 40), name.start))) {
      return undefined;
    }
    const from = Math.max(0, name.start - LONGEST_TAG);
    const start = from + text.slice(from, name.start).lastIndexOf("<");
    const element =
      start < from ? undefined : /^<[\w.:-]{1,200}(?=\s)/.exec(text.slice(start, start + 202))?.[0];
    const end = element === undefined ? undefined : this.#endOfTag(start);
    if (element === undefined || end === undefined || end <= name.end) {
      return undefined;
    }
    // The value may stand before its name.
    if (this.#value(start, end, found)) {
      return end;
    }
    const next = text.indexOf("<", end);
    if (
      next !== -1 &&
      next > end &&
      text[end - 2] !== "/" &&
      text.startsWith(`</${element.slice(1)}`, next)
    ) {
      pushValue(found, text, { start: end, end: next });
      return next;
    }
    return end;
  }

  /** `<name>password</name><value>x</value>`, `<key>password</key><string>x</string>`. */
  #pair(name: Span, found: Span[]): number | undefined {
    const { text } = this;
    const after = text.slice(name.end, name.end + LONGEST_TAG);
    const pair = /^<\/(?:name|key)>\s*<(value|string)>([^<]*)<\/\1>/.exec(after);
    if (pair === null) {
      return undefined;
    }
    const end = name.end + pair[0].length - (pair[1] as string).length - 3;
    pushValue(found, text, { start: end - (pair[2] as string).length, end });
    return end;
  }

  /** Adds the attribute `value` of a tag. Returns whether it has one. */
  #value(start: number, end: number, found: Span[]): boolean {
    const match = VALUE.exec(this.text.slice(start, end));
    if (match === null) {
      return false;
    }
    const [whole, , value = ""] = match;
    const from = start + match.index + whole.lastIndexOf(value, whole.length - 2);
    pushValue(found, this.text, { start: from, end: from + value.length });
    return true;
  }

  /** Behind a tag; undefined where it is none. */
  #endOfTag(start: number): number | undefined {
    const tag = /^<(?:[^<>"']|"[^"]*"|'[^']*')*>/.exec(this.text.slice(start, start + LONGEST_TAG));
    return tag === null ? undefined : start + tag[0].length;
  }

  #closing(element: string, from: number): number | undefined {
    if (from >= (this.#unclosed.get(element) ?? Number.POSITIVE_INFINITY)) {
      return undefined;
    }
    const close = this.text.indexOf(`</${element}`, from);
    if (close === -1) {
      this.#unclosed.set(element, from);
      return undefined;
    }
    return close;
  }
}
