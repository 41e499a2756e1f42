"""Quality gates: how a version fares at what it must show before it may hold a stage."""

import math
from typing import NamedTuple, assert_never

from modelry.checks import expression_answers, profiles
from modelry.checks.base import Context
from modelry.checks.waivers import waived
from modelry.model.comparison import plain
from modelry.model.gates import (
    AtLeast,
    AtMost,
    Evaluated,
    Filled,
    Gate,
    NoWorseThan,
    Require,
    Scanned,
    Signed,
    called,
)
from modelry.model.policy import Policy, Stage
from modelry.model.registry import Registry, Version


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
            said = expression_answers.answer(gate, version, _champion(registry, version, stage), stage)
            kind = Unmeasured if said.unmeasured else Verdict
            return kind(gate.require, said.said, said.holds)
        case Signed():
            return Verdict("signed", "no signature on record", passed=False)
        case Scanned():
            return Verdict("scan clean", "no scan on record", passed=False)
        case _:
            assert_never(gate)


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
