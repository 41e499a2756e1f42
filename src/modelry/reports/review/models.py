"""What a change of a model's own documents means: what is said of it, that it is deprecated, and waivers."""

from collections.abc import Iterator, Mapping
from typing import Any

from modelry.checks.waivers import WAIVABLE
from modelry.model import comparison
from modelry.model.changes import Step
from modelry.model.documents import ModelInfo, Waiver
from modelry.reports.findings import plain
from modelry.reports.review import gating
from modelry.reports.review.facts import Difference, Section, Statement
from modelry.reports.review.subject import Subject, ordered
from modelry.reports.review.words import listed, revert, until

_EXCUSED = {
    "metric-misses-gate": "from the gates",
    "stage-skipped": "from holding the stages before it first",
    "format-not-allowed": "from the formats that are accepted",
}


def sections(subject: Subject) -> Iterator[Section]:
    """Give a section for each model whose own document changes, and for each waiver."""
    for step in subject.context.changes.steps:
        if step.place.kind == "model" and step.place.model in subject.context.before.models:
            yield _metadata(subject, step)
        elif step.place.kind == "waiver":
            yield _waiver(subject, step)
    others = [
        step.edit.path
        for step in subject.context.changes.steps
        if step.place.kind == "training"
        or (step.place.kind == "object" and not subject.context.changes.registered)
    ]
    if others:
        yield _files("Training code and objects", others, subject)
    outside = subject.context.changes.paths - {step.edit.path for step in subject.context.changes.steps}
    if outside:
        yield _files("Files that are no part of the registry", sorted(outside), subject)


def _files(title: str, paths: list[str], subject: Subject) -> Section:
    told = f"{title}: {listed(plain(path) for path in paths)}"
    return Section(
        kind="tooling",
        title=title,
        model=None,
        version=None,
        stage=None,
        verdict=subject.verdict(frozenset(paths)),
        brief=told,
        reason="",
        statements=(Statement(tone="look", text=told),),
        undo=revert(paths[0]),
    )


def _metadata(subject: Subject, step: Step) -> Section:
    name = step.place.model
    before = subject.context.before.models[name].info.value
    model = subject.context.after.models.get(name)
    after = model.info.value if model is not None else None
    changed = fields(before, after)
    touched = {one.field.partition(".")[0] for one in changed}
    statements = list(_deprecated(name, before, after))
    if "owners" in touched:
        statements.append(
            Statement(
                tone="bad",
                text=f"Who answers for {name} changes: they may approve waivers, and a forge asks them for reviews",
            )
        )
    if touched & {"task", "profile"}:
        told = listed(sorted(touched & {"task", "profile"}))
        statements.append(
            Statement(
                tone="bad", text=f"{name} changes its {told}: other gates and other required fields will hold"
            )
        )
    return Section(
        kind="metadata",
        title=f"What is said of {name}",
        model=name,
        version=None,
        stage=None,
        verdict=subject.verdict({step.edit.path}),
        brief=f"changes {listed(sorted(touched)) or 'nothing that is read'}",
        reason="",
        statements=ordered(statements),
        differences=changed,
        consumers=subject.consumers(name) if "deprecated" in touched else (),
        undo=f"modelry deprecate {name} --undo --reason …"
        if after is not None and after.deprecated is not None and touched == {"deprecated"}
        else revert(step.edit.path),
    )


def _deprecated(name: str, before: ModelInfo | None, after: ModelInfo | None) -> Iterator[Statement]:
    old = before.deprecated if before is not None else None
    new = after.deprecated if after is not None else None
    if new is not None and old is None:
        instead = (
            f"; they are pointed to {new.replacement}" if new.replacement else "; no replacement is named"
        )
        yield Statement(
            tone="look",
            text=f"{name} is deprecated: its versions can still be taken, and its users are warned{instead}. Why: {new.reason}",
        )
    elif old is not None and new is None:
        yield Statement(tone="look", text=f"{name} is no longer deprecated")


def fields(before: ModelInfo | None, after: ModelInfo | None) -> tuple[Difference, ...]:
    """Give what two editions of a document say otherwise."""
    old, new = (
        dict(comparison.flat(one.model_dump(mode="json", exclude_none=True))) if one is not None else {}
        for one in (before, after)
    )
    return tuple(
        Difference(group="model", field=key, before=old.get(key, ""), after=new.get(key, ""))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    )


def _waiver(subject: Subject, step: Step) -> Section:
    name, file = step.place.model, step.place.name
    before, after = (
        model.waivers[file].value if model is not None and file in model.waivers else None
        for model in (subject.before(name), subject.context.after.models.get(name))
    )
    statements = list(_excuses(name, after, subject)) if after is not None else []
    if after is None:
        told = (
            f"The waiver {file} of {name} is taken away"
            if step.edit.after is None
            else f"The waiver {file} cannot be read"
        )
        statements.append(Statement(tone="look", text=told))
    elif before is not None:
        told = f"It replaces one that held until {before.expires:%Y-%m-%d}: {before.reason}"
        statements.append(Statement(tone="look", text=told))
    return Section(
        kind="waiver",
        title=f"Waiver {file} of {name}",
        model=name,
        version=f"{name}@{after.version}" if after is not None and after.version is not None else None,
        stage=after.stage if after is not None else None,
        verdict=subject.verdict({step.edit.path}),
        brief=f"excuses {after.rule} until {after.expires:%Y-%m-%d}"
        if after is not None
        else statements[0].text,
        reason=after.reason if after is not None else "",
        statements=ordered(statements),
        acts=tuple(gating.approving(subject, {step.edit.path})),
        undo=f"modelry waive {name} --undo {file} --reason …"
        if after is not None
        else revert(step.edit.path),
    )


def _excuses(name: str, waiver: Waiver, subject: Subject) -> Iterator[Statement]:
    who = f"{name}@{waiver.version}" if waiver.version is not None else f"every version of {name}"
    where = waiver.stage or "every stage"
    what = _EXCUSED.get(waiver.rule, f"from {waiver.rule}, which cannot be waived")
    if waiver.gate is not None:
        what = f"from the gate {waiver.gate}"
    tone: Mapping[bool, Any] = {True: "look", False: "bad"}
    yield Statement(
        tone=tone[waiver.version is not None and waiver.stage is not None and waiver.rule in WAIVABLE],
        text=f"It excuses {who} {what} of {where} until {waiver.expires:%Y-%m-%d} "
        f"({until(waiver.expires, subject.context.today)}); {waiver.approver} takes responsibility",
    )
