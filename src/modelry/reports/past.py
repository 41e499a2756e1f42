"""What the reports about the past say to programs, as documents: `history/v1`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from modelry.model.events import What
from modelry.model.fields import Part, Several


class Request(Part):
    """Where a change was discussed."""

    number: Annotated[int, Field(ge=1)]
    """The pull request's number."""
    url: str | None
    """Its address, where the forge is known."""


class Happened(Part):
    """Something that reached main."""

    what: What
    """What happened."""
    model: str | None
    """The model it is about; null for the registry as a whole."""
    version: str | None
    """The version it is about; of a stage, the one that holds it since."""
    stage: str | None
    """The stage that moved, if one did."""
    previous: str | None
    """The version that held the stage before."""
    name: str | None
    """Of an evaluation or a waiver its name, of an organisation's schema the task."""
    reason: str
    """Why, as the document says; empty where none does."""
    commit: str
    """The commit of main that brought it."""
    when: datetime
    """When that was committed, as the committer's clock had it; events are ordered by main, not by this."""
    subject: str
    """The commit's first line."""
    proposed_by: Several[str]
    """Who proposed it, as `Name <address>`."""
    merged_by: str | None
    """Who made it part of main, where the commit says so."""
    approved_by: Several[str] | None
    """Who said yes; empty where nobody had to, null where nothing in the repository tells."""
    told_by: Literal["evidence", "merge"] | None
    """What tells who said yes: evidence in `refs/notes/modelry`, or the merge commit's own message, which is no proof."""
    pull_request: Request | None
    """The pull request, where evidence or the commit's message names it."""


class HistoryReport(Part):
    """What `modelry history --json` answers."""

    schema_: Literal["history/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    commit: str | None
    """The commit up to which it is told; null where there is no git."""
    unknown_before: str | None
    """In a shallow clone the first commit that it has: what happened up to it is not told."""
    events: Several[Happened]
    """What happened, newest first, by main's order."""
