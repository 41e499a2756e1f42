"""What happened to the registry: each event as main has it, and what it says of who holds a stage."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from modelry.model import landings
from modelry.model.landings import Landing

What = Literal[
    "policy changed",
    "registered",
    "removed",
    "evaluated",
    "waived",
    "waiver ended",
    "promoted",
    "rolled back",
    "renewed",
    "emptied",
    "yanked",
    "unyanked",
    "deprecated",
    "undeprecated",
]


class Event(NamedTuple):
    """Something that reached main."""

    what: What
    model: str
    """The model it is about; empty for the registry as a whole."""
    version: str | None
    """The version it is about; of a stage, the one that holds it since."""
    stage: str | None
    """The stage that moves, if one does."""
    previous: str | None
    """The version that held the stage before."""
    landing: Landing
    """The commit that brought it."""
    reason: str = ""
    """Why, as the document says: the assignment, the tombstone, the record's summary; empty where none does."""
    name: str = ""
    """Of an evaluation or a waiver its name, of an organisation's schema the task."""

    @property
    def who(self) -> str:
        """Who proposed it, by name."""
        return ", ".join(map(landings.name, self.landing.proposed_by))

    @property
    def when(self) -> datetime:
        """When it was committed; events are ordered by their commits, never by this."""
        return self.landing.when

    @property
    def commit(self) -> str:
        """The commit that brought it."""
        return self.landing.commit

    @property
    def subject(self) -> str:
        """The commit's first line."""
        return self.landing.subject


class Past(NamedTuple):
    """What a repository can tell of what happened, up to a commit."""

    commit: str | None
    """The commit; None where there is no git to tell anything."""
    events: tuple[Event, ...] = ()
    """Oldest first, by main's order."""
    unknown_before: Landing | None = None
    """In a shallow clone the first commit that it has: nobody can tell from here what happened up to it."""


def holding(events: Iterable[Event]) -> dict[tuple[str, str], Event]:
    """Give for each model and stage how its holder came there; `events` are oldest first."""
    found: dict[tuple[str, str], Event] = {}
    for event in events:
        if event.what == "emptied":
            found.pop((event.model, event.stage or ""), None)
        elif event.stage is not None and event.what != "renewed":
            found[event.model, event.stage] = event
    return found
