"""What a proposal is, and how it tells what it does, why, on what evidence, and how to undo it."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelry.model.files import Files
from modelry.model.registry import Version

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A change of the registry as a value: a branch, what to tell about it, and what it writes."""

    branch: str
    """The branch it lives on; the same wish always has the same, so that asking again updates it."""
    title: str
    """One line."""
    body: str
    """What, why, evidence, and how to undo it; Markdown."""
    documents: Mapping[str, Content] = field(default_factory=dict)
    """The documents that it writes, by path."""
    files: Files = field(default_factory=dict)
    """The other files that it writes, by path."""
    removed: tuple[str, ...] = ()
    """The paths that it removes."""
    again: str = ""
    """The command that proposes it; empty where it takes more than a command."""


def command(*words: str | None) -> str:
    """Give a command as one types it; words that are None are left out."""
    return shlex.join(["modelry", *(word for word in words if word is not None)])


def option(name: str, value: str | None) -> tuple[str, ...]:
    """Give an option with its value; nothing without one."""
    return (name, value) if value is not None else ()


def body(*, what: Sequence[str], why: str, evidence: Sequence[str], undo: Sequence[str]) -> str:
    """Give a proposal's text; each way to undo it is a line of its own."""
    parts = ["\n".join(what), f"Why: {why}"]
    if evidence:
        parts.append("Evidence:\n" + "\n".join(f"- {line}" for line in evidence))
    parts.append(f"Undo: {undo[0]}" if len(undo) == 1 else "Undo:\n" + "\n".join(undo))
    return "\n\n".join(parts) + "\n"


def measured(version: Version) -> list[str]:
    """Give what was measured of a version, a line for each data set."""
    return [
        result(f"{measurement.dataset.name}@{measurement.dataset.version}", measurement.metrics)
        for measurement in version.measurements
    ]


def result(dataset: str, metrics: Mapping[str, float]) -> str:
    """Give results on a data set on one line."""
    return f"{dataset}: " + ", ".join(f"{metric} {value:g}" for metric, value in metrics.items())
