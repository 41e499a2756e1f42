"""Documents on one version."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Part
from modelry.model.documents import Deprecation, VersionRecord


class Card(Part):
    """The version's card. Somebody wrote it: show it only through a cleaner."""

    untrusted: Literal[True] = True
    markdown: str
    """Without what nobody sees on its page: comments, unused link definitions, zero-width and other hidden signs."""


class VersionDocument(Part):
    """One version; never changes. Whether it was yanked since stands in its model's document."""

    schema_: Literal["version-document/v1"] = Field("version-document/v1", alias="schema")
    model: str
    version: str
    ordinal: int
    """Its place in the order in which the model's versions reached main, from 1."""
    record: VersionRecord
    """The whole record, as it was reviewed."""
    md5: str
    """The artifact's address in the remotes; ends in `.dir` for a folder. No proof of content."""
    card: Card | None
    """The model card, or null."""


class ArtifactFile(Part):
    """One file of an artifact that is a folder."""

    path: str
    size: int
    sha256: str


class Artifact(Part):
    """The bytes of a version."""

    path: str
    format: str
    size: int
    sha256: str
    """SHA-256 of the file; of a folder, of the canonical list of its files."""
    files: list[ArtifactFile] | None = None
    """The files of a folder; absent for a single file."""


class Yanked(Part):
    """Why a version was withdrawn."""

    reason: str
    severity: str
    replacement: str | None = None
    advisory: str | None = None


class Lifted(Part):
    """An earlier yank that was lifted: the version may be used again."""

    reason: str
    """Why it may be used again."""
    yank: Yanked
    """The tombstone as it stood."""


class ModelVersion(Part):
    """A version, in its model's document: all that is needed to fetch, verify and compare it."""

    ordinal: int
    created: str
    summary: str
    license: str
    artifact: Artifact
    md5: str
    yanked: Yanked | None
    unyanked: list[Lifted]
    """Its earlier yanks, each lifted since, oldest first; when, the activity says."""
    metrics: dict[str, dict[str, float]]
    """By data set, by metric."""


class VersionPage(Part):
    """What a version's page says: what never changes, and what was said of the version since."""

    schema_: Literal["version-page/v1"] = Field("version-page/v1", alias="schema")
    address: str
    """Where `document` lies for ever, from `<site>/api/v1/`; its name is its SHA-256."""
    document: VersionDocument
    """What never changes."""
    latest: bool
    """Whether it is what the model's name means, when nothing else is said."""
    stages: list[str]
    """The stages that it holds, in the policy's order."""
    yanked: Yanked | None
    unyanked: list[Lifted]
    """Its earlier yanks, each lifted since."""
    deprecated: Deprecation | None
    """Why its model should no longer be used, if so."""
    metrics: dict[str, dict[str, float]]
    """All that was measured, by data set, by metric; later evidence included."""
