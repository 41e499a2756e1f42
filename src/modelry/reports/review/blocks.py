"""What a report for a person is made of: headings, lines, tables and folded parts; text in them is never markup."""

from dataclasses import dataclass
from typing import NamedTuple

from modelry.reports.review.facts import Tone


class Code(NamedTuple):
    """A command or a value, as it is typed or stored."""

    text: str


class Strong(NamedTuple):
    """Text that must not be overlooked."""

    text: str


class Link(NamedTuple):
    """An address that was made by us, of checked parts."""

    text: str
    url: str


Span = str | Code | Strong | Link


@dataclass(frozen=True)
class Heading:
    """A heading; 1 is the report's."""

    level: int
    text: str


@dataclass(frozen=True)
class Line:
    """One paragraph."""

    spans: tuple[Span, ...]


class Item(NamedTuple):
    """One entry of a list."""

    tone: Tone
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Item, ...]


class Row(NamedTuple):
    """One row of a table."""

    tone: Tone
    cells: tuple[Span, ...]


@dataclass(frozen=True)
class Table:
    """A table; numbers stand to the right."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = frozenset()
    """The columns that hold numbers, from 0."""


@dataclass(frozen=True)
class Fold:
    """A part that is folded, unless it holds what must not be overlooked."""

    summary: str
    blocks: tuple["Block", ...]
    is_open: bool = False


Block = Heading | Line | Items | Table | Fold

Part = tuple[Block, ...]
"""Blocks that stand together; a report that is too long is cut between parts."""
