"""The registry at a moment, with what had happened by then: read from git, or from a folder outside of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.deployments import Deployment
from modelry.model.events import Event, Past, holding
from modelry.model.moment import Moment
from modelry.model.registry import Registry
from modelry.model.terms import ends
from modelry.storage import (
    chronicle,
    commits,
    deployed,
    documents,
    events,
    evidence,
    folders,
    line,
    standards,
)
from modelry.storage import top as tops


def seen(start: Path, at: str | None, stage: str | None = None) -> Registry:
    """Give the registry as it lies where one stands, or as it was at a revision, day or time of main's.

    A bare repository has nothing that lies there: it is seen as its main has it. Raises `NotFoundError` where a
    stage is asked for and there is none of that name.
    """
    found = _seen(start, at)
    if stage is not None:
        found.require_stage(stage)
    return found


def _seen(start: Path, at: str | None) -> Registry:
    repository = Repository(start)
    if at is None:
        try:
            return documents.registry(folders.tree(tops.find(start), identified=False))
        except NotFoundError:
            if not (repository.succeeds("rev-parse", "--git-dir") and repository.is_bare):
                raise
    return commits.registry(repository, _told(repository, at))


def past(
    start: Path, at: str | None, model: str | None = None, stage: str | None = None, since: str | None = None
) -> Past:
    """Give what had happened by then and after `since`, as main's line tells it; nothing where there is no git.

    Raises `NotFoundError` for a model or a stage that never was.
    """
    repository = Repository(start)
    found = _unwitnessed(repository, at, model)
    if stage is not None and found.unknown_before is None:
        _require(repository, found, stage)
    wanted = line.after(repository, since, found.commit) if since and found.commit else None
    asked = (
        event
        for event in found.events
        if stage in {None, event.stage} and (wanted is None or event.commit in wanted)
    )
    return found._replace(events=events.witnessed(repository, asked))


def _require(repository: Repository, found: Past, stage: str) -> None:
    """Raise `NotFoundError` for a stage that nothing ever held and policy does not name."""
    if found.commit and all(event.stage != stage for event in found.events):
        commits.registry(repository, found.commit).require_stage(stage)


def taken(start: Path, at: str | None, model: str | None = None) -> Mapping[tuple[str, str], Event]:
    """Give by model and stage how the holder of then came there, as far as main's line tells."""
    repository = Repository(start)
    # Of all that ever held a stage, the evidence of those that do is read.
    return holding(events.witnessed(repository, holding(_unwitnessed(repository, at, model).events).values()))


def _unwitnessed(repository: Repository, at: str | None, model: str | None) -> Past:
    """Give what the commits alone tell."""
    if at is None and not (
        repository.succeeds("rev-parse", "--git-dir") and repository.resolves(repository.base)
    ):
        return Past(None)
    revision = _told(repository, at)
    found = chronicle.told(repository, revision, model)
    if model is not None and not found.events and found.unknown_before is None:
        commits.registry(repository, revision).model(model)  # says which are near
    return found


def read(top: Path, revision: str | None = None) -> tuple[Registry, Moment]:
    """Read the registry below `top` at a commit, HEAD unless told; as it lies there where git does not have it."""
    repository = Repository(top)
    if _is_committed(repository, top, revision or "HEAD"):
        return of_commit(repository, revision or "HEAD")
    if revision is not None:
        raise UsageError(
            f"{top} has no {layout.POLICY} at {revision}",
            hint="name a commit that has one, or leave out --at",
        )
    found = documents.registry(folders.tree(top))
    return found, of_folder(found)


def of_commit(repository: Repository, revision: str) -> tuple[Registry, Moment]:
    """Read the registry at a commit, and all that main had seen by then.

    Raises `RegistryError` for a shallow clone: its sequence would be too low, and every consumer
    would take the catalog for a rolled-back one.
    """
    commit = repository.commit(revision)
    sequence = _sequence(repository, commit)
    when = datetime.fromisoformat(repository.run("log", "-1", "--format=%cI", commit).strip())
    told = events.told(repository, commit).events
    recorded = evidence.read(repository, {event.commit for event in told})
    moment = Moment(
        commit,
        sequence,
        when,
        events.attested(told, recorded),
        recorded,
        standards.policies(repository, told),
        standards.waivers(repository, told),
        deployed.read(repository, commit),
    )
    return documents.registry(repository.tree(commit)), moment


def then(start: Path, at: str) -> tuple[Registry, str, int]:
    """Give main's registry as it was at a revision, day or time, with that commit and its place on main."""
    repository = Repository(start)
    commit = repository.commit(_told(repository, at))
    return commits.registry(repository, commit), commit, _sequence(repository, commit)


def _sequence(repository: Repository, commit: str) -> int:
    if repository.is_shallow:
        raise RegistryError(
            "this clone is shallow, so nobody can count main's commits",
            hint="git fetch --unshallow; with actions/checkout, fetch-depth: 0",
        )
    return int(repository.run("rev-list", "--count", "--first-parent", commit))


def running(start: Path, at: str | None) -> tuple[str, Registry, tuple[Deployment, ...]]:
    """Give main's commit, its registry, and what ran where by then, as this clone has heard of it."""
    repository = Repository(start)
    commit = repository.commit(_told(repository, at))
    return commit, commits.registry(repository, commit), deployed.read(repository, commit)


def terms(
    repository: Repository, at: str | None
) -> tuple[Registry, Mapping[tuple[str, str], datetime], datetime]:
    """Give main's registry, when its assignments end by model and stage, and the moment that is looked from.

    That is now, or with `at` the end of that day, or the time of that commit.
    """
    found, moment = of_commit(repository, _told(repository, at))
    told = line.second(at, end=True) if at and not repository.resolves(at) else None
    now = moment.when if at else datetime.now(UTC)
    now = datetime.fromtimestamp(told, UTC) if told is not None else now
    return found, ends(found.policy.must, moment.events, now), now


def of_folder(found: Registry) -> Moment:
    """Give the moment of a folder outside git: when its newest version was made."""
    versions = (version for model in found.models.values() for version in model.versions.values())
    times = [version.record.value.created for version in versions if version.record.value is not None]
    return Moment(None, 0, max(times, default=datetime.fromtimestamp(0, UTC)))


def uncommitted(top: Path, moment: Moment) -> str:
    """Say what of the registry a catalog of this commit does not show, for it is not committed; empty for nothing."""
    if moment.commit is None:
        return ""
    lines = Repository(top).run("status", "--porcelain", "--", layout.ROOT).splitlines()
    return f"{len(lines)} paths" if len(lines) > 1 else "one path" if lines else ""


def _told(repository: Repository, at: str | None) -> str:
    return line.at(repository, at) if at else repository.base


def _is_committed(repository: Repository, top: Path, revision: str) -> bool:
    return (
        repository.succeeds("rev-parse", "--git-dir")
        and repository.top.resolve() == top.resolve()
        and repository.succeeds("cat-file", "-e", f"{revision}:{layout.POLICY}")
    )
