"""What a change of versions means: one that is new, one that is yanked or taken back, evidence on one that is there."""

from collections.abc import Iterator, Sequence

from modelry.checks import gates
from modelry.model import layout
from modelry.model.documents import Evaluation
from modelry.model.registry import Document, Model, Version
from modelry.reports.review import differences, gating, results
from modelry.reports.review.facts import Comparison, Result, Section, Statement
from modelry.reports.review.subject import Subject, comparison, meaning, ordered, said
from modelry.reports.review.words import listed

_TOLD = 3
"""As many results of an evaluation as its summary names."""
_ADD_ONLY = Statement(
    tone="plain", text="Evidence is add-only: nothing takes it back, and better results stand beside it"
)
"""What stands in place of a command that undoes an evaluation."""


def sections(subject: Subject) -> Iterator[Section]:
    """Give a section for each version that is new, yanked, taken back or measured."""
    for place in subject.context.changes.registered:
        version = subject.context.after.models[place.model].versions[place.name]
        if version.record.value is not None:
            yield _registration(subject, version)
    for edit, place in subject.context.changes.steps:
        known, model = subject.before(place.model), subject.context.after.models.get(place.model)
        if (
            known is None
            or model is None
            or not {place.name} <= known.versions.keys() & model.versions.keys()
        ):
            continue
        version = model.versions[place.name]
        if place.kind == "yank" and edit.after is not None:
            yield _yank(subject, model, version)
        elif place.kind == "yank":
            yield _unyank(subject, version, known)
        elif place.kind == "evaluation" and edit.after is not None:
            yield _evaluation(subject, known, version, version.evaluations[place.file])


def _champions(subject: Subject, model: Model | None) -> Iterator[tuple[Version, str]]:
    """Give the latest version, and the holder of the last stage that is held, each with why it is one."""
    if model is None:
        return
    if model.latest is not None:
        yield model.latest, "is the latest"
    held = [(holder, stage.name) for stage in subject.policy.stages if (holder := model.holder(stage.name))]
    if held and held[-1][0] is not model.latest:
        yield held[-1][0], f"holds {held[-1][1]}"


def _registration(subject: Subject, version: Version) -> Section:
    known = list(_champions(subject, subject.before(version.model)))
    compared = [comparison(subject, champion, version, role, None) for champion, role in known]
    if not compared:
        compared = [comparison(subject, None, version, "there is nothing before it", None)]
    told = [results.brief(one.results, ()) for one in compared[:1]]
    statements: list[Statement] = []
    for (champion, role), against in zip(known, compared, strict=False):
        # What holds against the latest need not be said again of the champion.
        lead = f"Against {champion.label}, which {role}: " if statements else ""
        news = [one for one in meaning(against, champion, version) if one not in statements]
        statements += [Statement(tone=one.tone, text=f"{lead}{one.text}") for one in news]
    if not known:
        statements.append(
            Statement(tone="look", text=f"{version.label} is the first: there is nothing to compare with")
        )
    return Section(
        kind="registration",
        title=f"{version.label} is new",
        model=version.model,
        version=version.label,
        stage=None,
        verdict=subject.verdict(frozenset(version.paths)),
        brief="; ".join(filter(None, told)) or "there is nothing to compare with",
        reason=version.record.must.summary,
        statements=ordered(
            [
                *_overtaken(subject, version),
                *_lent(version),
                *statements,
                *differences.alone(version.record.must, is_first=not known),
            ]
        ),
        comparisons=tuple(compared),
        consumers=(),
        undo=f"modelry yank {version.label} --reason …",
    )


def _lent(version: Version) -> Iterator[Statement]:
    """Say that nobody pushed the bytes, and where they come from."""
    source = version.record.must.artifact.source
    if source is not None:
        yield Statement(
            tone="look",
            text=f"Its bytes are in no remote: they lie in public at {source.url}, and are copied from there after the merge",
        )


def _overtaken(subject: Subject, version: Version) -> Iterator[Statement]:
    """Say that main has a later version than when the branch began."""
    known = subject.before(version.model)
    if subject.standing is None or known is None or known.latest is None:
        return
    then = subject.standing.began.models.get(version.model)
    latest = then.latest if then is not None else None
    if latest is None or latest.number != known.latest.number:
        was = latest.number if latest is not None else "nothing"
        yield Statement(
            tone="bad",
            text=f"Stale: when this began, the latest of {version.model} was {was}; it is {known.latest.number} now",
        )


def _holding(model: Model, version: Version) -> list[str]:
    return [
        stage
        for stage in model.stages
        if (holder := model.holder(stage)) is not None and holder.number == version.number
    ]


