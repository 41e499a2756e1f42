"""The pages that list models: home, the catalog, what is in a stage, and who and what answers for them."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modelry.catalog import api, comparisons, stages
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.catalog.page import Page

_SHORT = 10
"""How many of something a page shows before it leaves the rest to another page."""
_LATEST = 24
"""How many models the catalog shows before anything was asked."""
_LONG = 200
"""How many models a list has before it goes on on another page."""
_NEAR = 2
"""How many pages of a list before and after one are linked from it."""

_PLAIN = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9.+-]*")
_OTHER = re.compile(r"[^a-z0-9]+")


class Pager(NamedTuple):
    """Where in a long list a page is."""

    number: int
    pages: int
    path: str
    """Of the first page."""
    total: int
    """How many the list has."""
    first: int
    """The place of the page's first, from 1."""

    @property
    def last(self) -> int:
        """The place of the page's last."""
        return min(self.first + _LONG - 1, self.total)

    @property
    def shown(self) -> list[int | None]:
        """The pages to link: the first, the last, those around this one; None where some are left out."""
        near = {1, self.pages, *range(max(1, self.number - _NEAR), min(self.pages, self.number + _NEAR) + 1)}
        made: list[int | None] = []
        for number in sorted(near):
            if made and made[-1] != number - 1:
                made.append(None)
            made.append(number)
        return made

    def at(self, number: int) -> str:
        """Give the path of another page of the list."""
        return self.path if number == 1 else f"{self.path}page/{number}/"


class Group(NamedTuple):
    """All models of one owner, or under one license."""

    name: str
    path: str
    models: Sequence[ModelEntry]
    filled: Mapping[str, int]
    """By stage, how many of them are in it."""


def pages(catalog: Catalog) -> Iterator[Page]:
    """Give every page that lists models; none has more than some hundreds."""
    latest = sorted(catalog.models, key=lambda model: -api.day(model))
    yield _home(catalog, latest)
    yield _list(catalog, latest)
    if len(catalog.models) > _LATEST:
        names = Page(
            "catalog/names/", "Models by name", "names.md", {}, "Every model, by name", is_found=False
        )
        yield from _paged(names, catalog.models)
    for stage in catalog.stages:
        yield from _stage(catalog, stage)
    yield from _groups(catalog)


def slug(text: str) -> str:
    """Give a name for an address: the same for the same text, another for another."""
    if _PLAIN.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{_OTHER.sub('-', text.lower()).strip('-')}-{digest}".removeprefix("-")


def _paged(page: Page, models: Sequence[ModelEntry], stage: str | None = None) -> Iterator[Page]:
    """Give a list of models, on as many pages as it needs."""
    count = max(1, -(-len(models) // _LONG))
    for number in range(1, count + 1):
        first = (number - 1) * _LONG
        pager = Pager(number, count, page.path, len(models), first + 1)
        rows = [comparisons.headline(model, stage) for model in models[first : first + _LONG]]
        yield page._replace(path=pager.at(number), values=page.values | {"rows": rows, "pager": pager})


def _filled(catalog: Catalog, models: Sequence[ModelEntry]) -> dict[str, int]:
    return {stage: sum(stage in model.holds for model in models) for stage in catalog.stages}


def _home(catalog: Catalog, latest: Sequence[ModelEntry]) -> Page:
    held = (f"{model.name}@{model.foremost.stage}" for model in latest if model.foremost)
    tasks = Counter(model.task for model in latest if model.task)
    shown = [model for model in latest if model.holds] or latest
    values = {
        "counts": api.counts(catalog),
        "example": next(held, "MODEL@STAGE"),
        "filled": _filled(catalog, latest),
        "tasks": tasks.most_common(_SHORT) if len(tasks) > 1 else [],
        "rows": [comparisons.headline(model) for model in shown[:_SHORT]],
        "events": tuple(reversed(catalog.moment.events))[:_SHORT],
        "newest": sorted(
            ((model, entry) for model in catalog.models for entry in model.versions),
            key=lambda pair: (pair[1].record.created, pair[1].version.label),
            reverse=True,
        )[:_SHORT],
    }
    return Page("", "Home", "home.md", values, catalog.policy.title, is_found=False)


def _list(catalog: Catalog, latest: Sequence[ModelEntry]) -> Page:
    held = {stage for model in latest for stage in model.holds}
    order = list(dict.fromkeys([*catalog.stages, *sorted(held)]))
    values: dict[str, Any] = {
        "rows": [comparisons.headline(model) for model in latest[:_LATEST]],
        "total": len(latest),
        "order": order,
        "tones": {stage: stages.tone(stage) for stage in order},
    }
    told = f"Every model of {catalog.policy.title}"
    return Page("catalog/", "Catalog", "catalog.md", values, told, is_found=False)


def _stage(catalog: Catalog, stage: str) -> Iterator[Page]:
    policy = catalog.policy.stage(stage)
    models = [model for model in catalog.models if stage in model.holds]
    values = {"stage": stage, "demands": stages.demands(policy) if policy else ()}
    page = Page(f"stages/{stage}/", stage, "stage.md", values, f"What is in {stage}", is_found=False)
    return _paged(page, models, stage)


def _groups(catalog: Catalog) -> Iterator[Page]:
    """Give the models by who answers for them, and by the license of the version that counts."""
    owners: dict[str, list[ModelEntry]] = {}
    licenses: dict[str, list[ModelEntry]] = {}
    for model in catalog.models:
        for owner in dict.fromkeys(model.owners):
            owners.setdefault(owner, []).append(model)
        if model.main is not None:
            licenses.setdefault(model.main.record.license, []).append(model)
    for facet, lead, found in (
        ("owner", "Who answers for which models.", owners),
        ("license", "Under which license the version that counts may be used.", licenses),
    ):
        root, title = f"{facet}s/", f"{facet}s".capitalize()
        groups = [
            Group(name, f"{root}{slug(name)}/", models, _filled(catalog, models))
            for name, models in sorted(found.items())
        ]
        shared = {"facet": facet, "groups": groups}
        yield Page(root, title, "groups.md", shared | {"lead": lead}, lead, is_found=False)
        for group in groups:
            page = Page(group.path, title, "group.md", {"facet": facet, "group": group}, lead, is_found=False)
            yield from _paged(page, group.models)
