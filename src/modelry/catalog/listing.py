"""The pages that list models: home, the catalog, what is in a stage, and who and what answers for them."""

from collections.abc import Iterator

from modelry.catalog import api, comparisons, stages
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.catalog.page import Page

_SHORT = 10
"""How many of something a page shows before it leaves the rest to another page."""


def pages(catalog: Catalog) -> Iterator[Page]:
    """Give every page that lists models."""
    yield _home(catalog)
    yield _list(catalog)
    for stage in catalog.stages:
        yield _stage(catalog, stage)
    yield from _groups(catalog)


def _home(catalog: Catalog) -> Page:
    held = (f"{model.name}@{model.foremost.stage}" for model in catalog.models if model.foremost)
    values = {
        "counts": api.counts(catalog),
        "example": next(held, "MODEL@STAGE"),
        "filled": {stage: sum(stage in model.holds for model in catalog.models) for stage in catalog.stages},
        "rows": [comparisons.headline(model) for model in catalog.models],
        "events": tuple(reversed(catalog.moment.events))[:_SHORT],
        "newest": sorted(
            ((model, entry) for model in catalog.models for entry in model.versions),
            key=lambda pair: (pair[1].record.created, pair[1].version.label),
            reverse=True,
        )[:_SHORT],
    }
    return Page("", "Home", "home.md", values, catalog.policy.title, is_found=False)


def _list(catalog: Catalog) -> Page:
    rows = [comparisons.headline(model) for model in catalog.models]
    facets = {
        "task": sorted({model.task for model in catalog.models if model.task}),
        "stage": [stage for stage in catalog.stages if any(stage in model.holds for model in catalog.models)],
        "tag": sorted({tag for model in catalog.models for tag in model.tags}),
        "format": sorted({name for row in rows for name in row.formats}),
    }
    values = {"rows": rows, "facets": facets}
    return Page(
        "catalog/", "Catalog", "catalog.md", values, f"Every model of {catalog.policy.title}", is_found=False
    )


def _stage(catalog: Catalog, stage: str) -> Page:
    policy = catalog.policy.stage(stage)
    rows = [comparisons.headline(model, stage) for model in catalog.models if stage in model.holds]
    values = {"stage": stage, "rows": rows, "demands": stages.demands(policy) if policy else ()}
    return Page(f"stages/{stage}/", stage, "stage.md", values, f"What is in {stage}", is_found=False)


def _groups(catalog: Catalog) -> Iterator[Page]:
    """Give the models by who answers for them, and by the license of the version that counts."""
    owners: dict[str, list[ModelEntry]] = {}
    licenses: dict[str, list[ModelEntry]] = {}
    for model in catalog.models:
        for owner in model.owners:
            owners.setdefault(owner, []).append(model)
        if model.main is not None:
            licenses.setdefault(model.main.record.license, []).append(model)
    for name, column, lead, groups in (
        ("Owners", "Owner", "Who answers for which model.", owners),
        ("Licenses", "License", "Under which license the version that counts may be used.", licenses),
    ):
        values = {"title": name, "column": column, "lead": lead, "groups": sorted(groups.items())}
        yield Page(f"{name.lower()}/", name, "groups.md", values, lead, is_found=False)