def _yank(subject: Subject, model: Model, version: Version) -> Section:
    tombstone, held = version.yanked.value if version.yanked is not None else None, _holding(model, version)
    severity = f" ({tombstone.severity})" if tombstone is not None else ""
    return Section(
        kind="yank",
        title=f"{version.label} is yanked{severity}",
        model=model.name,
        version=version.label,
        stage=None,
        verdict=subject.verdict(frozenset(version.paths)),
        brief=f"it holds {listed(held) or 'no stage'}",
        reason=said(version.yanked),
        statements=ordered(list(_withdrawn(subject, model, version, held))),
        consumers=subject.consumers(model.name),
        undo=f"modelry unyank {version.label} --reason …",
    )


def _withdrawn(subject: Subject, model: Model, version: Version, held: Sequence[str]) -> Iterator[Statement]:
    """Say who is refused when a version is withdrawn, and what they are pointed to."""
    refused = (
        f"Whoever asks for {version.label} by its number is refused from now on (exit code 8), and told why"
    )
    yield Statement(tone="look", text=refused)
    if held:
        told = f"{version.label} holds {listed(held)}: everybody who follows {listed(held)} would be refused"
        yield Statement(tone="bad", text=told)
    else:
        told = f"{version.label} holds no stage: whoever follows one is not touched"
        yield Statement(tone="good", text=told)
    known = subject.before(version.model)
    if known is not None and known.latest is not None and known.latest.number == version.number:
        now = model.latest.label if model.latest is not None else "nothing"
        yield Statement(tone="look", text=f"It is the latest: {model.name}@latest would mean {now}")
    tombstone = version.yanked.value if version.yanked is not None else None
    if tombstone is not None and tombstone.replacement is not None:
        yield Statement(tone="plain", text=f"They are pointed to {model.name}@{tombstone.replacement}")
    else:
        yield Statement(tone="look", text="No replacement is named")


def _unyank(subject: Subject, version: Version, known: Model) -> Section:
    lifted = version.unyanked
    tombstone = known.versions[version.number].yanked
    after = subject.context.after.models[version.model].latest
    statements = [
        Statement(tone="look", text=f"{version.label} can be taken again by its number"),
        Statement(
            tone="bad", text=f"It was withdrawn because: {said(tombstone) or 'its tombstone cannot be read'}"
        ),
    ]
    if after is not None and after.number == version.number:
        statements.append(Statement(tone="look", text=f"{version.model}@latest would mean it"))
    paths = frozenset({*version.paths, layout.version(version.model, version.number, "yanked.yaml")})
    return Section(
        kind="unyank",
        title=f"{version.label} may be used again",
        model=version.model,
        version=version.label,
        stage=None,
        verdict=subject.verdict(paths),
        brief="it was yanked",
        reason=lifted[-1].value.reason if lifted and lifted[-1].value is not None else "",
        statements=ordered(statements),
        acts=tuple(gating.approving(subject, paths)),
        consumers=subject.consumers(version.model),
        undo=f"modelry yank {version.label} --reason …",
    )


def _evaluation(subject: Subject, known: Model, version: Version, document: Document[Evaluation]) -> Section:
    found = document.value
    held = [one for one in _champions(subject, known) if one[1].startswith("holds")]
    champion, role = held[-1] if held and held[-1][0].number != version.number else (None, "")
    compared = Comparison(
        against=champion.label if champion is not None else None,
        role=role,
        results=_shown(subject, champion, found) if found is not None else (),
        differences=(),
    )
    measured = f"measured on {found.dataset.name}@{found.dataset.version}" if found else "it cannot be read"
    told = [results.told(one) for one in compared.results if not one.slice][:_TOLD]
    against = results.statements(compared.results, champion, version) if champion is not None else ()
    return Section(
        kind="evaluation",
        title=f"Evidence on {version.label}",
        model=version.model,
        version=version.label,
        stage=None,
        verdict=subject.verdict({document.path}),
        brief="; ".join([measured, *told]),
        reason=found.summary if found is not None else "",
        statements=ordered([*against, *_shift(subject, known, version), _ADD_ONLY]),
        comparisons=(compared,),
    )


def _shown(subject: Subject, champion: Version | None, found: Evaluation) -> tuple[Result, ...]:
    """Give what the evaluation shows, beside what the champion has on the same data."""
    older = champion.measurements if champion is not None else ()
    name = f"{found.dataset.name}@{found.dataset.version}"
    pairs = results.of(older, (found,), subject.policy, None)
    return tuple(one for one in pairs if one.dataset == name and one.after is not None)


def _shift(subject: Subject, known: Model, version: Version) -> Iterator[Statement]:
    """Say which gates the version meets or misses with the evidence, and did not without it."""
    old, holding = known.versions[version.number], _holding(known, version)
    for stage in subject.policy.stages:
        pairs = zip(
            gates.judge(subject.context, old, stage),
            gates.judge(subject.context, version, stage),
            strict=True,
        )
        for before, after in pairs:
            if before.passed == after.passed and before.measured == after.measured:
                continue
            held = ", which it holds," if stage.name in holding else ""
            verb = "meets" if after.passed else "misses"
            yield Statement(
                tone="good" if after.passed else "bad",
                text=f"With it, {version.label} {verb} a gate of {stage.name}{held} {after.gate}: {after.measured}",
            )
