"""The evidence of a merged change: who proposed and approved which bytes, as an in-toto statement."""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from modelry.model.changes import Changes, Class
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
    WebUrl,
)

T = TypeVar("T")

Of = Literal["https://in-toto.io/Statement/v1"]
Kind = Literal["https://modelry.github.io/modelry/schemas/evidence/v1.json"]
Payload = Literal["application/vnd.in-toto+json"]

STATEMENT: Of = "https://in-toto.io/Statement/v1"
PREDICATE: Kind = "https://modelry.github.io/modelry/schemas/evidence/v1.json"
PAYLOAD: Payload = "application/vnd.in-toto+json"

Said = Annotated[str, StringConstraints(max_length=500)]
"""What git or a forge says of somebody; never refused, since it is what happened."""


class Subject(Part):
    """What a statement is about: an artifact, or the merge commit itself."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    """`model@version` of an artifact; of the commit, the registry's id."""
    digest: Annotated[
        dict[Literal["sha256", "gitCommit"], Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40,64}$")]],
        Field(min_length=1),
    ]
    """SHA-256 of the artifact, or the commit's id."""


class Someone(Part):
    """A person, as git or a forge knows them."""

    name: Said
    """Their name; on a forge, the account's."""
    email: Said | None = None
    """Their address, as git has it."""
    forge: Slug | None = None
    """Where the account is: github, gitlab …"""
    id: Said | None = None
    """The account's id there, which outlives a change of name."""

    @property
    def who(self) -> tuple[str, str]:
        """Tell people apart: the account's id where there is one, else the address, else the name."""
        if self.id is not None:
            return self.forge or "", self.id
        return "", (self.email or self.name).casefold()

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name


class Approver(Someone):
    """Somebody who said yes."""

    when: Time | None = None
    """When, as far as it is known."""
    teams: Several[Said] | None = None
    """Of the teams that could be asked to approve it, those that they were in when this was recorded: ORGANIZATION/TEAM."""


class Check(Part):
    """Something that was run on the change before it was merged."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    """What it is called."""
    conclusion: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    """How it ended, in the forges' words: success, failure, neutral, skipped …"""
    tool: Said | None = None
    """What ran, with its version."""


class Proposed(Part):
    """Where the change was proposed."""

    branch: Said | None = None
    """Its branch."""
    number: Count | None = None
    """The pull request's number."""
    url: WebUrl | None = None
    """The pull request's page."""
    head: Commit | None = None
    """Its last commit as the forge has it, which was reviewed there; where the merge was a squash, git does not tell it."""


class Judged(Part):
    """The policy that judged the change: the base's, never its own."""

    path: str
    """The file."""
    blob: Commit
    """Git's id of its content."""
    commit: Commit
    """The commit of main that had it."""


class Moved(Part):
    """A stage that passed from one version to another."""

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


class Predicate(Part):
    """What is known of one merge."""

    registry: Slug | None
    """The registry's id, so that no statement holds for another registry."""
    commit: Commit
    """The commit by which main got the change."""
    head: Commit
    """The proposal's last commit: what was reviewed."""
    proposal: Proposed
    """Where it was proposed."""
    classes: Several[Class]
    """What kind of change it is."""
    author: Someone
    """Who proposed it."""
    approvers: Several[Approver]
    """Who approved it."""
    merger: Someone
    """Who merged it."""
    merged_at: Time
    """When, by the clock of whoever merged."""
    checks: Several[Check]
    """What was run on it."""
    policy: Judged | None
    """The policy that judged it; null for the commit that began the registry."""
    moves: Several[Moved]
    """The stages that it moved."""


class Given(Part):
    """What a forge knows of a merge, and git does not."""

    proposal: Proposed = Proposed()
    """Where it was proposed."""
    author: Someone | None = None
    """The account that proposed it."""
    approvers: Several[Approver] = ()
    """Who approved it."""
    checks: Several[Check] = ()
    """What was run on it."""


class Statement(Part):
    """An in-toto statement (v1) about one merge; a note on the merge commit holds one or more, each on its line."""

    type_: Of = Field(alias="_type")
    """Which kind of document this is: in-toto's."""
    subject: Annotated[Several[Subject], Field(min_length=1)]
    """The artifacts that the change touched, and the merge commit."""
    predicate_type: Kind = Field(alias="predicateType")
    """What kind of predicate follows; the address of this schema."""
    predicate: Predicate
    """What is known of the merge."""


class Signature(Part):
    """One signature of an envelope."""

    keyid: Said = ""
    """Which key signed: SHA-256 of the public key's DER form."""
    sig: str
    """The signature, in base64."""


class Envelope(Part):
    """A DSSE envelope: a statement with signatures over exactly its bytes."""

    payload_type: Payload = Field(alias="payloadType")
    """What is signed: an in-toto statement."""
    payload: str
    """The statement, in base64."""
    signatures: Annotated[Several[Signature], Field(min_length=1)]
    """Who signed it."""

    @property
    def signed(self) -> bytes:
        """Give the bytes that are signed: DSSE's pre-authentication encoding of type and payload."""
        data = base64.b64decode(self.payload)
        return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(data), data)


def of(predicate: Predicate, artifacts: dict[str, str]) -> Statement:
    """Give the statement of a merge; `artifacts` is the SHA-256 of each `model@version` that it touched."""
    subjects = [Subject(name=name, digest={"sha256": digest}) for name, digest in sorted(artifacts.items())]
    commit = Subject(name=predicate.registry or "registry", digest={"gitCommit": predicate.commit})
    return Statement(
        _type=STATEMENT, subject=(*subjects, commit), predicateType=PREDICATE, predicate=predicate
    )


def moved(changes: Changes) -> tuple[Moved, ...]:
    """Give the stages that a change moves, with the bytes that hold them then."""
    return tuple(
        Moved(
            model=move.model,
            stage=move.stage,
            before=move.before,
            after=move.after,
            sha256=document.value.sha256 if document is not None and document.value is not None else None,
        )
        for move in changes.moves
        for model in [changes.after.models.get(move.model)]
        for document in [model.stages.get(move.stage) if model is not None else None]
    )


def artifacts(changes: Changes) -> dict[str, str]:
    """Give the SHA-256 of each artifact that a change touches, by `model@version`, as its record says."""
    places = {
        (place.model, place.name)
        for _, place in changes.steps
        if place.kind in {"version", "pointer", "card", "evaluation", "yank", "unyank"}
    }
    places |= {(move.model, move.after) for move in changes.moves if move.after is not None}
    found = {}
    for name, number in sorted(places):
        model = changes.after.models.get(name)
        version = model.versions.get(number) if model is not None else None
        if version is not None and version.record.value is not None:
            found[version.label] = version.record.value.artifact.sha256
    return found


def line(statement: Statement) -> str:
    """Write a statement as one line of JSON: the same statement, the same bytes."""
    said = statement.model_dump(mode="json", by_alias=True, exclude_none=True)
    # What is known to be none is said; what is not known is left out.
    said["predicate"] = {
        **said["predicate"],
        "registry": statement.predicate.registry,
        "policy": said["predicate"].get("policy"),
        "moves": [each.model_dump(mode="json") for each in statement.predicate.moves],
    }
    return _json(said)


def sealed(statement: str, signatures: Sequence[Signature]) -> str:
    """Write a statement's line in an envelope with these signatures, as one line again."""
    payload = base64.b64encode(statement.encode()).decode()
    envelope = Envelope(payloadType=PAYLOAD, payload=payload, signatures=tuple(signatures))
    return _json(envelope.model_dump(mode="json", by_alias=True))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
