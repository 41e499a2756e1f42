"""Waivers: dated exceptions to the rules of promotions, and what must hold of them."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, rule
from modelry.model.changes import Move
from modelry.model.documents import Waiver
from modelry.model.registry import Document

WAIVABLE = ("metric-misses-gate", "stage-skipped", "format-not-allowed")
"""The rules that a waiver may excuse: what policy asks of a promotion. What makes a registry wrong is none of them."""


def waived(context: Context, rule_id: str, move: Move) -> bool:
    """Say whether a waiver that main already has excuses this rule for this move, today."""
    model = context.before.models.get(move.model)
    waivers = (document.value for document in model.waivers.values()) if model is not None else ()
    return any(
        waiver is not None
        and waiver.rule == rule_id
        and waiver.version in (None, move.after)
        and waiver.stage in (None, move.stage)
        and waiver.expires >= context.today
        for waiver in waivers
    )


def _waivers(context: Context) -> Iterator[tuple[str, Document[Waiver], Waiver]]:
    for model in context.models:
        for document in model.waivers.values():
            if document.value is not None:
                yield model.name, document, document.value


@rule("unknown-waived-rule")
def unknown_waived_rule(context: Context) -> Iterator[Problem]:
    """A waiver names a rule that cannot be waived, or that does not exist.

    Exceptions are made to what policy asks of a promotion: metric-misses-gate, stage-skipped and
    format-not-allowed. What makes the registry itself wrong cannot be excused, and a misspelt rule would
    excuse nothing, which is found on the day it is needed. Name one of the three.
    """
    for _, document, waiver in _waivers(context):
        if waiver.rule not in WAIVABLE:
            yield Problem(
                document.path,
                f"{waiver.rule} is no rule that can be waived",
                document.locate(["rule"]),
                f"write one of {', '.join(WAIVABLE)}",
            )


@rule("waiver-approver-not-owner")
def waiver_approver_not_owner(context: Context) -> Iterator[Problem]:
    """A waiver was approved by somebody who does not own the model.

    An exception is somebody's responsibility; only those who answer for the model can take it. The owners
    are those of `model.yaml` on main, spelled as there; a team may be named. Name an owner.
    """
    for name, document, waiver in _waivers(context):
        info = context.info(name)
        if info is not None and document.path in context.changes.paths and waiver.approver not in info.owners:
            yield Problem(
                document.path,
                f"{waiver.approver} does not own {name}",
                document.locate(["approver"]),
                f"ask one of {', '.join(info.owners)}",
            )


@rule("waiver-expired")
def waiver_expired(context: Context) -> Iterator[Problem]:
    """A waiver's last day is over.

    It excuses nothing any more, and looks as if it did. Remove it, or propose another one with a later day
    and a reason that still holds.
    """
    for _, document, waiver in _waivers(context):
        if waiver.expires < context.today:
            yield Problem(
                document.path,
                f"expired after {waiver.expires:%Y-%m-%d}",
                document.locate(["expires"]),
                f"remove it: git rm {document.path}",
            )
