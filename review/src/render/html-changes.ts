import type { Reason, ReviewedChange, ReviewedDrift, ReviewedOutput, ReviewedStack } from "../review/review";
import type { ActionLook } from "./html-actions";
import { DANGEROUS, actionLook, badge, lookOf } from "./html-actions";
import type { Markup } from "./html-markup";
import { count, join, markup } from "./html-markup";
import { attributeNames, attributeTable, forcingAttributes, shownValue } from "./html-values";

const ORDERS = {
  "delete-before-create": "destroyed first, then created: it is away in between",
  "create-before-delete": "created first, then destroyed",
} as const;

const DRIFTED: ActionLook = { sign: "≠", word: "drift", tone: "grey" };
const DRIFTED_RELEVANT: ActionLook = { sign: "≠", word: "drift", tone: "orange" };

function term(name: string, description: Markup | string | undefined): Markup {
  return description === undefined ? markup`` : markup`<div><dt>${name}</dt><dd>${description}</dd></div>`;
}

function shownReason({ code, text }: Reason): Markup {
  return markup`${text} <span class="dim">(<code>${code}</code>)</span>`;
}

/** What the noise filters folded, in words; undefined if nothing. */
export function shownNoise(noise: Readonly<Record<string, number>>, noun: string): Markup | undefined {
  const filters = Object.entries(noise).filter(([, number]) => number > 0);
  if (filters.length === 0) return undefined;
  const pieces = filters.map(([filter, number]) => markup`${count(number, noun)} by <code>${filter}</code>`);
  return markup`Folded as noise: ${join(pieces, ", ")}`;
}

/**
 * A name with its end in bold, which is what readers look for: the last step, and the one before it too if the last has a
 * capital, as what a construct is made of has (`consul/Container`).
 */
export function shownName(name: string): Markup {
  // A slash within the key of an instance is no step.
  if (name.includes("[")) return markup`<b>${name}</b>`;
  const last = name.lastIndexOf("/");
  const cut = (last > 0 && /^[A-Z]/.test(name.slice(last + 1)) ? name.lastIndexOf("/", last - 1) : last) + 1;
  return cut === 0 || cut === name.length
    ? markup`<b>${name}</b>`
    : markup`<span class="way">${name.slice(0, cut)}</span><wbr><b>${name.slice(cut)}</b>`;
}

function tags(change: ReviewedChange): Markup {
  return markup`${change.dataBearing !== undefined && markup`<span class="tag red">bears data</span>`}${change.deferred !== undefined && markup`<span class="tag violet">deferred</span>`}${change.deposed !== undefined && markup`<span class="tag grey">deposed</span>`}${change.importing !== undefined && change.action !== "import" && markup`<span class="tag grey">imported</span>`}${change.previousAddress !== undefined && change.action !== "move" && markup`<span class="tag grey">moved</span>`}${change.provisioners.length > 0 && markup`<span class="tag orange">provisioners</span>`}${change.role !== undefined && markup`<span class="tag grey">${change.role}</span>`}${change.host !== undefined && markup`<span class="tag host"><span class="sr">host </span>${change.host}</span>`}`;
}

/** The line below a change's name: why, what forces it, or what changes. */
function hint(change: ReviewedChange): Markup {
  const forcing = forcingAttributes(change.attributes);
  if (forcing.length > 0) return markup`forced by ${join(forcing, "; ")}`;
  if (change.reason !== undefined) return markup`${change.reason.text}`;
  if (change.previousAddress !== undefined && change.attributes.length === 0) {
    return markup`was <code>${change.previousAddress}</code>`;
  }
  if (change.action !== "create" && change.action !== "delete" && change.attributes.length > 0) {
    return attributeNames(change.attributes);
  }
  return markup`<code>${change.type}</code>`;
}

function facts(change: ReviewedChange): Markup {
  return markup`<dl class="facts">${term("Address", markup`<code>${change.address}</code>`)}${term("Type", markup`<code>${change.type}</code>`)}${term("Reason", change.reason && shownReason(change.reason))}${term("Order", change.order && ORDERS[change.order])}${term("Deferred", change.deferred && shownReason(change.deferred))}${term("Bears data", change.dataBearing)}${term("Was at", change.previousAddress === undefined ? undefined : markup`<code>${change.previousAddress}</code>`)}${term("Deposed object", change.deposed === undefined ? undefined : markup`<code>${change.deposed}</code>`)}${term("Imported", change.importing)}${term("Gate", change.gate)}${term("Image", change.image === undefined ? undefined : markup`<code>${change.image}</code>`)}${term("Provisioners", change.provisioners.length === 0 ? undefined : change.provisioners.join(", "))}${term("Actions", change.action === "unknown" ? markup`<code>${JSON.stringify(change.actions)}</code>` : undefined)}</dl>`;
}

