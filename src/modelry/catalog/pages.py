"""The pages: which there are, what each is told, and the Markdown that it becomes."""

import json
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from modelry.catalog import (
    api,
    cards,
    comparisons,
    decisions,
    escaping,
    forms,
    lineage,
    listing,
    numbers,
    remotes,
    snippets,
    stages,
    witnesses,
)
from modelry.catalog.decisions import Decision, Standards
from modelry.catalog.entries import Catalog, ModelEntry, VersionEntry
from modelry.catalog.page import Page
from modelry.model import comparison, landings
from modelry.model.files import Files

_ENVIRONMENT = Environment(
    loader=PackageLoader("modelry.catalog"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=escaping.finish,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_ENVIRONMENT.filters.update(
    number=numbers.number,
    size=numbers.size,
    day=numbers.day,
    minute=numbers.minute,
    shape=comparison.shape,
    plain=comparison.plain,
    signed=numbers.signed,
    person=landings.name,
)
_ENVIRONMENT.tests["web"] = lambda address: address.startswith(("https://", "http://"))
_ENVIRONMENT.globals |= {"tone": stages.tone, "slug": listing.slug}

_SOME, _LONG = 30, 200
"""How many events a model's page shows, and how many a page of their own."""


def files(catalog: Catalog) -> Files:
    """Give every page as Markdown: front matter that only we write, headings, and blocks of HTML."""
    pages = list(_pages(catalog))
    known = frozenset(page.path for page in pages)
    return {f"{page.path}index.md": _render(catalog, page, known).encode() for page in pages}


def _render(catalog: Catalog, page: Page, known: frozenset[str]) -> str:
    # Front matter is YAML, and JSON is YAML; what Material prints from it has to be HTML already.
    matter: dict[str, Any] = {
        "title": page.title,
        "description": escaping.encode(page.description),
        "hide": ["navigation"] if page.has_contents else ["navigation", "toc"],
    }
    if not page.is_found:
        matter["search"] = {"exclude": True}
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in matter.items()]
    shared = {"catalog": catalog, "policy": catalog.policy, "moment": catalog.moment, "known": known}
    body = _ENVIRONMENT.get_template(page.template).render(
        page.values | shared | {"root": "../" * page.path.count("/")}
    )
    return f"---\n{''.join(lines)}---\n\n{body}"


def _pages(catalog: Catalog) -> Iterator[Page]:
    yield from listing.pages(catalog)
    standards, children = Standards(catalog.moment), lineage.children(catalog)
    for model in catalog.models:
        decided = decisions.of(catalog, standards, model)
        yield _model(catalog, model, children.get(model.name, ()))
        if len(model.versions) > comparisons.ROWS:
            yield _versions(model)
        for entry in model.versions:
            yield _version(catalog, model, entry, decisions.about(entry.number, decided))
    yield _activity(catalog)
    yield Page("compare/", "Compare", "compare.md", {}, "Two versions side by side", is_found=False)
    yield _about(catalog)


def _model(catalog: Catalog, model: ModelEntry, made: tuple[VersionEntry, ...]) -> Page:
    main = model.main
    following = model.foremost.stage if model.foremost else None
    card = main.version.card if main else None
    values = {
        "model": model,
        "main": main,
        "following": following,
        "head": comparisons.headline(model),
        "places": [
            (stage, comparisons.headline(model, stage) if stage in model.holds else None)
            for stage in dict.fromkeys([*catalog.stages, *model.holds])
        ],
        "trends": [comparisons.trend(model, metric) for metric in model.metrics],
        "table": comparisons.table(model),
        "uses": snippets.of(catalog, main, following or main.number) if main else (),
        "card": cards.html(card) if card else None,
        "lineage": lineage.of(model, made),
        "forms": forms.of(catalog.policy, model),
        "events": tuple(reversed(model.events[-_SOME:])),
    }
    return Page(f"models/{model.name}/", model.name, "model.md", values, model.summary, has_contents=True)


def _versions(model: ModelEntry) -> Page:
    path, said = f"models/{model.name}/versions/", f"Every version of {model.name}"
    return Page(path, f"{model.name} versions", "versions.md", {"model": model}, said, is_found=False)


def _version(catalog: Catalog, model: ModelEntry, entry: VersionEntry, decided: tuple[Decision, ...]) -> Page:
    before = model.before(entry)
    champion = None if model.main is entry else model.main
    values = {
        "model": model,
        "entry": entry,
        "record": entry.record,
        "before": before,
        "champion": champion,
        "decisions": [(each, witnesses.of(each.event, catalog.moment, catalog.policy)) for each in decided],
        "holds": [hold for hold in model.holds.values() if hold.entry is entry],
        "lost": [
            (stage, model.holds[stage].entry)
            for stage in dict.fromkeys(each.event.stage or "" for each in decided)
            if stage in model.holds and not model.stages_of(entry)
        ],
        "results": comparisons.results(model, entry, before, champion),
        "changes": comparison.differences(before.record, entry.record) if before else (),
        "params": list(comparison.flat(entry.record.training.params)),
        "uses": snippets.of(catalog, entry, entry.number),
        "card": cards.html(entry.version.card) if entry.version.card else None,
    }
    path = f"models/{model.name}/{entry.number}/"
    title = f"{model.name} {entry.number}"
    return Page(path, title, "version.md", values, entry.record.summary, has_contents=True, is_found=False)


def _activity(catalog: Catalog) -> Page:
    events = catalog.moment.events
    values = {"events": tuple(reversed(events[-_LONG:])), "total": len(events)}
    return Page("activity/", "Activity", "activity.md", values, "What happened, and why", is_found=False)


def _about(catalog: Catalog) -> Page:
    example = next((model for model in catalog.models if model.holds), None) or next(
        iter(catalog.models), None
    )
    values = {"counts": api.counts(catalog), "remotes": remotes.published(catalog.policy), "example": example}
    return Page("about/", "About", "about.md", values, f"How to read and verify {catalog.policy.title}")
