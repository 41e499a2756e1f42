"""Small charts: where the points of a line lie, and the sentence that says the same."""

from collections.abc import Sequence
from typing import NamedTuple

from modelry.catalog import numbers

WIDTH, HEIGHT, MARGIN = 120, 28, 4


class Point(NamedTuple):
    """One value of a line, and where it lies."""

    x: float
    y: float
    label: str
    marked: bool
    """Whether it is drawn as the one that counts."""


class Line(NamedTuple):
    """A metric over versions."""

    points: tuple[Point, ...]
    words: str
    """What the line shows, for who cannot see it."""
    bounds: tuple[float, ...] = ()
    """At which heights gates are drawn."""

    @property
    def path(self) -> str:
        """Give the line as SVG wants it."""
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


def line(
    name: str, values: Sequence[tuple[str, float]], marked: str | None, bounds: Sequence[float] = ()
) -> Line | None:
    """Draw a metric over versions; None where there is no line to draw.

    `values` has the version and its value, in the order of the versions; `marked` is the version to stress,
    and `bounds` are what gates ask for.
    """
    if len(values) <= 1:
        return None
    heights = [value for _, value in values]
    low, high = min(*heights, *bounds), max(*heights, *bounds)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = tuple(
        Point(
            round(MARGIN + step * index, 1),
            _height(value, low, high),
            version,
            version == marked,
        )
        for index, (version, value) in enumerate(values)
    )
    told = ", ".join(f"{numbers.number(value)} in {version}" for version, value in values)
    gates = "".join(f"; a gate at {numbers.number(bound)}" for bound in bounds)
    words = f"{name} over {len(values)} versions: {told}{gates}"
    return Line(points, words, tuple(_height(bound, low, high) for bound in bounds))


def _height(value: float, low: float, high: float) -> float:
    return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * _share(value, low, high), 1)


def _share(value: float, low: float, high: float) -> float:
    return 0.5 if low == high else (value - low) / (high - low)
