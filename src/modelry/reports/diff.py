"""Two versions side by side: results with their goals, every fact that differs, and the cards' texts."""

import difflib
from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from pydantic import Field

from modelry.model import comparison
from modelry.model.comparison import Result
from modelry.model.fields import Part, Several
from modelry.model.policy import Policy
from modelry.model.registry import Version
from modelry.reports import lines, overview


class Measured(Part):
    """One metric of both versions on the same data."""

    dataset: str
    """The data set, as `name@version`."""
    slice: str
    """The slice of it; empty for the whole."""
    metric: str
    """The metric."""
    goal: Literal["maximize", "minimize"] | None
    """Which way is better, as the policy says; null where it does not."""
    before: float | None
    """Null where it was not measured."""
    after: float | None
    """Null where it was not measured."""
    change: Literal["better", "worse", "same", "other"] | None
    """What that means; `other` where nobody says which way is better, null where one was not measured."""


class Differing(Part):
    """A fact that differs."""

    group: str
    """artifact, signature, params, data, code, environment or training."""
    field: str
    """Which one."""
    before: str
    """Empty where there was none."""
    after: str
    """Empty where there is none any more."""


class DiffReport(Part):
    """What `modelry diff A B --json` answers."""

    schema_: Literal["diff/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    before: str
    """The one version, as `model@version`."""
    after: str
    """The other."""
    results: Several[Measured]
    """Everything that either was measured on."""
    differences: Several[Differing]
    """The facts that differ; none where the records agree."""
    card: str
    """The cards' difference as a unified diff; empty where they are the same."""


def between(before: Version, after: Version, policy: Policy | None) -> DiffReport:
    """Compare two versions; raises `NotFoundError` where a record cannot be read."""
    told = comparison.differences(before.record.must, after.record.must)
    return DiffReport(
        schema="diff/v1",
        before=before.label,
        after=after.label,
        results=tuple(_measured(result, policy) for result in comparison.results(before, after)),
        differences=tuple(Differing(**difference._asdict()) for difference in told),
        card="".join(_card(before, after)),
    )


def _measured(result: Result, policy: Policy | None) -> Measured:
    metric = policy.metrics.get(result.metric) if policy is not None else None
    goal = metric.goal if metric is not None else None
    return Measured(
        dataset=result.dataset,
        slice=result.slice,
        metric=result.metric,
        goal=goal,
        before=result.before,
        after=result.after,
        change=_change(result.before, result.after, goal),
    )


def _change(
    before: float | None, after: float | None, goal: str | None
) -> Literal["better", "worse", "same", "other"] | None:
    if before is None or after is None:
        return None
    if before == after:
        return "same"
    if goal is None:
        return "other"
    return "better" if (after > before) == (goal == "maximize") else "worse"


def _card(before: Version, after: Version) -> Iterator[str]:
    old, new = ((version.card or "").splitlines() for version in (before, after))
    for line in difflib.unified_diff(old, new, before.label, after.label, lineterm=""):
        yield f"{line}\n"


def text(report: DiffReport) -> str:
    """Tell it on a terminal."""
    parts = [f"{report.before} to {report.after}\n"]
    for dataset, found in groupby(report.results, key=lambda one: f"{one.dataset} {one.slice}".strip()):
        parts += [f"\n{lines.shown(dataset)}\n", _indented([_row(one) for one in found])]
    for group, facts in groupby(report.differences, key=lambda one: one.group):
        cells = [[one.field, one.before or "-", "->", one.after or "-"] for one in facts]
        parts += [f"\n{lines.shown(group)}\n", _indented(cells)]
    if report.card:
        parts += ["\ncard\n", *(f"  {lines.shown(line)}\n" for line in report.card.splitlines())]
    if not report.differences and not report.card:
        parts.append("\nthe records and the cards say the same\n")
    return "".join(parts)


def _row(one: Measured) -> list[str]:
    change = f"{one.after - one.before:+.4g}" if None not in {one.before, one.after} else ""  # type: ignore[operator]
    return [one.metric, _number(one.before), "->", _number(one.after), change, one.change or "not measured"]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _indented(rows: list[list[str]]) -> str:
    told = overview.table([[lines.shown(cell) for cell in row] for row in rows])
    return "".join(f"  {lines.cut(line, lines.WIDTH - 2)}\n" for line in told.splitlines())
