"""How a version stands at each thing that a stage asks for: its gates, the stages before, formats, approvals."""

from collections.abc import Collection, Iterator

from modelry.checks import gates, promotions, waivers
from modelry.checks.base import UnavailableError
from modelry.model import layout
from modelry.model.documents import Waiver
from modelry.model.policy import Approvals, Stage
from modelry.model.registry import Version
from modelry.reports.review.facts import Act, Gate, Statement
from modelry.reports.review.subject import Subject
from modelry.reports.review.words import listed, span, until

_SOON = 14
"""From how many days before its end a waiver is told to be looked at."""


def of(subject: Subject, version: Version, stage: Stage) -> tuple[Gate, ...]:
    """Give all that a stage asks of a version, those that it does not pass first."""
    asked = [
        *_gates(subject, version, stage),
        *_earlier(subject, version, stage),
        *_formats(subject, version, stage),
        *_approvals(subject, version, stage),
    ]
    return tuple(sorted(asked, key=lambda one: _ORDER.index(one.state)))


_ORDER = ("missed", "measure", "wait", "unknown", "waived", "approve", "passes")


def _gates(subject: Subject, version: Version, stage: Stage) -> Iterator[Gate]:
    for verdict in gates.judge(subject.context, version, stage):
        made = Gate(gate=verdict.gate, found=verdict.measured, margin=verdict.margin, state="passes")
        if verdict.passed:
            yield made
        elif verdict.waived:
            yield made.model_copy(update={"state": "waived", "waiver": verdict.waived})
        elif isinstance(verdict, gates.Unmeasured):
            act = f"{subject.author}: measure it, then modelry evaluate {version.label} FILE"
            yield made.model_copy(update={"state": "measure", "act": act})
        else:
            act = f"{subject.author}: another version; or {_owners(subject, version)}: a waiver"
            yield made.model_copy(update={"state": "missed", "act": act})


def _owners(subject: Subject, version: Version) -> str:
    info = subject.context.info(version.model)
    return listed(info.owners) if info is not None else "the owners"


def _earlier(subject: Subject, version: Version, stage: Stage) -> Iterator[Gate]:
    for earlier in stage.after:
        asked = f"{stage.soak} in {earlier}" if stage.soak is not None else f"{earlier} before"
        excuse = _excuse(subject, "stage-skipped", version, stage)
        try:
            found, state, act = _held(subject, version, stage, earlier)
        except UnavailableError as error:
            found, state, act = f"could not look: {error}", "unknown", ""
        if excuse and state != "passes":
            state, act = "waived", ""
        yield Gate.model_validate(
            {
                "gate": asked,
                "found": found,
                "margin": None,
                "state": state,
                "act": act,
                "waiver": excuse if state == "waived" else "",
            }
        )


def _held(subject: Subject, version: Version, stage: Stage, earlier: str) -> tuple[str, str, str]:
    """Say since when a version holds, or for how long it held, the stage before, and what is missing."""
    again = f"{subject.author}: first modelry promote {version.label} {earlier} --reason …"
    holders = subject.context.held(version.model, earlier)
    spells = [held for held in holders if held.version == version.number]
    if not spells:
        return "never", "missed", again
    since = f"since {spells[0].since:%Y-%m-%d %H:%M}" if holders[0] is spells[0] else "earlier, not now"
    if stage.soak is None:
        return since, "passes", ""
    soak = promotions.soak(subject.context, version, earlier, stage.soak)
    found = f"{since}; for {span(soak.held)} in all"
    if soak.is_over:
        return found, "passes", ""
    if soak.ends is None:
        return found, "missed", again
    return (
        f"{found}; ends {soak.ends:%Y-%m-%d %H:%M %Z}",
        "wait",
        f"nobody: wait until {soak.ends:%Y-%m-%d %H:%M %Z}",
    )


