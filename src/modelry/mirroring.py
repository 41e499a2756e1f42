"""Mirroring: what main's versions have at a public address only is copied into a remote, verified, and read back."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from modelry.checks.sources import is_from_source, refusals
from modelry.errors import IntegrityError, NotFoundError, RefusedError, RegistryError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.pointer import Pointer
from modelry.model.registry import Registry, Version
from modelry.storage import artifacts, documents, folders, holdings, sources
from modelry.storage.artifacts import Destination
from modelry.storage.sources import Tick

Bar = Callable[[str, int], AbstractContextManager[Tick]]
"""Shows how far the copying of so many bytes is."""


class Outcome(NamedTuple):
    """What became of a version that lies in no remote."""

    version: Version
    error: RegistryError | None
    """Why it was not copied."""


def destination(repository: Repository, found: Registry) -> Destination:
    """Give the remote that versions are copied to: the first that is not in the repository itself."""
    policy = found.policy.must
    for name, remote in policy.remotes.items():
        if not remote.is_inside:
            return Destination(repository.top, repository.common / "modelry", found.tree, name, remote)
    raise NotFoundError(
        "all remotes of this registry lie in the repository, where bytes come by pull request only",
        hint="name another in registry.yaml, or register with the artifact: modelry register MODEL ARTIFACT",
    )


def wanting(versions: Sequence[Version], found: Registry, to: Destination) -> list[Version]:
    """Give those of these versions that lie, as large as they are, in no remote.

    Raises `RegistryError` where a remote cannot be asked.
    """
    remotes = holdings.Holdings(found.policy.must, found.tree, to.top, to.access)
    remotes.expect(lambda: {version.pointers[0].must.out.md5 for version in versions})
    return [version for version in versions if not _is_held(version, remotes)]


def _named(found: Registry) -> Iterator[Version]:
    """Give the versions that name a public source; most registries have none, and no remote need be asked."""
    for model in found.models.values():
        for version in model.versions.values():
            # To look for a word is a hundred times as quick as to read the record, and few have a source.
            path = layout.version(model.name, version.number)
            if path in found.tree.entries and b"source" in found.tree.read(path):
                pointers = [pointer.value for pointer in version.pointers]
                if is_from_source(version) and len(pointers) == 1 and pointers[0] is not None:
                    yield version


def _is_held(version: Version, remotes: holdings.Holdings) -> bool:
    pointer = version.pointers[0].must
    size = remotes.size(pointer.out.md5)
    return size is not None and (pointer.is_folder or size == pointer.out.size)


def mirror(
    repository: Repository, found: Registry, bar: Bar, *, dry_run: bool
) -> tuple[str | None, Iterator[Outcome]]:
    """Copy what is wanting, one version after the other, and give the remote's name; `dry_run` only tells of them."""
    versions = list(_named(found))
    if not versions:
        return None, iter(())
    to = destination(repository, found)
    missing = wanting(versions, found, to)
    return to.name, (Outcome(one, None) for one in missing) if dry_run else _copied(missing, found, to, bar)


def _copied(versions: Sequence[Version], found: Registry, to: Destination, bar: Bar) -> Iterator[Outcome]:
    """Copy versions; one that cannot be copied keeps no other from it."""
    for version in versions:
        try:
            with bar(version.label, version.record.must.artifact.size) as tick:
                _copy(version, found, to, tick)
        except RegistryError as error:
            yield Outcome(version, error)
        else:
            yield Outcome(version, None)


def _copy(version: Version, found: Registry, to: Destination, tick: Tick) -> None:
    """Download a version's bytes, and push those that are the recorded ones."""
    policy, artifact, out = found.policy.must, version.record.must.artifact, version.pointers[0].must.out
    for _, message, hint in refusals(artifact, policy):
        raise RefusedError(message, hint=hint)
    hosts = policy.sources.hosts if policy.sources is not None else ()
    with folders.own(to.scratch, "mirror-") as work:
        sources.Sources(hosts, tick).fetch(artifact, out, work / artifact.path)
        made = artifacts.deposit(work / artifact.path, version.model, version.number, to)
    (written,) = made.pointer.values()
    pointer, _ = documents.parse(written, Pointer)
    if pointer is None or pointer.out != out:
        raise IntegrityError(f"DVC addresses {artifact.path} otherwise than its pointer says")
