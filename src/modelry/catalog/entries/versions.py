"""A version as the catalog shows it: what is sound of it, and what is wrong with the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from modelry.model.documents import Measurement, Unyank, VersionRecord, Yank
from modelry.model.places import Fault
from modelry.model.pointer import Pointer
from modelry.model.registry import Version

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
