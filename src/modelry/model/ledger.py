"""The registry at a commit as one document for an auditor: every model, version and stage, who moved and approved it."""

from typing import Literal

from pydantic import Field

from modelry.model.documents import Artifact, Deprecation, Measurement, Signature, Yank
from modelry.model.fields import Commit, Count, Part, Several, Time


class Act(Part):
    """A commit by which something reached main, and who is behind it."""

    commit: Commit
    """The commit."""
    when: Time
    """When, by the clock of whoever merged."""
    proposed_by: Several[str]
    """Who proposed it."""
    merged_by: str | None
    """Who merged it, where that is told."""
    approved_by: Several[str] | None
    """Who approved it; null where nothing tells."""
    told_by: Literal["evidence", "merge"] | None
    """What tells it: the evidence in git notes, or the merge commit's own message."""
    pull_request: str | None
    """The pull request's page, or its number."""


class Holding(Part):
    """A stage, and the version that holds it."""

    stage: str
    """The stage."""
    version: str
    """The version."""
    sha256: str
    """SHA-256 of its artifact, as the assignment says."""
    since: Act | None
    """How it got there; null where main's history does not tell."""
    reason: str
    """Why it was moved."""
    evidence: Several[str]
    """Where the proof lies, as the assignment names it."""


class Release(Part):
    """A version."""

    version: str
    """Its number."""
    summary: str
    """What is new in it."""
    created: Time
    """When it was made."""
    authors: Several[str]
    """Who made it."""
    license: str
    """SPDX expression."""
    artifact: Artifact
    """Its bytes."""
    md5: str | None
    """The address of its bytes in the remotes; no proof of them."""
    signature: Signature
    """What goes in and what comes out."""
    measurements: Several[Measurement]
    """All that was measured."""
    registered: Act | None
    """How it came to main; null where main's history does not tell."""
    yanked: Yank | None
    """Its tombstone, where it was withdrawn."""


class Line(Part):
    """A model, with all of its versions."""

    name: str
    """Its name."""
    title: str
    """What people call it."""
    owners: Several[str]
    """Who answers for it."""
    task: str
    """What it is for."""
    profile: str | None
    """Its risk tier."""
    deprecated: Deprecation | None
    """Set where it should no longer be used."""
    stages: Several[Holding]
    """Who holds its stages."""
    versions: Several[Release]
    """Its versions, lowest first."""


class Ledger(Part):
    """What `modelry audit export --format json` answers: the registry at a commit."""

    schema_: Literal["audit-export/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    registry: str
    """The registry's id."""
    title: str
    """What people call it."""
    commit: Commit
    """The commit of main that it shows."""
    when: Time
    """When that was committed."""
    sequence: Count
    """How many commits main has up to there, along first parents."""
    models: Several[Line]
    """Every model, by name."""