/** The id of a change's details: made of positions, never of a text of the plan. */
export function changeId(stack: number, change: number): string {
  return `c${stack}-${change}`;
}

function entry(
  change: ReviewedChange,
  look: ActionLook,
  kind: string,
  { id, open }: { id?: string; open?: boolean } = {},
): Markup {
  const noise = shownNoise(change.noise, "attribute");
  const host = change.host === undefined ? markup`` : markup` data-h="${change.host}"`;
  return markup`<details class="change ${look.tone}" data-a="${kind}"${host}${open === true && markup` open`}><summary>${badge(look)}<h4>${shownName(change.name)}</h4><span class="tags">${tags(change)}</span><span class="hint">${hint(change)}</span></summary><div class="inside"${id !== undefined && markup` id="${id}"`}>${facts(change)}${attributeTable(change.attributes, change.action, change.name)}${noise && markup`<p class="dim">${noise}.</p>`}</div></details>
`;
}

/** A change, folded to two lines. */
export function shownChange(change: ReviewedChange, id: string, open: boolean): Markup {
  return entry(change, lookOf(change), change.action, { id, open });
}

function shownDrift(drift: ReviewedDrift): Markup {
  return entry(drift, drift.relevant ? DRIFTED_RELEVANT : DRIFTED, "drift");
}

/** What changed outside Terraform: what the plan depends on, and the rest. */
export function driftSection(drift: readonly ReviewedDrift[]): Markup {
  if (drift.length === 0) return markup``;
  const relevant = drift.filter((one) => one.relevant);
  const other = drift.filter((one) => !one.relevant);
  const part = (title: string, some: readonly ReviewedDrift[]): Markup =>
    some.length === 0
      ? markup``
      : markup`<div data-group><p class="part">${title}</p>${some.map(shownDrift)}</div>`;
  return markup`${part("Changed outside Terraform; this plan depends on it", relevant)}${part("Changed outside Terraform; this plan does not depend on it", other)}`;
}

/** Outputs: those for readers, then those that CDKTF made to hand values from stack to stack, folded. */
export function outputSection(outputs: readonly ReviewedOutput[], stack: string): Markup {
  const table = (some: readonly ReviewedOutput[], caption: string): Markup =>
    markup`<table class="attributes of2"><caption class="sr">${caption}</caption><thead><tr><th scope="col">Output</th><th scope="col">Before</th><th scope="col">After</th></tr></thead><tbody>${some.map(
      ({ name, action, before, after }) =>
        markup`<tr data-a="output"><th scope="row">${badge(actionLook(action))} <code>${name}</code></th><td class="was">${shownValue(before)}</td><td class="is">${shownValue(after)}</td></tr>`,
    )}</tbody></table>`;
  const own = outputs.filter(({ crossStack }) => !crossStack);
  const handed = outputs.filter(({ crossStack }) => crossStack);
  return markup`${own.length > 0 && markup`<div data-group><p class="part">Outputs</p>${table(own, `Outputs of ${stack}`)}</div>`}${handed.length > 0 && markup`<details class="fold" data-group><summary>${count(handed.length, "output")} to other stacks</summary>${table(handed, `Outputs of ${stack} to other stacks`)}</details>`}`;
}

/** How many changes of a review start open: those that a reader must see at once, and no more than stay readable. */
const OPEN_AT_FIRST = 6;

/** Says which changes start open: what is lost or unknown, and all of a review so small that it fits. */
export function openAtFirst(stacks: readonly ReviewedStack[]): ReadonlySet<ReviewedChange> {
  const all = stacks.flatMap(({ changes }) => changes);
  const lost = all.filter(
    ({ action, dataBearing }) =>
      action === "delete" || action === "unknown" || (DANGEROUS.has(action) && dataBearing !== undefined),
  );
  return new Set(all.length <= 4 ? all : lost.slice(0, OPEN_AT_FIRST));
}
