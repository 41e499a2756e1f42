"""What may never change once it has been merged."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.layout import Place

_FROZEN = {"version", "pointer", "card", "evaluation", "yank", "unyank"}


@rule("version-altered")
def version_altered(context: Context) -> Iterator[Problem]:
    """A file of a merged version is changed or removed.

    Consumers pin versions and auditors read them years later: what `churn@1.2.0` means may never
    move. Propose a new version instead; withdraw a bad one with `modelry yank`.
    """
    for edit, place in context.changes.steps:
        known = (
            place.model in context.before.models and place.name in context.before.models[place.model].versions
        )
        # Of a model that is gone, `model-removed` speaks, once.
        if place.kind not in _FROZEN or not known or place.model not in context.after.models:
            continue
        # A tombstone may be lifted: whether rightly, `unrecorded-unyank` says.
        if place.kind == "yank" and edit.how == "removed" and _stays(context, place):
            continue
        if edit.how != "added":
            yield Problem(
                edit.path,
                f"{place.model}@{place.name} is merged, and this was {edit.how}",
                hint=f"put it back: git checkout main -- {edit.path}",
            )
        elif place.kind not in {"evaluation", "yank", "unyank"}:
            yield Problem(
                edit.path,
                f"{place.model}@{place.name} is merged, and this was added",
                hint="propose a new version",
            )


def _stays(context: Context, place: Place) -> bool:
    return place.name in context.after.models[place.model].versions


@rule("model-removed")
def model_removed(context: Context) -> Iterator[Problem]:
    """A model is removed.

    Somebody uses it under this name, and the name could come back with other bytes. Say in
    `model.yaml` that it is deprecated, and what replaces it.
    """
    for name in context.changes.removed_models:
        yield Problem(
            layout.model(name),
            f"{name} is gone",
            hint=f"put it back, and deprecate it: git checkout main -- {layout.MODELS}/{name}",
        )


@rule("mixed-change")
def mixed_change(context: Context) -> Iterator[Problem]:
    """A pull request does several things at once.

    Each kind of change is judged by other people and undone in another way: a promotion that rides
    with a new version, or a version with softer gates, hides one behind the other. Make a pull
    request of each; several of one kind, such as new versions of several models or a batch of promotions,
    may stay together.
    """
    classes = context.classes
    # A document tells more of what the change is than an object's bytes.
    told = [step.edit.path for step in context.changes.steps if step.place.kind != "object"]
    path = next(iter([*told, *(edit.path for edit in context.changes.edits)]), "")
    if len(classes) > 1:
        yield Problem(
            path,
            f"this is {', '.join(classes[:-1])} and {classes[-1]} at once",
            hint="split it: one pull request for each",
        )
