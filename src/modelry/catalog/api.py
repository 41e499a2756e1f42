"""The JSON API: static documents that answer what a server would."""

import hashlib
import json
from collections import Counter
from typing import Any, TypeVar

from pydantic import BaseModel

from modelry.catalog import activity, badges, documents, numbers, remotes
from modelry.catalog.documents import (
    Activity,
    Address,
    Artifact,
    Card,
    CatalogDocument,
    Counts,
    Facets,
    Held,
    Index,
    Listed,
    ModelDocument,
    ModelStage,
    ModelVersion,
    Page,
    Row,
    Snapshot,
    SnapshotModel,
    StageDocument,
    VersionDocument,
    Yanked,
)
from modelry.catalog.entries import Catalog, Hold, ModelEntry, VersionEntry
from modelry.model import schema
from modelry.model.files import Files

P = TypeVar("P", bound=Page)

ROOT = "api/v1"

FACETS = ("task", "stage", "format", "tag", "owner", "license", "deprecated")
"""By what models are counted."""


def files(catalog: Catalog) -> Files:
    """Give every document of the API, by its path in the site.

    Documents are canonical: keys sorted, no spaces, UTF-8, one LF at the end. Those whose name
    is a SHA-256 never change; `index.json` leads to them.
    """
    made: dict[str, bytes] = {}
    snapshot: dict[str, SnapshotModel] = {}
    for model in catalog.models:
        addresses = {}
        for entry in model.versions:
            data = dump(_version_document(entry))
            addresses[entry.number] = f"o/{_sha256(data)}.json"
            made[addresses[entry.number]] = made[f"models/{model.name}/versions/{entry.number}.json"] = data
        snapshot[model.name] = _snapshot_model(model, addresses)
        made[f"models/{model.name}.json"] = dump(_model_document(catalog, model))
        for stage, hold in model.holds.items():
            document = _stage_document(catalog, model, hold, addresses[hold.entry.number])
            made[f"models/{model.name}/stages/{stage}.json"] = dump(document)
    whole = dump(_page(catalog, Snapshot, models=snapshot))
    address = Address(path=f"s/{_sha256(whole)}.json", sha256=_sha256(whole), size=len(whole))
    made[address.path] = whole
    made["index.json"] = dump(_index(catalog, address))
    rows = [_row(model) for model in catalog.models]
    made["catalog.json"] = dump(_page(catalog, CatalogDocument, models=rows))
    made["facets.json"] = dump(_page(catalog, Facets, facets=_facets(catalog)))
    made["activity.json"] = dump(
        _page(catalog, Activity, events=[*map(activity.happening, catalog.moment.events)])
    )
    made |= badges.files(catalog)
    made |= _schemas()
    return {**{f"{ROOT}/{path}": data for path, data in made.items()}, **remotes.objects(catalog)}


