/** What the tests of the page ask of its HTML, read by a parser that follows the standard. */
import { parse } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";

/** An element of the page. */
export type PageElement = DefaultTreeAdapterTypes.Element;
type PageNode = DefaultTreeAdapterTypes.Node;

/** A page, read. */
export interface Page {
  /** All elements, in the page's order. */
  readonly elements: readonly PageElement[];
  /** What the parser finds wrong. */
  readonly errors: readonly string[];
  /** How many comments there are. */
  readonly comments: number;
}

/** Reads a page. */
export function readPage(html: string): Page {
  const errors: string[] = [];
  const elements: PageElement[] = [];
  let comments = 0;
  const document = parse(html, {
    onParseError: ({ code, startOffset }) => errors.push(`${code} at ${startOffset}`),
  });
  const walk = (node: PageNode): void => {
    if (node.nodeName === "#comment") comments += 1;
    if ("tagName" in node) elements.push(node);
    if ("childNodes" in node) node.childNodes.forEach(walk);
  };
  walk(document);
  return { elements, errors, comments };
}

/** An attribute of an element. */
export function attributeOf(element: PageElement, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}

/** The text within a node. */
export function textOf(node: PageNode): string {
  if (node.nodeName === "#text" && "value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** The elements of a name. */
export function named(page: Page, name: string): readonly PageElement[] {
  return page.elements.filter(({ tagName }) => tagName === name);
}
