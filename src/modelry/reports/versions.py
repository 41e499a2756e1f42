"""Versions, found by a question and put in order, for a terminal or a program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from json import dumps
from typing import Any, Literal

from pydantic import Field

from modelry.checks import queries
from modelry.model import names
from modelry.model.comparison import plain
from modelry.model.documents import ModelInfo, VersionRecord
from modelry.model.fields import ModelName, Part, Several, StageName
from modelry.model.fields import Version as Number
from modelry.model.registry import Model, Registry, Version
from modelry.reports.overview import table
from modelry.reports.wanted import Wish


class Listed(Part):
    """A version, as `modelry list` finds it."""

    model: ModelName
    """The model."""
    version: Number
    """The version's number."""
    stages: Several[StageName]
    """The stages that it holds, in the policy's order."""
    yanked: bool
    """Whether it was withdrawn."""
    deprecated: bool
    """Whether its model should no longer be used."""
    task: str | None
    """What the model is for."""
    owners: Several[str]
    """Who answers for the model."""
    created: str | None
    """When it was made; null where its record cannot be read, as are the next four."""
    summary: str | None
    """What is new in it."""
    license: str | None
    """SPDX expression."""
    format: str | None
    """How the artifact is serialized."""
    size: int | None
    """Bytes of the artifact."""
    tags: Several[str]
    """Its tags and its model's."""
    metrics: dict[str, float]
    """Results by name; of each metric the first measurement."""


