"""What must hold where a yank is lifted: the tombstone goes, and a record that keeps its words comes."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, Severity, rule
from modelry.model import layout
from modelry.model.documents import Unyank
from modelry.model.policy import Approvals
from modelry.model.registry import Document, Version


@rule("unrecorded-unyank")
def unrecorded_unyank(context: Context) -> Iterator[Problem]:
    """A tombstone is removed without the record that keeps its words, or such a record comes without that.

    Whoever was refused a version must be able to read later why it was withdrawn, and why no longer. So a tombstone
    goes only together with the next `unyanked-<n>.yaml`, which says the reason and repeats the tombstone
    word for word. `modelry unyank` makes both; run it again.
    """
    for before, after in _touched(context):
        gone = before.yanked is not None and after.yanked is None
        path = layout.version(after.model, after.number, "yanked.yaml")
        make = f"modelry unyank {after.label} --reason …"
        records = after.unyanked[len(before.unyanked) :]
        if gone and not records:
            told = f"{after.label} is yanked on main, and nothing says why no longer"
            yield Problem(path, told, hint=f"put it back: git checkout main -- {path}; to lift it: {make}")
        for record in records:
            if gone:
                yield from _faults(record, before)
            else:
                told = "its tombstone is still there" if after.yanked is not None else "it is not yanked"
                hint = f"remove it; for the two at once: {make}"
                yield Problem(record.path, f"takes {after.label} back into use, but {told}", hint=hint)


def _touched(context: Context) -> Iterator[tuple[Version, Version]]:
    """Give the versions that are on main and stay, of whose yanks something changes."""
    places = [step.place for step in context.changes.steps if step.place.kind in {"yank", "unyank"}]
    for model, number in dict.fromkeys((place.model, place.name) for place in places):
        known = [registry.models.get(model) for registry in (context.before, context.after)]
        before, after = (found.versions.get(number) if found is not None else None for found in known)
        if after is not None:
            yield before or Version(model, number, (), context.before.source), after


def _faults(record: Document[Unyank], before: Version) -> Iterator[Problem]:
    expected = layout.unyank(before.model, before.number, len(before.unyanked) + 1)
    if record.path != expected:
        yield Problem(record.path, f"expected the name {expected.rpartition('/')[2]}", hint="rename it")
    tombstone = before.yanked.value if before.yanked is not None else None
    if record.value is not None and record.value.yank != tombstone:
        yield Problem(
            record.path,
            "`yank` does not repeat the tombstone that main has",
            record.locate(["yank"]),
            f"put there what it says: git show main:{layout.version(before.model, before.number, 'yanked.yaml')}",
        )


@rule("yank-lifted", Severity.PERSON)
def yank_lifted(context: Context) -> Iterator[Problem]:
    """A version that was withdrawn is to be used again.

    Somebody saw a reason to keep people from it, and from the merge on they are no longer kept. Those who answer for
    the model should say that the reason is gone: ask one of its owners to look.
    """
    for before, after in _touched(context):
        for record in after.unyanked[len(before.unyanked) :]:
            if before.yanked is not None and after.yanked is None:
                info = context.info(after.model)
                owners = info.owners if info is not None else ()
                told = f"{after.label} would no longer be withdrawn"
                hint = (
                    f"ask one of its owners: {', '.join(owners)}" if owners else "ask somebody who may merge"
                )
                # An owner who proposes it has said so.
                may = Approvals.model_validate({"from": owners, "author_may_approve": True})
                yield Problem(record.path, told, hint=hint, approvals=may)
