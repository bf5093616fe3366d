import { createHash } from "node:crypto";
import type { Review } from "../review/review";
import { isAffected } from "./html-actions";
import { filterForm } from "./html-filters";
import type { Markup } from "./html-markup";
import { Markup as Piece, figure, markup } from "./html-markup";
import { picture } from "./html-picture";
import { SCRIPT } from "./html-script";
import { countTags, stackId, stackSections, unchangedStacks } from "./html-stacks";
import { STYLE } from "./html-style";
import {
  byHandSection,
  dangerSection,
  deltaSection,
  findingSection,
  planSentence,
  stackTable,
  verdictOf,
  verdictSection,
  warningSection,
} from "./html-summary";

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}

/**
 * What the page may do: use this very style and this very script, and pictures of its own. Nothing is loaded, sent, framed
 * or made into a script, whatever stands in a plan.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const ICON_COLOURS: Readonly<Record<string, string>> = {
  red: "%23c8372d",
  blue: "%232f62d0",
  green: "%231d7a45",
};

function navigation(review: Review, sections: readonly (readonly [string, string])[]): Markup {
  const stacks = review.stacks.flatMap((stack, position) =>
    isAffected(stack)
      ? [
          markup`<li><a href="#${stackId(position)}">${stack.name}</a> ${stack.status === "failed" ? markup`<span class="tag red">no plan</span>` : countTags(stack.counts)}</li>`,
        ]
      : [],
  );
  return markup`<nav aria-label="Sections"><ul>${sections.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul>${stacks.length > 0 && markup`<ul class="stacks">${stacks}</ul>`}</nav>`;
}

/**
 * Writes a review as one HTML page. It needs no network and no other file, works without JavaScript (which only filters), and
 * no text of a plan takes effect in it: all of them are escaped, and the page's content security policy has the hash of its
 * one style and its one script.
 */
export function renderHtml(review: Review): string {
  const { title, tone } = verdictOf(review);
  const affected = review.stacks.some(isAffected);
  const overview = affected
    ? markup`<section aria-labelledby="stacks"><h2 id="stacks">Stacks in order of deployment</h2>${picture(review)}${stackTable(review)}</section>`
    : markup``;
  const parts: readonly (readonly [string, string, Markup])[] = [
    ["warnings", "Know this first", warningSection(review)],
    ["findings", "Policies", findingSection(review)],
    ["dangers", "Destroyed or replaced", dangerSection(review)],
    ["by-hand", "Review by hand", byHandSection(review)],
    ["stacks", "Stacks", overview],
    ["delta", "Since the last review", deltaSection(review)],
  ];
  const shown = parts.filter(([, , part]) => part.source !== "");
  const sections: readonly (readonly [string, string])[] = [
    ["verdict", "Verdict"],
    ...shown.map(([id, name]) => [id, name] as const),
    ["changes", "All changes"],
  ];
  const content = shown.map(
    ([, , part]) => markup`${part}
`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Piece(CONTENT_SECURITY_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title} – plan review: ${planSentence(review)}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='${new Piece(ICON_COLOURS[tone] ?? "")}'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E">
<style>${new Piece(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the review</a>
<header class="top"><h1>Plan review</h1><span class="badge ${tone}">${title}</span><button type="button" id="theme" hidden>Theme: <span id="theme-name">system</span></button></header>
<div class="page">
${navigation(review, sections)}
<main id="main" tabindex="-1">
${verdictSection(review)}
${content}<section class="changes" aria-labelledby="changes"><h2 id="changes">All changes</h2>
${
  affected
    ? markup`${filterForm(review)}
${stackSections(review)}`
    : markup`<p>Nothing changes in any stack.</p>`
}
${unchangedStacks(review)}
</section>
</main>
</div>
<footer><p>Fingerprint <code id="fingerprint">${review.fingerprint}</code></p><p class="dim">${review.fingerprintKeyed ? "Made with the pipeline's key: it covers the values of secrets too." : "Made without a key: it does not cover the values of secrets."} ${figure(review.stacks.length)} stacks, version ${review.version} of the review's format.</p><p id="keys" class="dim" hidden><label class="chip"><input type="checkbox" id="slash" checked> <kbd>/</kbd> goes to the search, <kbd>Esc</kbd> there empties it</label></p></footer>
<script>${new Piece(SCRIPT)}</script>
</body>
</html>
`.source;
}
