"""What the API says of a model, its versions and its stages."""

from typing import Any

from modelry.catalog import cards, numbers, remotes
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
    StageList,
    VersionDocument,
    VersionPage,
    Yanked,
)
from modelry.catalog.entries import Catalog, Hold, ModelEntry, VersionEntry
from modelry.model.documents import Unyank, Yank


def snapshot_model(model: ModelEntry, addresses: dict[str, str]) -> SnapshotModel:
    """Give a model as a snapshot has it, with its versions' addresses."""
    return SnapshotModel(
        title=model.title,
        task=model.task,
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


def model_document(catalog: Catalog, snapshot: str, model: ModelEntry) -> ModelDocument:
    """Give all that a client needs of a model."""
    return registry.page(
        catalog,
        ModelDocument,
        snapshot_sha256=snapshot,
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
        repository=catalog.policy.repository,
    )


def stage_document(catalog: Catalog, snapshot: str, hold: Hold, address: str) -> StageDocument:
    """Give who holds a stage of a model."""
    return registry.page(
        catalog,
        StageDocument,
        snapshot_sha256=snapshot,
        model=hold.entry.model,
        stage=hold.stage,
        document=address,
        **_stage(hold),
    )


def stage_list(catalog: Catalog, snapshot: str, stage: str) -> StageList:
    """Give who holds a stage, of all models."""
    held = {model.name: model.holds[stage] for model in catalog.models if stage in model.holds}
    return registry.page(
        catalog,
        StageList,
        snapshot_sha256=snapshot,
        stage=stage,
        models={name: ModelStage(**_stage(hold)) for name, hold in held.items()},
    )


def version_document(entry: VersionEntry) -> VersionDocument:
    """Give what never changes about a version."""
    return VersionDocument(
        schema_="version-document/v1",  # said, for a version's page has it within
        model=entry.model,
        version=entry.number,
        ordinal=entry.ordinal,
        record=entry.record,
        md5=entry.pointer.out.md5,
        card=None
        if entry.version.card is None
        else Card(untrusted=True, markdown=cards.plain(entry.version.card)),
    )


def version_page(
    model: ModelEntry, entry: VersionEntry, document: VersionDocument, address: str
) -> VersionPage:
    """Give what a version's page says. It names no moment: it stays as it is until something is said of the version."""
    return VersionPage(
        address=address,
        document=document,
        latest=model.latest is entry,
        stages=list(model.stages_of(entry)),
        yanked=None if entry.yank is None else _yanked(entry.yank),
        unyanked=[_lifted(one) for one in entry.unyanks],
        deprecated=model.deprecated,
        metrics=_metrics(entry),
    )


def _model_version(entry: VersionEntry) -> ModelVersion:
    record = entry.record
    return ModelVersion(
        ordinal=entry.ordinal,
        created=numbers.stamp(record.created),
        summary=record.summary,
        license=record.license,
        artifact=Artifact(**record.artifact.model_dump(exclude_unset=True, exclude_none=True)),
        md5=entry.pointer.out.md5,
        yanked=None if entry.yank is None else _yanked(entry.yank),
        unyanked=[_lifted(one) for one in entry.unyanks],
        metrics=_metrics(entry),
    )


def _metrics(entry: VersionEntry) -> dict[str, dict[str, float]]:
    metrics: dict[str, dict[str, float]] = {}
    for edition, results in entry.results.items():
        metrics[edition.name] = {**results, **metrics.get(edition.name, {})}
    return metrics


def _held(hold: Hold) -> dict[str, Any]:
    # The assignment's own digest: should the record say another, a consumer finds out and stops.
    size = hold.entry.record.artifact.size
    return {"version": hold.entry.number, "sha256": hold.assignment.sha256, "size": size}


def _stage(hold: Hold) -> dict[str, Any]:
    request = hold.since.landing.pull_request if hold.since else None
    return _held(hold) | {
        "previous": hold.assignment.previous,
        "reason": hold.assignment.reason,
        "since": numbers.stamp(hold.since.when) if hold.since else None,
        "pull_request": request.url if request else None,
        "due": numbers.stamp(hold.due) if hold.due is not None else None,
    }


def _lifted(unyank: Unyank) -> Lifted:
    return Lifted(reason=unyank.reason, yank=_yanked(unyank.yank))


def _yanked(yank: Yank) -> Yanked:
    told = yank.model_dump(exclude={"schema_", "severity"}, exclude_none=True)
    return Yanked(severity=yank.severity, **told)
