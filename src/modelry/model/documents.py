"""The registry's documents: one frozen model for each file that a pull request may bring."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelry.model import names
from modelry.model.fields import (
    Commit,
    Count,
    Date,
    Digest,
    Duration,
    FileName,
    GateName,
    Integer,
    License,
    Line,
    MetricName,
    Metrics,
    ModelName,
    Number,
    Part,
    Person,
    Plain,
    Several,
    Sha256,
    Slug,
    SourceUrl,
    StageName,
    Time,
    Url,
    Version,
    WebUrl,
)


class Dataset(Part):
    """The data that a model was measured on."""

    name: Slug
    """The data set's name, the same in every evaluation that means the same data."""
    version: Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=64)]
    """Which edition of the data; results are compared only on the same name and version."""
    digest: Digest | None = None
    """Digest of the data's bytes."""


class Interval(Part):
    """A confidence interval of one metric."""

    low: Number
    """Lower bound."""
    high: Number
    """Upper bound."""
    level: Annotated[Number, Field(gt=0, lt=1)] = 0.95
    """How sure: 0.95 unless told."""


class Measurement(Part):
    """Measured results on one data set."""

    dataset: Dataset
    """What was measured on."""
    metrics: Metrics
    """Results by metric name; finite numbers."""
    slices: dict[Slug, Metrics] | None = None
    """Results on named parts of the data set."""
    intervals: dict[MetricName, Interval] | None = None
    """Confidence intervals by metric name."""


class ArtifactFile(Part):
    """One file of an artifact that is a folder."""

    path: Annotated[
        str, StringConstraints(pattern=rf"{names.FILE[:-1]}(/{names.FILE[1:-1]})*$", max_length=500)
    ]
    """Path inside the folder, with forward slashes."""
    size: Count
    """Bytes."""
    sha256: Sha256
    """SHA-256 of the bytes."""


class Source(Part):
    """Where the bytes of a version lie on the public web, for as long as no remote has them."""

    url: SourceUrl
    """The file's address; of a folder, the one below which its files lie by their paths, with a slash at its end."""


class Artifact(Part):
    """The bytes of a version: what they are called, how large they are, what they hash to."""

    path: FileName
    """Name of the file or folder, as it lies beside the pointer once pulled."""
    format: Slug
    """How it is serialized: onnx, skops, safetensors, gguf, pickle …"""
    size: Count
    """Bytes; of a folder, of all its files together."""
    sha256: Sha256
    """SHA-256 of the file; of a folder, of the canonical list of its files."""
    files: Annotated[Several[ArtifactFile], Field(min_length=1)] | None = None
    """The files of a folder, ordered by path; absent for a single file."""
    source: Source | None = None
    """Where anybody can download it; for contributors who cannot push to a remote."""

    @property
    def addresses(self) -> Iterator[tuple[str, str]]:
        """Path and public address of each file; nothing where no source is named."""
        if self.source is None:
            return
        if self.files is None:
            yield self.path, self.source.url
        for file in self.files or ():
            yield file.path, self.source.url + file.path


class TrainingData(Part):
    """Data that a version was trained on."""

    name: Line
    """What the data is called."""
    uri: Url
    """Where it lies."""
    digest: Digest
    """Digest of the bytes that were used."""
    license: License | None = None
    """SPDX expression of the data's licence."""
    rows: Count | None = None
    """How many examples."""
    personal_data: bool | None = None
    """Whether it is data about people."""


class Code(Part):
    """The code that trained a version."""

    repository: Url
    """Where the code's repository lies."""
    commit: Commit
    """The commit that was run, in full."""
    path: Annotated[str, StringConstraints(pattern=r"^[^\s/\\][^\\]*$", max_length=500)] | None = None
    """The file or folder inside the repository."""


class Run(Part):
    """The tracked run that made a version."""

    tracker: Slug
    """Which tracker: mlflow, wandb, clearml, dvclive …"""
    id: Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=200)]
    """The run's id there."""
    url: WebUrl | None = None
    """Its page."""


class Training(Part):
    """Where a version comes from."""

    data: Several[TrainingData]
    """What it was trained on."""
    code: Code
    """What trained it."""
    params: dict[Annotated[str, Field(min_length=1, max_length=200)], Plain]
    """Hyper-parameters."""
    environment: dict[Line, Line] | None = None
    """Packages and their versions."""
    run: Run | None = None
    """The tracked run."""
    seed: Integer | None = None
    """Seed of the random numbers."""
    duration: Duration | None = None
    """How long training took."""
    hardware: Line | None = None
    """What it ran on."""
    energy_kwh: Annotated[Number, Field(ge=0)] | None = None
    """Energy used, in kWh."""
    co2_kg: Annotated[Number, Field(ge=0)] | None = None
    """Emissions, in kg of CO2 equivalent."""


