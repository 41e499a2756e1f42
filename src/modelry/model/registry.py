"""The registry at one moment: its models, versions and stages, each document read when it is asked for."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from modelry.errors import NotFoundError, RegistryError
from modelry.model import layout, names
from modelry.model.documents import (
    Assignment,
    Evaluation,
    Measurement,
    ModelInfo,
    Unyank,
    VersionRecord,
    Waiver,
    Yank,
)
from modelry.model.files import Tree
from modelry.model.places import Fault, Position
from modelry.model.pointer import Pointer
from modelry.model.policy import Policy

D = TypeVar("D")

_MODELS = f"{layout.MODELS}/"
_OF_VERSION = frozenset({"version", "pointer", "card", "evaluation", "yank", "unyank"})


@dataclass(frozen=True)
class Document(Generic[D]):
    """One file of the registry: what it says, or what is wrong with it."""

    path: str
    """Where it lies, from the top of the repository."""
    value: D | None
    """What it says; None when it has faults."""
    faults: tuple[Fault, ...]
    """What is wrong with it."""
    locate: Callable[[Sequence[str | int]], Position] = field(compare=False)
    """Find the line and column of a field, by its path inside the document."""

    @property
    def must(self) -> D:
        """Give what it says where it is known to be sound; raises `RegistryError` where it is not."""
        if self.value is None:
            raise RegistryError(
                f"{self.path} cannot be read: {self.faults[0].message}", hint="run `modelry check` to see why"
            )
        return self.value


Load = Callable[[str, type[D]], Document[D]]


@dataclass(frozen=True)
class Version:
    """One version's folder."""

    model: str
    number: str
    paths: tuple[str, ...]
    """All its files."""
    source: "Source"

    @property
    def label(self) -> str:
        """Say which version it is, as a reference."""
        return f"{self.model}@{self.number}"

    @cached_property
    def record(self) -> Document[VersionRecord]:
        """Its record; a document with a fault when the file is missing."""
        return self.source.load(layout.version(self.model, self.number), VersionRecord)

    @cached_property
    def pointers(self) -> tuple[Document[Pointer], ...]:
        """Its pointers: one, in a sound version."""
        return tuple(self.source.load(path, Pointer) for path in self.paths if path.endswith(".dvc"))

    @cached_property
    def card(self) -> str | None:
        """Its model card, in Markdown; None when it has none or it is no text."""
        path = layout.version(self.model, self.number, "card.md")
        return self.source.text(path) if path in self.paths else None

    @cached_property
    def yanked(self) -> Document[Yank] | None:
        """Its tombstone, if it was withdrawn."""
        path = layout.version(self.model, self.number, "yanked.yaml")
        return self.source.load(path, Yank) if path in self.paths else None

    @cached_property
    def unyanked(self) -> tuple[Document[Unyank], ...]:
        """The records of its earlier yanks, each lifted since; oldest first."""
        placed = ((layout.place(path), path) for path in self.paths if "/unyanked-" in path)
        found = sorted((int(place.file), path) for place, path in placed if place and place.kind == "unyank")
        return tuple(self.source.load(path, Unyank) for _, path in found)

    @cached_property
    def evaluations(self) -> Mapping[str, Document[Evaluation]]:
        """What was measured after registration, by name."""
        folder = layout.version(self.model, self.number, "evaluations/")
        return {
            path.removeprefix(folder).removesuffix(".yaml"): self.source.load(path, Evaluation)
            for path in self.paths
            if path.startswith(folder)
        }

    @cached_property
    def measurements(self) -> tuple[Measurement, ...]:
        """All that was ever measured: at registration first, then later evidence by name."""
        later = [document.value for document in self.evaluations.values() if document.value is not None]
        return (*(self.record.value.evaluations if self.record.value else ()), *later)

    def metric(self, name: str, dataset: str | None = None) -> float | None:
        """Give a metric on a data set, or on the first that has it; None when nobody measured it."""
        for measurement in self.measurements:
            if dataset in (None, measurement.dataset.name) and name in measurement.metrics:
                return measurement.metrics[name]
        return None


@dataclass(frozen=True)
class Model:
    """One model's folder."""

    name: str
    paths: tuple[str, ...]
    source: "Source"

    @cached_property
    def info(self) -> Document[ModelInfo]:
        """What holds for all its versions; a document with a fault when the file is missing."""
        return self.source.load(layout.model(self.name), ModelInfo)

    @cached_property
    def _places(self) -> tuple[tuple[str, layout.Place], ...]:
        """What its paths stand for, without those that stand for nothing."""
        placed = ((path, layout.place(path)) for path in self.paths)
        return tuple((path, place) for path, place in placed if place is not None)

    @cached_property
    def versions(self) -> Mapping[str, Version]:
        """Its versions by number, lowest first."""
        found: dict[str, list[str]] = {}
        for path, place in self._places:
            if place.kind in _OF_VERSION:
                found.setdefault(place.name, []).append(path)
        return {
            number: Version(self.name, number, tuple(found[number]), self.source)
            for number in sorted(found, key=names.precedence)
        }

    @cached_property
    def stages(self) -> Mapping[str, Document[Assignment]]:
        """Its assignments by stage."""
        return self._documents("assignment", Assignment)

    @cached_property
    def waivers(self) -> Mapping[str, Document[Waiver]]:
        """Its waivers by name."""
        return self._documents("waiver", Waiver)

    def _documents(self, kind: layout.Kind, type_: type[D]) -> Mapping[str, Document[D]]:
        return {
            place.name: self.source.load(path, type_) for path, place in self._places if place.kind == kind
        }

    @cached_property
    def latest(self) -> Version | None:
        """The highest release that is not yanked; the highest pre-release when there is no release."""
        live = [version for version in self.versions.values() if version.yanked is None]
        releases = [version for version in live if names.is_release(version.number)]
        found = releases or live
        return found[-1] if found else None

    def holder(self, stage: str) -> Version | None:
        """Give the version that holds a stage; None when nobody does."""
        document = self.stages.get(stage)
        if document is None or document.value is None:
            return None
        return self.versions.get(document.value.version)


