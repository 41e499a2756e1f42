"""From the registry to the catalog's entries: order, places in line, and what has to be left out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from modelry.catalog.entries import Catalog, Hold, ModelEntry, VersionEntry, Wrong
from modelry.model import layout, names
from modelry.model.events import Event, holding
from modelry.model.moment import Moment
from modelry.model.places import Fault, Position
from modelry.model.policy import Policy
from modelry.model.registry import Document, Model, Registry, Version
from modelry.model.terms import ends

_START = Position(1, 1)


def of(registry: Registry, moment: Moment) -> Catalog:
    """Read the registry for the catalog; raises `NotFoundError` only where the policy cannot be read."""
    policy = registry.policy.must
    events: dict[str, list[Event]] = {}
    for event in moment.events:
        events.setdefault(event.model, []).append(event)
    models = [_model(model, policy, tuple(events.get(model.name, ()))) for model in registry.models.values()]
    terms = ends(policy, moment.events, moment.when)
    return Catalog(registry, policy, moment, tuple(_dated(model, terms, moment.when) for model in models))


def _dated(model: ModelEntry, terms: Mapping[tuple[str, str], datetime], now: datetime) -> ModelEntry:
    """Say of a model's assignments when their terms end, and whether that is over."""
    if not any((model.name, stage) in terms for stage in model.holds):
        return model
    holds = {}
    for stage, hold in model.holds.items():
        due = terms.get((model.name, stage)) if hold.since is not None else None
        holds[stage] = hold._replace(due=due, is_overdue=due is not None and due <= now)
    return replace(model, holds=holds)


def _model(model: Model, policy: Policy, events: tuple[Event, ...]) -> ModelEntry:
    versions = _versions(model, events)
    holds = {hold.stage: hold for hold in _holds(model, policy, versions, events)}
    return ModelEntry(
        model, policy, versions, holds, events, tuple(_wrong(model, {v.number for v in versions}))
    )


def _versions(model: Model, events: tuple[Event, ...]) -> tuple[VersionEntry, ...]:
    sound = [version for version in model.versions.values() if _is_sound(version)]
    commits = {commit: at for at, commit in enumerate(dict.fromkeys(event.commit for event in events))}
    reached = {
        event.version: commits[event.commit] for event in reversed(events) if event.what == "registered"
    }
    order = sorted(
        sound,
        # What git does not know yet comes after all that it knows.
        key=lambda version: (
            reached.get(version.number, len(commits)),
            version.record.must.created,
            names.precedence(version.number),
        ),
    )
    ordinals = {version.number: at for at, version in enumerate(order, 1)}
    return tuple(
        VersionEntry(version, version.record.must, version.pointers[0].must, ordinals[version.number])
        for version in sound
    )


def _is_sound(version: Version) -> bool:
    return (
        version.record.value is not None
        and len(version.pointers) == 1
        and version.pointers[0].value is not None
    )


def _holds(
    model: Model, policy: Policy, versions: tuple[VersionEntry, ...], events: tuple[Event, ...]
) -> Iterator[Hold]:
    sound, taken = {entry.number: entry for entry in versions}, holding(events)
    for stage in dict.fromkeys([*(stage.name for stage in policy.stages), *sorted(model.stages)]):
        document = model.stages.get(stage)
        if document is not None and document.value is not None and document.value.version in sound:
            entry = sound[document.value.version]
            last = taken.get((model.name, stage))
            since = last if last and last.version == entry.number else None
            yield Hold(stage, document.value, entry, since)


def _wrong(model: Model, sound: set[str]) -> Iterator[Wrong]:
    yield from _faulty(model.info, *model.waivers.values())
    for version in model.versions.values():
        if version.number not in sound:
            yield from _faulty(version.record, *version.pointers)
            if len(version.pointers) != 1:
                told = f"has {len(version.pointers)} pointers, expected one"
                yield Wrong(layout.version(model.name, version.number, ""), (Fault(told, _START),))
    yield from _faulty(*model.stages.values())
    for document in model.stages.values():
        if document.value is not None and document.value.version not in sound:
            told = f"names version {document.value.version}, which is missing or cannot be read"
            yield Wrong(document.path, (Fault(told, _START),))


def _faulty(*documents: Document[Any]) -> Iterator[Wrong]:
    return (Wrong(document.path, document.faults) for document in documents if document.faults)
