import type { Review } from "../review/review";
import { ACTIONS, ACTION_LOOKS, isAffected } from "./html-actions";
import type { Markup } from "./html-markup";
import { figure, markup } from "./html-markup";

/** A kind of entries by which the list is filtered. */
interface Kind {
  readonly value: string;
  readonly word: string;
  readonly number: number;
}

function kindsOf(review: Review): readonly Kind[] {
  const { stacks } = review;
  const changes = stacks.flatMap((stack) => stack.changes);
  const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);
  return [
    ...ACTIONS.map((action) => ({
      value: action,
      word: ACTION_LOOKS[action].word,
      number: changes.filter((change) => change.action === action).length,
    })),
    { value: "drift", word: "drift", number: sum(stacks.map(({ drift }) => drift.length)) },
    { value: "output", word: "output", number: sum(stacks.map(({ outputs }) => outputs.length)) },
  ].filter(({ number }) => number > 0);
}

function options(numbers: ReadonlyMap<string, number>): Markup {
  return markup`${[...numbers].map(([name, number]) => markup`<option value="${name}">${name} (${figure(number)})</option>`)}`;
}

/** How many entries each stack has, and each host. */
function numbersOf(review: Review): {
  readonly stacks: Map<string, number>;
  readonly hosts: Map<string, number>;
} {
  const stacks = new Map<string, number>();
  const hosts = new Map<string, number>();
  for (const { name, changes, drift, outputs } of review.stacks.filter(isAffected)) {
    stacks.set(name, changes.length + drift.length + outputs.length);
    for (const { host } of [...changes, ...drift]) {
      if (host !== undefined) hosts.set(host, (hosts.get(host) ?? 0) + 1);
    }
  }
  return { stacks, hosts: new Map([...hosts].sort(([one], [other]) => (one < other ? -1 : 1))) };
}

/** The filters. They are hidden until the script that they need has run. */
export function filterForm(review: Review): Markup {
  const { stacks, hosts } = numbersOf(review);
  return markup`<form id="filters" role="search" aria-label="Filter the changes" hidden>
<div class="fields">
<label class="field grow">Search <input type="search" id="f-text" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" placeholder="name, type, attribute, value"></label>
<label class="field">Stack <select id="f-stack"><option value="">All stacks</option>${options(stacks)}</select></label>
<label class="field">Host <select id="f-host"><option value="">All hosts</option>${options(hosts)}</select></label>
</div>
<fieldset><legend>Action</legend>${kindsOf(review).map(({ value, word, number }) => markup`<label class="chip"><input type="checkbox" value="${value}"> ${word} <span class="dim">${figure(number)}</span></label>`)}</fieldset>
<div class="outcome"><p id="f-status" role="status" aria-live="polite"></p><span class="buttons"><button type="button" id="f-clear">Clear filters</button><button type="button" id="f-open">Open all</button><button type="button" id="f-close">Close all</button></span></div>
</form>
<noscript><p class="dim">The filters need JavaScript. Everything else is here.</p></noscript>`;
}
