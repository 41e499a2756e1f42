"""What the API lists: one row for each model, and how many have what."""

from collections import Counter

from modelry.catalog import numbers
from modelry.catalog.documents import Row, Running
from modelry.catalog.entries import Catalog, ModelEntry
from modelry.model import deployments
from modelry.model.deployments import Deployment

FACETS = ("task", "stage", "format", "tag", "owner", "license", "deprecated")
"""By what models are counted."""


def row(model: ModelEntry) -> Row:
    """Give a model as one row."""
    shown = [hold.entry for hold in model.holds.values()] or [entry for entry in (model.latest,) if entry]
    created = [entry.record.created for entry in model.versions]
    return Row(
        model=model.name,
        title=model.title,
        summary=model.summary,
        task=model.task,
        tags=list(model.tags),
        owners=list(model.owners),
        formats=sorted({entry.record.artifact.format for entry in shown}),
        latest=model.latest.number if model.latest else None,
        stages={stage: hold.entry.number for stage, hold in model.holds.items()},
        updated=numbers.stamp(max(created)) if created else None,
        deprecated=model.deprecated is not None,
    )


def values(model: ModelEntry) -> dict[str, list[str]]:
    """Give what a model can be chosen by, by facet."""
    one = row(model)
    return {
        "task": [one.task] if one.task else [],
        "stage": list(one.stages),
        "format": one.formats,
        "tag": sorted(set(one.tags)),
        "owner": sorted(set(one.owners)),
        "license": [model.main.record.license] if model.main else [],
        "deprecated": ["true" if one.deprecated else "false"],
    }


def facets(catalog: Catalog) -> dict[str, dict[str, int]]:
    """Count the models by what they have."""
    found: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for model in catalog.models:
        for name, had in values(model).items():
            found[name].update(had)
    return {name: dict(sorted(counted.items())) for name, counted in found.items()}


def running(catalog: Catalog) -> list[Running]:
    """Give what runs where, beside what should."""
    return [_running(catalog, each) for each in catalog.moment.deployments]


def _running(catalog: Catalog, each: Deployment) -> Running:
    intended, state = deployments.judged(catalog.registry, each)
    return Running(
        environment=each.environment,
        model=each.model,
        version=each.version,
        stage=each.stage,
        intended=intended,
        state=state,
        since=numbers.stamp(each.since),
        url=each.url,
    )
