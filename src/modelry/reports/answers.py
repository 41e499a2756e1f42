"""What `list`, `show` and `resolve` say to programs, as documents."""

from typing import Literal

from pydantic import Field

from modelry.model.documents import Evaluation, Unyank, VersionRecord, Yank
from modelry.model.fields import Commit, Count, FileName, ModelName, Part, Several, Sha256, Slug, StageName
from modelry.model.fields import Version as Number
from modelry.reports.past import Happened


class ListedModel(Part):
    """A model at a glance."""

    model: ModelName
    """The model."""
    title: str | None
    """What people call it; null where its document cannot be read, as is the next."""
    task: str | None
    """What it is for."""
    latest: Number | None
    """The version to take when none is named; null where there is none."""
    versions: Count
    """How many versions it has."""
    stages: dict[StageName, Number]
    """Who holds its stages."""
    since: Happened | None = None
    """With --stage: how the holder came there; null where nobody can tell."""


class ListReport(Part):
    """What `modelry list --json` answers; with --where, --sort or --limit it is `versions/v1`, with --due `due/v1`."""

    schema_: Literal["list/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    models: Several[ListedModel]
    """The models by name; with --stage, those of which something holds it."""


class ShowReport(Part):
    """What `modelry show --json` answers."""

    schema_: Literal["show/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    record: VersionRecord
    """The version's record, as it was reviewed."""
    evaluations: dict[str, Evaluation]
    """What was measured after registration, by name."""
    yanked: Yank | None
    """Its tombstone, if it was withdrawn."""
    unyanked: Several[Unyank]
    """Its earlier yanks, each lifted since; oldest first."""
    stages: dict[StageName, Happened | None]
    """How it came to each stage that it holds; null where nobody can tell."""


class ResolvedFile(Part):
    """One file of an artifact that is a folder."""

    path: str
    """Where it lies in the folder."""
    size: Count
    """Its bytes."""
    sha256: Sha256
    """SHA-256 of its bytes."""


class Locked(Part):
    """Which bytes a reference meant."""

    reference: str
    """What was asked for."""
    registry: Slug
    """The registry's id."""
    model: ModelName
    """The model."""
    version: Number
    """The version that is meant."""
    stage: StageName | None
    """The stage that was asked for; null for a version or the latest."""
    sha256: Sha256
    """SHA-256 of the file; of a folder, of the canonical list of its files."""
    size: Count
    """Bytes; of a folder, of all its files together."""
    path: FileName
    """The bare name of the file or folder."""
    format: Slug
    """How the artifact is serialized."""
    md5: str
    """Its address in a DVC remote; ends in `.dir` for a folder. No proof of content."""
    files: Several[ResolvedFile] | None
    """The files of a folder; null for a single file."""
    addresses: Several[str]
    """Where the object should lie, in the order in which to try."""
    commit: Commit | None
    """The commit that a catalog was built from; null for a folder, which may have edits."""
    sequence: Count | None
    """That commit's place on main's line; null for a folder."""
    source: Literal["folder", "site", "git", "cache"]
    """What answered: a clone, a catalog, its repository by git, or what was seen of it last."""


class ResolveReport(Locked):
    """What `modelry resolve --json` answers, and what `pull` and `verify` give as `resolution`."""

    schema_: Literal["resolution/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    yanked: str | None
    """Why the version was withdrawn; null when it was not."""
    replacement: Number | None
    """The version to take instead of a withdrawn one."""
    age: Count
    """Seconds since somebody last said that this holds; more than 0 only for what was seen last."""
    stale: bool
    """Whether nobody could be asked just now."""
    fallback: str | None
    """What kept the catalog from answering; null where it did, or was not asked."""


class Lock(Part):
    """What `modelry lock` writes: `pull --locked` and `verify --locked` read it, and ask no registry."""

    schema_: Literal["lock/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    locked: Several[Locked]
    """What each reference meant when it was locked, by reference."""


class CachedFile(Part):
    """One file's bytes that this machine keeps."""

    sha256: Sha256
    """What its bytes hash to."""
    size: Count
    """Its bytes."""
    used: str
    """When it was used last, RFC 3339 in UTC."""
    held: bool
    """Whether a lock names it, so that it stays."""


class CacheReport(Part):
    """What `modelry cache list --json` answers."""

    schema_: Literal["cache/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    path: str
    """Where the bytes lie."""
    granted: Count
    """How many bytes may be kept."""
    files: Several[CachedFile]
    """What is kept, what was used last first."""
