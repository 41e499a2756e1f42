"""The documents of the JSON API: what each says, and so their JSON Schemas.

- `registry`, `models`, `versions`, `lists` have them by what they are about; `parts` is what all are made of.
"""

from typing import Any

from pydantic import BaseModel

from modelry.catalog.documents.lists import Activity, CatalogDocument, Facets, Happening, Row
from modelry.catalog.documents.models import ModelDocument, ModelStage, Remote, StageDocument
from modelry.catalog.documents.parts import Address, Page, Part
from modelry.catalog.documents.registry import Counts, Held, Index, Listed, Snapshot, SnapshotModel
from modelry.catalog.documents.versions import (
    Artifact,
    ArtifactFile,
    Card,
    Lifted,
    ModelVersion,
    VersionDocument,
    Yanked,
)

__all__ = [
    "KINDS",
    "Activity",
    "Address",
    "Artifact",
    "ArtifactFile",
    "Card",
    "CatalogDocument",
    "Counts",
    "Facets",
    "Happening",
    "Held",
    "Index",
    "Lifted",
    "Listed",
    "ModelDocument",
    "ModelStage",
    "ModelVersion",
    "Page",
    "Part",
    "Remote",
    "Row",
    "Snapshot",
    "SnapshotModel",
    "StageDocument",
    "VersionDocument",
    "Yanked",
    "schema",
]

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
