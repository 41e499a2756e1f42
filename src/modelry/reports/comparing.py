"""What `modelry diff` compares: two versions, one reference at two moments, or two moments."""

from collections.abc import Sequence

from modelry.errors import UsageError
from modelry.model import names
from modelry.model.registry import Registry
from modelry.reports import changed, diff
from modelry.reports.changed import ChangesReport
from modelry.reports.diff import DiffReport


def report(seen: Sequence[Registry], wanted: Sequence[str]) -> DiffReport | ChangesReport:
    """Compare what is wanted in the registry as it is seen at one moment or at two; raises `UsageError`."""
    if len(seen) > 2:  # noqa: PLR2004 - a comparison has two sides
        raise UsageError("more than two moments", hint="give --at once or twice")
    before, after, of_moments = seen[0], seen[-1], len(seen) > 1
    match wanted:
        case [one, other]:
            return _versions(before, one, after, other)
        case [one] if of_moments and one != names.reference(one).model:
            return _versions(before, one, after, one)
        case [] | [_] if of_moments:
            return changed.between(before, after, *wanted)
    raise UsageError(
        "nothing to compare with", hint="name two versions, or two moments: modelry diff --at REV --at REV"
    )


def _versions(before: Registry, one: str, after: Registry, other: str) -> DiffReport:
    old, new = before.find(names.reference(one)), after.find(names.reference(other))
    return diff.between(old, new, after.policy.value)


def text(report: DiffReport | ChangesReport) -> str:
    """Tell it on a terminal."""
    return diff.text(report) if isinstance(report, DiffReport) else changed.text(report)
