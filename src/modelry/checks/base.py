"""What a rule is, what it may see, and what it has to say: frozen values all."""

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from inspect import cleandoc
from typing import Generic, NamedTuple

from typing_extensions import TypeVar

from modelry.model import layout
from modelry.model.changes import ORDER, Changes, Class, Move
from modelry.model.documents import Assignment, ModelInfo
from modelry.model.files import FOLDER
from modelry.model.places import Position
from modelry.model.policy import Approvals, Policy
from modelry.model.registry import Document, Model, Registry, Version

START = Position(1, 1)


class Severity(StrEnum):
    """What a finding means for the change."""

    ERROR = "error"
    """It may not be merged."""
    PERSON = "needs a person"
    """It may be merged once somebody who may decide has said yes."""


class Problem(NamedTuple):
    """What a rule has to say of one place; the runner stamps the rule's id and severity on it."""

    path: str
    message: str
    position: Position = START
    hint: str = ""
    approvals: Approvals | None = None
    """Who may say yes to it, and how many must; None for what nobody can, and for what anyone can who may merge."""


class Held(NamedTuple):
    """A version that held a stage, by the record of main's first-parent line."""

    version: str
    """Empty where the stage was emptied."""
    since: datetime
    """When main got it."""
    who: str = ""
    """Who proposed it."""
    reason: str = ""
    commit: str = ""


History = Callable[[str, str], Sequence[Held]]
"""Which versions held a stage of a model, newest first: (model, stage) to holders."""

Objects = Callable[[str], int | None]
"""How large the object of a DVC address is in the remotes that policy allows; None when none has it."""

Contents = Mapping[str, Sequence[str]]
"""What is wrong with the bytes that the remotes have of a version, by its label."""

Sources = Callable[[Version], Sequence[str]]
"""What is wrong with the bytes at the public address that a version names."""

Ever = Callable[[], Collection[str]]
"""Which of the names that the change brings main ever had, by their paths."""

Pointing = Callable[[], Mapping[str, Sequence[str]]]
"""Which paths of main hold an MD5 that the change's pointers do, by the MD5."""


class UnavailableError(Exception):
    """A rule asked for a port that is not there; the report says that it was skipped, and why."""


