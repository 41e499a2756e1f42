"""Waivers: dated exceptions to the rules of promotions, and what must hold of them."""

from collections.abc import Iterable, Iterator, Sequence

from modelry.checks.base import Context, Problem, Severity, rule
from modelry.model.documents import Waiver
from modelry.model.gates import called
from modelry.model.policy import Approvals, Policy
from modelry.model.registry import Document, Model, Version

WAIVABLE = ("metric-misses-gate", "stage-skipped", "format-not-allowed")
"""The rules that a waiver may excuse: what policy asks of a promotion. What makes a registry wrong is none of them."""


def waived(context: Context, rule_id: str, version: Version, stage: str, gate: str = "") -> str:
    """Name the waiver, of those that main already has, that excuses a rule, or one gate, for a version today; empty without one."""
    model = context.before.models.get(version.model)
    waivers = model.waivers.items() if model is not None else ()
    for name, document in waivers:
        waiver = document.value
        if (
            waiver is not None
            and waiver.rule == rule_id
            and waiver.version in {None, version.number}
            and waiver.stage in {None, stage}
            and waiver.gate in {None, gate}
            and waiver.expires >= context.today
        ):
            return name
    return ""


def _waivers(context: Context) -> Iterator[tuple[Model, Document[Waiver], Waiver]]:
    for model in context.models:
        for document in model.waivers.values():
            if document.value is not None:
                yield model, document, document.value


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


@rule("waiver-excuses-nothing")
def waiver_excuses_nothing(context: Context) -> Iterator[Problem]:
    """A waiver names a version, a stage or a gate that is not there.

    It would excuse nothing, which is found on the day it is needed. A gate is called by its `name` in
    `registry.yaml`, and without one by its metric, its evaluation or its kind (`signed`, `scan`, `fields`,
    `require`); only `metric-misses-gate` has gates. Mend the name, or remove the waiver.
    """
    for model, document, waiver in _waivers(context):
        if waiver.expires < context.today:
            continue  # it excuses nothing anyway
        # A pull request that takes a gate away is judged by what it leaves, too.
        for policy in (context.policy, context.after.policy.value):
            found = _missing(_versions(context, model.name), waiver, policy)
            if found is not None:
                key, message, hint = found
                yield Problem(document.path, message, document.locate([key]), hint)
                break


def _versions(context: Context, model: str) -> tuple[str, ...]:
    """Give a model's versions; of one that the change removes, `version-altered` speaks."""
    moments = (context.before.models.get(model), context.after.models[model])
    return tuple({number: None for found in moments if found is not None for number in found.versions})


def _missing(versions: Sequence[str], waiver: Waiver, policy: Policy | None) -> tuple[str, str, str] | None:
    """Say which field of a waiver names what is not there, and what is."""
    if waiver.version is not None and waiver.version not in versions:
        return "version", f"there is no version {waiver.version}", _there(versions)
    if waiver.gate is not None and waiver.rule in {"stage-skipped", "format-not-allowed"}:
        return "gate", f"`gate` means nothing to {waiver.rule}", "remove it"
    if policy is None:
        return None
    stages = {stage.name: stage for stage in policy.stages}
    if waiver.stage is not None and waiver.stage not in stages:
        return "stage", f"there is no stage {waiver.stage}", _there(stages)
    looked = [stages[waiver.stage]] if waiver.stage is not None else list(policy.stages)
    gates = {called(gate): None for stage in looked for gate in stage.gates}
    if waiver.gate is not None and waiver.gate not in gates:
        of = f"{waiver.stage} has" if waiver.stage is not None else "the stages have"
        return "gate", f"{of} no gate {waiver.gate}", _there(gates)
    return None


def _there(names: Iterable[str]) -> str:
    known = list(names)
    choice = f"{'one of ' if len(known) > 1 else ''}{', '.join(known)}"
    return f"write {choice}" if known else "remove the waiver"


@rule("waiver-approver-not-owner")
def waiver_approver_not_owner(context: Context) -> Iterator[Problem]:
    """A waiver was approved by somebody who does not own the model.

    An exception is somebody's responsibility; only those who answer for the model can take it. The owners
    are those of `model.yaml` on main, spelled as there; a team may be named. Name an owner.
    """
    for model, document, waiver in _waivers(context):
        info = context.info(model.name)
        if info is not None and document.path in context.changes.paths and waiver.approver not in info.owners:
            yield Problem(
                document.path,
                f"{waiver.approver} does not own {model.name}",
                document.locate(["approver"]),
                f"ask one of {', '.join(info.owners)}",
            )


@rule("waiver-granted", Severity.PERSON)
def waiver_granted(context: Context) -> Iterator[Problem]:
    """A change brings or alters a waiver, and whom it names as its approver has to say so.

    Anybody can write an owner's name into a file; from the merge on, rules would be excused by it. Whoever is
    named has to approve: by a review on a forge, with plain git by merging with `modelry merge --approve`. An
    owner who proposes it has said so. Ask them.
    """
    for step in context.changes.steps:
        if step.place.kind != "waiver" or step.edit.after is None:
            continue
        document = context.after.models[step.place.model].waivers[step.place.name]
        waiver, info = document.value, context.info(step.place.model)
        # Of who is no owner, `waiver-approver-not-owner` speaks.
        if waiver is not None and (info is None or waiver.approver in info.owners):
            name = step.place.model
            of = f"{name}@{waiver.version}" if waiver.version is not None else f"all of {name}"
            at = f" at {waiver.stage}" if waiver.stage is not None else ""
            what = waiver.gate or waiver.rule
            yield Problem(
                document.path,
                f"{waiver.approver} has to approve that {of} is excused from {what}{at}",
                document.locate(["approver"]),
                "ask them for a review",
                Approvals.model_validate({"from": [waiver.approver], "author_may_approve": True}),
            )


@rule("waiver-expired")
def waiver_expired(context: Context) -> Iterator[Problem]:
    """A waiver's last day is over.

    It excuses nothing any more, and looks as if it did. Remove it, or propose another one with a later day
    and a reason that still holds.
    """
    for model, document, waiver in _waivers(context):
        if waiver.expires < context.today:
            name = document.path.rpartition("/")[2].removesuffix(".yaml")
            brought = document.path in context.changes.paths
            yield Problem(
                document.path,
                f"expired after {waiver.expires:%Y-%m-%d}",
                document.locate(["expires"]),
                "give it a day that is still to come"
                if brought
                else f"take it back: modelry waive {model.name} --undo {name} --reason …",
            )
