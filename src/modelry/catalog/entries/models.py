"""A model as the catalog shows it: its versions and stages, and how its versions compare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from modelry.catalog import numbers
from modelry.catalog.entries.versions import Edition, VersionEntry, Wrong
from modelry.catalog.numbers import Goal
from modelry.model.documents import Assignment, Deprecation, ModelInfo
from modelry.model.events import Event
from modelry.model.gates import AtLeast, AtMost, NoWorseThan
from modelry.model.policy import Policy
from modelry.model.registry import Model


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

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {entry.number: at for at, entry in enumerate(self.versions)}

    @cached_property
    def active(self) -> datetime | None:
        """When something last happened to it; as far as nobody knows, when its newest version was made."""
        happened = [event.when for event in self.events]
        return max([*happened, *(entry.record.created for entry in self.versions)], default=None)

    def version(self, number: str) -> VersionEntry | None:
        """Give a version by its number."""
        at = self._places.get(number)
        return None if at is None else self.versions[at]

    def before(self, entry: VersionEntry) -> VersionEntry | None:
        """Give the version just below."""
        at = self._places[entry.number]
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


def gated(policy: Policy) -> list[str]:
    """Give the metrics that gates look at, those of the last stage first."""
    gates = [gate for stage in reversed(policy.stages) for gate in stage.gates]
    return [gate.metric for gate in gates if isinstance(gate, AtLeast | AtMost | NoWorseThan)]
