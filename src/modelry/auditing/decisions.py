"""What an audit proves: moves of stages; waivers and lifted yanks, of which it is shown whether whom they need said yes."""

from collections.abc import Iterator
from typing import NamedTuple

from modelry import checks
from modelry.auditing.statements import Heard
from modelry.checks import Context, Report, people, waivers, yanks
from modelry.checks.people import Doubts
from modelry.model import layout
from modelry.model.audit import Kind
from modelry.model.changes import Step
from modelry.model.registry import Version

_RULES = (
    waivers.unknown_waived_rule,
    waivers.waiver_approver_not_owner,
    waivers.waiver_granted,
    yanks.unrecorded_unyank,
    yanks.yank_lifted,
)
"""What is judged again of each, by the owners that it found."""


class Decision(NamedTuple):
    """A stage that was moved, a waiver that came or was altered, or a yank that was lifted."""

    kind: Kind
    model: str
    doubts: Doubts
    stage: str | None = None
    waiver: str | None = None
    before: str | None = None
    """The version that held the stage."""
    after: str | None = None
    """The version that holds it since; the one that is excused, or may be used again."""
    version: Version | None = None
    """That one, where its bytes matter."""
    sha256: str | None = None
    """What the assignment, or the record, says of its artifact."""


def of(context: Context, heard: Heard, model: str | None = None) -> Iterator[Decision]:
    """Give the waivers and lifted yanks of a change, of one model or all, each held against those who approved."""
    steps = [step for step in context.changes.steps if model in (None, step.place.model)]
    found = [step for step in steps if _is_waiver(step) or _is_lifting(step)]
    if not found:
        return
    report = checks.run(_RULES, context, processes=1)
    for step in found:
        place = step.place
        known = context.after.models.get(place.model)
        if known is None:
            continue
        if _is_waiver(step):
            waiver = known.waivers[place.name].value
            stage, after = (waiver.stage, waiver.version) if waiver is not None else (None, None)
            doubts = _doubts(report, heard, (step.edit.path,))
            yield Decision("waiver", place.model, doubts, stage, place.name, after=after)
        elif place.name in known.versions:
            version = known.versions[place.name]
            doubts = _doubts(report, heard, (layout.version(place.model, place.name, ""),))
            record = version.record.value
            sha256 = record.artifact.sha256 if record is not None else None
            yield Decision("unyank", place.model, doubts, after=place.name, version=version, sha256=sha256)


def _is_waiver(step: Step) -> bool:
    return step.place.kind == "waiver" and step.edit.after is not None


def _is_lifting(step: Step) -> bool:
    return step.place.kind == "yank" and step.edit.after is None


def _doubts(report: Report, heard: Heard, paths: tuple[str, ...]) -> Doubts:
    """Give what the rules find below these paths, and what speaks against those who said yes to it."""
    mine = [finding for finding in report.findings if finding.path.startswith(paths)]
    errors = [f"{one.rule}: {one.message}" for one in mine if one.severity is checks.Severity.ERROR]
    asked = [
        people.approvals(one.approvals, heard.evidence.author, heard.evidence.approvers)
        for one in mine
        if one.approvals is not None
    ]
    against = [each for doubts in asked for each in doubts.contradictions]
    return Doubts((*errors, *against), tuple(each for doubts in asked for each in doubts.missing))
