"""Newer files for a registry that has begun: what nobody edited is renewed, what somebody edited is merged."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelry import __version__, scaffolding
from modelry.errors import ConflictError, UsageError
from modelry.founding import answering, memory
from modelry.git import GitError, Repository, merging
from modelry.model import layout
from modelry.model.files import REGULAR, Tree
from modelry.model.registry import Registry
from modelry.model.scaffold import PATH
from modelry.proposals import Proposal
from modelry.proposals.base import body
from modelry.storage import folders

_THEIRS = frozenset({layout.POLICY, ".gitignore"})
"""Written once: the policy is the team's own from then on, and git's ignore rules may have stood there before ours."""


@dataclass
class Update:
    """What an update does, file by file."""

    written: dict[str, bytes] = field(default_factory=dict)
    """What is new or renewed, merged with what was edited here."""
    merged: list[str] = field(default_factory=list)
    """Of those, where both have changed."""
    removed: list[str] = field(default_factory=list)
    """What nobody edited, and modelry has no more."""
    left: list[str] = field(default_factory=list)
    """What stands where modelry has a file, and never came from it."""
    conflicts: list[str] = field(default_factory=list)
    """Where both have changed the same lines."""
    ids: dict[str, str] = field(default_factory=dict)
    """What came from modelry, as it is remembered from then on."""


def update(
    repository: Repository,
    registry: Registry,
    asked: Mapping[str, Any],
    keep: Collection[str],
    take: Collection[str],
) -> tuple[Proposal | None, Update]:
    """Give the proposal that brings main's files up to date, None where nothing is newer, and what it does.

    `asked` are answers that are new; of files in `keep` the edited one stays, of those in `take` the new one wins.
    Raises `ConflictError` for files that both have changed in the same lines, when neither says what to do.
    """
    tree = registry.tree
    known = memory.load(tree)
    given = {name: value for name, value in asked.items() if value}
    answers = answering.hold({**known.answers.model_dump(mode="json"), **given})
    made = scaffolding.files(answers, _owners(registry))
    unknown = {*keep, *take} - (made.keys() | known.files.keys())
    if unknown:
        raise UsageError(
            f"{', '.join(sorted(unknown))} never came from modelry",
            hint="name a file that did: .modelry.yaml",
        )
    done = Update()
    for path in sorted(made.keys() | known.files.keys()):
        _File(repository, tree, path, known.files.get(path), made.get(path)).renew(done, keep, take)
    if done.conflicts:
        raise ConflictError(
            f"changed here and in modelry, in the same lines: {', '.join(done.conflicts)}",
            hint="say of each which one it shall be: --keep PATH for yours as it is, --take PATH for the new one",
        )
    if (remembered := memory.dump(answers, done.ids)) != tree.read(PATH):
        done.written[PATH] = remembered
    return (_proposal(done) if done.written or done.removed else None), done


def _owners(registry: Registry) -> Mapping[str, tuple[str, ...]]:
    infos = ((name, model.info.value) for name, model in registry.models.items())
    return {name: info.owners for name, info in infos if info is not None}


@dataclass(frozen=True)
class _File:
    """One file: what came from modelry once, what it is on main, what modelry has now."""

    repository: Repository
    tree: Tree
    path: str
    was: str | None
    """The id of what came from modelry; None where nothing did."""
    new: bytes | None
    """What modelry has now; None where it has no such file any more."""

    def renew(self, done: Update, keep: Collection[str], take: Collection[str]) -> None:
        """Put what becomes of it into `done`."""
        entry = self.tree.entries.get(self.path)
        if self.path in _THEIRS or (entry is None and self.was is not None):
            # Somebody else's, or deleted here: that stays so.
            done.ids.update({self.path: self.was} if self.was is not None else {})
        elif self.new is None:
            if entry is not None and entry.id == self.was:
                done.removed.append(self.path)
        elif entry is None:
            self._write(done, self.new)
        elif self.was is None and entry.id != folders.blob_id(self.new):
            done.left.append(self.path)
        elif self.path in take or entry.id == self.was:
            self._write(done, self.new)
        elif self.path in keep or entry.id == folders.blob_id(self.new) or self._is_as_it_was:
            done.ids[self.path] = folders.blob_id(self.new)
        elif (both := self._both(self.new) if entry.mode == REGULAR else None) is not None:
            self._write(done, both)
            done.merged.append(self.path)
        else:
            done.conflicts.append(self.path)

    @property
    def _is_as_it_was(self) -> bool:
        return self.new is not None and folders.blob_id(self.new) == self.was

    def _write(self, done: Update, data: bytes) -> None:
        entry = self.tree.entries.get(self.path)
        if entry is None or entry.id != folders.blob_id(data):
            done.written[self.path] = data
        done.ids[self.path] = folders.blob_id(self.new or data)

    def _both(self, new: bytes) -> bytes | None:
        """Merge what was changed here with what is new; None where they change the same lines, or nobody has the old."""
        try:
            old = self.repository.blob(self.was or "")
        except GitError:
            return None
        return merging.three_way(self.tree.read(self.path), old, new)


def _proposal(done: Update) -> Proposal:
    return Proposal(
        branch="init/update",
        title=f"Bring what modelry init wrote up to modelry {__version__}",
        body=body(what=list(_told(done)), why="modelry has newer files", evidence=(), undo=("revert it",)),
        files=done.written,
        removed=tuple(done.removed),
        again="modelry init --update",
    )


def _told(done: Update) -> Iterator[str]:
    for path in done.written:
        yield f"- {path}{': merged with what was changed here' if path in done.merged else ''}"
    for path in done.removed:
        yield f"- {path}: removed"
