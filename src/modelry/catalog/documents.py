"""The documents of the JSON API: what each says, and so their JSON Schemas."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelry.model.documents import Deprecation, VersionRecord


class Part(BaseModel):
    """A piece of a document. A client ignores fields that it does not know: they are how v1 grows."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, validate_by_name=True, serialize_by_alias=True
    )


class Page(Part):
    """A document that changes with the registry: it says which moment it shows."""

    registry: str
    """The registry's identity; a client that knows another one stops here."""
    sequence: int
    """How many commits main has, along first parents: grows, and a client that saw a higher one stops here."""
    commit: str | None
    """The commit that this shows; null for a folder that is not in git."""
    generated_at: str
    """When that commit was made, RFC 3339 in UTC."""


class Address(Part):
    """Another document, and how to know that it is the right one."""

    path: str
    """Where it lies, from `<site>/api/v1/`."""
    sha256: str
    """SHA-256 of its bytes."""
    size: int
    """Its bytes."""


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

    latest: str | None
    """The version to take when none is named."""
    stages: dict[str, Held]
    versions: dict[str, Listed]


class Snapshot(Page):
    """The registry at one moment. Its own address is its SHA-256: one hash pins all that a client may see."""

    schema_: Literal["snapshot/v1"] = Field("snapshot/v1", alias="schema")
    models: dict[str, SnapshotModel]


class Card(Part):
    """The version's card. Somebody wrote it: show it only through a cleaner."""

    untrusted: Literal[True] = True
    markdown: str


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


class ModelVersion(Part):
    """A version, in its model's document: all that is needed to fetch, verify and compare it."""

    ordinal: int
    created: str
    summary: str
    license: str
    artifact: Artifact
    md5: str
    yanked: Yanked | None
    metrics: dict[str, dict[str, float]]
    """By data set, by metric."""


class ModelStage(Held):
    """What is in a stage of a model, and why."""

    previous: str | None
    reason: str
    due: str | None = None
    """When somebody must look at the assignment again, RFC 3339 in UTC; null where policy gives it no term.

    Whether that is over, only the reader's clock can say.
    """


class Remote(Part):
    """A place where the artifacts lie, in DVC's layout: `<url>/files/md5/<2>/<30>`."""

    name: str
    url: str
    """An address; a relative one is meant from `<site>/api/v1/`."""


class ModelDocument(Page):
    """A model with all its versions: what a client that follows a stage polls."""

    schema_: Literal["model-document/v1"] = Field("model-document/v1", alias="schema")
    model: str
    title: str
    summary: str
    owners: list[str]
    task: str
    tags: list[str]
    deprecated: Deprecation | None
    latest: str | None
    stages: dict[str, ModelStage]
    versions: dict[str, ModelVersion]
    remotes: list[Remote]
    """To be tried in this order."""


class StageDocument(Page, ModelStage):
    """One stage of one model: the smallest thing to poll."""

    schema_: Literal["stage-document/v1"] = Field("stage-document/v1", alias="schema")
    model: str
    stage: str
    document: str
    """Where the version's own document lies, from `<site>/api/v1/`."""


class Row(Part):
    """A model, in the catalog."""

    model: str
    title: str
    summary: str
    task: str
    tags: list[str]
    owners: list[str]
    formats: list[str]
    """Formats of its versions that are in a stage, or of its latest."""
    latest: str | None
    stages: dict[str, str]
    """Version by stage."""
    updated: str | None
    """When its newest version was made."""
    deprecated: bool


class CatalogDocument(Page):
    """One row for each model, for lists and filters."""

    schema_: Literal["catalog/v1"] = Field("catalog/v1", alias="schema")
    models: list[Row]


class Happening(Part):
    """Something that reached main."""

    what: str
    """registered, promoted, rolled back, renewed, emptied, yanked, unyanked, evaluated, waived, deprecated and more."""
    model: str | None
    """The model it is about; null for the registry as a whole."""
    version: str | None
    """The version it is about; of a stage, the one that holds it since."""
    stage: str | None
    """The stage that moved, if one did."""
    previous: str | None
    """The version that held the stage before."""
    reason: str
    """Why, as the document says; the commit's first line where none does."""
    when: str
    """When it was committed, RFC 3339 in UTC. Order is by place in the list, never by this."""
    commit: str
    """The commit of main that brought it."""
    proposed_by: list[str]
    """Who proposed it, by name."""
    pull_request: str | None
    """The pull request's page, where it is known."""


class Activity(Page):
    """All that happened, oldest first: a program that saw one commit goes on after it."""

    schema_: Literal["activity/v1"] = Field("activity/v1", alias="schema")
    events: list[Happening]


class Facets(Page):
    """How many models have what, for lists and filters."""

    schema_: Literal["facets/v1"] = Field("facets/v1", alias="schema")
    facets: dict[str, dict[str, int]]
    """By facet (task, stage, format, tag, owner, license, deprecated), how many models have each value."""


KINDS: dict[str, type[BaseModel]] = {
    "index": Index,
    "snapshot": Snapshot,
    "version-document": VersionDocument,
    "model-document": ModelDocument,
    "stage-document": StageDocument,
    "catalog": CatalogDocument,
    "activity": Activity,
    "facets": Facets,
}
"""Every kind of document and its model."""


def schema(kind: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a kind of document."""
    made = KINDS[kind].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": f"{kind}/v1"}