class Listing(Part):
    """What `modelry list --where … --json` answers."""

    schema_: Literal["versions/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    versions: Several[Listed]
    """The versions that were asked for, in the order that was asked for."""


class Row:
    """A version, and what a question may ask of it."""

    def __init__(self, model: Model, version: Version, stages: Sequence[str]) -> None:
        self.model = model
        self.version = version
        self.stages = tuple(stages)

    @property
    def _info(self) -> ModelInfo | None:
        return self.model.info.value

    @property
    def _record(self) -> VersionRecord | None:
        return self.version.record.value

    def fact(self, name: str) -> Any:  # noqa: ANN401 - as its variable in `queries.VARIABLES`
        """Give what a variable says of the version; raises `KeyError` where its document cannot be read."""
        match name:
            case "model" | "version":
                return self.version.model if name == "model" else self.version.number
            case "stages":
                return list(self.stages)
            case "stage":
                return self.stages[-1] if self.stages else ""
            case "yanked":
                return self.version.yanked is not None
            case "task" | "owners" | "deprecated":
                return self._of_model(name)
            case "metrics" | "results" | "tags":
                return getattr(self, f"_{name}")
        return self._of_record(name)

    def _of_model(self, name: str) -> Any:  # noqa: ANN401 - as `fact`
        info = self._info
        if info is None:
            raise KeyError(name)
        return info.deprecated is not None if name == "deprecated" else _plain(getattr(info, name))

    def _of_record(self, name: str) -> Any:  # noqa: ANN401 - as `fact`
        record = self._record
        if record is None:
            raise KeyError(name)
        match name:
            case "record":
                return record.model_dump(mode="json", by_alias=True)
            case "params":
                return record.model_dump(mode="json", include={"training": {"params"}})["training"]["params"]
            case "format" | "size":
                return getattr(record.artifact, name)
        return _plain(getattr(record, name))

    @cached_property
    def _metrics(self) -> Mapping[str, float]:
        made: dict[str, float] = {}
        for measurement in self.version.measurements:
            for name, value in measurement.metrics.items():
                made.setdefault(name, value)
        return made

    @cached_property
    def _results(self) -> Mapping[str, Mapping[str, float]]:
        made: dict[str, dict[str, float]] = {}
        for measurement in self.version.measurements:
            held = made.setdefault(measurement.dataset.name, {})
            for name, value in measurement.metrics.items():
                held.setdefault(name, value)
        return made

    @cached_property
    def _tags(self) -> list[str]:
        record, info = self._record, self._info
        return sorted({*(record.tags if record else ()), *(info.tags if info else ())})


def _plain(value: Any) -> Any:  # noqa: ANN401 - CEL knows lists, not tuples
    return list(value) if isinstance(value, tuple) else value


def rows(registry: Registry, stage: str | None = None) -> Iterator[Row]:
    """Give the versions in their order, by model and number; or only those that hold a stage."""
    for model in registry.models.values():
        held: dict[str, list[str]] = {}
        for name in registry.stages(model):
            holder = model.holder(name)
            if holder is not None:
                held.setdefault(holder.number, []).append(name)
        for number, version in model.versions.items():
            if stage is None or stage in held.get(number, ()):
                yield Row(model, version, held.get(number, ()))


def meant(registry: Registry, wish: Wish) -> list[Row]:
    """Give the versions that are asked for, in no other order; raises `UsageError` where the question makes no sense."""
    query = wish.query
    found = [row for row in rows(registry, wish.stage) if query is None or query.means(row.fact)]
    if query is not None:
        query.done()
    return found


def listed(registry: Registry, wish: Wish) -> list[Row]:
    """Give the versions that are asked for, as they are asked for."""
    found = meant(registry, wish)
    if wish.sort:
        found = ordered(found, wish.sort, reverse=wish.reverse)
    return found[: wish.limit]


def ordered(among: Sequence[Row], key: str, *, reverse: bool = False) -> list[Row]:
    """Give versions by what stands at a path of the variables, those without it last; equals stay in their order."""
    name, _, rest = queries.known(key).partition(".")
    known: list[tuple[tuple[str, Any], Row]] = []
    unknown: list[Row] = []
    for row in among:
        value = _value(row, name, rest)
        if value is None:
            unknown.append(row)
        else:
            known.append(((_kind(value), value), row))
    known.sort(key=lambda pair: pair[0], reverse=reverse)
    return [*(row for _, row in known), *unknown]


def _value(row: Row, name: str, rest: str) -> Any:  # noqa: ANN401 - whatever YAML can say
    try:
        value = queries.at(row.fact(name), rest)
    except KeyError:
        return None
    if name == "version":
        return names.precedence(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | bool | int | float | datetime) else None


def _kind(value: object) -> str:
    # A parameter may be a number here and text there; the two have no order but this.
    return "a" if isinstance(value, bool | int | float) else type(value).__name__


def to_json(among: Iterable[Row]) -> str:
    """Give versions as JSON."""
    listing = Listing.model_validate({"schema": "versions/v1", "versions": [_listed(row) for row in among]})
    return dumps(listing.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


def _listed(row: Row) -> dict[str, Any]:
    def fact(name: str, otherwise: object = None) -> Any:  # noqa: ANN401 - as `Row.fact`
        try:
            return row.fact(name)
        except KeyError:
            return otherwise

    created = fact("created")
    return {
        "model": row.version.model,
        "version": row.version.number,
        "stages": row.stages,
        "yanked": row.fact("yanked"),
        "deprecated": fact("deprecated", otherwise=False),
        "owners": fact("owners", ()),
        "created": created.isoformat() if created else None,
        "tags": row.fact("tags"),
        "metrics": row.fact("metrics"),
        **{name: fact(name) for name in ("task", "summary", "license", "format", "size")},
    }


def text(among: Iterable[Row], wish: Wish) -> str:
    """Give versions as a table, with a column for each metric that was asked about."""
    head = ("model", "version", "stages", "created", *wish.metrics, "summary")
    return table([head, *(_cells(row, wish.metrics) for row in among)])


def _cells(row: Row, metrics: Sequence[str]) -> tuple[str, ...]:
    record = row.version.record.value
    measured = row.fact("metrics")
    return (
        row.version.model,
        row.version.number,
        "yanked" if row.fact("yanked") else " ".join(row.stages) or "-",
        f"{record.created:%Y-%m-%d}" if record else "-",
        *(plain(measured[name]) if name in measured else "-" for name in metrics),
        record.summary if record else "cannot be read",
    )
