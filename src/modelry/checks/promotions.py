"""What a promotion must meet: gates, the stages before it, formats, approvals."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from modelry.checks import gates
from modelry.checks.base import Context, Held, Problem, Severity, UnavailableError, rule
from modelry.checks.waivers import waived
from modelry.model import names
from modelry.model.changes import Move
from modelry.model.policy import Stage
from modelry.model.registry import Document, Version


def promoted(context: Context) -> Iterator[tuple[Move, Stage, Version, Document[Any]]]:
    """Give the moves that gates must judge: those forward, to a version and a stage that exist."""
    for move in context.changes.moves:
        stage = context.policy.stage(move.stage) if context.policy is not None else None
        model = context.after.models.get(move.model)
        if stage is None or model is None or move.after is None or move.after not in model.versions:
            continue
        if model.versions[move.after].record.value is not None and not context.goes_back(move):
            yield move, stage, model.versions[move.after], model.stages[move.stage]


@rule("metric-misses-gate")
def metric_misses_gate(context: Context) -> Iterator[Problem]:
    """A promoted version misses a gate of its new stage.

    Policy says what a version must show before it may hold a stage. A metric that was not measured,
    or not on the data that is asked for, misses too. A waiver excuses the gate that it names; one that
    names none excuses all gates of its version and stage. Promote a better version, add the evaluation that is asked for, or propose another
    bound in a pull request of its own.
    """
    for _, stage, version, document in promoted(context):
        for verdict in gates.judge(context, version, stage):
            if not verdict.holds:
                yield Problem(
                    document.path,
                    f"{version.label} misses a gate of {stage.name}: {verdict.gate}; found: {verdict.measured}",
                    document.locate(["version"]),
                    f"measure it, then: modelry evaluate {version.label} FILE"
                    if isinstance(verdict, gates.Unmeasured)
                    else "promote a version that meets it, or propose another bound in a pull request of its own",
                )


@rule("stage-skipped")
def stage_skipped(context: Context) -> Iterator[Problem]:
    """A version takes a stage without having held, for long enough, the ones before it.

    Policy asks that it is seen at work first (`after`, and `soak` for how long in all); time counts from
    the merge on main that gave it the stage to the one that took it. Promote it there first, or wait until the soak ends.
    """
    for move, stage, version, document in promoted(context):
        # Who holds a stage has been seen at work in it.
        if move.renews or waived(context, "stage-skipped", version, stage.name):
            continue
        for earlier in stage.after:
            holders = context.held(move.model, earlier)
            where = document.locate(["version"])
            again = f"first: modelry promote {version.label} {earlier} --reason …"
            if all(held.version != version.number for held in holders):
                yield Problem(
                    document.path,
                    f"{version.label} never held {earlier}, which {stage.name} asks for",
                    where,
                    again,
                )
            elif stage.soak is not None:
                found = soak(context, version, earlier, stage.soak)
                if not found.is_over:
                    yield Problem(
                        document.path,
                        f"{version.label} has not held {earlier} for {stage.soak} yet",
                        where,
                        f"wait until {found.ends:%Y-%m-%d %H:%M %Z}" if found.ends else again,
                    )


class Soak(NamedTuple):
    """How long a version has been seen at work in a stage."""

    held: timedelta
    """In all."""
    is_over: bool
    """Whether that is long enough."""
    ends: datetime | None
    """When it will be; None when it is, or when the version does not hold the stage now."""


def soak(context: Context, version: Version, earlier: str, asked: str) -> Soak:
    """Say whether a version has held a stage for as long as is asked; raises `UnavailableError` without a history."""
    if context.now is None:
        raise UnavailableError("needs the time of a commit: give --base REV in a clone")
    holders = context.held(version.model, earlier)
    held = _held_for(version.number, holders, context.now)
    left = names.duration(asked) - held
    holds = bool(holders) and holders[0].version == version.number
    return Soak(held, left <= timedelta(), context.now + left if holds and left > timedelta() else None)


def _held_for(version: str, holders: Sequence[Held], now: datetime) -> timedelta:
    """Give how long a version held a stage in all; a moment long ago is no soak."""
    ends = [now, *(held.since for held in holders)]
    spans = (end - held.since for held, end in zip(holders, ends, strict=False) if held.version == version)
    return sum(spans, timedelta())


@rule("format-not-allowed")
def format_not_allowed(context: Context) -> Iterator[Problem]:
    """A version takes a stage that does not accept its format.

    Some formats run code when they are loaded; policy names those that a stage accepts. Export the
    model to one of them and register that as a new version.
    """
    for _, stage, version, document in promoted(context):
        allowed = context.policy.formats.get(stage.name) if context.policy is not None else None
        found = version.record.must.artifact.format
        excused = waived(context, "format-not-allowed", version, stage.name)
        if allowed is not None and found not in allowed and not excused:
            yield Problem(
                document.path,
                f"{version.label} is {found}, and {stage.name} accepts {', '.join(allowed) or 'no format'}",
                document.locate(["version"]),
                f"export it as {allowed[0]}"
                if allowed
                else "propose the stage's formats in a pull request of its own",
            )


@rule("approval-needed", Severity.PERSON)
def approval_needed(context: Context) -> Iterator[Problem]:
    """A promotion needs the approval of a person.

    Policy asks for it at this stage. On a forge its reviews count; with plain git, the person who
    merges with `modelry merge --approve` is recorded as the approver, and must not be the author
    unless policy lets authors approve.
    """
    for _, stage, version, document in promoted(context):
        if stage.approvals is not None:
            people = ", ".join(stage.approvals.from_) or "anyone who may merge"
            author = "" if stage.approvals.author_may_approve else ", not its author"
            yield Problem(
                document.path,
                f"{version.label} to {stage.name} needs {stage.approvals.wanted} from {people}{author}",
                document.locate(["version"]),
                "ask them for a review",
                stage.approvals,
            )
