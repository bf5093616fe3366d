/**
 * The page's style: one palette for light and dark, no font but the reader's own, nothing loaded. Colours have a contrast of
 * at least 4.5 to 1 for text in both schemes.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f7, #0e1217);
  --panel: light-dark(#ffffff, #161b22);
  --sunken: light-dark(#f5f6f8, #11161c);
  --text: light-dark(#1a212b, #e2e7ee);
  --dim: light-dark(#566172, #9aa5b4);
  --border: light-dark(#d8dde4, #2b333e);
  --accent: light-dark(#1d56c4, #86b2ff);
  --red: light-dark(#a8201a, #ff9b92); --red-ground: light-dark(#fdebe9, #3a1917); --red-strong: light-dark(#c8372d, #e5675c);
  --orange: light-dark(#8a4600, #f5b26b); --orange-ground: light-dark(#fdf0df, #33230f); --orange-strong: light-dark(#c86a10, #d98a35);
  --violet: light-dark(#6a2fb0, #ceacfb); --violet-ground: light-dark(#f2ebfc, #291c41); --violet-strong: light-dark(#8250c8, #a67be0);
  --blue: light-dark(#1f4fb0, #9dbeff); --blue-ground: light-dark(#e8effc, #16243f); --blue-strong: light-dark(#2f62d0, #5b8ae6);
  --green: light-dark(#15623a, #7fdaa3); --green-ground: light-dark(#e4f4ea, #11301f); --green-strong: light-dark(#1d7a45, #3fa46b);
  --grey: light-dark(#4c5666, #aeb8c6); --grey-ground: light-dark(#eceff3, #222a34); --grey-strong: light-dark(#7b8694, #6d7887);
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --bar: 0rem;
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
.red { --tone: var(--red); --tone-ground: var(--red-ground); --tone-strong: var(--red-strong); }
.orange { --tone: var(--orange); --tone-ground: var(--orange-ground); --tone-strong: var(--orange-strong); }
.violet { --tone: var(--violet); --tone-ground: var(--violet-ground); --tone-strong: var(--violet-strong); }
.blue { --tone: var(--blue); --tone-ground: var(--blue-ground); --tone-strong: var(--blue-strong); }
.green { --tone: var(--green); --tone-ground: var(--green-ground); --tone-strong: var(--green-strong); }
.grey { --tone: var(--grey); --tone-ground: var(--grey-ground); --tone-strong: var(--grey-strong); }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif; }
h1, h2, h3, h4, p, ul, dl, dd, pre, figure { margin: 0; padding: 0; }
h1 { font-size: 1.05rem; }
h2 { font-size: 1.15rem; line-height: 1.3; margin-bottom: .6rem; }
h3 { font-size: 1.02rem; line-height: 1.3; }
h4 { font-size: .9rem; font-weight: 400; line-height: 1.45; }
a { color: var(--accent); text-underline-offset: .2em; text-decoration-thickness: 1px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
main:focus, h3:focus { outline: none; }
code, pre, h4, kbd { font-family: var(--mono); }
code, kbd { font-size: .875em; }
code, pre, h3, h4, th, td, dd, b, option { unicode-bidi: isolate; overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
caption.sr { position: absolute; }
.dim { color: var(--dim); }
.skip { position: absolute; left: .75rem; top: -4rem; z-index: 9; padding: .5rem .9rem; background: var(--panel); border: 1px solid var(--border); border-radius: 6px; }
.skip:focus { top: .5rem; }
.number { color: var(--dim); font-size: .85rem; font-weight: 400; margin-left: .3rem; }

.top { display: flex; align-items: center; gap: .75rem; padding: .55rem max(1.5rem, calc(50vw - 40.5rem)); background: var(--panel); border-bottom: 1px solid var(--border); }
.top .badge { overflow: hidden; text-overflow: ellipsis; }
.top button { margin-left: auto; flex: none; }
.page { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; max-width: 84rem; margin: 0 auto; padding: 1.25rem 1.5rem 2rem; }
main { display: flex; flex-direction: column; gap: 1.75rem; min-width: 0; }
nav { font-size: .875rem; min-width: 0; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1rem; }
nav a { display: inline-block; padding: .15rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav a:hover { text-decoration: underline; }
nav .stacks { display: none; }
footer { padding: 1rem max(1.5rem, calc(50vw - 40.5rem)) 2.5rem; font-size: .85rem; border-top: 1px solid var(--border); }
footer p + p { margin-top: .3rem; }

button, input, select { font: inherit; color: inherit; }
button { min-height: 2rem; padding: .15rem .75rem; background: var(--panel); border: 1px solid var(--border); border-radius: 6px; font-size: .85rem; cursor: pointer; }
button:hover { border-color: var(--dim); }
button:disabled { color: var(--dim); cursor: default; border-style: dashed; }
input[type=search], select { width: 100%; min-width: 0; height: 2.25rem; padding: 0 .6rem; background: var(--panel); border: 1px solid light-dark(#858f9d, #667180); border-radius: 6px; font-size: .9rem; }
input::placeholder { color: var(--dim); opacity: 1; }
kbd { padding: 0 .35em; border: 1px solid var(--border); border-bottom-width: 2px; border-radius: 4px; background: var(--panel); }

.badge, .tag { display: inline-block; white-space: nowrap; border-radius: 5px; font-size: .75rem; line-height: 1.35rem; padding: 0 .45rem; background: var(--tone-ground, var(--grey-ground)); color: var(--tone, var(--grey)); max-width: 100%; }
.badge { font-weight: 600; }
.badge, .tag { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.tag { border-radius: 1rem; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
.tag.host { background: none; box-shadow: inset 0 0 0 1px var(--border); color: var(--text); }

.verdict { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .4rem 1rem; padding: 1.1rem 1.25rem; background: var(--panel); border: 1px solid var(--border); border-left: 5px solid var(--tone-strong); border-radius: 10px; }
.verdict h2 { font-size: 1.5rem; color: var(--tone); margin: 0; }
.verdict ul { padding-left: 1.1rem; margin: .3rem 0 .4rem; }
.seal { width: 2.6rem; height: 2.6rem; border-radius: 50%; display: grid; place-items: center; font-size: 1.5rem; line-height: 1; font-weight: 700; background: var(--tone-ground); color: var(--tone); }
.tiles { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(auto-fill, minmax(5.8rem, 1fr)); gap: .5rem; margin-top: .5rem; }
.tile { display: flex; flex-direction: column-reverse; padding: .4rem .75rem; border-radius: 8px; background: var(--tone-ground); color: var(--tone); }
.tile.none { background: var(--sunken); color: var(--dim); }
.tile dt { font-size: .78rem; }
.tile dd { font-size: 1.4rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }

.notes, .findings { list-style: none; display: grid; }
.findings { gap: .5rem; }
.notes { background: var(--panel); border: 1px solid var(--border); border-radius: 8px; overflow: hidden; font-size: .9rem; }
.notes li { padding: .4rem .9rem; border-left: 4px solid var(--tone-strong); overflow-wrap: anywhere; }
.notes li + li { border-top: 1px solid var(--border); }
.findings > li, .banner { padding: .55rem .9rem; background: var(--panel); border: 1px solid var(--border); border-left: 4px solid var(--tone-strong, var(--orange-strong)); border-radius: 8px; overflow-wrap: anywhere; }
.notes b, .banner b { color: var(--tone, var(--orange)); }
.notes a { margin-right: .35rem; }
.banner { margin: .5rem 0; background: var(--sunken); font-size: .9rem; }
.findings > li { padding: .75rem 1rem; }
.findings .rule { margin-right: .4rem; }
.findings .where { margin-left: .2rem; }
.findings .where b { font-family: var(--mono); font-size: .875em; }
.findings .way { font-family: var(--mono); font-size: .875em; }
.message, .mend { margin-top: .3rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.mend { color: var(--dim); font-size: .9rem; }

table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th { text-align: left; font-weight: 600; }
th, td { padding: .4rem .75rem; vertical-align: top; }
thead th { color: var(--dim); font-size: .75rem; font-weight: 600; padding-top: .3rem; padding-bottom: .3rem; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--border); }
tbody th { font-weight: 400; }
.list { table-layout: fixed; background: var(--panel); border: 1px solid var(--border); border-radius: 10px; border-collapse: separate; border-spacing: 0; overflow: hidden; position: relative; }
.list tbody th, .list tbody td { border-top: 1px solid var(--border); }
.dangers thead th:first-child { width: 8.5rem; }
.dangers td:first-child .badge { white-space: normal; }
.dangers thead th:nth-child(2) { width: 46%; }
.dangers tbody th { font-family: var(--mono); font-size: .82rem; }
.dangers .hint { font-family: system-ui, sans-serif; }
.list.stacks thead th { width: 25%; }
.list.stacks thead th:nth-child(2) { width: 14%; }
.list.stacks thead th:last-child { width: auto; }
.why ul { list-style: none; display: grid; gap: .15rem; }
.verdict li::first-letter, .why li::first-letter { text-transform: uppercase; }
.hint { display: block; color: var(--dim); font-size: .82rem; overflow-wrap: anywhere; }
.way { color: var(--dim); }
a .way { color: inherit; }

.picture { margin-bottom: .75rem; padding: 1rem; background: var(--panel); border: 1px solid var(--border); border-radius: 10px; }
.picture svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.picture .across { display: none; }
.picture text { font: 12px var(--mono); fill: var(--text); }
.picture .title { font: 600 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
.picture .words { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--dim); }
.picture .signs { text-anchor: end; font-weight: 600; }
.picture tspan { fill: var(--tone); }
.picture .box { fill: var(--sunken); stroke: var(--border); }
.picture .box.provisional { stroke: var(--violet-strong); stroke-dasharray: 5 4; }
.picture .edge { fill: var(--tone-strong); }
.picture .dot { fill: var(--tone-strong); }
.picture .line { fill: none; stroke: var(--grey-strong); stroke-width: 1.5; }
.picture .tip { fill: var(--grey-strong); }

#filters { margin-bottom: 1rem; padding: .8rem 1rem; background: var(--panel); border: 1px solid var(--border); border-radius: 10px; display: grid; gap: .6rem; }
.fields { display: grid; gap: .6rem; grid-template-columns: minmax(0, 1fr); }
.field { display: grid; gap: .15rem; font-size: .78rem; color: var(--dim); min-width: 0; }
.field input, .field select { color: var(--text); }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; min-width: 0; }
legend { float: left; margin-right: .3rem; padding: 0; font-size: .78rem; line-height: 1.75rem; color: var(--dim); }
.chip { display: inline-flex; align-items: center; gap: .35rem; min-height: 1.75rem; font-size: .875rem; cursor: pointer; }
.chip input { width: 1.05rem; height: 1.05rem; margin: 0; accent-color: var(--accent); }
.outcome { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; justify-content: space-between; font-size: .875rem; }
#f-status { flex: 1 1 11rem; }
.hiding { color: var(--orange); font-weight: 600; }
.buttons { display: flex; flex-wrap: wrap; gap: .4rem; }

.stack { background: var(--panel); border: 1px solid var(--border); border-radius: 10px; padding: .9rem 1rem 1rem; margin-bottom: 1rem; }
.stack > header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin-bottom: .6rem; }
.stack > header p { flex-basis: 100%; font-size: .85rem; }
.tags { display: inline-flex; flex-wrap: wrap; gap: .25rem; min-width: 0; }
.part { margin: 1rem 0 .4rem; font-size: .85rem; font-weight: 600; color: var(--dim); }
.checks + [data-group] { margin-top: .8rem; }
.stack ul { padding-left: 1.2rem; }
.stack .set, .stack .checks { list-style: none; padding-left: 0; }
.failure { padding: .6rem .8rem; border-radius: 8px; background: var(--red-ground); color: var(--red); white-space: pre-wrap; font-size: .82rem; }

.change { border: 1px solid var(--border); border-left: 4px solid var(--tone-strong); border-radius: 8px; margin-top: .4rem; background: var(--panel); overflow: clip; content-visibility: auto; contain-intrinsic-size: auto 3.6rem; }
.change > summary { display: grid; grid-template-columns: auto auto minmax(0, 1fr) auto; align-items: center; gap: .1rem .6rem; padding: .4rem .75rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
.change > summary::before { content: ""; width: .42rem; height: .42rem; border: solid var(--dim); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); margin: 0 .15rem 0 .1rem; }
.change[open] > summary::before { transform: rotate(45deg); }
.change > summary:hover { background: var(--sunken); }
.change > summary:focus-visible { outline-offset: -2px; }
.change > summary > .badge { min-width: 6.2rem; text-align: center; }
.change > summary .tags { justify-content: flex-end; }
.change > summary .hint { grid-column: 3 / -1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.change > summary .hint summary { display: inline; }
.inside { border-top: 1px solid var(--border); background: var(--sunken); padding: .5rem 0 0; scroll-margin-top: 5rem; }
.inside > p { padding: .4rem .75rem .6rem; font-size: .82rem; }
.facts { display: grid; gap: .1rem 1rem; padding: .1rem .75rem .6rem; font-size: .85rem; }
.facts > div { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .75rem; }
.facts dt { color: var(--dim); }
.attributes { table-layout: fixed; background: var(--panel); position: relative; }
.attributes tr > :first-child { width: 27%; }
.attributes tbody td { font-size: .84rem; }
.attributes tbody td code { white-space: pre-wrap; }
.attributes tbody tr { border-top: 1px solid var(--border); }
.was del, .is ins, .why del, .why ins, .hint del, .hint ins { color: var(--text); text-decoration: none; border-radius: 3px; padding: 0 1px; }
.was del, .why del, .hint del { background: light-dark(#fbd0cb, #6b2621); }
.is ins, .why ins, .hint ins { background: light-dark(#bfe8cd, #1e5636); }
.later { color: var(--violet); font-style: italic; }
.secret { color: var(--dim); font-style: italic; }
.secret code { font-style: normal; }
.set li { padding: .05rem 0; }
.set del, .set ins { text-decoration: none; }
.set del, .minus { color: var(--red); }
.set ins, .plus { color: var(--green); }
.diff { border: 1px solid var(--border); border-radius: 6px; overflow: hidden; font-size: .8rem; line-height: 1.5; tab-size: 4; background: var(--panel); }
.diff > * { display: block; padding: 0 .6rem 0 calc(.6rem + 2ch); text-indent: -2ch; white-space: pre-wrap; overflow-wrap: anywhere; text-decoration: none; unicode-bidi: isolate; }
.diff del { background: var(--red-ground); color: var(--red); }
.diff ins { background: var(--green-ground); color: var(--green); }
.diff .gap { background: var(--grey-ground); color: var(--dim); font-size: .75rem; }
.long > summary { cursor: pointer; list-style: none; }
.long > summary span { text-decoration: underline; }
.fold { margin-top: .5rem; }
.fold > summary { cursor: pointer; padding: .3rem 0; font-size: .9rem; }
.fold > ul { padding-left: 1.4rem; font-size: .875rem; }
.fold > table { border: 1px solid var(--border); }
.quiet { padding: .4rem 1rem; border: 1px solid var(--border); border-radius: 10px; background: var(--panel); }
.delta { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .25rem 1.5rem; padding: .4rem 1rem .6rem; background: var(--panel); border: 1px solid var(--border); border-radius: 10px; }
.delta .fold { margin: 0; }

@media (min-width: 640px) {
  .fields { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr) minmax(0, 1fr); }
}
@media (min-width: 1180px) {
  .page { grid-template-columns: 15rem minmax(0, 1fr); gap: 2rem; }
  nav { position: sticky; top: 1.25rem; align-self: start; max-height: calc(100vh - 2.5rem); overflow-y: auto; }
  nav ul { display: grid; gap: .1rem; }
  nav .stacks { display: grid; gap: .5rem; margin-top: .9rem; padding-top: .9rem; border-top: 1px solid var(--border); }
  nav .stacks a { display: block; }
}
@media (min-width: 1180px) {
  .picture.both .across { display: block; }
  .picture.both .down { display: none; }
}
@media (min-width: 768px) and (min-height: 600px) {
  html { scroll-padding-top: 12.5rem; }
  #filters { position: sticky; top: 0; z-index: 2; box-shadow: 0 6px 12px -8px light-dark(#0003, #000a); }
}
@media (max-width: 639px) {
  .top, .page, footer { padding-left: .9rem; padding-right: .9rem; }
  .top .badge { display: none; }
  .verdict { padding: .9rem; }
  .verdict h2 { font-size: 1.25rem; }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(5.2rem, 1fr)); }
  .tile { padding: .35rem .6rem; }
  .stack { padding: .75rem .7rem; }
  .list, .list tbody, .list tr, .list td, .list tbody th, .attributes, .attributes tbody, .attributes tr, .attributes td, .attributes tbody th { display: block; width: auto; }
  .list thead, .attributes thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .list tr, .attributes tr { padding: .45rem 0; }
  .attributes tr > :first-child { width: auto; }
  .list tbody th, .list tbody td { border-top: 0; padding: .12rem .75rem; }
  .list tbody tr + tr { border-top: 1px solid var(--border); }
  .attributes tbody th, .attributes tbody td { padding: .12rem .75rem; }
  .list.stacks td:nth-child(2), .list.stacks td:nth-child(3) { display: inline; color: var(--dim); }
  .list.stacks td:nth-child(3) { padding-left: 0; }
  .list.stacks td:nth-child(3)::before { content: "· after " / ""; }
  .was::before, .is::before { font: 600 .8rem var(--mono); margin-right: .4rem; }
  .was::before { content: "−" / "before"; color: var(--red); }
  .is::before { content: "+" / "after"; color: var(--green); }
  .facts > div { grid-template-columns: 6.2rem minmax(0, 1fr); gap: .5rem; }
  .change > summary { grid-template-columns: auto auto minmax(0, 1fr); }
  .change > summary h4, .change > summary .hint { grid-column: 1 / -1; }
  .change > summary .tags { grid-column: 3; grid-row: 1; }
  .change > summary .hint { white-space: normal; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
@media (forced-colors: active) {
  .badge, .tag, .change, .tile { border: 1px solid; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  body { background: none; font-size: 10pt; }
  .skip, nav, .buttons, #theme, #keys, .fields, fieldset { display: none !important; }
  #filters { position: static; box-shadow: none; }
  .page { display: block; padding: 0; max-width: none; }
  .change { content-visibility: visible; break-inside: avoid-page; }
  details::details-content { content-visibility: visible; }
  .picture, .verdict, .findings > li { break-inside: avoid; }
  a { color: inherit; }
}
`;
