"""What another policy means: gate by gate what becomes softer or stricter, and which champions would not pass it."""

from collections.abc import Iterator
from dataclasses import replace

from modelry.checks import gates
from modelry.model import layout
from modelry.model.policy import Policy
from modelry.reports.review.facts import Difference, Section, Statement
from modelry.reports.review.policy_steps import between
from modelry.reports.review.subject import Subject, ordered
from modelry.reports.review.words import listed, revert

_SHOWN = 20
"""As many champions as are named one by one."""


def sections(subject: Subject) -> Iterator[Section]:
    """Give a section on the policy, where it changes, and one on the organisation's own schemas."""
    steps = {step.place.kind: step for step in subject.context.changes.steps}
    if "policy" in steps:
        yield _section(subject)
    if "schema" in steps:
        path = steps["schema"].edit.path
        told = f"The organisation's own schema {path} changes: what versions must say in `extra`"
        yield Section(
            kind="policy",
            title="A schema of the organisation's",
            model=None,
            version=None,
            stage=None,
            verdict=subject.verdict({path}),
            brief=told,
            reason="",
            statements=(Statement(tone="look", text=told),),
            undo=revert(path),
        )


def _section(subject: Subject) -> Section:
    before, after = subject.policy, subject.context.after.policy.value
    changed = between(before, after) if after is not None else ()
    effects = [one.effect for one in changed]
    softer, stricter = effects.count("softer"), effects.count("stricter")
    statements = list(_rides(subject))
    statements += [
        Statement(tone="bad", text=f"Softer: {told(one)}") for one in changed if one.effect == "softer"
    ]
    statements += [Statement(tone="look", text=told(one)) for one in changed if one.effect == "other"]
    statements += [
        Statement(tone="plain", text=f"Stricter: {told(one)}") for one in changed if one.effect == "stricter"
    ]
    if after is None:
        statements = [Statement(tone="bad", text="The new policy cannot be read")]
    else:
        statements += _champions(subject, after)
    counts = listed(
        f"{count} {what}"
        for count, what in ((softer, "softer"), (stricter, "stricter"), (effects.count("other"), "other"))
        if count
    )
    return Section(
        kind="policy",
        title="The policy",
        model=None,
        version=None,
        stage=None,
        verdict=subject.verdict({layout.POLICY}),
        brief=f"the policy changes: {counts or 'nothing that is read'}",
        reason="",
        statements=ordered(statements),
        differences=changed,
        undo=revert(layout.POLICY),
    )


def told(one: Difference) -> str:
    """Give a step of policy in words."""
    if not one.before or not one.after:
        return f"{one.group}: {one.field} {one.before or one.after} is {'gone' if one.before else 'new'}"
    return f"{one.group}: {one.field} {one.before} → {one.after}"


def _rides(subject: Subject) -> Iterator[Statement]:
    """Say that a change brings a policy along with what it is about: it is judged by main's, and so is what it brings."""
    others = [one for one in subject.context.classes if one != "policy"]
    if others:
        yield Statement(
            tone="bad",
            text=f"It comes together with {listed(others)}, which is judged by main's policy and not by this one: "
            "propose the policy by itself",
        )


def _champions(subject: Subject, after: Policy) -> Iterator[Statement]:
    """Say which versions that hold a stage would not meet its gates any more: nothing moves, and they could not come again."""
    new = replace(subject.context, policy=after)
    failing: list[str] = []
    for name, model in subject.context.before.models.items():
        for stage in after.stages:
            holder = model.holder(stage.name)
            old = subject.policy.stage(stage.name)
            if holder is None or holder.record.value is None or old == stage:
                continue
            was = (
                {one.gate for one in gates.judge(subject.context, holder, old) if not one.holds}
                if old
                else set()
            )
            missed = [one for one in gates.judge(new, holder, stage) if not one.holds and one.gate not in was]
            if missed:
                failing.append(
                    f"{name}@{holder.number} in {stage.name} ({missed[0].gate}; found: {missed[0].measured})"
                )
    if failing:
        yield Statement(
            tone="bad",
            text=f"Champions that would not pass the new gates: {listed(failing, _SHOWN)}. They stay where they are",
        )
    elif any(subject.policy.stage(stage.name) != stage for stage in after.stages):
        yield Statement(
            tone="good", text="Every champion would pass the new gates, as far as it passes those of now"
        )
