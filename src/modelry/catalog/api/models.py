"""What the API says of a model, its versions and its stages."""

from typing import Any

from modelry.catalog import numbers, remotes
from modelry.catalog.api import registry
from modelry.catalog.documents import (
    Artifact,
    Card,
    Held,
    Lifted,
    Listed,
    ModelDocument,
    ModelStage,
    ModelVersion,
    SnapshotModel,
    StageDocument,
    VersionDocument,
    Yanked,
)
from modelry.catalog.entries import Catalog, Hold, ModelEntry, VersionEntry
from modelry.model.documents import Yank


def snapshot_model(model: ModelEntry, addresses: dict[str, str]) -> SnapshotModel:
    """Give a model as a snapshot has it, with its versions' addresses."""
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


def model_document(catalog: Catalog, model: ModelEntry) -> ModelDocument:
    """Give all that a client needs of a model."""
    return registry.page(
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


def stage_document(catalog: Catalog, model: ModelEntry, hold: Hold, address: str) -> StageDocument:
    """Give who holds a stage of a model."""
    return registry.page(
        catalog, StageDocument, model=model.name, stage=hold.stage, document=address, **_stage(hold)
    )


def version_document(entry: VersionEntry) -> VersionDocument:
    """Give what never changes about a version."""
    return VersionDocument(
        model=entry.model,
        version=entry.number,
        ordinal=entry.ordinal,
        record=entry.record,
        md5=entry.pointer.out.md5,
        card=None if entry.version.card is None else Card(untrusted=True, markdown=entry.version.card),
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
        yanked=None if yank is None else _yanked(yank),
        unyanked=[Lifted(reason=one.reason, yank=_yanked(one.yank)) for one in entry.unyanks],
        metrics=metrics,
    )


def _held(hold: Hold) -> dict[str, Any]:
    # The assignment's own digest: should the record say another, a consumer finds out and stops.
    size = hold.entry.record.artifact.size
    return {"version": hold.entry.number, "sha256": hold.assignment.sha256, "size": size}


def _stage(hold: Hold) -> dict[str, Any]:
    due = numbers.stamp(hold.due) if hold.due is not None else None
    return _held(hold) | {"previous": hold.assignment.previous, "reason": hold.assignment.reason, "due": due}


def _yanked(yank: Yank) -> Yanked:
    told = yank.model_dump(exclude={"schema_", "severity"}, exclude_none=True)
    return Yanked(severity=yank.severity, **told)
