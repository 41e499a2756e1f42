"""Documents on one model and its stages: what clients poll."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Part, Shown
from modelry.catalog.documents.registry import Held
from modelry.catalog.documents.versions import ModelVersion
from modelry.model.documents import Deprecation


class ModelStage(Held):
    """What is in a stage of a model, and why."""

    previous: str | None
    reason: str
    since: str | None = None
    """When the commit was made by which it came there, RFC 3339 in UTC; null where nobody knows."""
    pull_request: str | None = None
    """The page of the pull request by which it came there, where that is known."""
    due: str | None = None
    """When somebody must look at the assignment again, RFC 3339 in UTC; null where policy gives it no term.

    Whether that is over, only the reader's clock can say.
    """


class Remote(Part):
    """A place where the artifacts lie, in DVC's layout: `<url>/files/md5/<2>/<30>`."""

    name: str
    url: str
    """An address; a relative one is meant from `<site>/api/v1/`."""


class ModelDocument(Shown):
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
    repository: str | None = None
    """Where git finds the registry: who cannot reach this site may ask there."""


class StageDocument(Shown, ModelStage):
    """One stage of one model: the smallest thing to poll."""

    schema_: Literal["stage-document/v1"] = Field("stage-document/v1", alias="schema")
    model: str
    stage: str
    document: str
    """Where the version's own document lies, from `<site>/api/v1/`."""


class StageList(Shown):
    """One stage of all models."""

    schema_: Literal["stage-list/v1"] = Field("stage-list/v1", alias="schema")
    stage: str
    models: dict[str, ModelStage]
    """What holds it, by model; a model that has nothing there is absent."""
