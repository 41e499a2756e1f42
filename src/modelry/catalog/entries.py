"""The registry as the catalog shows it: what is sound, put in order, and what is wrong with the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from modelry.catalog import numbers
from modelry.catalog.numbers import Goal
from modelry.model.documents import (
    Assignment,
    Deprecation,
    Measurement,
    ModelInfo,
    Unyank,
    VersionRecord,
    Yank,
)
from modelry.model.events import Event
from modelry.model.gates import AtLeast, AtMost, NoWorseThan
from modelry.model.moment import Moment
from modelry.model.places import Fault
from modelry.model.pointer import Pointer
from modelry.model.policy import Policy
from modelry.model.registry import Model, Registry, Version

_UNREADABLE = Yank(
    schema="yank/v1", reason="withdrawn; why cannot be read, for its document has faults", severity="high"
)


class Wrong(NamedTuple):
    """A document that cannot be shown, and why."""

    path: str
    faults: tuple[Fault, ...]


class Edition(NamedTuple):
    """A data set in one edition: results compare only within it."""

    name: str
    version: str


@dataclass(frozen=True)
class VersionEntry:
    """A version whose record and pointer are sound."""

    version: Version
    record: VersionRecord
    pointer: Pointer
    ordinal: int
    """Its place in the order in which the model's versions reached main, from 1."""

    @property
    def model(self) -> str:
        """The model's name."""
        return self.version.model

    @property
    def number(self) -> str:
        """The version's number."""
        return self.version.number

    @cached_property
    def yank(self) -> Yank | None:
        """Its tombstone; one that cannot be read counts, for the worse error is to recommend the version."""
        document = self.version.yanked
        return None if document is None else document.value or _UNREADABLE

    @cached_property
    def unyanks(self) -> tuple[Unyank, ...]:
        """Its earlier yanks, each lifted since, as far as they can be read."""
        return tuple(found.value for found in self.version.unyanked if found.value is not None)

    @cached_property
    def results(self) -> Mapping[Edition, Mapping[str, float]]:
        """Its metrics by data set; of two measurements of the same, the first stands."""
        made: dict[Edition, dict[str, float]] = {}
        for measurement in self.version.measurements:
            held = made.setdefault(edition(measurement), {})
            for name, value in measurement.metrics.items():
                held.setdefault(name, value)
        return made

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """Its further documents that cannot be shown."""
        documents = [*self.version.evaluations.values(), self.version.yanked, *self.version.unyanked]
        return tuple(Wrong(found.path, found.faults) for found in documents if found and found.faults)


def edition(measurement: Measurement) -> Edition:
    """Say what was measured on."""
    return Edition(measurement.dataset.name, measurement.dataset.version)


class Hold(NamedTuple):
    """A stage of a model and the version that is in it."""

    stage: str
    assignment: Assignment
    entry: VersionEntry
    since: Event | None
    """How it came there; None where nobody knows."""
    due: datetime | None = None
    """When somebody must look at it again; None where policy gives it no term."""
    is_overdue: bool = False
    """Whether that was over when the commit was made that the catalog shows."""


