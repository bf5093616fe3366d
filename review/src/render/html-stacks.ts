import type {
  Banner,
  ByHand,
  Counts,
  Review,
  ReviewedChange,
  ReviewedCheck,
  ReviewedStack,
} from "../review/review";
import { isAffected } from "./html-actions";
import { changeId, driftSection, openAtFirst, outputSection, shownChange, shownNoise } from "./html-changes";
import type { Markup } from "./html-markup";
import { count, figure, join, markup, multiline } from "./html-markup";

/** The id of a stack's section. */
export function stackId(position: number): string {
  return `s${position}`;
}

/** Counts in a few words, most dangerous first: `1 destroy`, `2 replace`. A replacement is not counted again as add and destroy. */
export function countWords(counts: Counts): readonly { readonly tone: string; readonly text: string }[] {
  const words: readonly (readonly [string, number, string])[] = [
    ["red", counts.destroy - counts.replace, "destroy"],
    ["orange", counts.replace, "replace"],
    ["violet", counts.unknown, "by hand"],
    ["orange", counts.forget, "forget"],
    ["violet", counts.deferred, "deferred"],
    ["blue", counts.change, "update"],
    ["green", counts.add - counts.replace, "create"],
    ["grey", counts.import, "import"],
    ["grey", counts.move, "move"],
    ["grey", counts.read, "read"],
    ["grey", counts.actions, counts.actions === 1 ? "action" : "actions"],
    ["grey", counts.outputs, counts.outputs === 1 ? "output" : "outputs"],
    ["grey", counts.drift, "drift"],
  ];
  return words
    .filter(([, number]) => number > 0)
    .map(([tone, number, word]) => ({ tone, text: `${figure(number)} ${word}` }));
}

/** Counts as tags. */
export function countTags(counts: Counts): Markup {
  return markup`${countWords(counts).map(({ tone, text }) => markup`<span class="tag ${tone}">${text}</span> `)}`;
}

/** Kinds of banners after which the plan is not the whole truth. */
const SEVERE: ReadonlySet<string> = new Set(["failed", "errored", "incomplete", "unknown", "manifest"]);

/** The colour of a banner. */
export function bannerTone(kind: string): string {
  return kind === "provisional" ? "violet" : SEVERE.has(kind) ? "red" : "orange";
}

/** What must be known of a stack first. What its plan does not say in a banner but the review knows is said too. */
export function bannersOf(stack: ReviewedStack): readonly Banner[] {
  const { banners, provisionalBecauseOf, status } = stack;
  const said = new Set(banners.map(({ kind }) => kind));
  return [
    ...(status === "failed" && !said.has("failed")
      ? [
          {
            kind: "failed",
            text: "There is no plan of this stack: nothing is known of what would happen to it.",
          },
        ]
      : []),
    ...banners,
    ...(provisionalBecauseOf.length > 0 && !said.has("provisional")
      ? [
          {
            kind: "provisional",
            text: `It depends on changes of ${provisionalBecauseOf.join(", ")}: plan it again after they are applied.`,
          },
        ]
      : []),
  ];
}

/** What must be reviewed by hand. */
export function byHandTable(
  items: readonly (ByHand & { readonly stack?: string })[],
  caption: string,
): Markup {
  const stacks = items.some(({ stack }) => stack !== undefined);
  return markup`<table class="list"><caption class="sr">${caption}</caption><thead><tr>${stacks && markup`<th scope="col">Stack</th>`}<th scope="col">Where</th><th scope="col">What</th><th scope="col">The plan says</th></tr></thead><tbody>${items.map(
    ({ stack, where, what, got }) =>
      markup`<tr>${stacks && markup`<td>${stack ?? ""}</td>`}<td><code>${where}</code></td><td>${what}</td><td><code>${multiline(got)}</code></td></tr>`,
  )}</tbody></table>`;
}

function checkList(checks: readonly ReviewedCheck[]): Markup {
  return markup`<ul class="checks">${checks.map(
    ({ address, status, problems }) =>
      markup`<li><span class="tag ${status === "unknown" ? "violet" : "red"}">${status}</span> <code>${address}</code>${problems.length > 0 && markup`<ul>${problems.map((problem) => markup`<li>${multiline(problem)}</li>`)}</ul>`}</li>`,
  )}</ul>`;
}

function part(title: string, inside: Markup): Markup {
  return markup`<p class="part">${title}</p>${inside}`;
}

function stackSection(stack: ReviewedStack, position: number, open: ReadonlySet<ReviewedChange>): Markup {
  const noise = shownNoise(stack.noise, "resource");
  const after = stack.dependsOn.map((name) => markup`<b>${name}</b>`);
  return markup`<section class="stack" data-stack="${stack.name}" aria-labelledby="${stackId(position)}">
<header><h3 id="${stackId(position)}" tabindex="-1">${stack.name}</h3><span class="tags">${stack.status === "failed" ? markup`<span class="tag red">no plan</span>` : countTags(stack.counts)}</span><p class="dim">${stack.environment}${after.length > 0 && markup` · after ${join(after, ", ")}`}${stack.terraformVersion !== undefined && markup` · Terraform ${stack.terraformVersion}`} · ${count(stack.counts.unchanged, "resource")} unchanged</p></header>
${stack.failure !== undefined && markup`<pre class="failure">${multiline(stack.failure)}</pre>`}${bannersOf(stack).map(({ kind, text }) => markup`<p class="banner ${bannerTone(kind)}"><b>${kind.replaceAll("-", " ")}</b> ${text}</p>`)}${stack.byHand.length > 0 && part("To be reviewed by hand", byHandTable(stack.byHand, `To be reviewed by hand in ${stack.name}`))}${stack.checks.length > 0 && part("Checks that did not pass", checkList(stack.checks))}
<div data-group>${stack.changes.map((change, at) => shownChange(change, changeId(position, at), open.has(change)))}</div>
${stack.actions.length > 0 && part("Actions that apply invokes", markup`<ul>${stack.actions.map((action) => markup`<li><code>${action}</code></li>`)}</ul>`)}${driftSection(stack.drift)}${outputSection(stack.outputs, stack.name)}${noise && markup`<p class="dim">${noise}.</p>`}
</section>`;
}

/** The sections of all stacks to which anything happens, in the order in which they are deployed. */
export function stackSections(review: Review): Markup {
  const open = openAtFirst(review.stacks);
  return markup`${review.stacks.map((stack, position) => (isAffected(stack) ? stackSection(stack, position, open) : markup``))}`;
}

/** Stacks to which nothing happens, folded. */
export function unchangedStacks(review: Review): Markup {
  const quiet = review.stacks.filter((stack) => !isAffected(stack));
  if (quiet.length === 0) return markup``;
  return markup`<details class="fold quiet"><summary>${count(quiet.length, "stack")} without changes</summary><ul>${quiet.map(
    ({ name, counts, noise }) => {
      const folded = shownNoise(noise, "resource");
      return markup`<li><b>${name}</b> <span class="dim">${count(counts.unchanged, "resource")}${folded && markup` · ${folded}`}</span></li>`;
    },
  )}</ul></details>`;
}
