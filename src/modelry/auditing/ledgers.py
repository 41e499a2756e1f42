"""The registry at a commit, told with who moved and approved what: the same commit and notes, the same ledger."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.events import Event
from modelry.model.ledger import Act, Holding, Ledger, Line, Release
from modelry.model.registry import Model, Version
from modelry.storage import documents, events, line

Found = Mapping[tuple[str, str], Event]
"""By model, and version or stage."""


def ledger(repository: Repository, at: str | None = None) -> Ledger:
    """Give the registry at a commit, day or time; unless told, main as it is. Raises `NotFoundError` for what cannot be read."""
    commit = line.at(repository, at) if at is not None else repository.commit(repository.base)
    tree = repository.tree(commit)
    if layout.POLICY not in tree.entries:
        raise RegistryError(f"{commit} has no {layout.POLICY}", hint="begin a registry: modelry init DIR")
    registry = documents.registry(tree)
    policy = registry.policy.must
    happened = events.read(repository, commit).events
    registered = {
        (event.model, event.version or ""): event for event in happened if event.what == "registered"
    }
    moved = {(event.model, event.stage or ""): event for event in happened if event.stage is not None}
    when = datetime.fromisoformat(repository.run("log", "-1", "--format=%cI", commit).strip())
    return Ledger.model_construct(
        schema_="audit-export/v1",
        registry=policy.id,
        title=policy.title,
        commit=commit,
        when=when.astimezone(UTC),
        sequence=int(repository.run("rev-list", "--count", "--first-parent", commit)),
        models=tuple(_model(model, registered, moved) for model in registry.models.values()),
    )


def _model(model: Model, registered: Found, moved: Found) -> Line:
    info = model.info.must
    return Line(
        name=model.name,
        title=info.title,
        owners=info.owners,
        task=info.task,
        profile=info.profile,
        deprecated=info.deprecated,
        stages=tuple(_holding(model, stage, moved.get((model.name, stage))) for stage in model.stages),
        versions=tuple(
            _release(version, registered.get((model.name, number)))
            for number, version in model.versions.items()
        ),
    )


def _holding(model: Model, stage: str, event: Event | None) -> Holding:
    held = model.stages[stage].must
    return Holding(
        stage=stage,
        version=held.version,
        sha256=held.sha256,
        since=_act(event),
        reason=held.reason,
        evidence=held.evidence or (),
    )


def _release(version: Version, event: Event | None) -> Release:
    record = version.record.must
    pointers: Sequence[str] = [each.value.out.md5 for each in version.pointers if each.value is not None]
    return Release.model_construct(
        version=version.number,
        summary=record.summary,
        created=record.created,
        authors=record.authors,
        license=record.license,
        artifact=record.artifact,
        md5=next(iter(pointers), None),
        signature=record.signature,
        measurements=version.measurements,
        registered=_act(event),
        yanked=version.yanked.must if version.yanked is not None else None,
    )


def _act(event: Event | None) -> Act | None:
    if event is None:
        return None
    landing = event.landing
    request = landing.pull_request
    return Act.model_construct(
        commit=landing.commit,
        when=landing.when.astimezone(UTC),
        proposed_by=landing.proposed_by,
        merged_by=landing.merged_by,
        approved_by=landing.approved_by,
        told_by=landing.told_by,
        pull_request=(request.url or f"#{request.number}") if request is not None else None,
    )
