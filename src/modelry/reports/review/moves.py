"""What it means that a stage passes to another version: promotions, rollbacks, renewals, and a stage left empty."""

from collections.abc import Iterable, Iterator, Sequence

from modelry.model import layout
from modelry.model.changes import Move
from modelry.model.documents import Assignment
from modelry.model.gates import AtLeast, AtMost, NoWorseThan
from modelry.model.policy import Stage
from modelry.model.registry import Document, Model, Version
from modelry.reports.review import differences, gating, results
from modelry.reports.review.facts import Comparison, Gate, Section, Statement
from modelry.reports.review.subject import Subject, comparison, meaning, ordered, said
from modelry.reports.review.words import counted, listed


def sections(subject: Subject) -> Iterator[Section]:
    """Give a section for each stage that passes to another version."""
    for move in subject.context.changes.moves:
        model = subject.context.after.models.get(move.model)
        version = model.versions.get(move.after) if model is not None and move.after else None
        if model is None or version is None or version.record.value is None:
            yield _without(subject, move)
        else:
            yield _section(subject, move, version, model.stages[move.stage])


def _without(subject: Subject, move: Move) -> Section:
    """Tell of a stage that nobody would hold, or nobody whose record can be read."""
    empty = move.after is None
    told = (
        "nobody would hold it, or its document cannot be read"
        if empty
        else f"{move.model}@{move.after} is not there, or its record cannot be read"
    )
    return Section(
        kind="emptied stage" if empty else "promotion",
        title=f"{move.stage} of {move.model}: {move.before or 'nothing'} to {move.after or 'nothing'}",
        model=move.model,
        version=None,
        stage=move.stage,
        verdict=subject.verdict({layout.stage(move.model, move.stage)}),
        brief=told,
        reason="",
        statements=(Statement(tone="bad", text=f"{move.stage} of {move.model}: {told}"),),
        consumers=subject.consumers(move.model),
    )


def _section(subject: Subject, move: Move, version: Version, document: Document[Assignment]) -> Section:
    champion = _holder(subject, move)
    renews, back = move.before == move.after, subject.context.goes_back(move)
    stage = subject.policy.stage(move.stage)
    asked = gating.of(subject, version, stage) if stage is not None and (renews or not back) else ()
    against = champion if not renews else None
    compared = comparison(subject, against, version, f"holds {move.stage}", move.stage)
    return Section(
        kind="renewal" if renews else "rollback" if back else "promotion",
        title=_title(move, back=back and not renews),
        model=move.model,
        version=version.label,
        stage=move.stage,
        verdict=subject.verdict({document.path}),
        brief=_brief(compared, asked, stage, back=back and not renews),
        reason=said(document),
        statements=ordered(
            [
                *_against(meaning(compared, against, version), back=back),
                *differences.alone(version.record.must, is_first=champion is None),
                *(gating.statements(subject, version, stage, asked) if stage is not None else ()),
                *_words(move, version, back=back, renews=renews),
            ]
        ),
        gates=asked,
        comparisons=(compared,),
        acts=tuple(gating.acts(subject, stage, asked)) if stage is not None else (),
        consumers=subject.consumers(move.model),
        undo=_undo(subject.context.after.models[move.model], move),
    )


def _against(found: Iterable[Statement], *, back: bool) -> Iterator[Statement]:
    """Whoever goes back knows that the later version has the better numbers: that is no reason against it."""
    return (one.model_copy(update={"tone": "look"}) if back and one.tone == "bad" else one for one in found)


def _holder(subject: Subject, move: Move) -> Version | None:
    model = subject.before(move.model)
    return model.holder(move.stage) if model is not None else None


def _title(move: Move, *, back: bool) -> str:
    if move.before == move.after:
        return f"{move.stage} of {move.model}: {move.after} for another term"
    return (
        f"{move.stage} of {move.model}: {move.before or 'nothing'} {'back ' if back else ''}to {move.after}"
    )


def _words(move: Move, version: Version, *, back: bool, renews: bool) -> Iterator[Statement]:
    if version.yanked is not None:
        told = (
            version.yanked.value.reason
            if version.yanked.value is not None
            else "its tombstone cannot be read"
        )
        yield Statement(tone="bad", text=f"{version.label} is yanked: {told}")
    if renews:
        yield Statement(
            tone="plain",
            text=f"{move.after} holds {move.stage} already, and begins another term: there is nothing to take back",
        )
    elif back:
        yield Statement(
            tone="plain",
            text=f"{move.after} held {move.stage} before: going back skips all gates but integrity",
        )
    elif move.before is None:
        yield Statement(
            tone="look",
            text=f"Nothing holds {move.stage} of {move.model} yet: there is no champion to compare with,"
            " and nothing to go back to",
        )


def _brief(compared: Comparison, asked: Sequence[Gate], stage: Stage | None, *, back: bool) -> str:
    metrics = [
        gate.metric
        for gate in (stage.gates if stage is not None else ())
        if isinstance(gate, AtLeast | AtMost | NoWorseThan)
    ]
    told = [results.brief(compared.results, metrics)]
    missed = [gate for gate in asked if gate.state in {"missed", "measure", "wait", "unknown"}]
    judged = [gate for gate in asked if gate.state != "approve"]
    if back:
        told.append("a way back, so no gate is asked")
    elif missed:
        told.append(f"not met: {listed(gate.gate for gate in missed)}")
    elif not judged:
        told.append(f"{stage.name} has no gates" if stage is not None else "the policy has no such stage")
    else:
        waived = sum(gate.state == "waived" for gate in judged)
        told.append(
            f"meets {counted(len(judged) - waived, 'gate')}" + (f", {waived} waived" if waived else "")
        )
    return "; ".join(part for part in told if part)


def _undo(model: Model, move: Move) -> str:
    """Give the command that takes it back; empty where nothing does: a stage is never emptied again."""
    if move.before == move.after:
        return ""
    if move.before is not None:
        return f"modelry rollback {move.model} {move.stage} --to {move.before} --reason …"
    others = [one for one in model.versions.values() if one.number != move.after and one.yanked is None]
    return f"modelry promote {others[-1].label} {move.stage} --reason …" if others else ""
