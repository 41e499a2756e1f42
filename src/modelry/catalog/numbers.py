"""Numbers as people read them: metrics, differences, sizes, dates; and which way is better."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple

Goal = Literal["maximize", "minimize"] | None
Verdict = Literal["better", "worse", "same", ""]

MINUS = "\N{MINUS SIGN}"
_SMALL, _TEN, _THOUSAND = 1e-3, 10, 1000
_STEP, _HUNDRED = 1000, 100


class Difference(NamedTuple):
    """How far a number is from another, and whether that is good."""

    text: str
    verdict: Verdict
    """Empty where nobody said which way is better."""


def number(value: float) -> str:
    """Give a metric with as many digits as say something: four decimals below ten, fewer above."""
    size = abs(value)
    return _rounded(value, size)


def _rounded(value: float, size: float) -> str:
    """Write a value as precisely as one of this size deserves."""
    if size and size < _SMALL:
        text = f"{value:.2e}"
    elif size < _TEN:
        text = f"{value:.4f}"
    else:
        text = f"{value:,.2f}" if size < _THOUSAND else f"{value:,.0f}"
    return text.replace("-", MINUS)


def signed(value: float) -> str:
    """Give a number with its sign, for what is a distance."""
    text = number(value)
    return text if value < 0 else f"+{text}"


def difference(before: float, after: float, goal: Goal) -> Difference:
    """Tell how a metric moved."""
    gap = after - before
    text = _rounded(gap, max(abs(before), abs(after)))
    if not gap or not any(digit in text for digit in "123456789"):
        return Difference("±0", "same")
    signed = text if gap < 0 else f"+{text}"
    if goal is None:
        return Difference(signed, "")
    return Difference(signed, "better" if (gap > 0) == (goal == "maximize") else "worse")


def best(values: list[float], goal: Goal) -> float | None:
    """Give the best of several values; None where there is nothing to choose, or no goal."""
    if goal is None or len(set(values)) <= 1:
        return None
    return max(values) if goal == "maximize" else min(values)


def size(count: int) -> str:
    """Give a size in units of a thousand, as disks and networks count."""
    amount, units = float(count), ["TB", "GB", "MB", "kB", "B"]
    while amount >= _STEP and len(units) > 1:
        amount /= _STEP
        units.pop()
    return f"{amount:.{0 if units[-1] == 'B' or amount >= _HUNDRED else 1}f} {units[-1]}"


def day(when: datetime) -> str:
    """Give a time's date, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d}"


def minute(when: datetime) -> str:
    """Give a time to the minute, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def stamp(when: datetime) -> str:
    """Give a time for programs: RFC 3339 in UTC, to the second."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