@dataclass(frozen=True)
class Context:
    """All that a rule may see. It is judged by the base's policy, never by the one that a change brings."""

    changes: Changes
    policy: Policy | None
    """The base's policy; None when the base has no readable one."""
    today: date
    """The day on which waivers must still hold."""
    now: datetime | None = None
    """The moment for soaks; None where no commit tells it."""
    history: History | None = None
    objects: Objects | None = None
    ever: Ever | None = None
    pointing: Pointing | None = None
    contents: Contents | None = None
    """None where nobody asked for the bytes to be read; then nothing is said of them."""
    sources: Sources | None = None
    everything: bool = False
    """Whether to look at all models, and not only at those that the change touches."""
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Models that were found sound as they are, with the MD5s of their pointers: where everything is looked at,
    nobody need look at them again."""

    @property
    def is_base(self) -> bool:
        """Whether it is the base of a change, looked at to tell old faults from new: a registry by itself has no history."""
        return self.everything and self.history is not None

    @property
    def before(self) -> Registry:
        """The registry that the change starts from."""
        return self.changes.before

    @property
    def after(self) -> Registry:
        """The registry that would be."""
        return self.changes.after

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The models to look at: those that the change touches, or all when the policy itself changes."""
        if self.known:
            return tuple(self._each(without=self.known))
        if self.everything or any(step.place.kind == "policy" for step in self.changes.steps):
            return tuple(self.after.models.values())
        touched = {step.place.model for step in self.changes.steps}
        return tuple(self.after.models[name] for name in sorted(touched) if name in self.after.models)

    @property
    def every_version(self) -> Iterator[Version]:
        """The versions of all models, also of those that are known."""
        return (version for model in self._each() for version in model.versions.values())

    def _each(self, without: Container[str] = ()) -> Iterator[Model]:
        """Give the models in order; none is listed before it is its turn."""
        names = sorted(self.after.tree.folder(layout.MODELS))
        return (
            self.after.models[name] for name in names if name not in without and name in self.after.models
        )

    @cached_property
    def listed(self) -> Sequence[str]:
        """All paths below the registry's folder, in order, but for those of models that are known."""
        tree = self.after.tree
        if not self.known:
            return [path for path in tree.entries if path.startswith(f"{layout.ROOT}/")]
        known = {f"{layout.MODELS}/{name}" for name in self.known}
        inside = {folder: tree.folder(folder) for folder in (layout.ROOT, layout.MODELS)}
        found = {f"{folder}/{name}": entry for folder in inside for name, entry in inside[folder].items()}
        del found[layout.MODELS]
        return sorted(
            path
            for top, entry in found.items()
            if top not in known
            for path in (tree.below(top) if entry.mode == FOLDER else (top,))
        )

    @property
    def versions(self) -> Iterator[Version]:
        """The versions of those models."""
        for model in self.models:
            yield from model.versions.values()

    @cached_property
    def fresh(self) -> tuple[Version, ...]:
        """The versions that the change brings; older ones cannot be mended, so nothing new is asked of them."""
        return tuple(self.after.models[place.model].versions[place.name] for place in self.changes.registered)

    @cached_property
    def named(self) -> frozenset[str]:
        """The paths of the documents that bear a name which the change brings: of a model, or of a version."""
        models = {layout.model(name) for name in self.changes.new_models}
        return frozenset(models | {layout.version(one.model, one.name) for one in self.changes.registered})

    @cached_property
    def addresses(self) -> Mapping[str, Sequence[str]]:
        """The MD5s that the pointers of the versions which the change brings hold, each with their paths."""
        found: dict[str, list[str]] = {}
        for pointer in (pointer for version in self.fresh for pointer in version.pointers):
            if pointer.value is not None:
                found.setdefault(pointer.value.out.md5, []).append(pointer.path)
        return found

    @cached_property
    def vouched(self) -> tuple[Version, ...]:
        """The versions whose bytes matter to the change: those that it brings or gives a stage, or all."""
        if self.everything:
            return tuple(self.every_version)
        moved = {(move.model, move.after) for move in self.changes.moves}
        moved |= {(version.model, version.number) for version in self.fresh}
        return tuple(version for version in self.versions if (version.model, version.number) in moved)

    def is_new(self, path: str) -> bool:
        """Say whether to look at a document: the change brings it, or all is looked at."""
        return self.everything or path in self.changes.paths

    def info(self, model: str) -> ModelInfo | None:
        """Give what `model.yaml` says on main, so that no change chooses its own rules; a new model's is its own."""
        registry = self.before if model in self.before.models else self.after
        return registry.models[model].info.value

    @property
    def assignments(self) -> Iterator[tuple[Model, str, Document[Assignment]]]:
        """The assignments of those models, with their stages."""
        for model in self.models:
            for stage, document in model.stages.items():
                yield model, stage, document

    def held(self, model: str, stage: str) -> Sequence[Held]:
        """Give who held a stage, newest first; raises `UnavailableError` without a history."""
        if self.history is None:
            raise UnavailableError("needs the history of main: give --base REV in a clone")
        return self.history(model, stage)

    @cached_property
    def again(self) -> Collection[str]:
        """Those of `named` that main had before; raises `UnavailableError` without a history."""
        if self.ever is None:
            raise UnavailableError("needs the history of main: give --base REV in a clone")
        return self.ever()

    def goes_back(self, move: Move) -> bool:
        """Say whether a stage returns to a version that held it before: it then skips all gates but integrity.

        A holder that is given another term stays where it is, and meets all gates again.
        """
        return self.changes.goes_back(move, self._holders(move))

    def _holders(self, move: Move) -> Iterator[str]:
        """Give who held a stage, as far as main's history is at hand; it is not read before somebody asks."""
        if self.history is not None:
            yield from (held.version for held in self.held(move.model, move.stage))

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """What kinds of change these are; where main's history is at hand, a way back is a rollback however far."""
        found: set[Class] = set(self.changes.classes)
        if found & {"promotion", "rollback"}:
            found -= {"promotion", "rollback"}
            found.update("rollback" if self.goes_back(move) else "promotion" for move in self.changes.moves)
        return tuple(sorted(found, key=ORDER.index))


Seen = TypeVar("Seen", default=Context)
"""What a rule looks at: a change of the registry, unless told."""

Look = Callable[[Seen], Iterator[Problem]]


@dataclass(frozen=True)
class Rule(Generic[Seen]):
    """One thing that must hold: an id that names the fault, and a function that finds it."""

    id: str
    severity: Severity
    look: Look[Seen]

    @property
    def title(self) -> str:
        """Say what is wrong, in one line."""
        return cleandoc(self.look.__doc__ or "").partition("\n")[0]

    @property
    def explanation(self) -> str:
        """Say why it matters and what to do."""
        return cleandoc(self.look.__doc__ or "").partition("\n")[2].strip()


def rule(id_: str, severity: Severity = Severity.ERROR) -> Callable[[Look[Seen]], Rule[Seen]]:
    """Turn a function into a rule. It is not registered by this: `ALL` is written out in `checks` and in `doctor`."""

    def make(look: Look[Seen]) -> Rule[Seen]:
        return Rule(id_, severity, look)

    return make
