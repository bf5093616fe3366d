import type { Finding, Review, ReviewedChange, ReviewedStack, Verdict } from "../review/review";
import { DANGEROUS, badge, isAffected, lookOf } from "./html-actions";
import { changeId, shownName } from "./html-changes";
import type { Markup } from "./html-markup";
import { count, figure, join, markup, multiline } from "./html-markup";
import { bannerTone, bannersOf, byHandTable, countTags, stackId } from "./html-stacks";
import { forcingAttributes } from "./html-values";

const VERDICTS: Readonly<
  Record<Verdict, { readonly title: string; readonly tone: string; readonly sign: string }>
> = {
  error: { title: "Error: not everything could be planned", tone: "red", sign: "!" },
  blocked: { title: "Blocked", tone: "red", sign: "×" },
  changes: { title: "Changes", tone: "blue", sign: "~" },
  "no-changes": { title: "No changes", tone: "green", sign: "=" },
};

/** The verdict's title and colour. */
export function verdictOf(review: Review): {
  readonly title: string;
  readonly tone: string;
  readonly sign: string;
} {
  return VERDICTS[review.verdict];
}

/** Terraform's own sentence. A replacement counts as added and as destroyed. */
export function planSentence({ counts }: Review): string {
  const sentence = `${figure(counts.add)} to add, ${figure(counts.change)} to change, ${figure(counts.destroy)} to destroy`;
  return counts.replace === 0
    ? sentence
    : `${sentence} (${count(counts.replace, "replacement")} counted as both)`;
}

function tile(tone: string, number: number, word: string, always = false): Markup {
  if (number === 0 && !always) return markup``;
  return markup`<div class="tile ${number === 0 ? "none" : tone}"><dt>${word}</dt><dd>${figure(number)}</dd></div>`;
}

/** What the review comes to, why, and how many of what. */
export function verdictSection(review: Review): Markup {
  const { counts, because } = review;
  const { title, tone, sign } = verdictOf(review);
  const affected = review.stacks.filter(isAffected).length;
  return markup`<section class="verdict ${tone}" aria-labelledby="verdict"><span class="seal" aria-hidden="true">${sign}</span><div><h2 id="verdict">${title}</h2>${because.length > 0 && markup`<ul>${because.map((reason) => markup`<li>${reason}</li>`)}</ul>`}<p class="dim">${planSentence(review)} · ${figure(affected)} of ${count(review.stacks.length, "stack")} affected</p></div>
<dl class="tiles">${tile("red", counts.destroy - counts.replace, "destroy", true)}${tile("orange", counts.replace, "replace", true)}${tile("blue", counts.change, "update", true)}${tile("green", counts.add - counts.replace, "create", true)}${tile("violet", counts.unknown, "by hand")}${tile("orange", counts.forget, "forget")}${tile("violet", counts.deferred, "deferred")}${tile("grey", counts.import, "import")}${tile("grey", counts.move, "move")}${tile("grey", counts.read, "read")}${tile("grey", counts.actions, "actions")}${tile("grey", counts.outputs, "outputs")}${tile("grey", counts.drift, "drift")}${tile("grey", counts.unchanged, "unchanged")}</dl></section>`;
}

/** What must be known before anything else is believed: failed stacks, banners, provisional plans. */
export function warningSection(review: Review): Markup {
  const lines = review.stacks.flatMap((stack, position) => {
    const link = isAffected(stack)
      ? markup`<a href="#${stackId(position)}">${stack.name}</a>`
      : markup`<b>${stack.name}</b>`;
    return bannersOf(stack).map(
      ({ kind, text }) =>
        markup`<li class="${bannerTone(kind)}">${link} <b>${kind.replaceAll("-", " ")}</b> ${text}</li>`,
    );
  });
  if (lines.length === 0) return markup``;
  return markup`<section aria-labelledby="warnings"><h2 id="warnings">Know this first</h2><ul class="notes">${lines}</ul></section>`;
}

/**
 * A rule's page, if it is one that a browser may be sent to: http, https, or relative. Rules are the project's own code;
 * this only keeps what is no page at all (`javascript:`, `//host`, a control character) from becoming a link.
 */
export function safeLink(help: string | undefined): string | undefined {
  if (help === undefined || !/^[\x21-\x7e]+$/.test(help) || help.includes("\\")) return undefined;
  if (/^https?:\/\/[^/]/i.test(help)) return help;
  return /^(?:\.{0,2}\/)?[\w.-][^:]*$/.test(help) && !help.startsWith("//") ? help : undefined;
}

