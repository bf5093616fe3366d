/** What a page of a review must not have: anything that runs, loads or leads anywhere but what is meant to. */
import { SCRIPT } from "../../src/render/html-script";
import { STYLE } from "../../src/render/html-style";
import { INVISIBLE } from "./invisible";
import { attributeOf, named, type Page, textOf } from "./page";

/** Elements that a page of reviews has. None of them loads, runs or sends anything but the one script. */
const ELEMENTS = new Set(
  [
    "html head meta title link style script body header footer main nav section div p span a b code pre ul li dl dt dd",
    "h1 h2 h3 h4 table caption thead tbody tr th td details summary del ins wbr button form label input select option",
    "fieldset legend noscript kbd svg g rect circle path text tspan",
  ].flatMap((names) => names.split(" ")),
);

/** Attributes that a page of reviews has; those of pictures apart. */
const ATTRIBUTES = new Set(
  [
    "lang charset http-equiv content name rel href class id hidden type aria-label aria-labelledby aria-hidden aria-live",
    "aria-keyshortcuts role tabindex data-stack data-a data-h data-group open scope colspan for value checked",
    "autocomplete spellcheck placeholder",
    "viewbox viewBox width height x y rx cx cy r dx d",
  ].flatMap((names) => names.split(" ")),
);

/** The page without its own script and style, once each: most of what a parser has to read. */
export function withoutOwnCode(html: string): string {
  return html.replace(STYLE, () => "").replace(SCRIPT, () => "");
}

/**
 * Gives what of a page is active, broken or not seen; empty for a good page.
 *
 * @param page the page
 * @param links the addresses that it may link to
 * @param own its own script and style; empty ones after `withoutOwnCode`
 */
export function activeInPage(
  page: Page,
  links: ReadonlySet<string>,
  own: { readonly script: string; readonly style: string } = { script: SCRIPT, style: STYLE },
): string[] {
  const found: string[] = [...page.errors];
  if (page.comments > 0) found.push(`${page.comments} comments`);
  const ids = page.elements.flatMap((element) => attributeOf(element, "id") ?? []);
  const known = new Set(ids);
  if (known.size !== ids.length) found.push("an id twice");
  for (const element of page.elements) {
    if (!ELEMENTS.has(element.tagName)) found.push(`an element ${element.tagName}`);
    for (const { name, value } of element.attrs) {
      if (!ATTRIBUTES.has(name)) found.push(`an attribute ${name} of ${element.tagName}`);
      if (INVISIBLE.test(value)) found.push(`invisible characters in ${name}: ${JSON.stringify(value)}`);
    }
    const id = attributeOf(element, "id");
    if (id !== undefined && !/^[a-z][a-z0-9-]*$/.test(id)) found.push(`the id ${JSON.stringify(id)}`);
    const href = attributeOf(element, "href");
    if (href === undefined) continue;
    const meant =
      element.tagName === "link"
        ? href.startsWith("data:image/svg+xml,")
        : href.startsWith("#")
          ? known.has(href.slice(1))
          : links.has(href);
    if (!meant) found.push(`${element.tagName} href=${JSON.stringify(href)}`);
  }
  if (named(page, "script").map(textOf).join("") !== own.script) found.push("another script");
  if (named(page, "style").map(textOf).join("") !== own.style) found.push("another style");
  const [main] = named(page, "main");
  const invisible =
    main === undefined ? ["no main part"] : INVISIBLE.exec(textOf(main).replaceAll("\t", " "));
  if (invisible !== null) found.push(`invisible: ${JSON.stringify(invisible[0])}`);
  return found;
}
