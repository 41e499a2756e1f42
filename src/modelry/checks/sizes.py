"""How large things may be."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.files import REGULAR
from modelry.model.policy import Limits

_TRAINING = 1024 * 1024


@rule("too-large")
def too_large(context: Context) -> Iterator[Problem]:
    """An artifact, a card or a training file is larger than it may be.

    Policy limits artifacts (`limits.artifact_size`) and cards (`limits.card_size`), and a file of training
    code may have 1 MiB: git keeps every byte for ever, in everybody's clone. Make it smaller, put data into
    the remote with `dvc add`, or propose another limit in a pull request of its own.
    """
    limits = context.policy.limits if context.policy is not None else Limits()
    for version in context.fresh:
        record = version.record
        if record.value is None or limits.artifact_size is None:
            continue
        size = record.value.artifact.size
        if size > limits.artifact_size:
            yield Problem(
                record.path,
                f"the artifact has {size:,} bytes, and policy allows {limits.artifact_size:,}",
                record.locate(["artifact", "size"]),
                "make it smaller, or propose another limits.artifact_size in a pull request of its own",
            )
    for edit, place in context.changes.steps:
        limit = {"card": limits.card_size, "training": _TRAINING}.get(place.kind)
        if limit is None or edit.after is None or edit.after.mode != REGULAR:
            continue
        size = len(context.after.tree.read(edit.path))
        if size > limit:
            yield Problem(
                edit.path,
                f"has {size:,} bytes, and {limit:,} are allowed",
                hint="shorten it"
                if place.kind == "card"
                else f"keep data out of git: dvc add, or a place of its own outside {layout.ROOT}/",
            )
