"""What a version must show before it may hold a stage: metrics, order, soak, approvals, formats."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from modelry.checks import expressions, profiles
from modelry.checks.base import Context, Held, Problem, Severity, UnavailableError, rule
from modelry.checks.waivers import waived
from modelry.model import names
from modelry.model.changes import Move
from modelry.model.comparison import plain
from modelry.model.policy import (
    Approvals,
    AtLeast,
    AtMost,
    Evaluated,
    Filled,
    Gate,
    NoWorseThan,
    Policy,
    Require,
    Scanned,
    Signed,
    Stage,
    called,
)
from modelry.model.registry import Document, Registry, Version


class Verdict(NamedTuple):
    """How a version fared at one gate."""

    gate: str
    """What was asked."""
    measured: str
    """What was found."""
    passed: bool
    waived: str = ""
    """The waiver that excuses it; empty without one."""
    margin: float | None = None
    """By how much a number is on the right side of its bound, or misses it; None where there is no number."""

    @property
    def holds(self) -> bool:
        """Whether it lets the version pass."""
        return self.passed or bool(self.waived)


class Unmeasured(Verdict):
    """A gate that was missed for want of a measurement only."""

    __slots__ = ()


def judge(context: Context, version: Version, stage: Stage) -> tuple[Verdict, ...]:
    """Hold a version against the gates of a stage that are for its task, in order; main has the champions."""
    if context.policy is None:
        return ()
    info = context.info(version.model)
    task = info.task if info is not None else None
    found = []
    for gate in stage.gates:
        if not gate.tasks or task in gate.tasks:
            verdict = _judge(gate, version, stage.name, context.before, context.policy)
            excuse = (
                ""
                if verdict.passed
                else waived(context, "metric-misses-gate", version, stage.name, called(gate))
            )
            found.append(verdict._replace(waived=excuse))
    return tuple(found)


def _judge(gate: Gate, version: Version, stage: str, registry: Registry, policy: Policy) -> Verdict:
    match gate:
        case AtLeast() | AtMost():
            return _bound(gate, version)
        case NoWorseThan():
            return _comparison(gate, version, registry, policy)
        case Evaluated():
            found = gate.evaluation in version.evaluations
            asked = f"evaluation {gate.evaluation}"
            return Verdict(asked, "on record", found) if found else Unmeasured(asked, "not on record", found)
        case Filled():
            empty = [path for path in gate.fields if not profiles.filled(version.record.value, path)]
            return Verdict(
                f"fields {', '.join(gate.fields)}",
                f"empty: {', '.join(empty)}" if empty else "filled",
                not empty,
            )
        case Require():
            said = expressions.answer(gate, version, _champion(registry, version, stage), stage)
            kind = Unmeasured if said.unmeasured else Verdict
            return kind(gate.require, said.said, said.holds)
        case Signed():
            return Verdict("signed", "no signature on record", passed=False)
        case Scanned():
            return Verdict("scan clean", "no scan on record", passed=False)


def _on(dataset: str | None) -> str:
    return f" on {dataset}" if dataset else ""


def _bound(gate: AtLeast | AtMost, version: Version) -> Verdict:
    least = isinstance(gate, AtLeast)
    bound = gate.at_least if isinstance(gate, AtLeast) else gate.at_most
    asked = f"{gate.metric}{_on(gate.dataset)} at {'least' if least else 'most'} {plain(bound)}"
    value = version.metric(gate.metric, gate.dataset)
    if value is None:
        return Unmeasured(asked, "not measured", passed=False)
    # Written so that a NaN, which documents refuse, would fail here too.
    margin = value - bound if least else bound - value
    passed = (value >= bound) if least else (value <= bound)
    return Verdict(asked, plain(value), passed, margin=margin)


def _comparison(gate: NoWorseThan, version: Version, registry: Registry, policy: Policy) -> Verdict:
    slack = f", by at most {plain(gate.tolerance)}" if gate.tolerance else ""
    asked = f"{gate.metric}{_on(gate.dataset)} no worse than {gate.no_worse_than}{slack}"
    champion = _champion(registry, version, gate.no_worse_than)
    if champion is None:
        value = version.metric(gate.metric, gate.dataset)
        if value is None:
            return Unmeasured(asked, "not measured", passed=False)
        return Verdict(asked, f"{plain(value)}, no champion yet", passed=True)
    pair = compared(version, champion, gate.metric, gate.dataset)
    if pair is None:
        return Unmeasured(asked, f"not measured on the same data as {champion.number}", passed=False)
    mine, theirs = pair
    better = policy.metrics.get(gate.metric)
    if better is None:
        return Verdict(asked, f"policy sets no goal for {gate.metric}", passed=False)
    lead = mine - theirs if better.goal == "maximize" else theirs - mine
    # 0.91 - 0.90 is a little more than 0.01 in binary: what is equal in decimals must pass.
    passed = lead >= -gate.tolerance or math.isclose(lead, -gate.tolerance, rel_tol=0, abs_tol=1e-12)
    return Verdict(
        asked,
        f"{plain(mine)}, against {plain(theirs)} of {champion.number}",
        passed,
        margin=lead + gate.tolerance,
    )


def _champion(registry: Registry, version: Version, stage: str) -> Version | None:
    """Give the version that holds a stage on main, where it is another one."""
    model = registry.models.get(version.model)
    champion = model.holder(stage) if model is not None else None
    return champion if champion is not None and champion.number != version.number else None


def compared(
    version: Version, champion: Version, metric: str, dataset: str | None = None
) -> tuple[float, float] | None:
    """Give a metric of two versions on the first data set, name and version, that both were measured on."""
    for mine in version.measurements:
        if metric not in mine.metrics or dataset not in (None, mine.dataset.name):
            continue
        for theirs in champion.measurements:
            same = (mine.dataset.name, mine.dataset.version) == (theirs.dataset.name, theirs.dataset.version)
            if same and metric in theirs.metrics:
                return mine.metrics[metric], theirs.metrics[metric]
    return None


def promoted(context: Context) -> Iterator[tuple[Move, Stage, Version, Document[Any]]]:
    """Give the moves that gates must judge: those forward, to a version and a stage that exist."""
    for move in context.changes.moves:
        stage = context.policy.stage(move.stage) if context.policy is not None else None
        model = context.after.models.get(move.model)
        if stage is None or model is None or move.after is None or move.after not in model.versions:
            continue
        if model.versions[move.after].record.value is not None and not context.goes_back(move):
            yield move, stage, model.versions[move.after], model.stages[move.stage]


def approvals(context: Context) -> Iterator[tuple[Version, Approvals]]:
    """Give what policy asks of people for each move that gates must judge."""
    for _, stage, version, _ in promoted(context):
        if stage.approvals is not None:
            yield version, stage.approvals


@rule("metric-misses-gate")
def metric_misses_gate(context: Context) -> Iterator[Problem]:
    """A promoted version misses a gate of its new stage.

    Policy says what a version must show before it may hold a stage. A metric that was not measured,
    or not on the data that is asked for, misses too. A waiver excuses the gate that it names; one that
    names none excuses all gates of its version and stage. Promote a better version, add the evaluation that is asked for, or propose another
    bound in a pull request of its own.
    """
    for _, stage, version, document in promoted(context):
        for verdict in judge(context, version, stage):
            if not verdict.holds:
                yield Problem(
                    document.path,
                    f"{version.label} misses a gate of {stage.name}: {verdict.gate}; found: {verdict.measured}",
                    document.locate(["version"]),
                    f"measure it, then: modelry evaluate {version.label} FILE"
                    if isinstance(verdict, Unmeasured)
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
                f"{version.label} to {stage.name} needs {stage.approvals.count} approval(s) from {people}{author}",
                document.locate(["version"]),
                "ask them for a review",
            )
