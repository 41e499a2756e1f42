"""The registry at a moment, with what had happened by then: read from git, or from a folder outside of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from modelry.catalog import Moment
from modelry.catalog.terms import ends
from modelry.errors import RegistryError, UsageError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.registry import Registry
from modelry.storage import documents, events, folders, line


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
    registry = documents.registry(folders.tree(top))
    return registry, of_folder(registry)


def of_commit(repository: Repository, revision: str) -> tuple[Registry, Moment]:
    """Read the registry at a commit, and all that main had seen by then.

    Raises `RegistryError` for a shallow clone: its sequence would be too low, and every consumer
    would take the catalog for a rolled-back one.
    """
    if repository.is_shallow:
        raise RegistryError(
            "this clone is shallow, so nobody can count main's commits",
            hint="git fetch --unshallow; with actions/checkout, fetch-depth: 0",
        )
    commit = repository.commit(revision)
    sequence = int(repository.run("rev-list", "--count", "--first-parent", commit))
    when = datetime.fromisoformat(repository.run("log", "-1", "--format=%cI", commit).strip())
    return documents.registry(repository.tree(commit)), Moment(
        commit, sequence, when, events.read(repository, commit).events
    )


def terms(
    repository: Repository, at: str | None
) -> tuple[Registry, Mapping[tuple[str, str], datetime], datetime]:
    """Give main's registry, when its assignments end by model and stage, and the moment that is looked from.

    That is now, or with `at` the end of that day, or the time of that commit.
    """
    found, moment = of_commit(repository, line.at(repository, at) if at else repository.base)
    told = line.second(at, end=True) if at and not repository.resolves(at) else None
    now = moment.when if at else datetime.now(UTC)
    now = datetime.fromtimestamp(told, UTC) if told is not None else now
    return found, ends(found.policy.must, moment.events, now), now


def of_folder(registry: Registry) -> Moment:
    """Give the moment of a folder outside git: when its newest version was made."""
    versions = (version for model in registry.models.values() for version in model.versions.values())
    times = [version.record.value.created for version in versions if version.record.value is not None]
    return Moment(None, 0, max(times, default=datetime.fromtimestamp(0, UTC)))


def uncommitted(top: Path, moment: Moment) -> str:
    """Say what of the registry a catalog of this commit does not show, for it is not committed; empty for nothing."""
    if moment.commit is None:
        return ""
    lines = Repository(top).run("status", "--porcelain", "--", layout.ROOT).splitlines()
    return f"{len(lines)} paths" if len(lines) > 1 else "one path" if lines else ""


def _is_committed(repository: Repository, top: Path, revision: str) -> bool:
    return (
        repository.succeeds("rev-parse", "--git-dir")
        and repository.top.resolve() == top.resolve()
        and repository.succeeds("cat-file", "-e", f"{revision}:{layout.POLICY}")
    )
