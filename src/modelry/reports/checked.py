"""What `modelry check --format json` answers, as a document."""

from typing import Annotated, Literal

from pydantic import Field

from modelry.checks import Severity
from modelry.model.changes import Class
from modelry.model.fields import Part, Several
from modelry.model.policy import Approvals


class Found(Part):
    """One place where a rule does not hold."""

    path: str
    """The file, from the repository's top."""
    line: Annotated[int, Field(ge=1)]
    """The line, counted from 1."""
    column: Annotated[int, Field(ge=1)]
    """The character in the line, counted from 1."""
    rule: str
    """The rule's id; `modelry explain` says more."""
    severity: Severity
    """What it means for the change: `error` forbids the merge."""
    message: str
    """What is wrong."""
    hint: str
    """What to write or do instead; empty where nothing can be advised."""
    on_base: bool
    """Whether main has the very same: the change is not to blame, and it does not block."""
    approvals: Approvals | None = None
    """Of what needs a person: who may say yes, and how many must; null where anyone can who may merge."""
    answer: str = ""
    """Who has said yes to it, where the forge was asked and enough have; empty otherwise."""


class Skipped(Part):
    """A rule that could not look."""

    rule: str
    """The rule's id."""
    why: str
    """What it would have needed."""


class CheckReport(Part):
    """What `modelry check --format json` answers."""

    schema_: Literal["check-report/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    verdict: Literal["passes", "needs a person", "fails"]
    """What follows for the merge."""
    classes: Several[Class]
    """What kind of change it is; empty without a change."""
    findings: Several[Found]
    """What does not hold, ordered by file and place."""
    skipped: Several[Skipped]
    """Rules that could not look."""
