/**
 * The page's script. It filters what is there, keeps the filters in the address, and makes nothing: texts of plans are only
 * compared, never turned into markup, selectors or addresses. It is a text, as its hash stands in the page's policy.
 */
export const SCRIPT = `
(() => {
"use strict";
const byId = (id) => document.getElementById(id);
const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* it is not remembered, then */ } };

// Light and dark.
const THEMES = ["system", "light", "dark"];
const theme = byId("theme");
const showTheme = (name) => {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  byId("theme-name").textContent = name;
};
let themeName = THEMES.includes(stored("plan-review-theme")) ? stored("plan-review-theme") : "system";
showTheme(themeName);
theme.hidden = false;
theme.addEventListener("click", () => {
  themeName = THEMES[(THEMES.indexOf(themeName) + 1) % THEMES.length];
  store("plan-review-theme", themeName);
  showTheme(themeName);
});

// Everything is printed open.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of closed) one.open = false;
  closed = [];
});

const form = byId("filters");
if (form === null) return;
form.hidden = false;
byId("keys").hidden = false;
const text = byId("f-text"), stack = byId("f-stack"), host = byId("f-host"), status = byId("f-status");
const boxes = [...form.querySelectorAll("input[type=checkbox]")];
const clear = byId("f-clear");
const DANGEROUS = new Set(["delete", "replace", "create-then-forget", "unknown", "forget"]);
const sections = [...document.querySelectorAll("section[data-stack]")].map((element) => ({
  element,
  name: element.dataset.stack,
  groups: [...element.querySelectorAll("[data-group]")],
  items: [...element.querySelectorAll("[data-a]")].map((item) => ({
    element: item,
    action: item.dataset.a,
    host: item.dataset.h,
    words: undefined,
  })),
}));
const total = sections.reduce((sum, section) => sum + section.items.length, 0);
const figure = (number) => number.toLocaleString("en-US");
const noun = (number) => figure(number) + (number === 1 ? " entry" : " entries");

const state = () => ({
  q: text.value.trim(),
  stack: stack.value,
  host: host.value,
  actions: boxes.filter((box) => box.checked).map((box) => box.value),
});

function apply() {
  const { q, stack: name, host: place, actions } = state();
  const wanted = q.toLowerCase();
  const some = new Set(actions);
  const inner = wanted !== "" || place !== "" || some.size > 0;
  let shown = 0, hiddenDangers = 0;
  for (const section of sections) {
    const here = name === "" || section.name === name;
    let any = false;
    for (const item of section.items) {
      let fits = here && (place === "" || item.host === place) && (some.size === 0 || some.has(item.action));
      if (fits && wanted !== "") {
        item.words ??= item.element.textContent.toLowerCase();
        fits = item.words.includes(wanted);
      }
      if (item.element.hidden === fits) item.element.hidden = !fits;
      if (fits) { shown++; any = true; }
      else if (DANGEROUS.has(item.action)) hiddenDangers++;
    }
    for (const group of section.groups) {
      group.hidden = group.querySelector("[data-a]") !== null && group.querySelector("[data-a]:not([hidden])") === null;
    }
    section.element.hidden = !here || (inner && !any);
  }
  const active = inner || name !== "";
  clear.disabled = !active;
  status.textContent = !active
    ? "Showing all " + noun(total) + "."
    : "Showing " + figure(shown) + " of " + noun(total) + "." +
      (hiddenDangers > 0 ? " Hidden: " + figure(hiddenDangers) + (hiddenDangers === 1 ? " dangerous one." : " dangerous ones.") : "");
  status.classList.toggle("hiding", hiddenDangers > 0);
}

function keep() {
  const { q, stack: name, host: place, actions } = state();
  const words = new URLSearchParams();
  if (name !== "") words.set("stack", name);
  if (place !== "") words.set("host", place);
  if (actions.length > 0) words.set("action", actions.join(","));
  if (q !== "") words.set("q", q);
  const hash = words.toString();
  history.replaceState(null, "", hash === "" ? "#" : "#?" + hash);
}

// What comes from the address is taken only if it is one of the choices that the page has.
function choose(select, value) {
  select.value = [...select.options].some((option) => option.value === value) ? value : "";
}

function restore() {
  const words = new URLSearchParams(location.hash.slice(2));
  choose(stack, words.get("stack") ?? "");
  choose(host, words.get("host") ?? "");
  const actions = new Set((words.get("action") ?? "").split(","));
  for (const box of boxes) box.checked = actions.has(box.value);
  text.value = (words.get("q") ?? "").slice(0, 200);
  apply();
}

function reset() {
  text.value = stack.value = host.value = "";
  for (const box of boxes) box.checked = false;
}

// Goes to a change that a link names: opens it, and takes the filters away if they hide it.
function go(id) {
  const target = /^[cs][0-9]+(-[0-9]+)?$/.test(id) ? byId(id) : null;
  if (target === null) return;
  if (target.closest("[hidden]") !== null) { reset(); apply(); }
  for (let one = target.closest("details"); one !== null; one = one.parentElement.closest("details")) one.open = true;
  const focus = target.matches("h3") ? target : target.closest("details").querySelector("summary");
  focus.focus({ preventScroll: true });
  focus.scrollIntoView({ block: "start" });
}

function arrive() {
  if (location.hash.startsWith("#?") || location.hash === "") restore();
  else { apply(); go(location.hash.slice(1)); }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link !== null && link.getAttribute("href") === location.hash) go(location.hash.slice(1));
});
addEventListener("hashchange", arrive);
form.addEventListener("submit", (event) => event.preventDefault());
let waiting;
text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { apply(); keep(); }, 120);
});
form.addEventListener("change", (event) => {
  if (event.target !== text) { apply(); keep(); }
});
clear.addEventListener("click", () => { reset(); apply(); keep(); text.focus(); });
const setOpen = (open) => {
  for (const { items } of sections) {
    for (const { element } of items) if (!element.hidden && element.matches("details")) element.open = open;
  }
};
byId("f-open").addEventListener("click", () => setOpen(true));
byId("f-close").addEventListener("click", () => setOpen(false));

// A single key is a trap for people who speak to their computer, so it can be switched off.
const slash = byId("slash");
slash.checked = stored("plan-review-slash") !== "off";
slash.addEventListener("change", () => store("plan-review-slash", slash.checked ? "on" : "off"));
addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key === "/" && slash.checked && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    text.focus();
    text.select();
  }
  if (event.key === "Escape" && event.target === text && text.value !== "") {
    event.preventDefault();
    text.value = "";
    apply();
    keep();
  }
});
arrive();
})();
`;