@dataclass(frozen=True)
class Source:
    """How documents are read; handed in by the storage, so that values need no parser."""

    tree: Tree
    load: Callable[[str, type], Document]  # type: ignore[type-arg]  # the type of the answer is its argument
    text: Callable[[str], str | None]


class _Models(Mapping[str, Model]):
    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: dict[str, Model | None] = {}

    def __getitem__(self, name: str) -> Model:
        if name not in self._found:
            paths = sorted(self._source.tree.below(f"{_MODELS}{name}")) if names.is_model(name) else ()
            self._found[name] = self._model(name, paths)
        if (model := self._found[name]) is None:
            raise KeyError(name)
        return model

    def _model(self, name: str, paths: Sequence[str]) -> Model | None:
        training = f"{_MODELS}{name}/training/"
        # Training code alone makes no model: it is there before the first version is.
        if not paths or (paths[0].startswith(training) and paths[-1].startswith(training)):
            return None
        return Model(name, tuple(paths), self._source)

    @cached_property
    def _all(self) -> Mapping[str, Model]:
        """All of them, found in one look at all paths."""
        found: dict[str, Model] = {}
        paths = self._source.tree.paths
        start = bisect_left(paths, _MODELS)
        # What is in a folder stands together, so each model is found in a few steps, however many files it has.
        while start < len(paths) and paths[start].startswith(_MODELS):
            name, slash, _ = paths[start].removeprefix(_MODELS).partition("/")
            end = bisect_left(paths, f"{_MODELS}{name}0", start) if slash else start + 1  # 0 comes after /
            model = self._model(name, paths[start:end]) if slash and names.is_model(name) else None
            if model is not None:
                # What somebody may have read of it already need not be read again.
                found[name] = self._found.setdefault(name, model) or model
            start = end
        return dict(sorted(found.items()))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


@dataclass(frozen=True)
class Registry:
    """All that the registry says at one moment."""

    source: Source

    @property
    def tree(self) -> Tree:
        """The files it was read from."""
        return self.source.tree

    @cached_property
    def policy(self) -> Document[Policy]:
        """Its policy; a document with a fault when the file is missing."""
        return self.source.load(layout.POLICY, Policy)

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """Its models by name, in order; to ask for one looks at no other."""
        return _Models(self.source)

    def model(self, name: str) -> Model:
        """Give a model; raises `NotFoundError` when there is none of that name."""
        if name not in self.models:
            raise NotFoundError(f"there is no model {name}", hint=_near(name, self.models, "modelry list"))
        return self.models[name]

    def stages(self, model: Model) -> list[str]:
        """Give the stages of a model in the policy's order; those that policy does not name come last, by name."""
        policy = self.policy.value
        order = [stage.name for stage in policy.stages] if policy is not None else []
        return sorted(
            model.stages, key=lambda name: (order.index(name) if name in order else len(order), name)
        )

    def require_stage(self, name: str) -> None:
        """Raise `NotFoundError` for a stage that policy does not name and no model has."""
        policy = self.policy.value
        if policy is None or policy.stage(name) or any(name in one.stages for one in self.models.values()):
            return
        known = {stage.name: stage for stage in policy.stages}
        raise NotFoundError(f"there is no stage {name}", hint=_near(name, known, "modelry list"))

    def find(self, wanted: names.Reference) -> Version:
        """Give the version that a reference means; raises `NotFoundError` when there is none.

        A yanked version is found by its number and, should policy have let it stay there, by its stage;
        never as the latest.
        """
        model = self.model(wanted.model)
        if wanted.version is not None:
            if wanted.version not in model.versions:
                raise NotFoundError(
                    f"{wanted.model} has no version {wanted.version}",
                    hint=_near(wanted.version, model.versions, f"modelry show {wanted.model}"),
                )
            return model.versions[wanted.version]
        found = model.holder(wanted.stage) if wanted.stage else model.latest
        if found is None:
            raise NotFoundError(
                f"nothing holds {wanted.stage} of {wanted.model}"
                if wanted.stage
                else f"{wanted.model} has no version to take",
                hint=f"see what there is: modelry show {wanted.model}",
            )
        return found


def _near(name: str, known: Mapping[str, object], command: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only ever needed to be kind

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"see what there is: {command}"