const LEVELS = {
  error: { tone: "red", word: "blocks" },
  "cannot-verify": { tone: "violet", word: "blocks: cannot verify" },
  warning: { tone: "orange", word: "warning" },
} as const;

/** Where changes stand on the page, by stack and address. */
function placesOf(review: Review): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  review.stacks.forEach((stack, position) => {
    stack.changes.forEach(({ address }, at) => {
      // An address is there twice where an object is deposed; its own change comes first.
      const key = JSON.stringify([stack.name, address]);
      if (!places.has(key)) places.set(key, changeId(position, at));
    });
  });
  return places;
}

function findingItem(finding: Finding, places: ReadonlyMap<string, string>): Markup {
  const { rule, stack, address, acknowledged } = finding;
  const { tone, word } =
    acknowledged === undefined ? LEVELS[finding.level] : { tone: "grey", word: "acknowledged" };
  const link = safeLink(finding.help);
  const shown = finding.name ?? address;
  const place = address === undefined ? undefined : places.get(JSON.stringify([stack, address]));
  const target =
    shown === undefined
      ? markup`stack <b>${stack}</b>`
      : markup`${place === undefined ? shownName(shown) : markup`<a href="#${place}">${shownName(shown)}</a>`}${!shown.startsWith(`${stack}/`) && markup` <span class="dim">in ${stack}</span>`}`;
  return markup`<li class="${tone}"><p><span class="badge ${tone}">${word}</span> ${link === undefined ? markup`<code>${rule}</code>` : markup`<a class="rule" href="${link}" rel="noreferrer noopener"><code>${rule}</code></a>`} <span class="where">${target}</span></p><p class="message">${multiline(finding.message)}</p><p class="mend"><b>To mend it:</b> ${multiline(finding.mend)}</p>${acknowledged && markup`<p class="mend"><b>Acknowledged</b>${acknowledged.by !== undefined && markup` by ${acknowledged.by}`} until <b>${acknowledged.expires}</b>: ${acknowledged.reason}</p>`}</li>`;
}

/** Findings of policies: those that block, then the rest. */
export function findingSection(review: Review): Markup {
  const { findings } = review;
  if (findings.length === 0) return markup``;
  const places = placesOf(review);
  const rank = ({ acknowledged, level }: Finding): number =>
    acknowledged !== undefined ? 3 : level === "error" ? 0 : level === "cannot-verify" ? 1 : 2;
  const sorted = [...findings].sort((one, other) => rank(one) - rank(other));
  const blocking = findings.filter((finding) => rank(finding) < 2).length;
  return markup`<section aria-labelledby="findings"><h2 id="findings">Policies <span class="number">${blocking === 0 ? "nothing blocks" : `${figure(blocking)} blocking`}, ${count(findings.length, "finding")}</span></h2><ul class="findings">${sorted.map((finding) => findingItem(finding, places))}</ul></section>`;
}

/** What must be reviewed by hand, of all stacks. */
export function byHandSection(review: Review): Markup {
  const items = review.stacks.flatMap((stack) =>
    stack.byHand.map((item) => ({ ...item, stack: stack.name })),
  );
  if (items.length === 0) return markup``;
  return markup`<section aria-labelledby="by-hand"><h2 id="by-hand">Review by hand <span class="number">${figure(items.length)}</span></h2><p>This version does not know what these parts of the plans mean. Read them in the plan itself.</p>${byHandTable(items, "Parts of the plans to be reviewed by hand")}</section>`;
}

/** A dangerous change and where it stands. */
interface Danger {
  readonly change: ReviewedChange;
  readonly stack: ReviewedStack;
  readonly id: string;
}

/** How many rows stand open; the rest is folded, not left out. */
const ROWS = 40;

const CANNOT_UPDATE = "replace_because_cannot_update";

