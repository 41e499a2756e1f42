"""The moment that a catalog shows: which commit it is, and what had happened by then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

What = Literal["registered", "promoted", "rolled back", "emptied", "yanked", "evaluated"]


class Event(NamedTuple):
    """Something that reached main."""

    what: What
    model: str
    version: str | None
    """The version it is about; of a stage, the one that holds it since."""
    stage: str | None
    previous: str | None
    """The version that held the stage before."""
    who: str
    """The author's name, as the commit has it."""
    when: datetime
    """When it was committed; events are ordered by their commits, never by this."""
    commit: str
    subject: str
    """The commit's first line."""
    reason: str = ""
    """Why, as the assignment, the tombstone or the evaluation says; empty where none does."""


@dataclass(frozen=True)
class Moment:
    """One commit of the registry, or a folder that is in none."""

    commit: str | None
    """The commit; None for a folder that is not in git."""
    sequence: int
    """How many commits main has up to here, along first parents; 0 without git."""
    when: datetime
    """When it was committed, with its zone; the only time that a catalog shows as its own."""
    events: tuple[Event, ...] = ()
    """What has happened, oldest first; empty where nobody knows."""
