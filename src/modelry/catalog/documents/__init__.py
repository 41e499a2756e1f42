"""The documents of the JSON API: what each says, and so their JSON Schemas.

- `registry`, `models`, `versions`, `lists`, `search`, `twins` have them by what they are about; `parts` is what all are made of.
"""

from typing import Any

from pydantic import BaseModel

from modelry.catalog.documents.lists import (
    Activity,
    CatalogDocument,
    Deployments,
    Facets,
    Happening,
    Row,
    Running,
)
from modelry.catalog.documents.models import ModelDocument, ModelStage, Remote, StageDocument, StageList
from modelry.catalog.documents.parts import Address, Page, Part, Shown
from modelry.catalog.documents.registry import (
    Counts,
    Held,
    Index,
    Kept,
    Listed,
    Snapshot,
    SnapshotModel,
    Snapshots,
)
from modelry.catalog.documents.search import Search, SearchMetric, SearchRows, SearchWords
from modelry.catalog.documents.twins import Badge, PagePointer
from modelry.catalog.documents.versions import (
    Artifact,
    ArtifactFile,
    Card,
    Lifted,
    ModelVersion,
    VersionDocument,
    VersionPage,
    Yanked,
)

__all__ = [
    "KINDS",
    "Activity",
    "Address",
    "Artifact",
    "ArtifactFile",
    "Badge",
    "Card",
    "CatalogDocument",
    "Counts",
    "Deployments",
    "Facets",
    "Happening",
    "Held",
    "Index",
    "Kept",
    "Lifted",
    "Listed",
    "ModelDocument",
    "ModelStage",
    "ModelVersion",
    "Page",
    "PagePointer",
    "Part",
    "Remote",
    "Row",
    "Running",
    "Search",
    "SearchMetric",
    "SearchRows",
    "SearchWords",
    "Shown",
    "Snapshot",
    "SnapshotModel",
    "Snapshots",
    "StageDocument",
    "StageList",
    "VersionDocument",
    "VersionPage",
    "Yanked",
    "schema",
]

KINDS: dict[str, type[BaseModel]] = {
    "index": Index,
    "snapshot": Snapshot,
    "snapshots": Snapshots,
    "version-document": VersionDocument,
    "version-page": VersionPage,
    "model-document": ModelDocument,
    "stage-document": StageDocument,
    "stage-list": StageList,
    "catalog": CatalogDocument,
    "activity": Activity,
    "deployments": Deployments,
    "facets": Facets,
    "search": Search,
    "search-words": SearchWords,
    "search-metric": SearchMetric,
    "search-rows": SearchRows,
    "page": PagePointer,
    "badge": Badge,
}
"""Every kind of document and its model."""


def schema(kind: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a kind of document."""
    made = KINDS[kind].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": f"{kind}/v1"}
