"""Results side by side: a model's headline, its trends, its versions in one table, a version against others."""

from typing import NamedTuple

from modelry.catalog import charts, numbers
from modelry.catalog.charts import Line
from modelry.catalog.entries import Edition, Hold, ModelEntry, VersionEntry, edition
from modelry.catalog.numbers import Difference, Goal
from modelry.model.documents import Interval, Measurement
from modelry.model.gates import AtLeast, AtMost

ROWS = 50
"""How many versions a model's own page shows, beside those that hold a stage."""
_COLUMNS = 5
"""How many metrics a table of versions has room for."""


class Metric(NamedTuple):
    """What a metric is called, and which way it is better."""

    name: str
    title: str
    unit: str
    goal: Goal


class Cell(NamedTuple):
    """A version's metric beside others'."""

    value: float
    is_best: bool
    change: Difference | None
    """Against the version before, if both were measured."""


class Headline(NamedTuple):
    """A model in one line."""

    model: ModelEntry
    hold: Hold | None
    """The stage that counts and what is in it."""
    entry: VersionEntry | None
    metric: Metric | None
    cell: Cell | None
    line: Line | None
    formats: tuple[str, ...]


class Trend(NamedTuple):
    """A metric over a model's versions."""

    metric: Metric
    cell: Cell | None
    """Of the version that is shown first, against the one before it."""
    line: Line | None


class Table(NamedTuple):
    """A model's versions, newest first."""

    metrics: tuple[Metric, ...]
    rows: tuple[tuple[VersionEntry, tuple[str, ...], tuple[Cell | None, ...]], ...]
    """A version, the stages that it holds, and its results."""
    left_out: int
    """How many metrics there was no room for."""


class Result(NamedTuple):
    """A version's metric on one data set."""

    metric: Metric
    value: float
    interval: Interval | None
    before: Difference | None
    """Against the version below."""
    champion: Difference | None
    """Against the version that is shown first."""


class Results(NamedTuple):
    """What was measured on one data set."""

    edition: Edition
    measurement: Measurement
    rows: tuple[Result, ...]
    slices: tuple[Metric, ...]
    """The metrics of its slices."""


def metric(model: ModelEntry, name: str) -> Metric:
    """Say what a metric is called."""
    known = model.policy.metrics.get(name)
    if known is None:
        return Metric(name, name, "", None)
    return Metric(name, known.title or name, known.unit or "", known.goal)


def headline(model: ModelEntry, stage: str | None = None) -> Headline:
    """Give a model in one line, seen from a stage; from its last that is filled unless told."""
    hold = model.holds.get(stage) if stage else model.foremost
    entry = hold.entry if hold else model.main
    name = next(iter(model.metrics), None)
    shown = [hold.entry for hold in model.holds.values()] or [entry for entry in (model.latest,) if entry]
    return Headline(
        model,
        hold,
        entry,
        metric(model, name) if name else None,
        _cell(model, entry, name) if name and entry else None,
        charts.line(name, model.series(name), entry.number) if name and entry else None,
        tuple(sorted({entry.record.artifact.format for entry in shown})),
    )


def trend(model: ModelEntry, name: str) -> Trend:
    """Give a metric over a model's versions."""
    main = model.main
    line = charts.line(name, model.series(name)[-ROWS:], main.number if main else None, _bounds(model, name))
    return Trend(metric(model, name), _cell(model, main, name) if main else None, line)


def _bounds(model: ModelEntry, name: str) -> tuple[float, ...]:
    """Give where the gates of the stages put a bound to a metric, for this model's task and data set."""
    gates = (gate for stage in model.policy.stages for gate in stage.gates)
    found = {
        gate.at_least if isinstance(gate, AtLeast) else gate.at_most
        for gate in gates
        if isinstance(gate, AtLeast | AtMost)
        and gate.metric == name
        and (not gate.tasks or model.task in gate.tasks)
        and gate.dataset in {None, model.dataset.name if model.dataset else None}
    }
    return tuple(sorted(found))


def table(model: ModelEntry) -> Table:
    """Give a model's versions with the metrics that matter most."""
    shown, newest = model.metrics[:_COLUMNS], {entry.number for entry in model.versions[-ROWS:]}
    rows = tuple(
        (entry, model.stages_of(entry), tuple(_cell(model, entry, name) for name in shown))
        for entry in reversed(model.versions)
        if entry.number in newest or model.stages_of(entry)
    )
    return Table(tuple(metric(model, name) for name in shown), rows, len(model.metrics) - len(shown))


def results(
    model: ModelEntry, entry: VersionEntry, before: VersionEntry | None, champion: VersionEntry | None
) -> tuple[Results, ...]:
    """Give all that was measured of a version, each number against the version below and the champion."""
    return tuple(_results(model, measurement, before, champion) for measurement in entry.version.measurements)


def _cell(model: ModelEntry, entry: VersionEntry, name: str) -> Cell | None:
    value = model.result(entry, name)
    if value is None:
        return None
    before = model.result(model.before(entry), name)
    change = None if before is None else numbers.difference(before, value, model.goal(name))
    return Cell(value, entry.yank is None and value == model.best[name], change)


def _results(
    model: ModelEntry, measurement: Measurement, before: VersionEntry | None, champion: VersionEntry | None
) -> Results:
    where = edition(measurement)
    intervals = measurement.intervals or {}
    ranked = [name for name in (*model.metrics, *sorted(measurement.metrics)) if name in measurement.metrics]
    rows = tuple(
        Result(
            metric(model, name),
            measurement.metrics[name],
            intervals.get(name),
            _against(model, before, where, name, measurement),
            _against(model, champion, where, name, measurement),
        )
        for name in dict.fromkeys(ranked)
    )
    sliced = {name for metrics in (measurement.slices or {}).values() for name in metrics}
    columns = [name for name in dict.fromkeys([*ranked, *sorted(sliced)]) if name in sliced]
    return Results(where, measurement, rows, tuple(metric(model, name) for name in columns))


def _against(
    model: ModelEntry, other: VersionEntry | None, where: Edition, name: str, measurement: Measurement
) -> Difference | None:
    value = other.results.get(where, {}).get(name) if other else None
    return None if value is None else numbers.difference(value, measurement.metrics[name], model.goal(name))