class Tensor(Part):
    """One named input or output of a model."""

    name: Line
    """Its name, as the artifact has it."""
    dtype: Slug
    """Element type, by NumPy's names: float32, int64, string …"""
    shape: Several[Count | None]
    """Size of each dimension; null where it varies."""


class Signature(Part):
    """What goes into a model and what comes out."""

    inputs: Annotated[Several[Tensor], Field(min_length=1)]
    """Inputs, in order."""
    outputs: Annotated[Several[Tensor], Field(min_length=1)]
    """Outputs, in order."""


class VersionRecord(Part):
    """One version of a model, as it was proposed and reviewed; never edited once merged."""

    schema_: Literal["version/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    model: ModelName
    """The model; the folder's name."""
    version: Version
    """Semantic version; the folder's name. In quotes where YAML would read a number."""
    created: Time
    """When it was made, with its time zone."""
    authors: Annotated[Several[Person], Field(min_length=1)]
    """Who made it."""
    summary: Line
    """What is new in it, in one line."""
    artifact: Artifact
    """Its bytes."""
    evaluations: Several[Measurement]
    """What was measured before registration."""
    training: Training
    """Where it comes from."""
    signature: Signature
    """What goes in and what comes out."""
    license: License
    """SPDX expression."""
    parents: Several[Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=1000)]] | None = None
    """What it was fine-tuned or derived from: `model@version` or an address."""
    tags: Several[Slug]
    """Free words to find it by."""
    extra: dict[Slug, Plain] | None = None
    """The organisation's own fields, checked by its own schema for the model's task."""


class Deprecation(Part):
    """Why a model should no longer be used."""

    reason: Line
    """Why."""
    replacement: ModelName | None = None
    """The model to use instead."""


class Consumer(Part):
    """Somebody who uses a model, and whom to tell when it changes."""

    name: Line
    """The service or team."""
    contact: Person | None = None
    """Whom to tell."""
    url: WebUrl | None = None
    """Where more is said: a dashboard, a repository, a runbook."""


class ModelInfo(Part):
    """What holds for all versions of a model; may be edited."""

    schema_: Literal["model/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    title: Line
    """What people call the model."""
    summary: Line
    """What it does, in one line."""
    owners: Annotated[Several[Person], Field(min_length=1)]
    """Who answers for it."""
    task: Slug
    """What it is for: tabular-classification, text-generation …"""
    tags: Several[Slug]
    """Free words to find it by."""
    consumers: Several[Consumer] | None = None
    """Who uses it; reviews name them, so that they are told."""
    profile: Slug | None = None
    """The risk tier whose required fields it must fill; one of the registry's profiles."""
    deprecated: Deprecation | None = None
    """Set when it should no longer be used."""


class Assignment(Part):
    """Which version holds a stage of a model. The lines stand together so that two promotions conflict."""

    schema_: Literal["assignment/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    version: Version
    """The version that holds the stage."""
    sha256: Sha256
    """Its artifact's SHA-256, so that the pointer alone says which bytes are meant."""
    previous: Version | None
    """The version that held the stage before, or null; must be what the base holds."""
    reason: Line
    """Why it was moved."""
    evidence: Several[Url] | None = None
    """Where the proof lies: evaluations, dashboards, tickets."""


class Evaluation(Measurement):
    """Evidence that came after registration; add-only."""

    schema_: Literal["evaluation/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    created: Time
    """When it was measured, with its time zone."""
    authors: Annotated[Several[Person], Field(min_length=1)]
    """Who measured."""
    summary: Line
    """What it shows, in one line."""
    code: Code | None = None
    """The code that measured."""


class Yank(Part):
    """A tombstone: the version stays, but nobody should take it."""

    schema_: Literal["yank/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    reason: Line
    """Why it was withdrawn; consumers are shown this."""
    severity: Literal["low", "moderate", "high", "critical"] = "moderate"
    """How bad it is to keep using it."""
    replacement: Version | None = None
    """The version to take instead."""
    advisory: WebUrl | None = None
    """Where more is said."""


class Unyank(Part):
    """The record that a withdrawn version may be used again; it takes the tombstone's place and keeps its words."""

    schema_: Literal["unyank/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    reason: Line
    """Why it may be used again."""
    yank: Yank
    """The tombstone that it lifts, word for word."""


class Waiver(Part):
    """A written, dated exception to one rule or gate, for this model."""

    schema_: Literal["waiver/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    rule: Slug
    """The rule that is waived."""
    version: Version | None = None
    """The version it is for; absent for all."""
    stage: StageName | None = None
    """The stage it is for; absent for all."""
    gate: GateName | None = None
    """The gate it is for: its name, or its metric, its evaluation or its kind; absent for all."""
    reason: Line
    """Why the exception is right."""
    approver: Person
    """Who takes responsibility; an owner."""
    expires: Date
    """The last day on which it holds."""
