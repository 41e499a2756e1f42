// Models as a list shows them: as cards, or as the rows of a table. Other people's words become text, never markup.

export const make = (tag, attributes = {}, ...children) => {
  const made = tag === "svg" || tag === "polyline" || tag === "circle"
    ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export const number = (value) => {
  const size = Math.abs(value);
  let text;
  if (size && size < 1e-3) text = value.toExponential(2).replace(/e([+-])(\d)$/, "e$10$2");
  else if (size < 10) text = value.toFixed(4);
  else text = value.toLocaleString("en", { minimumFractionDigits: size < 1000 ? 2 : 0, maximumFractionDigits: size < 1000 ? 2 : 0 });
  return text.replaceAll("-", "\u2212");
};

export const bytes = (count) => {
  let [amount, unit] = [count, 0];
  while (amount >= 1000 && unit < UNITS.length - 1) [amount, unit] = [amount / 1000, unit + 1];
  return `${amount.toFixed(unit === 0 || amount >= 100 ? 0 : 1)} ${UNITS[unit]}`;
};

const goal = ({ goal: way }) => {
  if (!way) return null;
  const said = way === "maximize" ? "higher is better" : "lower is better";
  return make("span", { class: "mr-goal", title: said }, make("span", { "aria-hidden": "true" }, way === "maximize" ? "↑" : "↓"), make("span", { class: "mr-sr" }, ` ${said}`));
};

export const metric = (known) => [known.unit ? `${known.title}, ${known.unit} ` : `${known.title} `, goal(known)];

const spark = (line) => line && make(
  "svg",
  { class: "mr-spark", viewBox: "0 0 120 28", role: "img", "aria-label": line.words },
  make("polyline", { points: line.points.map((point) => point.join(",")).join(" ") }),
  ...line.points.map(([cx, cy], at) => make("circle", { cx, cy, r: at === line.marked ? 3.4 : 1.7, class: at === line.marked && "mr-spark__marked" })),
);

// `site` has the way to the site's root, each stage's color, and the metrics by name.
const version = (site, name, held) => make("a", { class: "mr-version", href: `${site.root}models/${name}/${encodeURIComponent(held)}/` }, held);

const chip = (tone, text) => make("span", { class: `mr-chip mr-${tone}` }, text);

const stages = (site, name, row) => {
  const held = Object.entries(row.stages).sort(([one], [other]) => site.stages.indexOf(one) - site.stages.indexOf(other));
  const pairs = held.length ? held.map(([stage, at]) => [chip(site.tones[stage] ?? "gray", stage), at]) : row.latest ? [[chip("gray", "latest"), row.latest]] : [];
  return [
    ...pairs.map(([label, at]) => make("span", { class: "mr-pair" }, label, version(site, name, at))),
    ...(row.deprecated ? [chip("gray", "deprecated")] : []),
  ];
};

const key = (site, row, sorted) => {
  if (sorted) return sorted.value === undefined ? [] : [site.metrics.get(sorted.name), sorted.value, sorted.name === row.key?.metric ? row.key.line : null];
  return row.key ? [site.metrics.get(row.key.metric), row.key.value, row.key.line] : [];
};

export const card = (site, name, row, sorted) => {
  const [known, value, line] = key(site, row, sorted);
  const facts = row.versions
    ? [row.formats.join(", "), bytes(row.size), row.license, `${row.versions} version${row.versions === 1 ? "" : "s"}`] : ["no version yet"];
  return make(
    "li",
    { class: row.deprecated ? "mr-card mr-dim" : "mr-card", "data-card": name },
    make("h2", { class: "mr-card__title" }, make("a", { href: `${site.root}models/${name}/` }, row.title)),
    make("p", { class: "mr-card__name" }, name),
    make("p", { class: "mr-card__summary" }, row.summary),
    make("p", { class: "mr-card__stages" }, ...stages(site, name, row)),
    known && make("p", { class: "mr-card__key" }, make("span", { class: "mr-key__name" }, ...metric(known)), make("span", { class: "mr-key__value" }, number(value)), spark(line)),
    make("p", { class: "mr-card__foot" }, row.task && make("span", { class: "mr-tag mr-tag--task" }, row.task), ...row.tags.map((tag) => make("span", { class: "mr-tag" }, tag))),
    make("p", { class: "mr-card__facts" }, [...facts, row.owners.join(", "), row.updated].filter(Boolean).join(" · ")),
  );
};

const cell = (label, ...children) => make("td", { "data-label": label }, ...(children.length ? children : [make("span", { class: "mr-none" }, "—")]));

const line = (site, name, row, sorted) => {
  const [known, value] = key(site, row, sorted);
  return make(
    "tr",
    { class: row.deprecated && "mr-dim", "data-card": name },
    make("th", { scope: "row" }, make("a", { class: "mr-name", href: `${site.root}models/${name}/` }, row.title), make("span", { class: "mr-sub" }, name)),
    cell("In the stages", ...stages(site, name, row).flatMap((pair) => [pair, " "])),
    cell("Task", row.task),
    cell("Measured", ...(known ? [make("span", { class: "mr-key__name" }, ...metric(known)), make("span", { class: "mr-key__value" }, number(value))] : [])),
    cell("License", row.license ?? "—"),
    cell("Owners", row.owners.join(", ")),
    cell("Last changed", make("time", {}, row.updated ?? "—")),
  );
};

export const HEADS = ["Model", "In the stages", "Task", "Measured", "License", "Owners", "Last changed"];

export const table = (site, shown) => make(
  "table",
  { class: "mr-table mr-stack mr-found" },
  make("thead", {}, make("tr", {}, ...HEADS.map((head) => make("th", { scope: "col" }, head)))),
  make("tbody", {}, ...shown.map((args) => line(site, ...args))),
);

export const cards = (site, shown) => make("ul", { class: "mr-cards" }, ...shown.map((args) => card(site, ...args)));
