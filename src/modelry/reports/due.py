"""What is due: assignments whose term ends, and waivers that expire, each with who must act and what to type."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from json import dumps
from typing import Literal, NamedTuple

from pydantic import Field

from modelry.model.fields import ModelName, Part, Several, Time, Version
from modelry.model.registry import Model, Registry
from modelry.reports import versions
from modelry.reports.overview import table
from modelry.reports.wanted import Wish

AHEAD = "14d"
"""How far ahead is looked, unless told."""


class Due(NamedTuple):
    """One thing that somebody must look at again."""

    end: datetime
    model: str
    kind: str
    """A stage or a waiver."""
    name: str
    """The stage, or the waiver's name."""
    version: str | None
    """The version that holds the stage, or that the waiver is for; None for a waiver of all."""
    who: Sequence[str]
    command: str


class Told(Part):
    """One thing that somebody must look at again."""

    kind: Literal["stage", "waiver"]
    """An assignment whose term ends, or a waiver that expires."""
    model: ModelName
    """The model."""
    name: str
    """The stage, or the waiver's name."""
    version: Version | None
    """The version that holds the stage, or that the waiver is for; null for a waiver of all."""
    due: Time
    """When it ends; a waiver at the end of its last day in UTC."""
    overdue: bool
    """Whether that is over."""
    who: Several[str]
    """Who must act: the model's owners; of a waiver, who approved it."""
    command: str
    """What to type."""


class Dues(Part):
    """What `modelry list --due --json` answers."""

    schema_: Literal["due/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    now: Time
    """The moment that was looked from."""
    until: Time
    """What ends after this is not told."""
    due: Several[Told]
    """What is due, first what ends first."""


def among(
    registry: Registry,
    ends: Mapping[tuple[str, str], datetime],
    until: datetime,
    wish: Wish,
) -> list[Due]:
    """Give what ends by then, first what ends first; `ends` says when assignments do, by model and stage.

    Where only some versions are asked for, a waiver for all versions is about none of them.
    """
    if wish.stage is not None:
        registry.require_stage(wish.stage)
    models = registry.models.values()
    found = [due for model in models for due in (*_stages(model, ends), *_waivers(model)) if due.end <= until]
    if wish.where or wish.stage:
        meant = {(row.version.model, row.version.number) for row in versions.meant(registry, wish)}
        found = [due for due in found if (due.model, due.version) in meant]
        found = [due for due in found if due.kind != "stage" or wish.stage in {None, due.name}]
    return sorted(found, key=lambda due: (due.end, due.model, due.kind, due.name))[: wish.limit]


def _stages(model: Model, ends: Mapping[tuple[str, str], datetime]) -> Iterator[Due]:
    info = model.info.value
    for stage in model.stages:
        holder, end = model.holder(stage), ends.get((model.name, stage))
        if holder is None or end is None:
            continue
        # A version that was withdrawn gets no other term.
        command = f"rollback {model.name}" if holder.yanked else f"promote {holder.label}"
        owners = info.owners if info is not None else ()
        todo = f"modelry {command} {stage} --reason …"
        yield Due(end, model.name, "stage", stage, holder.number, owners, todo)


def _waivers(model: Model) -> Iterator[Due]:
    for name, document in model.waivers.items():
        if (waiver := document.value) is not None:
            # It holds on the whole of its last day.
            end = datetime.combine(waiver.expires, time(), UTC) + timedelta(days=1)
            todo = f"modelry waive {model.name} --undo {name} --reason …"
            yield Due(end, model.name, "waiver", name, waiver.version, (waiver.approver,), todo)


def to_json(found: Sequence[Due], now: datetime, until: datetime) -> str:
    """Give what is due as JSON."""
    told = [
        {
            "kind": due.kind,
            "model": due.model,
            "name": due.name,
            "version": due.version,
            "due": _stamp(due.end),
            "overdue": due.end <= now,
            "who": due.who,
            "command": due.command,
        }
        for due in found
    ]
    answer = {"schema": "due/v1", "now": _stamp(now), "until": _stamp(until), "due": told}
    return dumps(Dues.model_validate(answer).model_dump(mode="json", by_alias=True), indent=2) + "\n"


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def text(found: Sequence[Due], now: datetime) -> str:
    """Give what is due as a table."""
    head = ("due", "", "what", "who", "command")
    rows = [
        (
            f"{due.end.astimezone(UTC):%Y-%m-%d %H:%M}",
            "OVERDUE" if due.end <= now else "",
            f"{due.kind} {due.name} of {due.model}{f'@{due.version}' if due.version else ''}",
            ", ".join(due.who) or "-",
            due.command,
        )
        for due in found
    ]
    return table([head, *rows])
