/**
 * What GitHub would make of a comment: CommonMark with its extensions by a maintained renderer, HTML let through, parsed as a
 * browser does. GitHub's own filters (mentions, references, emoji, math) work on text outside of code afterwards, so what
 * stands there must not look like anything that they take.
 */
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { parseFragment } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import { INVISIBLE } from "./invisible";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** The elements that a review consists of. */
const ELEMENTS: ReadonlySet<string> = new Set(
  "h2 h3 p ul li strong em code pre table thead tbody tr th td details summary a".split(" "),
);

/** What GitHub's filters take outside of code. */
const ACTIVE: Readonly<Record<string, RegExp>> = {
  mention: /@[A-Za-z0-9]/,
  "reference to an issue": /#[0-9]|\bGH-[0-9]/i,
  "hash of a commit": /\b[0-9a-f]{7,40}\b/i,
  emoji: /:[A-Za-z0-9_+-]+:/,
  math: /\$/,
  address: /:\/\/|www\.|mailto:|xmpp:/i,
  "rest of markup": /[<>`\\|[\]{}*_~]/,
  "invisible character": INVISIBLE,
};

/** A comment as GitHub would show it. */
export interface Rendered {
  /** What has an effect that it must not have; empty for a good comment. */
  readonly active: readonly string[];
  /** All text outside of code. */
  readonly plain: string;
  /** The items of the lists under headings, by heading. */
  readonly items: ReadonlyMap<string, readonly string[]>;
}

function isElement(node: Node): node is Element {
  return "tagName" in node;
}

function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/**
 * Renders a comment as GitHub does and looks for whatever is active in it.
 *
 * @param markdown the comment
 * @param links addresses that it may link to
 */
export function renderAsGitHub(markdown: string, links: readonly string[] = []): Rendered {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const active: string[] = [];
  const plain: string[] = [];
  const items = new Map<string, readonly string[]>();
  // The parser mends what is not balanced, so this is looked at in the source: `<` of a text is an entity there.
  for (const name of ["details", "summary", "code", "pre"]) {
    const opened = html.match(new RegExp(`<${name}[ >]`, "g"))?.length ?? 0;
    const closed = html.match(new RegExp(`</${name}>`, "g"))?.length ?? 0;
    if (opened !== closed) active.push(`${opened} <${name}> and ${closed} </${name}>`);
  }

  const attribute = (element: Element, name: string, value: string): void => {
    const { tagName } = element;
    if (name === "align" && (tagName === "th" || tagName === "td") && value === "right") return;
    if (name === "class" && tagName === "code" && /^language-(diff|text|mermaid)$/.test(value)) return;
    if (name === "href" && tagName === "a" && links.includes(value)) return;
    active.push(`<${tagName} ${name}=${JSON.stringify(value)}>`);
  };
  const visit = (node: Node, parents: readonly string[]): void => {
    if (node.nodeName === "#comment") {
      const comment = "data" in node ? node.data : "";
      if (!/^ cdktf-plan-review:[A-Za-z0-9._/-]+(:[0-9]+)? $/.test(comment)) active.push(`<!--${comment}-->`);
      return;
    }
    if (isElement(node)) {
      const { tagName } = node;
      if (!ELEMENTS.has(tagName)) active.push(`<${tagName}>`);
      if (/^h[1-6]$/.test(tagName) && parents.length > 0)
        active.push(`<${tagName}> in <${parents.join(" ")}>`);
      if (tagName === "summary" && parents.at(-1) !== "details")
        active.push("<summary> outside of <details>");
      for (const { name, value } of node.attrs) attribute(node, name, value);
      for (const child of node.childNodes) visit(child, [...parents, tagName]);
      return;
    }
    const text = textOf(node);
    if (parents.includes("code")) return;
    plain.push(text);
    for (const [what, pattern] of Object.entries(ACTIVE)) {
      const found = pattern.exec(text);
      if (found !== null)
        active.push(`${what}: ${JSON.stringify(text.slice(found.index, found.index + 40))}`);
    }
  };
  let heading = "";
  for (const node of parseFragment(html).childNodes) {
    visit(node, []);
    if (!isElement(node)) continue;
    if (/^h[1-6]$/.test(node.tagName)) heading = textOf(node);
    if (node.tagName === "ul") {
      const own = node.childNodes.filter((child) => isElement(child) && child.tagName === "li").map(textOf);
      items.set(heading, [...(items.get(heading) ?? []), ...own]);
    }
  }
  return { active, plain: plain.join("\n"), items };
}
