"""Main's first-parent line played again in one pass: each commit that moved a stage or changed the policy."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from modelry.checks.base import Held
from modelry.errors import RegistryError
from modelry.git import Repository, reading
from modelry.model import changes, layout
from modelry.model.changes import Changes
from modelry.model.documents import Assignment
from modelry.model.files import Entry, Tree
from modelry.model.layout import Place
from modelry.model.registry import Document, Registry, Source
from modelry.storage import documents

_LOG = (
    *("-c", "log.showRoot=true", "log", "--first-parent", "--diff-merges=first-parent", "--reverse"),
    *("--raw", "--no-abbrev", "--no-renames", "-z"),
)
_TRAILER = "%(trailers:key={},valueonly,unfold,separator=%x1f)"
_FORMAT = "%x00" + "%x00".join(
    ["%H", "%P", "%cI", "%an", "%ae", _TRAILER.format("Proposed-by"), _TRAILER.format("Approved-by")]
)
_FIELDS = 7
_IMMUTABLE = {"version", "pointer", "card"}


class Claim(NamedTuple):
    """What a commit's message says of who did what; weaker than evidence, for whoever wrote it could write anything."""

    proposed_by: tuple[str, ...]
    approved_by: tuple[str, ...]


class Commit(NamedTuple):
    """A commit of main."""

    id: str
    parents: tuple[str, ...]
    when: datetime
    name: str
    email: str
    claim: Claim
    """What its message says."""


Holders = Mapping[str, tuple[Held, ...]]
"""Who held each stage of a model, newest first."""

_Shared = Mapping[str, Entry]
_OfModel = Mapping[str, Mapping[str, Entry]]
"""A model's files, by version; what belongs to none by the empty name."""


class Turn(NamedTuple):
    """A commit that moved a stage or changed the policy, with as much of the registry as that takes."""

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
    path: str
    place: Place
    before: Entry | None
    after: Entry | None


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
        if self.repository.run("rev-parse", "--is-shallow-repository").strip() == "true":
            raise RegistryError(
                "this clone is shallow, and hides what was merged", hint="git fetch --unshallow"
            )
        told = self.repository.run(*_LOG, f"--format={_FORMAT}", self.revision, "--", layout.ROOT)
        for commit, steps in _commits(told.split("\0")):
            models = {step.place.model for step in steps if step.place.model}
            before = self._shared, {name: self._files.get(name, {}) for name in models}
            held = {name: self._held.get(name, {}) for name in models}
            for step in steps:
                self._apply(commit, step)
            if any(step.place.kind in {"assignment", "policy", "schema"} for step in steps):
                after = self._shared, {name: self._files[name] for name in models}
                touched = {(step.place.model, step.place.name) for step in steps}
                wanted = touched | self._assigned(before[1]) | self._assigned(after[1])
                change = changes.between(self._registry(*before, wanted), self._registry(*after, wanted))
                old, new = before[0].get(layout.POLICY), after[0].get(layout.POLICY)
                yield Turn(commit, change, old, new, held)

    def _apply(self, commit: Commit, step: _Step) -> None:
        place = step.place
        if not place.model:
            self._shared = _with(self._shared, step)
            return
        number = place.name if "/versions/" in step.path else ""
        files = self._files.get(place.model, {})
        self._files[place.model] = {**files, number: _with(files.get(number, {}), step)}
        if place.kind in _IMMUTABLE and step.before is not None:
            how = "changed" if step.after is not None else "removed"
            told = f"{step.path.rpartition('/')[2]} was {how} in {commit.id[:12]}"
            self.altered.setdefault((place.model, number), []).append(told)
        if place.kind == "assignment" and step.after is not None:
            value = self._load(step.path, step.after, Assignment).value
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


def _with(entries: Mapping[str, Entry], step: _Step) -> Mapping[str, Entry]:
    kept = {path: entry for path, entry in entries.items() if path != step.path}
    return kept if step.after is None else {**kept, step.path: step.after}


def _commits(tokens: list[str]) -> Iterator[tuple[Commit, list[_Step]]]:
    # With -z: an empty token, the fields of the commit, then for each path `:modes ids letter` and the path.
    rest = iter(tokens)
    commit: Commit | None = None
    steps: list[_Step] = []
    for token in rest:
        if token.strip("\n"):
            path = next(rest, "")
            place = layout.place(path)
            if place is not None:
                old_mode, mode, old, new, _ = token.strip("\n").removeprefix(":").split(" ")
                steps.append(_Step(path, place, _entry(old_mode, old), _entry(mode, new)))
            continue
        if commit is not None:
            yield commit, steps
        values = [next(rest, "") for _ in range(_FIELDS)]
        if not values[0]:
            return
        commit, steps = _commit(values), []
    if commit is not None:
        yield commit, steps


def _commit(values: list[str]) -> Commit:
    identity, parents, when, name, email, *claims = values
    claim = Claim(*(tuple(said for said in told.strip("\n").split("\x1f") if said) for told in claims))
    return Commit(identity, tuple(parents.split()), datetime.fromisoformat(when), name, email, claim)


def _entry(mode: str, blob: str) -> Entry | None:
    return Entry(mode, blob) if int(mode) else None
