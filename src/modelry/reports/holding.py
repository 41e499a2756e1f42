"""Who holds a stage since when, by whom and why: for a terminal or a program."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from modelry.model.events import Event
from modelry.model.registry import Model, Registry
from modelry.reports import history, lines, overview

Taken = Mapping[tuple[str, str], Event]
"""By model and stage, how its holder came there, as far as main's line tells."""

_LEAST = 24
"""Columns that a reason has at least, however long the names beside it are."""


def to_json(registry: Registry, stage: str, taken: Taken) -> str:
    """Give who holds a stage, for a program."""
    return overview.models_json(_rows(registry, stage, taken))


def _rows(registry: Registry, stage: str, taken: Taken) -> list[dict[str, Any]]:
    return [
        row | {"since": since(registry.model(row["model"]), stage, taken)}
        for row in overview.models(registry)
        if stage in row["stages"]
    ]


def since(model: Model, stage: str, taken: Taken) -> dict[str, Any] | None:
    """Give the event by which the present holder took a stage; None where nobody can tell."""
    event = _event(model, stage, taken)
    return history.told(event) if event is not None else None


def _event(model: Model, stage: str, taken: Taken) -> Event | None:
    holder, event = model.holder(stage), taken.get((model.name, stage))
    return event if holder is not None and event is not None and event.version == holder.number else None


def text(registry: Registry, stage: str, taken: Taken) -> str:
    """Give who holds a stage as a table, as wide as a terminal."""
    head = ("model", "version", "since", "proposed by", "approved by", "PR", "why")
    told = [
        (model.name, holder.number, *_cells(_event(model, stage, taken)))
        for model in registry.models.values()
        if (holder := model.holder(stage)) is not None
    ]
    width = sum(max(len(row[at]) for row in [head, *told]) + 2 for at in range(len(head) - 1))
    room = max(lines.WIDTH - width, _LEAST)
    return overview.table([head, *((*row[:-1], lines.cut(row[-1], room)) for row in told)])


def _cells(event: Event | None) -> tuple[str, ...]:
    if event is None:
        return ("-", "-", "-", "-", "-")
    landing = event.landing
    proposer, approver, _ = map(lines.shown, history.people(landing))
    # That nobody had to say yes is known of some changes; of others, that somebody did is not on record.
    nobody = "nobody had to" if landing.approved_by is not None else "not on record"
    request = f"#{landing.pull_request.number}" if landing.pull_request else "-"
    day = f"{event.when.astimezone(UTC):%Y-%m-%d}"
    return (day, proposer, approver or nobody, request, event.reason or event.subject)


def sentences(model: Model, number: str, taken: Taken) -> str:
    """Say of each stage that a version holds how it came there; empty where it holds none."""
    held = [stage for stage in model.stages if getattr(model.holder(stage), "number", None) == number]
    return "".join(_sentence(stage, _event(model, stage, taken)) for stage in held)


def _sentence(stage: str, event: Event | None) -> str:
    if event is None:
        return f"in {stage}\n"
    day, _, _, request, why = _cells(event)
    who = history.who(event.landing)
    said = [f"in {stage} since {day} {event.when.astimezone(UTC):%H:%M} UTC", who]
    if not event.landing.approved_by:
        said += ["approval: not on record" if event.landing.approved_by is None else "nobody had to approve"]
    said += [request] if request != "-" else []
    first = lines.wrapped(f"{', '.join(said)}, {event.commit[:10]}", 0)
    return first + lines.wrapped(why, 2)


def stages(model: Model, number: str, taken: Taken) -> dict[str, Any]:
    """Give for each stage that a version holds how it came there, for a program."""
    held: Sequence[str] = [
        stage for stage in model.stages if getattr(model.holder(stage), "number", None) == number
    ]
    return {stage: since(model, stage, taken) for stage in held}