def _formats(subject: Subject, version: Version, stage: Stage) -> Iterator[Gate]:
    allowed, found = subject.policy.formats.get(stage.name), version.record.must.artifact.format
    if allowed is None:
        return
    made = Gate(gate=f"format {' or '.join(allowed) or '(none)'}", found=found, margin=None, state="passes")
    if found in allowed:
        yield made
    elif excuse := _excuse(subject, "format-not-allowed", version, stage):
        yield made.model_copy(update={"state": "waived", "waiver": excuse})
    else:
        act = f"{subject.author}: export it as {allowed[0]}" if allowed else "nobody"
        yield made.model_copy(update={"state": "missed", "act": act})


def _approvals(subject: Subject, version: Version, stage: Stage) -> Iterator[Gate]:
    if stage.approvals is None:
        return
    path = layout.stage(version.model, stage.name)
    found = [one for one in subject.report.findings if one.rule == "approval-needed" and one.path == path]
    gate = f"{stage.approvals.wanted} from {people(stage.approvals)}"
    if found and found[0].answer:
        yield Gate(gate=gate, found=found[0].answer, margin=None, state="passes")
        return
    yield Gate(
        gate=gate,
        found=found[0].hint if found and subject.is_asked else "asked of the forge, or of whoever merges",
        margin=None,
        state="approve",
        act=f"{people(stage.approvals)}: approve{_but(subject, stage.approvals)}",
    )


def people(approvals: Approvals) -> str:
    """Say who may approve."""
    return listed(approvals.from_) or "anyone who may merge"


def _but(subject: Subject, approvals: Approvals) -> str:
    return "" if approvals.author_may_approve else f" (not {subject.author}, who made it)"


def approving(subject: Subject, paths: Collection[str]) -> Iterator[Act]:
    """Say who has to approve what the rules found at these paths."""
    for finding in subject.report.persons:
        if finding.path in paths and finding.approvals is not None:
            asked = finding.approvals
            yield Act(who=people(asked), what=f"approve: {asked.wanted}{_but(subject, asked)}")


def acts(subject: Subject, stage: Stage, asked: tuple[Gate, ...]) -> Iterator[Act]:
    """Say who has to do what before the version may take the stage."""
    for gate in asked:
        who, _, what = gate.act.partition(": ")
        if gate.state == "approve" and stage.approvals is not None:
            count = stage.approvals.wanted
            yield Act(who=who, what=f"approve: {count}{_but(subject, stage.approvals)}")
        elif gate.act:
            yield Act(who=who, what=f"{what} (for: {gate.gate})")


def statements(
    subject: Subject, version: Version, stage: Stage, asked: tuple[Gate, ...]
) -> Iterator[Statement]:
    """Say which gates are missed, which waivers are used and which of them end soon."""
    for gate in asked:
        if gate.state in {"missed", "measure", "wait"}:
            yield Statement(tone="bad", text=f"{stage.name} asks for: {gate.gate}. Found: {gate.found}")
    for name, waiver in _used(subject, version, asked):
        left = (waiver.expires - subject.context.today).days
        yield Statement(
            tone="bad" if left <= _SOON else "look",
            text=f"The waiver {name} excuses {version.label} from {waiver.gate or waiver.rule} at {stage.name}, and "
            f"{until(waiver.expires, subject.context.today)} (on {waiver.expires:%Y-%m-%d}): {waiver.reason} "
            f"(approved by {waiver.approver})",
        )


def _used(subject: Subject, version: Version, asked: tuple[Gate, ...]) -> list[tuple[str, Waiver]]:
    model = subject.before(version.model)
    known = {name: document.value for name, document in (model.waivers if model is not None else {}).items()}
    names = dict.fromkeys(gate.waiver for gate in asked if gate.waiver)
    return [(name, waiver) for name in names if (waiver := known.get(name)) is not None]


def _excuse(subject: Subject, rule: str, version: Version, stage: Stage) -> str:
    return waivers.waived(subject.context, rule, version, stage.name)
