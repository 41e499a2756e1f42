"""What an audit says of promotions, waivers and lifted yanks: whether each is proven, contradicted or neither, and why."""

from typing import Literal

from pydantic import Field

from modelry.model.fields import (
    Commit,
    Count,
    ModelName,
    Part,
    Several,
    Sha256,
    Slug,
    StageName,
    Time,
    Version,
)

Outcome = Literal["proven", "contradicted", "cannot be proven"]
Kind = Literal["promotion", "rollback", "renewal", "emptied", "waiver", "unyank"]


class Proof(Part):
    """One decision: a move of a stage, a waiver or the lifting of a yank, and what can be shown of it."""

    commit: Commit
    """The commit by which main got it."""
    when: Time
    """When, by the clock of whoever merged."""
    kind: Kind
    """What it is: a rollback returns to a version that held the stage before; a renewal keeps the holder; an unyank
    lifts a yank."""
    model: ModelName
    """The model."""
    stage: StageName | None
    """The stage; null where it is about none, or, of a waiver, about all."""
    waiver: Slug | None = None
    """The waiver, where it is one."""
    before: Version | None
    """The version that held the stage."""
    after: Version | None
    """The version that holds it since; the one that is excused, or may be used again."""
    sha256: Sha256 | None
    """SHA-256 of that version's artifact, as the assignment says."""
    policy: Commit | None
    """Git's id of the policy that was in force; null where there was none yet."""
    approvers: Several[str]
    """Who approved it, as its evidence says."""
    pull_request: str | None
    """Its page, or its number."""
    outcome: Outcome
    """`contradicted` where two records that must agree do not."""
    contradictions: Several[str]
    """What does not agree."""
    missing: Several[str]
    """What cannot be shown, and why."""


class Audit(Part):
    """What `modelry audit verify --json` answers."""

    schema_: Literal["audit/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    registry: Slug
    """The registry's id."""
    commit: Commit
    """The commit of main up to which all was looked at."""
    proofs: Several[Proof]
    """Every move of a stage, waiver and lifting of a yank, oldest first."""
    proven: Count
    """How many are proven."""
    contradicted: Count
    """How many are contradicted."""
    unproven: Count
    """How many cannot be proven."""
    caveats: Several[str]
    """What holds for all of them: what such a proof is worth, and what not."""