@dataclass(frozen=True)
class ModelEntry:
    """A model, with its versions and stages as far as they are sound."""

    model: Model
    policy: Policy
    versions: tuple[VersionEntry, ...]
    """Lowest first."""
    holds: Mapping[str, Hold]
    """By stage, in the policy's order."""
    events: tuple[Event, ...]
    """Oldest first."""
    wrong: tuple[Wrong, ...]

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def info(self) -> ModelInfo | None:
        """What holds for all its versions, if it can be read."""
        return self.model.info.value

    @property
    def title(self) -> str:
        """What people call it; its name, when nothing else is known."""
        return self.info.title if self.info else self.name

    @property
    def summary(self) -> str:
        """What it does."""
        return self.info.summary if self.info else ""

    @property
    def task(self) -> str:
        """What it is for; empty when it cannot be read."""
        return self.info.task if self.info else ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Free words to find it by."""
        return self.info.tags if self.info else ()

    @property
    def owners(self) -> tuple[str, ...]:
        """Who answers for it."""
        return self.info.owners if self.info else ()

    @property
    def deprecated(self) -> Deprecation | None:
        """Why it should no longer be used, if so."""
        return self.info.deprecated if self.info else None

    @cached_property
    def latest(self) -> VersionEntry | None:
        """The version that `MODEL@latest` means, if it is sound."""
        found = self.model.latest
        return self.version(found.number) if found else None

    @cached_property
    def main(self) -> VersionEntry | None:
        """The version to show first: what holds the last stage that is filled, else the latest."""
        return self.foremost.entry if self.foremost else self.latest or next(reversed(self.versions), None)

    @property
    def foremost(self) -> Hold | None:
        """The last stage that is filled, and what is in it."""
        held = list(self.holds.values())
        return held[-1] if held else None

    def version(self, number: str) -> VersionEntry | None:
        """Give a version by its number."""
        return next((entry for entry in self.versions if entry.number == number), None)

    def before(self, entry: VersionEntry) -> VersionEntry | None:
        """Give the version just below."""
        at = self.versions.index(entry)
        return self.versions[at - 1] if at else None

    def stages_of(self, entry: VersionEntry) -> tuple[str, ...]:
        """Give the stages that a version holds."""
        return tuple(stage for stage, hold in self.holds.items() if hold.entry is entry)

    @cached_property
    def dataset(self) -> Edition | None:
        """The data set that the model is compared on: the first of the version that is shown first."""
        return next(iter(self.main.results), None) if self.main else None

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics on that data set: what gates look at, then what the policy knows, then the rest."""
        found = {name for entry in self.versions for name in self._results(entry)}
        ranked = [*gated(self.policy), *self.policy.metrics]
        known = [name for name in dict.fromkeys(ranked) if name in found]
        return (*known, *sorted(found.difference(known)))

    def goal(self, metric: str) -> Goal:
        """Say which way a metric is better, if anyone said so."""
        known = self.policy.metrics.get(metric)
        return known.goal if known else None

    def result(self, entry: VersionEntry | None, metric: str) -> float | None:
        """Give a version's metric on the model's data set."""
        return self._results(entry).get(metric) if entry else None

    @cached_property
    def best(self) -> Mapping[str, float | None]:
        """The best of each metric among the versions that were not withdrawn; None where there is no choice."""
        live = [entry for entry in self.versions if entry.yank is None]
        found = {name: [self.result(entry, name) for entry in live] for name in self.metrics}
        return {
            name: numbers.best([value for value in values if value is not None], self.goal(name))
            for name, values in found.items()
        }

    def series(self, metric: str) -> list[tuple[str, float]]:
        """Give a metric over the versions that have it."""
        pairs = ((entry.number, self.result(entry, metric)) for entry in self.versions)
        return [(number, value) for number, value in pairs if value is not None]

    def _results(self, entry: VersionEntry) -> Mapping[str, float]:
        return entry.results.get(self.dataset, {}) if self.dataset else {}


@dataclass(frozen=True)
class Catalog:
    """All that the pages and the API are made from."""

    registry: Registry
    policy: Policy
    moment: Moment
    models: tuple[ModelEntry, ...]
    """By name."""

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The policy's stages in order."""
        return tuple(stage.name for stage in self.policy.stages)

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        """Everything that cannot be shown."""
        return tuple(
            wrong
            for model in self.models
            for wrong in (*model.wrong, *(w for v in model.versions for w in v.wrong))
        )


def gated(policy: Policy) -> list[str]:
    """Give the metrics that gates look at, those of the last stage first."""
    gates = [gate for stage in reversed(policy.stages) for gate in stage.gates]
    return [gate.metric for gate in gates if isinstance(gate, AtLeast | AtMost | NoWorseThan)]