def dump(document: BaseModel | dict[str, Any]) -> bytes:
    """Give a document's canonical bytes."""
    value = document if isinstance(document, dict) else document.model_dump(mode="json", exclude_unset=True)
    if isinstance(document, BaseModel) and "schema_" in type(document).model_fields:
        value["schema"] = type(document).model_fields["schema_"].default
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def counts(catalog: Catalog) -> Counts:
    """Say how much there is."""
    entries = [entry for model in catalog.models for entry in model.versions]
    return Counts(
        models=len(catalog.models),
        versions=len(entries),
        yanked=sum(entry.yank is not None for entry in entries),
        bytes=sum(entry.record.artifact.size for entry in entries),
        faults=len(catalog.wrong),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _page(catalog: Catalog, type_: type[P], **fields: Any) -> P:  # noqa: ANN401 - pydantic checks them
    moment = catalog.moment
    return type_(
        registry=catalog.policy.id,
        sequence=moment.sequence,
        commit=moment.commit,
        generated_at=numbers.stamp(moment.when),
        **fields,
    )


def _index(catalog: Catalog, snapshot: Address) -> Index:
    policy = catalog.policy
    return _page(
        catalog,
        Index,
        title=policy.title,
        url=policy.url,
        repository=policy.repository,
        snapshot=snapshot,
        counts=counts(catalog),
    )


def _snapshot_model(model: ModelEntry, addresses: dict[str, str]) -> SnapshotModel:
    return SnapshotModel(
        latest=model.latest.number if model.latest else None,
        stages={stage: Held(**_held(hold)) for stage, hold in model.holds.items()},
        versions={
            entry.number: Listed(
                document=addresses[entry.number],
                sha256=entry.record.artifact.sha256,
                size=entry.record.artifact.size,
                yanked=entry.yank is not None,
            )
            for entry in model.versions
        },
    )


def _held(hold: Hold) -> dict[str, Any]:
    # The assignment's own digest: should the record say another, a consumer finds out and stops.
    size = hold.entry.record.artifact.size
    return {"version": hold.entry.number, "sha256": hold.assignment.sha256, "size": size}


def _stage(hold: Hold) -> dict[str, Any]:
    due = numbers.stamp(hold.due) if hold.due is not None else None
    return _held(hold) | {"previous": hold.assignment.previous, "reason": hold.assignment.reason, "due": due}


def _version_document(entry: VersionEntry) -> VersionDocument:
    return VersionDocument(
        model=entry.model,
        version=entry.number,
        ordinal=entry.ordinal,
        record=entry.record,
        md5=entry.pointer.out.md5,
        card=None if entry.version.card is None else Card(untrusted=True, markdown=entry.version.card),
    )


def _model_document(catalog: Catalog, model: ModelEntry) -> ModelDocument:
    return _page(
        catalog,
        ModelDocument,
        model=model.name,
        title=model.title,
        summary=model.summary,
        owners=list(model.owners),
        task=model.task,
        tags=list(model.tags),
        deprecated=model.deprecated,
        latest=model.latest.number if model.latest else None,
        stages={stage: ModelStage(**_stage(hold)) for stage, hold in model.holds.items()},
        versions={entry.number: _model_version(entry) for entry in model.versions},
        remotes=remotes.published(catalog.policy),
    )


def _model_version(entry: VersionEntry) -> ModelVersion:
    record, yank = entry.record, entry.yank
    metrics: dict[str, dict[str, float]] = {}
    for edition, results in entry.results.items():
        metrics[edition.name] = {**results, **metrics.get(edition.name, {})}
    return ModelVersion(
        ordinal=entry.ordinal,
        created=numbers.stamp(record.created),
        summary=record.summary,
        license=record.license,
        artifact=Artifact(**record.artifact.model_dump(exclude_unset=True, exclude_none=True)),
        md5=entry.pointer.out.md5,
        yanked=None if yank is None else Yanked(**{"severity": yank.severity, **_given(yank)}),
        metrics=metrics,
    )


def _given(document: BaseModel) -> dict[str, Any]:
    return document.model_dump(exclude={"schema_"}, exclude_none=True)


def _stage_document(catalog: Catalog, model: ModelEntry, hold: Hold, address: str) -> StageDocument:
    return _page(catalog, StageDocument, model=model.name, stage=hold.stage, document=address, **_stage(hold))


def _row(model: ModelEntry) -> Row:
    shown = [hold.entry for hold in model.holds.values()] or [entry for entry in (model.latest,) if entry]
    created = [entry.record.created for entry in model.versions]
    return Row(
        model=model.name,
        title=model.title,
        summary=model.summary,
        task=model.task,
        tags=list(model.tags),
        owners=list(model.owners),
        formats=sorted({entry.record.artifact.format for entry in shown}),
        latest=model.latest.number if model.latest else None,
        stages={stage: hold.entry.number for stage, hold in model.holds.items()},
        updated=numbers.stamp(max(created)) if created else None,
        deprecated=model.deprecated is not None,
    )


def _facets(catalog: Catalog) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for model in catalog.models:
        row = _row(model)
        found["task"].update([row.task] if row.task else [])
        found["stage"].update(list(row.stages))
        found["format"].update(row.formats)
        found["tag"].update(set(row.tags))
        found["owner"].update(set(row.owners))
        found["license"].update([model.main.record.license] if model.main else [])
        found["deprecated"].update(["true" if row.deprecated else "false"])
    return {name: dict(sorted(counted.items())) for name, counted in found.items()}


def _schemas() -> dict[str, bytes]:
    made = {kind: schema.of(kind) for kind in schema.KINDS}
    made |= {kind: documents.schema(kind) for kind in documents.KINDS}
    return {f"schemas/{kind}/v1.json": dump(document) for kind, document in made.items()}
