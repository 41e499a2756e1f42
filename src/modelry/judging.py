"""A change brought before the rules: what git and the remotes know, gathered into a `Context`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from modelry import checks
from modelry.checks.base import Held, History, Objects
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import changes, layout
from modelry.model.documents import Assignment
from modelry.model.files import Tree
from modelry.model.registry import Registry
from modelry.storage import documents, folders, remotes


def registry(repository: Repository, revision: str) -> Registry:
    """Give the registry of a commit."""
    tree = repository.tree(repository.commit(revision))
    if layout.POLICY not in tree.entries:
        raise RegistryError(f"{revision} has no {layout.POLICY}", hint="begin a registry: modelry init DIR")
    return documents.registry(tree)


def change(repository: Repository, base: str, tree: str, *, offline: bool = False) -> checks.Context:
    """Give the context in which a tree is judged that would follow `base` on main.

    The policy is the base's, and a base that cannot be read is an error, not an empty policy.
    """
    before = registry(repository, base)
    after = documents.registry(repository.tree(tree))
    now = datetime.now(UTC)
    return checks.Context(
        changes.between(before, after),
        before.policy.must,
        now.date(),
        now,
        _history(repository, base),
        None if offline else objects(before, after.tree, repository.top),
    )


def folder(top: Path, *, offline: bool = False) -> checks.Context:
    """Give the context in which a registry on the disk is judged by itself, by its own policy."""
    found = documents.registry(folders.tree(top))
    now = datetime.now(UTC)
    ports = None if offline or found.policy.value is None else objects(found, found.tree, top)
    return checks.Context(
        changes.between(found, found), found.policy.value, now.date(), objects=ports, everything=True
    )


def folders_change(before: Path, after: Path) -> checks.Context:
    """Give the context of a change between two folders; there is no history and no remote to ask."""
    old, new = documents.registry(folders.tree(before)), documents.registry(folders.tree(after))
    now = datetime.now(UTC)
    return checks.Context(changes.between(old, new), old.policy.must, now.date(), now)


def _history(repository: Repository, base: str) -> History:
    known: dict[tuple[str, str], Sequence[Held]] = {}

    def held(model: str, stage: str) -> Sequence[Held]:
        if (model, stage) not in known:
            known[model, stage] = tuple(holders(repository, base, model, stage))
        return known[model, stage]

    return held


def holders(repository: Repository, revision: str, model: str, stage: str) -> list[Held]:
    """Give which versions held a stage on main's first-parent line, newest first."""
    path = layout.stage(model, stage)
    found = []
    for touch in repository.history(revision, path):
        if touch.data is None:
            continue
        value, _ = documents.parse(touch.data, Assignment)
        if value is not None:
            when = datetime.fromisoformat(touch.when)
            found.append(Held(value.version, when, touch.who, value.reason, touch.commit))
    return found


def objects(registry: Registry, tree: Tree, top: Path) -> Objects:
    """Give the port that tells whether the remotes hold an object.

    A remote inside the repository is read from `tree`, so that a pull request's own objects count.
    """
    policy = registry.policy.must

    def size(md5: str) -> int | None:
        for remote in policy.remotes.values():
            if remote.is_inside:
                path = remotes.address(f"{layout.ROOT}/{remote.url}", md5)
                found = len(tree.read(path)) if path in tree.entries else None
            else:
                found = _size(remotes.address(remotes.location(remote.url, top / layout.ROOT), md5))
            if found is not None:
                return found
        return None

    return size


def _size(address: str) -> int | None:
    try:
        with remotes.open_object(address) as body:
            return body.size
    except remotes.AbsentError:
        return None
