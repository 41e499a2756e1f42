// The catalog's page: what was asked for stands in the address, and what fits it below.
import { Index } from "./search.js";
import { cards, make, table } from "./rows.js";

const STEP = 24;
const FEW = 6; // how many values a facet shows before one asks for more
const TITLES = { task: "Task", stage: "Stage", format: "Format", tag: "Tag", owner: "Owner", license: "License", deprecated: "Deprecated" };
const WORDS = { deprecated: { true: "deprecated", false: "in use" } };

const browse = document.querySelector("[data-browse]");
const part = (name) => browse.querySelector(`[data-${name}]`);
const [input, status, note, list, more, filters, chosen, sorts] = ["q", "count", "note", "list", "more", "filters", "chosen", "sort"].map(part);
const initial = [...list.childNodes];
const { api, root } = browse.dataset;
const site = { root, tones: JSON.parse(browse.dataset.tones), stages: JSON.parse(browse.dataset.stages), metrics: new Map() };

const ask = async (path, options) => {
  const answer = await fetch(api + path, options);
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.json();
};

// All documents must mean the same list of names. Where one does not, a site was published meanwhile.
class Stale extends Error {}

const load = async (options) => {
  const held = await ask("search.json", options);
  return new Index(held, async (path) => {
    const found = await ask(path, options);
    if (found.digest !== held.digest) throw new Stale(`${path} is of another moment`);
    return found;
  });
};

let index;
let isRenewed = false;
const open = {}; // facets of which all values are shown
let state = { q: "", chosen: {}, sort: "", view: "cards", shown: STEP };
let turn = 0;

// The address

const read = () => {
  const asked = new URLSearchParams(location.search);
  const wanted = Object.keys(TITLES).map((facet) => [facet, [...new Set(asked.getAll(facet).filter(Boolean))]]).filter(([, values]) => values.length);
  const sort = asked.get("sort") ?? "";
  return {
    q: asked.get("q") ?? "",
    chosen: Object.fromEntries(wanted),
    sort: ["updated", "name"].includes(sort) || site.metrics.has(sort) ? sort : "",
    view: asked.get("view") === "table" ? "table" : "cards",
    shown: STEP,
  };
};

const address = ({ q, chosen: wanted, sort, view }) => {
  const pairs = [...(q ? [["q", q]] : []), ...Object.entries(wanted).flatMap(([facet, values]) => values.map((value) => [facet, value]))];
  if (sort) pairs.push(["sort", sort]);
  if (view === "table") pairs.push(["view", view]);
  return pairs.length ? `?${new URLSearchParams(pairs)}` : location.pathname;
};

const go = (change, { isTyping = false } = {}) => {
  state = { ...state, shown: STEP, ...change };
  // What is typed letter by letter is one step back.
  history[isTyping ? "replaceState" : "pushState"](null, "", address(state));
  return show();
};

const with_ = (facet, value) => {
  const values = state.chosen[facet] ?? [];
  const left = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const { [facet]: _, ...rest } = state.chosen;
  return left.length ? { ...rest, [facet]: left } : rest;
};

const word = (facet, value) => WORDS[facet]?.[value] ?? value;

// What is shown

const facet = (name, counts) => {
  const values = Object.keys(counts);
  const wanted = state.chosen[name] ?? [];
  const order = name === "stage" ? (one, other) => site.stages.indexOf(one) - site.stages.indexOf(other)
    : (one, other) => counts[other] - counts[one] || (one < other ? -1 : 1);
  const ranked = values.sort((one, other) => wanted.includes(other) - wanted.includes(one) || order(one, other));
  const limit = open[name] ? ranked.length : Math.max(FEW, wanted.length);
  const box = (value) => {
    const field = make("input", { type: "checkbox", name, value, checked: wanted.includes(value) });
    field.addEventListener("change", () => go({ chosen: with_(name, value) }));
    return make("li", { class: counts[value] ? null : "mr-facet--none" }, make("label", { class: "mr-facet__value" }, field, make("span", { class: "mr-facet__word" }, word(name, value)), make("span", { class: "mr-facet__count" }, counts[value].toLocaleString("en"))));
  };
  const rest = make("button", { type: "button", class: "mr-link", "data-rest": name }, open[name] ? "Show fewer" : `Show all ${ranked.length}`);
  rest.addEventListener("click", () => {
    open[name] = !open[name];
    show().then(() => filters.querySelector(`[data-rest="${name}"]`)?.focus());
  });
  return make("fieldset", { class: "mr-facet" }, make("legend", {}, TITLES[name]), make("ul", {}, ...ranked.slice(0, limit).map(box)), ranked.length > Math.max(FEW, wanted.length) && rest);
};

