"""What an audit of promotions says: for each whether it is proven, contradicted, or cannot be proven, and why."""

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
Kind = Literal["promotion", "rollback", "renewal", "emptied"]


class Proof(Part):
    """One move of a stage, and what can be shown of it."""

    commit: Commit
    """The commit by which main got it."""
    when: Time
    """When, by the clock of whoever merged."""
    kind: Kind
    """What it is: a rollback returns to a version that held the stage before; a renewal keeps the holder."""
    model: ModelName
    """The model."""
    stage: StageName
    """The stage."""
    before: Version | None
    """The version that held it."""
    after: Version | None
    """The version that holds it since."""
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
    """Every move of a stage, oldest first."""
    proven: Count
    """How many are proven."""
    contradicted: Count
    """How many are contradicted."""
    unproven: Count
    """How many cannot be proven."""
    caveats: Several[str]
    """What holds for all of them: what such a proof is worth, and what not."""
