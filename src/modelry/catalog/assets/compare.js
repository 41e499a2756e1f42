// Two versions side by side, from the API's own documents. Other people's words become text, never markup.
"use strict";

(() => {
  const form = document.querySelector("[data-compare]");
  if (!form) return;
  const api = form.dataset.api;
  const said = form.querySelector("[data-said]");
  const place = document.querySelector("[data-compared]");
  const list = form.querySelector("datalist");
  const fields = [form.elements.a, form.elements.b];
  const OFFERED = 100;

  const ask = async (path) => {
    const answer = await fetch(api + path);
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return answer.json();
  };

  const flat = (value, name, into) => {
    if (Array.isArray(value) && value.every((item) => item && typeof item === "object" && item.name)) {
      value.forEach((item) => flat(item, `${name} ${item.name}`, into));
    } else if (value && typeof value === "object" && !Array.isArray(value)) {
      Object.entries(value).forEach(([key, child]) => flat(child, name ? `${name} ${key}` : key, into));
    } else if (value !== null && value !== undefined) {
      into.set(name, Array.isArray(value) ? value.map((item) => item ?? "*").join(", ") : String(value));
    }
    return into;
  };

  const results = (record) => {
    const into = new Map();
    for (const { dataset, metrics } of record.evaluations) {
      for (const [name, value] of Object.entries(metrics)) into.set(`${name} on ${dataset.name} ${dataset.version}`, value);
    }
    return into;
  };

  const cell = (row, kind, text, label) => {
    const made = document.createElement(kind);
    made.textContent = text ?? "—";
    if (label) made.dataset.label = label;
    if (kind === "th") made.scope = "row";
    if (text === undefined) made.className = "mr-none";
    row.append(made);
    return made;
  };

  const table = (title, one, other, names, numeric) => {
    const keys = [...new Set([...one.keys(), ...other.keys()])];
    const shown = numeric ? keys : keys.filter((key) => one.get(key) !== other.get(key));
    const head = document.createElement("h2");
    head.textContent = title;
    place.append(head);
    if (!shown.length) {
      const none = document.createElement("p");
      none.textContent = keys.length ? "The same in both." : "None.";
      place.append(none);
      return;
    }
    const made = document.createElement("table");
    made.className = "mr-table mr-stack";
    const top = made.createTHead().insertRow();
    for (const name of ["what", ...names, ...(numeric ? ["difference"] : [])]) {
      const column = document.createElement("th");
      column.scope = "col";
      column.textContent = name;
      top.append(column);
    }
    const body = made.createTBody();
    for (const key of shown) {
      const row = body.insertRow();
      const [before, after] = [one.get(key), other.get(key)];
      cell(row, "th", key);
      cell(row, "td", before, names[0]);
      cell(row, "td", after, names[1]);
      if (numeric) {
        const known = before !== undefined && after !== undefined;
        const change = Number((after - before).toPrecision(4));
        cell(row, "td", known ? `${change > 0 ? "+" : ""}${change}` : undefined, "difference");
      }
    }
    place.append(made);
  };

  const show = async (wanted) => {
    history.replaceState(null, "", `?${new URLSearchParams({ a: wanted[0], b: wanted[1] })}`);
    said.textContent = "Loading…";
    const [one, other] = await Promise.all(wanted.map((label) => {
      const [model, number] = label.split("@");
      return ask(`models/${model}/versions/${encodeURIComponent(number)}.json`);
    }));
    if (wanted.some((label, at) => label !== fields[at].value)) return; // something else was chosen meanwhile
    place.replaceChildren();
    table("Results at registration", results(one.record), results(other.record), wanted, true);
    const parts = (document) => {
      const { training: { params, ...from }, signature, artifact, license } = document.record;
      return { Parameters: params, Training: from, Signature: signature, Artifact: { ...artifact, license } };
    };
    const [these, those] = [parts(one), parts(other)];
    for (const title of Object.keys(these)) {
      table(title, flat(these[title], "", new Map()), flat(those[title], "", new Map()), wanted, false);
    }
    said.textContent = `${wanted[0]} beside ${wanted[1]}`;
  };

  const fail = (error) => {
    form.hidden = false;
    said.textContent = `Could not be read: ${error.message}`;
  };

  const begin = async () => {
    const index = await ask("index.json");
    const { models } = await ask(index.snapshot.path);
    const labels = Object.entries(models).flatMap(([model, { versions }]) => Object.keys(versions).map((number) => `${model}@${number}`));
    const known = new Set(labels);
    const offer = (text) => list.replaceChildren(
      ...labels.filter((label) => label.includes(text)).slice(0, OFFERED).map((label) => new Option(label)),
    );
    const look = () => {
      const wanted = fields.map((field) => field.value);
      const missing = wanted.find((label) => !known.has(label));
      if (missing === undefined) show(wanted).catch(fail);
      else said.textContent = missing ? `There is no ${missing}.` : `Choose two of ${labels.length} versions.`;
    };
    const asked = new URLSearchParams(location.search);
    for (const field of fields) {
      field.value = asked.get(field.name) ?? "";
      field.addEventListener("input", () => { offer(field.value); if (known.has(field.value)) look(); });
      field.addEventListener("change", look);
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    offer("");
    look();
  };

  begin().catch(fail);
})();