const button = (text, attributes, act) => {
  const made = make("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
};

const clear = () => go({ q: "", chosen: {} }).then(() => input.focus());

const demands = () => [
  ...(state.q.trim() ? [["q", `“${state.q.trim()}”`, { q: "" }]] : []),
  ...Object.entries(state.chosen).flatMap(([name, values]) => values.map((value) => [name, `${TITLES[name].toLowerCase()}: ${word(name, value)}`, { chosen: with_(name, value) }])),
];

const showChosen = () => {
  const chips = demands().filter(([name]) => name !== "q").map(([, text, change]) => make("li", {}, button(text, { class: "mr-chosen__drop", "aria-label": `Remove ${text}` }, () => go(change))));
  if (chips.length) chips.push(make("li", {}, button("Clear all", { class: "mr-link" }, clear)));
  chosen.replaceChildren(...chips);
  part("chosen-count").textContent = chips.length ? `${chips.length - 1} chosen` : "";
};

// Nothing fits: which one demand, if it were dropped, would leave the most?
const empty = (without) => {
  const [name, count] = Object.entries(without).sort(([, one], [, other]) => other - one)[0];
  const said = name === "q" ? `the words “${state.q.trim()}”` : `${TITLES[name].toLowerCase()} ${state.chosen[name].map((value) => word(name, value)).join(" or ")}`;
  const { [name]: _, ...rest } = state.chosen;
  const isHelp = count > 0;
  return make(
    "div",
    { class: "mr-empty" },
    make("p", { class: "mr-empty__said" }, "No model fits all of this."),
    make("p", {}, isHelp ? `Without ${said} there ${count === 1 ? "is 1" : `are ${count.toLocaleString("en")}`}.` : "Leaving out one part would not help: begin anew."),
    isHelp ? button(`Leave out ${said}`, { class: "mr-button" }, () => go(name === "q" ? { q: "" } : { chosen: rest }).then(() => input.focus()))
      : button("Clear everything", { class: "mr-button" }, clear),
  );
};

const rows = new Map();
const row = async (place) => {
  const chunk = Math.floor(place / index.table.size);
  if (!rows.has(chunk)) rows.set(chunk, ask(`search/rows/${chunk}.json`).then(({ models }) => models, (error) => { rows.delete(chunk); throw error; }));
  return (await rows.get(chunk))[index.names[place]];
};

const shown = async (found, sort) => {
  const values = site.metrics.has(sort) ? await index.metric(sort) : null;
  return Promise.all(found.map(async (place) => [index.names[place], await row(place), values && { name: sort, value: values.get(place) }]));
};

const isPlain = () => !state.q.trim() && !Object.keys(state.chosen).length && ["", "updated"].includes(state.sort) && state.view === "cards" && state.shown === STEP;

const show = async () => {
  const mine = (turn += 1);
  const slow = setTimeout(() => { list.setAttribute("aria-busy", "true"); }, 150);
  try {
    const answer = await index.search(state);
    const some = isPlain() ? null : (await shown(answer.found.slice(0, state.shown), state.sort)).filter(([, known]) => known);
    if (mine !== turn) return; // something else was asked for meanwhile
    paint(answer, some);
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof Stale && !isRenewed) await renew();
    else fail(error);
  } finally {
    clearTimeout(slow);
    if (mine === turn) list.removeAttribute("aria-busy");
  }
};

const renew = async () => {
  isRenewed = true;
  index = await load({ cache: "reload" });
  rows.clear();
  await show();
};

