"""Which move of a stage broke something, for a terminal or a program."""

from typing import Any, Literal

from pydantic import Field

from modelry.model.bisection import Bisection
from modelry.model.fields import Commit, ModelName, Part, Several, StageName, Version
from modelry.proposals.base import command
from modelry.reports import diff, history
from modelry.reports.diff import DiffReport
from modelry.reports.past import Happened


class Outcome(Part):
    """What was found out about a version."""

    version: Version
    """The version."""
    verdict: Literal["good", "bad", "skipped"]
    """What the command said of it, or whoever asked; skipped is what could not be tested."""
    exit: int | None
    """The command's exit code; null where it was not run: the version was trusted, or could not be fetched."""


class BisectReport(Part):
    """What `modelry bisect --json` answers."""

    schema_: Literal["bisect/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    commit: Commit
    """The commit up to which main was read."""
    model: ModelName
    """The model."""
    stage: StageName
    """The stage."""
    command: str
    """What was run."""
    good: Version
    """The last holder that is known to be good."""
    bad: Version
    """The first holder after it that is known to be bad."""
    culprit: Happened | None
    """The move that broke it; null where it is one of several, since those between could not be tested."""
    suspects: Several[Happened]
    """The moves of which one broke it, oldest first; the culprit alone where it was found."""
    tested: Several[Outcome]
    """What was found out about each version, in the order in which it was."""
    difference: DiffReport
    """What differs between the good and the bad one."""
    rollback: str | None
    """What to type to go back to the good one; null where it holds the stage already, is yanked or gone."""


def document(found: Bisection) -> dict[str, Any]:
    """Give what was found for a program, as `bisect/v1`."""
    suspects = [history.told(one) for one in found.suspects]
    return {
        "schema": "bisect/v1",
        "commit": found.commit,
        "model": found.model,
        "stage": found.stage,
        "command": found.command,
        "good": found.good.number,
        "bad": found.bad.number,
        "culprit": suspects[0] if found.culprit is not None else None,
        "suspects": suspects,
        "tested": [
            {"version": one.version, "verdict": one.verdict, "exit": one.code} for one in found.tested
        ],
        "difference": _difference(found).model_dump(mode="json", by_alias=True),
        "rollback": _rollback(found),
    }


def _difference(found: Bisection) -> DiffReport:
    return diff.between(found.good, found.bad, found.registry.policy.value)


def _rollback(found: Bisection) -> str | None:
    if found.way_back is None:
        return None
    reason = f"bisect: {found.bad.number} is bad, {found.way_back} is good"
    return command("rollback", found.model, found.stage, "--to", found.way_back, "--reason", reason)


def text(found: Bisection) -> str:
    """Tell it on a terminal."""
    if found.culprit is not None:
        head = f"{found.bad.label} is the first bad holder of {found.stage}\n\n"
    else:
        head = f"one of these broke {found.stage} of {found.model}; what lies between could not be tested\n\n"
    return f"{head}{history.text(found.suspects)}\n{diff.text(_difference(found))}\n{_undo(found)}\n"


def _undo(found: Bisection) -> str:
    if (rollback := _rollback(found)) is not None:
        return f"to go back: {rollback}"
    if found.is_over:
        return f"{found.stage} is held by {found.holder} now, which is good"
    return f"there is no way back to {found.good.label}: promote a version that is mended"
