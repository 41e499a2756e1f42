"""A change as a value: what a pull request does to the registry, read off the two moments it stands between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Literal, NamedTuple

from modelry.model import files, layout
from modelry.model.files import Edit
from modelry.model.layout import Place
from modelry.model.registry import Registry

Class = Literal[
    "new model",
    "new version",
    "promotion",
    "rollback",
    "yank",
    "unyank",
    "evaluation",
    "metadata",
    "waiver",
    "policy",
    "tooling",
]


class Move(NamedTuple):
    """A stage of a model that passes from one version to another, or is given to its holder again."""

    model: str
    stage: str
    before: str | None
    """The version that held it; None when nobody did."""
    after: str | None
    """The version that takes it; None when it is emptied or its document cannot be read."""

    @property
    def renews(self) -> bool:
        """Whether the holder stays, for another term."""
        return self.after is not None and self.before == self.after

    def goes_back(self, held: Iterable[str | None]) -> bool:
        """Say whether the stage returns to a version of those that are known to have held it.

        That it was gone back from since is no matter: what held the stage once passed its gates, and comes back
        without them. A holder that is given another term stays where it is.
        """
        return self.after is not None and not self.renews and self.after in held


class Step(NamedTuple):
    """One edit of a document of the registry, with what its path stands for."""

    edit: Edit
    place: Place


@dataclass(frozen=True)
class Changes:
    """All that leads from one registry to another."""

    before: Registry
    after: Registry

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Every path that differs, in the whole repository."""
        return files.between(self.before.tree, self.after.tree)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths that differ."""
        return frozenset(edit.path for edit in self.edits)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The edits whose path means something to the registry."""
        placed = ((edit, layout.place(edit.path)) for edit in self.edits)
        return tuple(Step(edit, place) for edit, place in placed if place is not None)

    @cached_property
    def touched(self) -> tuple[str, ...]:
        """The names, in order, of the models' folders in which something differs, whether they are models or not."""
        parts = (edit.path.split("/", 3) for edit in self.edits)
        return tuple(sorted({part[2] for part in parts if len(part) > 3 and _is_models(part)}))  # noqa: PLR2004

    @cached_property
    def registered(self) -> tuple[Place, ...]:
        """The versions that are new."""
        return tuple(
            Place("version", name, number)
            for name in self.touched
            if name in self.after.models
            for number in self.after.models[name].versions
            if number not in _versions(self.before, name)
        )

    @cached_property
    def new_models(self) -> tuple[str, ...]:
        """The models that are new."""
        return tuple(
            name for name in self.touched if name in self.after.models and name not in self.before.models
        )

    @cached_property
    def removed_models(self) -> tuple[str, ...]:
        """The models that are gone."""
        return tuple(
            name for name in self.touched if name in self.before.models and name not in self.after.models
        )

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The stages that pass to another version; also those that a new version is born in."""
        return tuple(self.move(place) for _, place in self.steps if place.kind == "assignment")

    def move(self, place: Place) -> Move:
        """Give the move of an assignment at a place."""
        return Move(place.model, place.name, _held(self.before, place), _held(self.after, place))

    def goes_back(self, move: Move, held: Iterable[str] = ()) -> bool:
        """Say whether a stage goes back: as the assignment that it had says, or by who else is known to have held it."""
        model = self.before.models.get(move.model)
        document = model.stages.get(move.stage) if model is not None else None
        previous = document.value.previous if document is not None and document.value is not None else None
        return move.goes_back(chain((previous,), held))

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """What kinds of change these are, most telling first; one, in a sound proposal."""
        found: set[Class] = {_class(step, self) for step in self.steps}
        if len(found) > 1 and found <= {"new model", "new version"}:
            found = {"new model"}
        if len(self.steps) < len(self.edits):
            found.add("tooling")
        return tuple(sorted(found, key=ORDER.index))


ORDER: tuple[Class, ...] = (
    "new model",
    "new version",
    "promotion",
    "rollback",
    "yank",
    "unyank",
    "evaluation",
    "waiver",
    "metadata",
    "policy",
    "tooling",
)


def between(before: Registry, after: Registry) -> Changes:
    """Give what leads from one registry to another; empty between equal ones."""
    return Changes(before, after)


def _is_models(parts: Sequence[str]) -> bool:
    return "/".join(parts[:2]) == layout.MODELS


def _versions(registry: Registry, model: str) -> frozenset[str]:
    return frozenset(registry.models[model].versions) if model in registry.models else frozenset()


def _held(registry: Registry, place: Place) -> str | None:
    if place.model not in registry.models:
        return None
    document = registry.models[place.model].stages.get(place.name)
    return document.value.version if document is not None and document.value is not None else None


def _class(step: Step, changes: Changes) -> Class:
    place = step.place
    match place.kind:
        case "policy" | "schema":
            return "policy"
        case "yank":
            return "unyank" if step.edit.how == "removed" else "yank"
        case "unyank":
            return "unyank"
        case "waiver":
            return "waiver"
        case "assignment":
            return "rollback" if changes.goes_back(changes.move(place)) else "promotion"
        case "object":
            return "new version"
        case "training":
            return "new model" if place.model in changes.new_models else "metadata"
        case "model":
            return "new model" if place.model in changes.new_models else "metadata"
        case "evaluation" if place.name in _versions(changes.before, place.model):
            return "evaluation"
    return "new model" if place.model in changes.new_models else "new version"