function dangerRow({ change, stack, id }: Danger): Markup {
  const forcing = forcingAttributes(change.attributes);
  const place = [
    ...(change.name.startsWith(`${stack.name}/`) ? [] : [markup`${stack.name}`]),
    ...(change.host === undefined ? [] : [markup`on ${change.host}`]),
  ];
  const why = [
    // That the provider cannot change it in place is what being forced means.
    ...(change.reason === undefined || (forcing.length > 0 && change.reason.code === CANNOT_UPDATE)
      ? []
      : [markup`${change.reason.text}`]),
    ...forcing.map((attribute) => markup`forced by ${attribute}`),
    ...(change.order === "create-before-delete" ? [markup`the new one is created first`] : []),
  ];
  return markup`<tr><td>${badge(lookOf(change))}</td><th scope="row"><a href="#${id}">${shownName(change.name)}</a>${change.dataBearing !== undefined && markup` <span class="tag red">bears data</span>`}${change.deferred !== undefined && markup` <span class="tag violet">deferred</span>`}${change.deposed !== undefined && markup` <span class="tag grey">deposed</span>`}${change.role !== undefined && markup` <span class="tag grey">${change.role}</span>`}<span class="hint">${join(place, " · ")}</span></th><td class="why">${why.length === 0 ? markup`<span class="dim">the plan does not say why</span>` : markup`<ul>${why.map((one) => markup`<li>${one}</li>`)}</ul>`}</td></tr>`;
}

function dangerTable(dangers: readonly Danger[], caption: string): Markup {
  return markup`<table class="list dangers"><caption class="sr">${caption}</caption><thead><tr><th scope="col">Action</th><th scope="col">Resource</th><th scope="col">Why</th></tr></thead><tbody>${dangers.map(dangerRow)}</tbody></table>`;
}

/** What is destroyed, replaced, forgotten or unknown, of all stacks: before everything else. */
export function dangerSection(review: Review): Markup {
  const dangers = review.stacks
    .flatMap((stack, position) =>
      stack.changes.map((change, at): Danger => ({ change, stack, id: changeId(position, at) })),
    )
    .filter(({ change }) => DANGEROUS.has(change.action));
  if (dangers.length === 0) return markup``;
  const weight = ({ change }: Danger): number =>
    [...DANGEROUS].indexOf(change.action) + (change.dataBearing === undefined ? DANGEROUS.size : 0);
  const sorted = [...dangers].sort((one, other) => weight(one) - weight(other));
  const rest = sorted.slice(ROWS);
  return markup`<section aria-labelledby="dangers"><h2 id="dangers">Destroyed or replaced <span class="number">${figure(dangers.length)}</span></h2>${dangerTable(sorted.slice(0, ROWS), "What is destroyed, replaced, forgotten or unknown")}${rest.length > 0 && markup`<details class="fold"><summary>${figure(rest.length)} more</summary>${dangerTable(rest, "More of what is destroyed, replaced, forgotten or unknown")}</details>`}</section>`;
}

/** The stacks in a table, in the order in which they are deployed: what the picture shows, and more, in words. */
export function stackTable(review: Review): Markup {
  const rows = review.stacks.flatMap((stack, position) => {
    if (!isAffected(stack)) return [];
    const before = stack.dependsOn.map((name) => markup`${name}`);
    const state =
      stack.status === "failed" ? markup`<span class="tag red">no plan</span>` : countTags(stack.counts);
    return [
      markup`<tr><th scope="row"><a href="#${stackId(position)}">${stack.name}</a></th><td>${stack.environment}</td><td>${before.length === 0 ? markup`<span class="dim"><span aria-hidden="true">–</span><span class="sr">nothing</span></span>` : join(before, ", ")}</td><td>${state}${stack.provisionalBecauseOf.length > 0 && markup`<span class="tag violet">provisional</span>`}</td></tr>`,
    ];
  });
  if (rows.length === 0) return markup``;
  return markup`<table class="list stacks"><caption class="sr">Affected stacks in the order in which they are deployed</caption><thead><tr><th scope="col">Stack</th><th scope="col">Environment</th><th scope="col">Deployed after</th><th scope="col">What happens</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** What is different from the review before. */
export function deltaSection({ delta }: Review): Markup {
  if (delta === undefined) return markup``;
  const list = (title: string, names: readonly string[]): Markup =>
    names.length === 0
      ? markup``
      : markup`<details class="fold"${names.length <= 10 && markup` open`}><summary>${title} <span class="number">${figure(names.length)}</span></summary><ul>${names.map((name) => markup`<li><code>${name}</code></li>`)}</ul></details>`;
  const same = delta.added.length + delta.changed.length + delta.gone.length === 0;
  return markup`<section aria-labelledby="delta"><h2 id="delta">Since the last review</h2>${same ? markup`<p>Nothing is different from the review before.</p>` : markup`<div class="delta">${list("New", delta.added)}${list("Different now", delta.changed)}${list("Gone", delta.gone)}</div>`}</section>`;
}
