"""Documents on the registry as a whole: where a client begins, and the whole at one moment."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Address, Page, Part


class Counts(Part):
    """How much there is."""

    models: int
    versions: int
    """Versions that are sound, yanked ones included."""
    yanked: int
    bytes: int
    """Size of all artifacts."""
    faults: int
    """Documents that are left out because they cannot be read."""


class Index(Page):
    """Where a client begins."""

    schema_: Literal["index/v1"] = Field("index/v1", alias="schema")
    title: str
    """What people call the registry."""
    url: str
    """Where this site is published."""
    repository: str
    """Where its pull requests are."""
    snapshot: Address
    """The registry at this moment, as one document that never changes."""
    counts: Counts


class Held(Part):
    """What is in a stage."""

    version: str
    sha256: str
    """SHA-256 of the artifact, as the assignment says."""
    size: int
    """Bytes of the artifact."""


class Listed(Part):
    """A version, in a snapshot."""

    document: str
    """Where the version's own document lies, from `<site>/api/v1/`; its name is its SHA-256."""
    sha256: str
    """SHA-256 of the artifact."""
    size: int
    """Bytes of the artifact."""
    yanked: bool
    """Whether it was withdrawn."""


class SnapshotModel(Part):
    """A model, in a snapshot."""

    title: str
    """What people call it."""
    task: str
    """What it is for."""
    latest: str | None
    """The version to take when none is named."""
    stages: dict[str, Held]
    versions: dict[str, Listed]


class Snapshot(Page):
    """The registry at one moment. Its own address is its SHA-256: one hash pins all that a client may see."""

    schema_: Literal["snapshot/v1"] = Field("snapshot/v1", alias="schema")
    models: dict[str, SnapshotModel]


class Kept(Address):
    """A snapshot that is still published."""

    commit: str
    """The commit that it shows."""
    sequence: int
    """How many commits main had."""
    when: str
    """When that commit was made, RFC 3339 in UTC."""


class Snapshots(Part):
    """The snapshots that the site still has, newest first: the registry as it was, as far back as they go."""

    schema_: Literal["snapshots/v1"] = Field("snapshots/v1", alias="schema")
    snapshots: list[Kept]
