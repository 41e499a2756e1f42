"""Main's first-parent line played again in one pass: each commit that decided something."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from modelry.checks.base import Held
from modelry.errors import RegistryError
from modelry.git import Repository, reading
from modelry.model import changes, landings, layout
from modelry.model.changes import Changes
from modelry.model.documents import Assignment
from modelry.model.files import Entry, Tree
from modelry.model.landings import Claim
from modelry.model.layout import Place
from modelry.model.registry import Document, Registry, Source
from modelry.storage import documents, line
from modelry.storage.line import Landed, Touch

_IMMUTABLE = {"version", "pointer", "card"}
_TURNING = {"assignment", "policy", "schema", "waiver", "yank"}
"""What makes a commit one to look at."""


class Commit(NamedTuple):
    """A commit of main."""

    id: str
    parents: tuple[str, ...]
    when: datetime
    name: str
    claim: Claim
    """What its message says."""


Holders = Mapping[str, tuple[Held, ...]]
"""Who held each stage of a model, newest first."""

_Shared = Mapping[str, Entry]
_OfModel = Mapping[str, Mapping[str, Entry]]
"""A model's files, by version; what belongs to none by the empty name."""


class Turn(NamedTuple):
    """A commit that moved a stage, touched a waiver or a yank, or changed the policy, with as much of the registry as that takes."""

    commit: Commit
    changes: Changes
    """Its models only, and of their versions those that hold a stage or are touched."""
    policy: Entry | None
    """The policy in force: the one that the commit found."""
    new_policy: Entry | None
    """The policy that it left."""
    held: Mapping[str, Holders]
    """Who had held the stages of its models by then."""


class _Step(NamedTuple):
    place: Place
    touch: Touch


@dataclass
class Replay:
    """A pass over main. What was altered is complete once all turns were taken."""

    repository: Repository
    revision: str
    altered: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What was done to merged versions, which nobody may do, by model and version."""
    # Nothing of these is ever changed in place: a turn keeps what it was given.
    _shared: _Shared = field(default_factory=dict)
    _files: dict[str, _OfModel] = field(default_factory=dict)
    _held: dict[str, Holders] = field(default_factory=dict)
    _known: dict[tuple[Entry, type], Document[Any]] = field(default_factory=dict)

    @cached_property
    def read(self) -> Callable[[str], bytes]:
        """Give a blob by its id; all through one process."""
        return reading.one_by_one(self.repository)

    def turns(self) -> Iterator[Turn]:
        """Give the turns, oldest first. Raises `RegistryError` for a clone that does not have all of main."""
        if self.repository.is_shallow:
            raise RegistryError(
                "this clone is shallow, and hides what was merged", hint="git fetch --unshallow"
            )
        for commit, steps in _commits(self.repository, self.revision):
            models = {step.place.model for step in steps if step.place.model}
            before = self._shared, {name: self._files.get(name, {}) for name in models}
            held = {name: self._held.get(name, {}) for name in models}
            for step in steps:
                self._apply(commit, step)
            if any(step.place.kind in _TURNING for step in steps):
                after = self._shared, {name: self._files[name] for name in models}
                touched = {(step.place.model, step.place.name) for step in steps}
                wanted = touched | self._assigned(before[1]) | self._assigned(after[1])
                change = changes.between(self._registry(*before, wanted), self._registry(*after, wanted))
                old, new = before[0].get(layout.POLICY), after[0].get(layout.POLICY)
                yield Turn(commit, change, old, new, held)

    def _apply(self, commit: Commit, step: _Step) -> None:
        place, touch = step
        if not place.model:
            self._shared = _with(self._shared, touch)
            return
        number = place.name if "/versions/" in touch.path else ""
        files = self._files.get(place.model, {})
        self._files[place.model] = {**files, number: _with(files.get(number, {}), touch)}
        if place.kind in _IMMUTABLE and touch.before is not None:
            how = "changed" if touch.after is not None else "removed"
            told = f"{touch.path.rpartition('/')[2]} was {how} in {commit.id[:12]}"
            self.altered.setdefault((place.model, number), []).append(told)
        if place.kind == "assignment" and touch.after is not None:
            value = self._load(touch.path, touch.after, Assignment).value
            if value is not None:
                held = Held(value.version, commit.when, commit.name, value.reason, commit.id)
                stages = self._held.get(place.model, {})
                self._held[place.model] = {**stages, place.name: (held, *stages.get(place.name, ()))}

    def _assigned(self, models: Mapping[str, _OfModel]) -> set[tuple[str, str]]:
        """Give the versions that hold a stage, each with its model."""
        found = set()
        for name, files in models.items():
            for path, entry in files.get("", {}).items():
                place = layout.place(path)
                if place is not None and place.kind == "assignment":
                    value = self._load(path, entry, Assignment).value
                    found |= {(name, value.version)} if value is not None else set()
        return found

    def _registry(
        self, shared: _Shared, models: Mapping[str, _OfModel], wanted: set[tuple[str, str]]
    ) -> Registry:
        entries = dict(shared)
        for name, files in models.items():
            for number in {"", *(version for model, version in wanted if model == name)}:
                entries.update(files.get(number, {}))
        entries = dict(sorted(entries.items()))
        tree = Tree(entries, lambda path: self.read(entries[path].id))

        def load(path: str, type_: type) -> Document[Any]:
            entry = entries.get(path)
            return self._load(path, entry, type_) if entry else documents.load(tree, path, type_)

        return Registry(Source(tree, load, lambda path: documents.text(tree, path)))

    def _load(self, path: str, entry: Entry, type_: type) -> Document[Any]:
        """Read a document; what has the same bytes is read once."""
        key = entry, type_
        if key not in self._known:
            tree = Tree({path: entry}, lambda _: self.read(entry.id))
            self._known[key] = documents.load(tree, path, type_)
        found = self._known[key]
        return found if found.path == path else replace(found, path=path)


def _with(entries: Mapping[str, Entry], touch: Touch) -> Mapping[str, Entry]:
    kept = {path: entry for path, entry in entries.items() if path != touch.path}
    return kept if touch.after is None else {**kept, touch.path: touch.after}


def _commits(repository: Repository, revision: str) -> Iterator[tuple[Commit, list[_Step]]]:
    """Give the commits that changed something of the registry, oldest first, each with what that was."""
    told = line.commits(repository, revision)
    known = {one.commit: one for one in told}
    for commit, touches in groupby(line.touched(repository, told, layout.ROOT), key=lambda one: one.commit):
        steps = [_Step(place, touch) for touch in touches if (place := layout.place(touch.path)) is not None]
        yield _commit(known[commit]), steps


def _commit(told: Landed) -> Commit:
    name, when = landings.name(told.author), datetime.fromisoformat(told.when)
    claim = landings.claim(told.message, merges=told.is_merge)
    return Commit(told.commit, tuple(told.parents.split()), when, name, claim)
