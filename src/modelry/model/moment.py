"""The moment that a catalog shows: which commit it is, and what had happened by then."""

from dataclasses import dataclass
from datetime import datetime

from modelry.model.events import Event


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
