"""What a version must show before it may hold a stage: metrics, order, soak, approvals, formats."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from modelry.checks.base import Context, Held, Problem, Severity, UnavailableError, rule
from modelry.model.changes import Move
from modelry.model.policy import (
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
)
from modelry.model.registry import Document, Registry, Version

_UNIT = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Verdict(NamedTuple):
    """How a version fared at one gate."""

    gate: str
    """What was asked."""
    measured: str
    """What was found."""
    passed: bool


def judge(context: Context, version: Version, stage: Stage) -> tuple[Verdict, ...]:
    """Hold a version against the gates of a stage that are for its task, in order; main has the champions."""
    if context.policy is None:
        return ()
    task = _task(context, version.model)
    gates = (gate for gate in stage.gates if not gate.tasks or task in gate.tasks)
    return tuple(_judge(gate, version, context.before, context.policy) for gate in gates)


def _task(context: Context, name: str) -> str | None:
    """Give a model's task as main says it, so that no change can choose its own gates; a new model's is its own."""
    registry = context.before if name in context.before.models else context.after
    info = registry.models[name].info.value
    return info.task if info is not None else None


def _judge(gate: Gate, version: Version, registry: Registry, policy: Policy) -> Verdict:
    match gate:
        case AtLeast() | AtMost():
            return _bound(gate, version)
        case NoWorseThan():
            return _comparison(gate, version, registry, policy)
        case Evaluated():
            found = gate.evaluation in version.evaluations
            return Verdict(f"evaluation {gate.evaluation}", "on record" if found else "not on record", found)
        case Filled():
            empty = [path for path in gate.fields if not _filled(version, path)]
            return Verdict(
                f"fields {', '.join(gate.fields)}",
                f"empty: {', '.join(empty)}" if empty else "filled",
                not empty,
            )
        case Require():
            return _expression(gate, version)
        case Signed():
            return Verdict("signed", "no signature on record", passed=False)
        case Scanned():
            return Verdict("scan clean", "no scan on record", passed=False)


def _on(dataset: str | None) -> str:
    return f" on {dataset}" if dataset else ""


def _bound(gate: AtLeast | AtMost, version: Version) -> Verdict:
    least = isinstance(gate, AtLeast)
    bound = gate.at_least if isinstance(gate, AtLeast) else gate.at_most
    asked = f"{gate.metric}{_on(gate.dataset)} at {'least' if least else 'most'} {bound:g}"
    value = version.metric(gate.metric, gate.dataset)
    if value is None:
        return Verdict(asked, "not measured", passed=False)
    # Written so that a NaN, which documents refuse, would fail here too.
    return Verdict(asked, f"{value:g}", (value >= bound) if least else (value <= bound))


def _comparison(gate: NoWorseThan, version: Version, registry: Registry, policy: Policy) -> Verdict:
    slack = f", by at most {gate.tolerance:g}" if gate.tolerance else ""
    asked = f"{gate.metric}{_on(gate.dataset)} no worse than {gate.no_worse_than}{slack}"
    champion = (
        registry.models[version.model].holder(gate.no_worse_than)
        if version.model in registry.models
        else None
    )
    if champion is None or champion.number == version.number:
        value = version.metric(gate.metric, gate.dataset)
        return Verdict(
            asked, "not measured" if value is None else f"{value:g}, no champion yet", value is not None
        )
    pair = compared(version, champion, gate.metric, gate.dataset)
    if pair is None:
        return Verdict(asked, f"not measured on the same data as {champion.number}", passed=False)
    mine, theirs = pair
    better = policy.metrics.get(gate.metric)
    if better is None:
        return Verdict(asked, f"policy sets no goal for {gate.metric}", passed=False)
    lead = mine - theirs if better.goal == "maximize" else theirs - mine
    # 0.91 - 0.90 is a little more than 0.01 in binary: what is equal in decimals must pass.
    passed = lead >= -gate.tolerance or math.isclose(lead, -gate.tolerance, rel_tol=0, abs_tol=1e-12)
    return Verdict(asked, f"{mine:g}, against {theirs:g} of {champion.number}", passed)


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


def _filled(version: Version, path: str) -> bool:
    value: Any = version.record.value
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value not in (None, "", (), {})


def _expression(gate: Require, version: Version) -> Verdict:
    import cel  # noqa: PLC0415 - 0.4 s of import that only a registry with expressions pays

    facts = version.record.must.model_dump(mode="json", by_alias=True)
    metrics = {
        name: value
        for measurement in reversed(version.measurements)
        for name, value in measurement.metrics.items()
    }
    try:
        answer = cel.evaluate(gate.require, {"version": facts, "metrics": metrics})
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        return Verdict(gate.require, f"cannot be judged: {error}", passed=False)
    return Verdict(gate.require, gate.message if answer is not True else "holds", answer is True)


def promoted(context: Context) -> Iterator[tuple[Move, Stage, Version, Document[Any]]]:
    """Give the moves that gates must judge: those forward, to a version and a stage that exist."""
    for move in context.changes.moves:
        stage = context.policy.stage(move.stage) if context.policy is not None else None
        model = context.after.models.get(move.model)
        if stage is None or model is None or move.after is None or move.after not in model.versions:
            continue
        if model.versions[move.after].record.value is not None and not context.goes_back(move):
            yield move, stage, model.versions[move.after], model.stages[move.stage]


def waived(context: Context, rule_id: str, move: Move) -> bool:
    """Say whether a waiver that main already has excuses this rule for this move, today."""
    model = context.before.models.get(move.model)
    waivers = (document.value for document in model.waivers.values()) if model is not None else ()
    return any(
        waiver is not None
        and waiver.rule == rule_id
        and waiver.version in (None, move.after)
        and waiver.stage in (None, move.stage)
        and waiver.expires >= context.today
        for waiver in waivers
    )


@rule("metric-misses-gate")
def metric_misses_gate(context: Context) -> Iterator[Problem]:
    """A promoted version misses a gate of its new stage.

    Policy says what a version must show before it may hold a stage. A metric that was not measured,
    or not on the data that is asked for, misses too. Promote a better version, add the evaluation that
    is asked for, or propose another bound in a pull request of its own.
    """
    for move, stage, version, document in promoted(context):
        if waived(context, "metric-misses-gate", move):
            continue
        for verdict in judge(context, version, stage):
            if not verdict.passed:
                yield Problem(
                    document.path,
                    f"{version.label} misses a gate of {stage.name}: {verdict.gate}; found: {verdict.measured}",
                    document.locate(["version"]),
                    "promote a version that meets it, or add the missing evaluation: modelry evaluate",
                )


@rule("stage-skipped")
def stage_skipped(context: Context) -> Iterator[Problem]:
    """A version takes a stage without having held, for long enough, the ones before it.

    Policy asks that it is seen at work first (`after`, and `soak` for how long in all); time counts from
    the merge on main that gave it the stage to the one that took it. Promote it there first, or wait until the soak ends.
    """
    for move, stage, version, document in promoted(context):
        if waived(context, "stage-skipped", move):
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
                if context.now is None:
                    raise UnavailableError("needs the time of a commit: give --base REV in a clone")
                left = duration(stage.soak) - _held_for(version.number, holders, context.now)
                if left > timedelta():
                    ends = context.now + left
                    yield Problem(
                        document.path,
                        f"{version.label} has not held {earlier} for {stage.soak} yet",
                        where,
                        f"wait until {ends:%Y-%m-%d %H:%M %Z}"
                        if holders[0].version == version.number
                        else again,
                    )


def _held_for(version: str, holders: Sequence[Held], now: datetime) -> timedelta:
    """Give how long a version held a stage in all; a moment long ago is no soak."""
    ends = [now, *(held.since for held in holders)]
    spans = (end - held.since for held, end in zip(holders, ends, strict=False) if held.version == version)
    return sum(spans, timedelta())


def duration(text: str) -> timedelta:
    """Give the length of `30m`, `12h`, `7d` or `2w`."""
    return timedelta(**{_UNIT[text[-1]]: int(text[:-1])})


@rule("format-not-allowed")
def format_not_allowed(context: Context) -> Iterator[Problem]:
    """A version takes a stage that does not accept its format.

    Some formats run code when they are loaded; policy names those that a stage accepts. Export the
    model to one of them and register that as a new version.
    """
    for move, stage, version, document in promoted(context):
        allowed = context.policy.formats.get(stage.name) if context.policy is not None else None
        found = version.record.must.artifact.format
        if allowed is not None and found not in allowed and not waived(context, "format-not-allowed", move):
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
