"""Places in a text, and what is wrong at them."""

from typing import NamedTuple


class Position(NamedTuple):
    """A place in a text, as an editor shows it."""

    line: int
    """The line, counted from 1."""

    column: int
    """The character in the line, counted from 1."""


class Fault(NamedTuple):
    """Something wrong in a document: data for a finding, never an exception."""

    message: str
    """The fact, without its place: what stands there and why it cannot stay."""

    position: Position
    """Where it stands."""

    hint: str = ""
    """What to write instead; empty where nothing can be advised."""