const paint = ({ found, counts, without, respelled }, some) => {
  // What is typed is ahead of what is shown; nothing else puts letters into the box.
  if (document.activeElement !== input) input.value = state.q;
  const sorted = state.sort || (state.q.trim() ? "" : "updated");
  sorts.querySelector("[value='']").hidden = !state.q.trim();
  sorts.value = sorted;
  for (const view of browse.querySelectorAll("[data-view]")) view.setAttribute("aria-pressed", String(view.dataset.view === state.view));
  const focused = filters.contains(document.activeElement) ? document.activeElement : null;
  filters.replaceChildren(...Object.keys(TITLES).filter((name) => Object.keys(index.table.facets[name] ?? {}).length > 1).map((name) => facet(name, counts[name])));
  if (focused?.name) filters.querySelector(`[name="${focused.name}"][value="${CSS.escape(focused.value)}"]`)?.focus();
  showChosen();
  const all = index.names.length;
  status.textContent = found.length === all ? `${all.toLocaleString("en")} model${all === 1 ? "" : "s"}` : `${found.length.toLocaleString("en")} of ${all.toLocaleString("en")} models`;
  note.replaceChildren(...respelled.map(([typed, meant]) => make("p", {}, `Nothing is called “${typed}”; this is for ${meant.slice(0, 3).map((other) => `“${other}”`).join(" or ")}.`)));
  if (some === null) list.replaceChildren(...initial);
  else if (!found.length) list.replaceChildren(empty(without));
  else list.replaceChildren((state.view === "table" ? table : cards)(site, some));
  list.dataset.answered = "";
  more.hidden = found.length <= state.shown;
  more.textContent = `Show ${Math.min(STEP, found.length - state.shown)} more of ${found.length.toLocaleString("en")}`;
};

const fail = (error) => {
  status.textContent = "The search could not be loaded.";
  filters.replaceChildren();
  list.replaceChildren(...initial);
  more.hidden = true;
  note.replaceChildren(make(
    "div",
    { class: "mr-banner mr-banner--wrong" },
    make("p", {}, `The search could not be loaded (${error.message}). What changed last is below, and all models are listed by name at the end of the page. `, button("Try again", { class: "mr-link" }, begin)),
  ));
};

// Keys: / to the box (everywhere, in modelry.js), down and up through what was found, Enter to open, Escape back.

const links = () => [...list.querySelectorAll("[data-card] :is(h2, th) a")];

browse.addEventListener("keydown", (event) => {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const fromBox = document.activeElement === input;
  if (event.key === "Escape" && fromBox && input.value) {
    input.value = "";
    go({ q: "" }, { isTyping: true });
  } else if (event.key === "Escape" && at >= 0) input.focus();
  else if ((event.key === "ArrowDown" || event.key === "Enter") && fromBox) all[0]?.focus();
  else if (event.key === "ArrowDown" && at >= 0) all[at + 1]?.focus();
  else if (event.key === "ArrowUp" && at >= 0) (all[at - 1] ?? input).focus();
  else return;
  event.preventDefault();
});

// The beginning

const begin = async () => {
  status.textContent = "Loading the search…";
  note.replaceChildren();
  try {
    index = await load();
  } catch (error) {
    fail(error);
    return;
  }
  site.metrics = new Map(index.table.metrics.map((metric) => [metric.name, metric]));
  const option = ({ name, title, goal }) => make("option", { value: name }, `${title}${goal ? (goal === "maximize" ? ", highest first" : ", lowest first") : ""}`);
  sorts.replaceChildren(
    make("option", { value: "" }, "Best match"),
    make("option", { value: "updated" }, "Latest change"),
    make("option", { value: "name" }, "Name"),
    make("optgroup", { label: "Metric" }, ...index.table.metrics.map(option)),
  );
  state = { ...read(), q: input.value || read().q };
  input.value = state.q;
  await show();
};

let typing;
input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => index && go({ q: input.value }, { isTyping: true }), 60);
});
part("form").addEventListener("submit", (event) => event.preventDefault());
sorts.addEventListener("change", () => go({ sort: sorts.value === "updated" && !state.q.trim() ? "" : sorts.value }));
for (const view of browse.querySelectorAll("[data-view]")) view.addEventListener("click", () => go({ view: view.dataset.view, shown: state.shown }));
more.addEventListener("click", async () => {
  const before = links().length;
  state = { ...state, shown: state.shown + STEP };
  await show();
  links()[before]?.focus();
});
addEventListener("popstate", () => {
  if (!index) return;
  state = read();
  input.value = state.q;
  show();
});
if (matchMedia("(min-width: 60em)").matches) part("fold").open = true;
begin();
