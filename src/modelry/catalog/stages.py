"""Stages as pages show them: a colour for each name, and what a stage demands, in words."""

import zlib
from collections.abc import Iterator

from modelry.catalog import numbers
from modelry.model.gates import AtLeast, AtMost, Evaluated, Gate, NoWorseThan, Require, Scanned, Signed
from modelry.model.policy import Stage

# The same name has the same colour in every registry, whatever other stages there are.
_KNOWN = {
    "production": "green",
    "prod": "green",
    "staging": "amber",
    "canary": "violet",
    "shadow": "violet",
    "dev": "blue",
    "development": "blue",
    "archived": "gray",
}
_TONES = ("blue", "violet", "teal", "pink")


def tone(stage: str) -> str:
    """Give the colour of a stage."""
    return _KNOWN.get(stage) or _TONES[zlib.crc32(stage.encode()) % len(_TONES)]


def demands(stage: Stage) -> tuple[str, ...]:
    """Say what a version must show to hold a stage, one sentence each."""
    return tuple(_demands(stage))


def _demands(stage: Stage) -> Iterator[str]:
    if stage.after:
        soak = f" for {stage.soak}" if stage.soak else ""
        yield f"has held {' and '.join(stage.after)}{soak}"
    for gate in stage.gates:
        yield _sentence(gate)
    if stage.approvals:
        people = f" of {', '.join(stage.approvals.from_)}" if stage.approvals.from_ else ""
        yield f"{stage.approvals.count} approval{'s' if stage.approvals.count > 1 else ''}{people}"
    if stage.expires_after:
        yield f"is looked at again after {stage.expires_after}"


def _sentence(gate: Gate) -> str:
    match gate:
        case AtLeast():
            return f"{gate.metric}{_on(gate.dataset)} is at least {numbers.number(gate.at_least)}"
        case AtMost():
            return f"{gate.metric}{_on(gate.dataset)} is at most {numbers.number(gate.at_most)}"
        case NoWorseThan():
            slack = f"at most {gate.tolerance:g} worse" if gate.tolerance else "no worse"
            return f"{gate.metric}{_on(gate.dataset)} is {slack} than in {gate.no_worse_than}"
        case Require():
            return gate.message
        case Evaluated():
            return f"has the evaluation {gate.evaluation}"
        case Signed():
            return "is signed"
        case Scanned():
            return "its scan found nothing"
    return f"its record fills {', '.join(gate.fields)}"


def _on(dataset: str | None) -> str:
    return f" on {dataset}" if dataset else ""
