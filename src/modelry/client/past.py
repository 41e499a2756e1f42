"""A registry as it was: who held what, by a snapshot that its catalog keeps, or by the history of its clone.

Versions are add-only, so what a version is, and where its bytes lie, is asked of today; and so is whether it was
withdrawn since, for that is what somebody who takes it must hear.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from modelry import client
from modelry.client import fields, missing, site
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution
from modelry.errors import IntegrityError, NotFoundError, UsageError
from modelry.model import names
from modelry.storage import bodies
from modelry.storage import top as tops

_DAY = len("2026-03-01")


@dataclass(frozen=True)
class Model:
    """A model as it was."""

    title: str
    task: str
    latest: str | None
    stages: Mapping[str, str]
    digests: Mapping[str, str]
    """SHA-256 of what held each stage, as the assignment said."""
    versions: frozenset[str]


@dataclass(frozen=True)
class Then:
    """A registry as it was."""

    commit: str | None
    sequence: int
    models: Mapping[str, Model]


def pin(address: str, when: str | date) -> str:
    """Give what was the registry's state then, by a name that stays: a commit of a clone's, a snapshot of a catalog's.

    A day ends in UTC. Raises `NotFoundError` where that is longer ago than what is kept.
    """
    told = when if isinstance(when, str) else when.isoformat()
    if "://" not in address:
        from modelry.storage import moments  # noqa: PLC0415 - only a clone has git

        return moments.then(tops.find(Path(address)), told)[1]
    limit = _limit(told)
    now = site.document(address, "index.json").document
    now.exactly("schema", "index/v1")
    if _moment(now.text("generated_at", fields.LINE)) <= limit:
        return now.inside("snapshot").text("path", fields.SNAPSHOT)
    oldest = now.text("generated_at", fields.LINE)
    for kept in _kept(address):
        oldest = kept.text("when", fields.LINE)
        if _moment(oldest) <= limit:
            return kept.text("path", fields.SNAPSHOT)
    raise NotFoundError(
        f"the catalog keeps nothing from before {told}: its oldest snapshot is of {oldest}",
        hint="a clone of its repository goes back to the beginning: modelry.open(FOLDER).at(…)",
    )


def read(address: str, pinned: str) -> Then:
    """Give the registry as it was at what `pin` gave."""
    return _of_site(address, pinned) if "://" in address else _of_clone(Path(address), pinned)


def resolve(reference: str, address: str, pinned: str, *, allow_yanked: bool) -> Resolution:
    """Say which bytes a reference meant then; raises as `modelry.client.resolve`, by what is known of them today."""
    wanted, then = names.reference(reference), read(address, pinned)
    if wanted.model not in then.models:
        raise missing.model(wanted.model, then.models)
    number = _number(wanted, then.models[wanted.model])
    found = client.resolve(f"{wanted.model}@{number}", address, allow_yanked=allow_yanked)
    digest = then.models[wanted.model].digests.get(wanted.stage or "", found.sha256)
    if digest != found.sha256:
        raise IntegrityError(
            f"{wanted} had sha256 {digest}; today's record of {found.label} says {found.sha256}",
            hint="one of the two was altered: trust neither before you know which",
        )
    return found._replace(
        reference=str(wanted), stage=wanted.stage, commit=then.commit, sequence=then.sequence
    )


def _number(wanted: names.Reference, model: Model) -> str:
    if wanted.version:
        if wanted.version not in model.versions:
            raise missing.version(wanted.model, wanted.version, model.versions)
        return wanted.version
    if wanted.stage:
        if wanted.stage not in model.stages:
            raise missing.holder(wanted.model, wanted.stage, model.stages)
        return model.stages[wanted.stage]
    if model.latest is None:
        raise missing.latest(wanted.model)
    return model.latest


def _of_clone(folder: Path, commit: str) -> Then:
    from modelry.storage import moments  # noqa: PLC0415 - only a clone has git

    found, commit, sequence = moments.then(tops.find(folder), commit)
    models = {}
    for name, model in found.models.items():
        info = model.info.value
        held = {stage: each.value for stage, each in model.stages.items() if each.value is not None}
        models[name] = Model(
            title=info.title if info else name,
            task=info.task if info else "",
            latest=model.latest.number if model.latest else None,
            stages={stage: each.version for stage, each in held.items()},
            digests={stage: each.sha256 for stage, each in held.items()},
            versions=frozenset(model.versions),
        )
    return Then(commit, sequence, models)


def _of_site(url: str, path: str) -> Then:
    said = site.document(url, path)
    if hashlib.sha256(said.body).hexdigest() not in path:
        raise IntegrityError(
            f"{bodies.shown(url)}: the snapshot {path} is not what its name says",
            hint="a cache on the way may hold half of it: try again, and tell who publishes the catalog",
        )
    document = said.document
    document.exactly("schema", "snapshot/v1")
    models = document.inside("models")
    return Then(
        document.optional("commit", fields.COMMIT),
        document.count("sequence"),
        {name: _model(name, models.inside(name)) for name in models.value if names.is_model(name)},
    )


def _model(name: str, row: Fields) -> Model:
    stages = row.inside("stages")
    held = {stage: stages.inside(stage) for stage in sorted(stages.value)}
    return Model(
        title=row.optional("title", fields.LINE) or name,
        task=row.optional("task", fields.SLUG) or "",
        latest=row.optional("latest", fields.VERSION),
        stages={stage: each.text("version", fields.VERSION) for stage, each in held.items()},
        digests={stage: each.text("sha256", fields.SHA256) for stage, each in held.items()},
        versions=frozenset(number for number in row.inside("versions").value if names.is_version(number)),
    )


def _kept(url: str) -> list[Fields]:
    try:
        document = site.document(url, "snapshots.json").document
    except bodies.AbsentError:  # a site that follows no other
        return []
    document.exactly("schema", "snapshots/v1")
    return list(document.each("snapshots"))


def _limit(told: str) -> datetime:
    try:
        limit = datetime.fromisoformat(told)
    except ValueError as error:
        raise UsageError(
            f"{told} is no day and no time", hint="such as 2026-03-01, or 2026-03-01T12:00:00Z"
        ) from error
    if len(told) == _DAY:
        limit = limit.replace(hour=23, minute=59, second=59)
    return limit.replace(tzinfo=limit.tzinfo or UTC)


def _moment(text: str) -> datetime:
    try:
        return _limit(text)
    except UsageError as error:
        raise IntegrityError(f"the catalog says {text!r} for a time") from error
