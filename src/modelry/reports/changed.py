"""Two moments of the registry side by side: what was added, what moved, what was withdrawn, what the policy asks."""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, get_args

from pydantic import Field

from modelry.model import changes
from modelry.model.changes import Changes, Step
from modelry.model.comparison import plain
from modelry.model.documents import ModelInfo
from modelry.model.fields import Part, Several
from modelry.model.registry import Document, Registry
from modelry.reports import lines, overview
from modelry.reports.review import policy_steps

What = Literal[
    "policy",
    "schema",
    "model added",
    "model removed",
    "model",
    "version added",
    "version removed",
    "stage",
    "evaluation",
    "yanked",
    "unyanked",
    "waiver",
]


class Changed(Part):
    """Something that is otherwise."""

    what: What
    """What kind of thing: of `policy` and `model` a field, of `stage` who holds it."""
    model: str | None
    """The model; null for the registry as a whole."""
    name: str
    """The version, the stage, the waiver, the evaluation as `version/name`, or the field."""
    before: str | None
    """What it was; null where there was none."""
    after: str | None
    """What it is; null where there is none any more."""


class ChangesReport(Part):
    """What `modelry diff --at X --at Y --json` answers."""

    schema_: Literal["changes/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    before: str | None
    """The one commit."""
    after: str | None
    """The other."""
    changes: Several[Changed]
    """What differs, the registry's own first, then by model."""


def between(before: Registry, after: Registry, model: str | None = None) -> ChangesReport:
    """Compare two moments, of all models or of one; raises `NotFoundError` for a model that neither has."""
    if model is not None and model not in before.models:
        after.model(model)
    found = [*_policy(before, after), *_steps(changes.between(before, after))]
    kept = [one for one in found if model is None or one.model == model]
    return ChangesReport(
        schema="changes/v1",
        before=before.tree.commit,
        after=after.tree.commit,
        changes=tuple(sorted(kept, key=lambda one: (one.model or "", _ORDER.index(one.what), one.name))),
    )


_ORDER: tuple[What, ...] = get_args(What)


def _policy(before: Registry, after: Registry) -> Iterator[Changed]:
    old, new = before.policy.value, after.policy.value
    if old is not None and new is not None:
        for step in policy_steps.between(old, new):
            yield _changed("policy", None, f"{step.group} {step.field}", step.before, step.after)


def _changed(what: What, model: str | None, name: str, before: str | None, after: str | None) -> Changed:
    return Changed(what=what, model=model or None, name=name, before=before or None, after=after or None)


def _steps(found: Changes) -> Iterator[Changed]:
    for move in found.moves:
        if move.before != move.after:
            yield _changed("stage", move.model, move.stage, move.before, move.after)
    for step in found.steps:
        yield from _step(found, step)


def _step(found: Changes, step: Step) -> Iterator[Changed]:
    place, edit = step.place, step.edit
    is_new, is_gone = edit.before is None, edit.after is None
    match place.kind:
        case "schema":
            yield _changed("schema", None, place.name, *(entry and entry.id[:10] for entry in edit[1:]))
        case "model" if is_new or is_gone:
            info = (found.after if is_new else found.before).model(place.model).info.value
            title = info.title if info is not None else place.model
            told = (None, title) if is_new else (title, None)
            yield _changed("model added" if is_new else "model removed", place.model, "", *told)
        case "model":
            yield from _described(place.model, found)
        case "version" if is_new or is_gone:
            registry = found.after if is_new else found.before
            record = registry.model(place.model).versions[place.name].record.value
            summary = record.summary if record is not None else "cannot be read"
            told = (None, summary) if is_new else (summary, None)
            yield _changed("version added" if is_new else "version removed", place.model, place.name, *told)
        case "evaluation" if is_new or is_gone:
            registry = found.after if is_new else found.before
            evaluation = registry.model(place.model).versions[place.name].evaluations[place.file].value
            summary = evaluation.summary if evaluation is not None else "cannot be read"
            told = (None, summary) if is_new else (summary, None)
            yield _changed("evaluation", place.model, f"{place.name}/{place.file}", *told)
        case "yank" if is_new or is_gone:
            yield _yank(found, place.model, place.name, is_new=is_new)
        case "waiver":
            texts = [_waiver(registry, place.model, place.name) for registry in (found.before, found.after)]
            yield _changed("waiver", place.model, place.name, *texts)


def _yank(found: Changes, model: str, number: str, *, is_new: bool) -> Changed:
    document = (found.after if is_new else found.before).model(model).versions[number].yanked
    reason = (
        document.value.reason if document is not None and document.value is not None else "cannot be read"
    )
    return (
        _changed("yanked", model, number, None, reason)
        if is_new
        else _changed("unyanked", model, number, reason, None)
    )


def _described(model: str, found: Changes) -> Iterator[Changed]:
    old, new = (_told(registry.model(model).info) for registry in (found.before, found.after))
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            yield _changed("model", model, field, old.get(field), new.get(field))


def _told(info: Document[ModelInfo]) -> dict[str, str]:
    held = info.value.model_dump(mode="json", exclude_none=True, exclude={"schema_"}) if info.value else {}
    return {field: plain(value) for field, value in held.items()}


def _waiver(registry: Registry, model: str, name: str) -> str | None:
    document = registry.models[model].waivers.get(name) if model in registry.models else None
    if document is None:
        return None
    waiver = document.value
    return f"{waiver.rule} until {waiver.expires}: {waiver.reason}" if waiver else "cannot be read"


def text(report: ChangesReport) -> str:
    """Tell it on a terminal, by model."""
    if not report.changes:
        return "nothing that the registry says differs\n"
    parts = []
    for model, found in groupby(report.changes, key=lambda one: one.model or "registry"):
        rows = [[lines.shown(cell) for cell in (one.what, one.name, _arrow(one))] for one in found]
        told = overview.table(rows)
        parts.append(
            f"{model}\n" + "".join(f"  {lines.cut(line, lines.WIDTH - 2)}\n" for line in told.splitlines())
        )
    return "\n".join(parts)


def _arrow(one: Changed) -> str:
    if one.before is None and one.what not in {"stage", "policy", "model"}:
        return str(one.after)
    return f"{one.before or '-'} -> {one.after or '-'}"
