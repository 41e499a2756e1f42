// Which models fit a question, and in what order. It knows no page: it is handed documents and gives places in the list.

const WEIGHTS = {
  // A word that is there, that begins one, that lies within one.
  name: [16, 12, 6],
  title: [10, 7, 0],
  facet: [8, 5, 0],
  summary: [4, 3, 0],
};
const WHOLE = 1000;
const WITHIN = 3; // shorter pieces lie within everything

export const words = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const part = (word) => (/^[a-z0-9]/.test(word) ? word[0] : "other");

export const places = (gaps) => {
  let last = 0;
  return gaps.map((gap) => (last += gap));
};

const gather = (into, word, found) => {
  const known = into.get(word);
  if (known) known.push(...found);
  else into.set(word, [...found]);
};

// How many letters must be changed, left out, put in or swapped to make one word of the other; past the limit, any number past it.
export const distance = (one, other, limit) => {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let [before, last] = [[], [...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
};

export class Index {
  // `ask` fetches a document of the search by its path; a search needs those of its words' first letters.
  constructor(table, ask) {
    this.table = table;
    this.ask = ask;
    this.names = table.names;
    this.facets = new Map(Object.entries(table.facets).map(([facet, values]) => (
      [facet, new Map(Object.entries(values).map(([value, gaps]) => [value, places(gaps)]))]
    )));
    this.inNames = new Map();
    this.names.forEach((name, place) => words(name).forEach((word) => gather(this.inNames, word, [place])));
    this.inFacets = new Map();
    for (const [facet, values] of this.facets) {
      if (facet === "deprecated") continue;
      for (const [value, found] of values) words(value).forEach((word) => gather(this.inFacets, word, found));
    }
    this.parts = new Map();
    this.values = new Map();
  }

  async #part(name) {
    if (!this.table.words.includes(name)) return { titles: [], summaries: [] };
    if (!this.parts.has(name)) {
      const { titles, summaries } = await this.ask(`search/words/${name}.json`);
      const read = (field) => Object.entries(field).map(([word, gaps]) => [word, places(gaps)]);
      this.parts.set(name, { titles: read(titles), summaries: read(summaries) });
    }
    return this.parts.get(name);
  }

  #sources(parts) {
    return [
      [WEIGHTS.name, this.inNames],
      [WEIGHTS.facet, this.inFacets],
      ...parts.flatMap(({ titles, summaries }) => [[WEIGHTS.title, titles], [WEIGHTS.summary, summaries]]),
    ];
  }

  // How well each model fits one word; null where none does.
  #fit(word, sources, isWhole) {
    const best = new Uint16Array(this.names.length);
    let any = false;
    for (const [[equal, begins, within], known] of sources) {
      for (const [other, found] of known) {
        let weight = 0;
        if (other === word) weight = equal;
        else if (isWhole) continue;
        else if (other.startsWith(word)) weight = begins;
        else if (within && word.length >= WITHIN && other.includes(word)) weight = within;
        if (!weight) continue;
        any = true;
        for (const place of found) if (weight > best[place]) best[place] = weight;
      }
    }
    return any ? best : null;
  }

  #near(word, sources) {
    const limit = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    const found = new Map();
    if (limit) for (const [, known] of sources) for (const [other] of known) found.set(other, distance(word, other, limit));
    const nearest = Math.min(limit, ...found.values());
    return [...found.keys()].filter((other) => found.get(other) === nearest).sort();
  }

  // How well each model fits all words of a text, null where it asks for none; and what was read for words that nobody writes.
  async scores(text) {
    const asked = words(text).filter((word) => !this.table.ignored.includes(word));
    if (!asked.length) return { scores: null, respelled: [] };
    const total = new Uint16Array(this.names.length);
    const misses = new Uint8Array(this.names.length);
    const respelled = [];
    for (const word of new Set(asked)) {
      let parts = [await this.#part(part(word))];
      let best = this.#fit(word, this.#sources(parts), false);
      if (!best) {
        // The first letter may be the wrong one: too many, or swapped with the second.
        if (word.length > 1 && part(word.slice(1)) !== part(word)) parts = [...parts, await this.#part(part(word.slice(1)))];
        const sources = this.#sources(parts);
        const near = this.#near(word, sources);
        if (near.length) respelled.push([word, near]);
        best = new Uint16Array(this.names.length);
        for (const other of near) this.#fit(other, sources, true).forEach((weight, place) => { if (weight > best[place]) best[place] = weight; });
      }
      best.forEach((weight, place) => {
        total[place] += weight;
        if (!weight) misses[place] = 1;
      });
    }
    misses.forEach((missed, place) => { if (missed) total[place] = 0; });
    const whole = this.names.indexOf(text.trim().toLowerCase());
    if (whole >= 0) total[whole] += WHOLE;
    return { scores: total, respelled };
  }

  async metric(name) {
    if (!this.values.has(name)) {
      const { models, values } = await this.ask(`search/metrics/${name}.json`);
      this.values.set(name, new Map(places(models).map((place, at) => [place, values[at]])));
    }
    return this.values.get(name);
  }

  // The models that fit, how many would fit with each value chosen as well, and how many if one demand were dropped.
  async search({ q = "", chosen = {}, sort = "" }) {
    const { scores, respelled } = await this.scores(q);
    const demands = Object.entries(chosen).filter(([facet, values]) => this.facets.has(facet) && values.length);
    const missed = new Uint8Array(this.names.length);
    const which = new Uint8Array(this.names.length);
    demands.forEach(([facet, values], at) => {
      const has = new Uint8Array(this.names.length);
      for (const value of values) for (const place of this.facets.get(facet).get(value) ?? []) has[place] = 1;
      has.forEach((yes, place) => {
        if (yes) return;
        missed[place] += 1;
        which[place] = at;
      });
    });
    const fits = (place) => !scores || scores[place] > 0;
    const found = [];
    const without = { q: 0, ...Object.fromEntries(demands.map(([facet]) => [facet, 0])) };
    for (let place = 0; place < missed.length; place += 1) {
      if (!missed[place] && fits(place)) found.push(place);
      else if (!missed[place]) without.q += 1;
      else if (missed[place] === 1 && fits(place)) without[demands[which[place]][0]] += 1;
    }
    return { found: await this.#sorted(found, scores, sort), counts: this.#counts(demands, missed, which, fits), without, respelled };
  }

  #counts(demands, missed, which, fits) {
    const counts = {};
    for (const [facet, values] of this.facets) {
      const at = demands.findIndex(([demanded]) => demanded === facet);
      counts[facet] = {};
      for (const [value, found] of values) {
        counts[facet][value] = found.filter((place) => fits(place) && (!missed[place] || (missed[place] === 1 && which[place] === at))).length;
      }
    }
    return counts;
  }

  async #sorted(found, scores, sort) {
    const { updated, metrics } = this.table;
    const latest = (one, other) => updated[other] - updated[one] || one - other;
    if (sort === "name") return found;
    const known = metrics.find(({ name }) => name === sort);
    if (known) {
      const values = await this.metric(sort);
      const sign = known.goal === "minimize" ? 1 : -1;
      const has = (place) => (values.has(place) ? 0 : 1);
      return found.sort((one, other) => has(one) - has(other) || (has(one) ? 0 : sign * (values.get(one) - values.get(other))) || latest(one, other));
    }
    if (scores && sort !== "updated") return found.sort((one, other) => scores[other] - scores[one] || latest(one, other));
    return found.sort(latest);
  }
}
