"""Proposals that move a stage: promote one version or several, give the holder another term, go back."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from modelry.errors import ConflictError, IntegrityError, NotFoundError, RefusedError, UsageError
from modelry.model import layout
from modelry.model.registry import Model, Registry, Version
from modelry.proposals.base import Content, Proposal, body, command, measured

_SHOWN = 3
"""How many versions a title names."""


def promote(
    registry: Registry, version: Version, stage: str, reason: str, evidence: Sequence[str] = ()
) -> Proposal:
    """Propose that a version takes a stage; see `promote_all`."""
    return promote_all(registry, [version], stage, reason, evidence)


def promote_all(
    registry: Registry, versions: Sequence[Version], stage: str, reason: str, evidence: Sequence[str] = ()
) -> Proposal:
    """Propose that versions take a stage, together or not at all.

    Raises `NotFoundError` for a stage that there is not. Where the stage's policy sets a term (`expires_after`), the present holder is given another one. Elsewhere it
    raises `ConflictError` for a version that holds the stage already, and `UsageError` for two of one model.
    """
    registry.require_stage(stage)
    versions = sorted(versions, key=lambda version: version.label)
    models = [version.model for version in versions]
    twice = sorted({name for name in models if models.count(name) > 1})
    if twice:
        raise UsageError(f"{twice[0]} is named twice", hint="one version of a model can hold a stage")
    renewed = {version.label: _renews(registry, version, stage, reason, evidence) for version in versions}
    documents = {
        layout.stage(version.model, stage): _assignment(
            version, _held(registry.model(version.model), stage), reason, evidence
        )
        for version in versions
    }
    text = body(
        what=[_what(registry, version, stage) for version in versions],
        why=reason,
        evidence=[line for version in versions for line in _proof(version)] + list(evidence),
        undo=[_undo(registry, version, stage) for version in versions],
    )
    flags = [word for address in evidence for word in ("--evidence", address)]
    labels = [version.label for version in versions]
    verb, to = ("Renew", "in") if all(renewed.values()) else ("Promote", "to")
    named = " and ".join(labels) if len(labels) < _SHOWN else f"{len(labels)} models"
    return Proposal(
        _branch(versions, stage, verb.lower()),
        f"{verb} {named} {to} {stage}",
        text,
        documents,
        again=command("promote", *labels, stage, "--reason", reason, *flags),
    )


def _branch(versions: Sequence[Version], stage: str, verb: str) -> str:
    """Give the branch of a wish: whatever is named in whichever order, the same wish has the same."""
    if len(versions) == 1:
        return f"{verb}/{versions[0].model}/{stage}/{versions[0].number}"
    told = " ".join(version.label for version in versions)
    return f"{verb}/batch/{stage}/{sha256(told.encode()).hexdigest()[:12]}"


def _held(model: Model, stage: str) -> str | None:
    holder = model.holder(stage)
    return holder.number if holder is not None else None


def _renews(registry: Registry, version: Version, stage: str, reason: str, evidence: Sequence[str]) -> bool:
    """Say whether a version would get another term; raises `ConflictError` where there is nothing to do."""
    model = registry.model(version.model)
    if _held(model, stage) != version.number:
        return False
    policy = registry.policy.must.stage(stage)
    if policy is None or policy.expires_after is None:
        raise ConflictError(f"{version.label} holds {stage} already", hint="there is nothing to do")
    said = model.stages[stage].must
    if (said.previous, said.reason, said.evidence or ()) == (version.number, reason, tuple(evidence)):
        raise ConflictError(
            f"{version.label} was renewed in {stage} in the same words",
            hint="say what was looked at this time: another --reason, or --evidence URL",
        )
    return True


def _what(registry: Registry, version: Version, stage: str) -> str:
    held = _held(registry.model(version.model), stage)
    if held == version.number:
        return f"{stage} of {version.model} stays with {held} for another term."
    return f"{stage} of {version.model} passes from {held or 'nothing'} to {version.number}."


def _proof(version: Version) -> list[str]:
    return [f"{version.label} is sha256 {version.record.must.artifact.sha256}", *measured(version)]


def _undo(registry: Registry, version: Version, stage: str) -> str:
    model = registry.model(version.model)
    held = _held(model, stage)
    why = ("--reason", f"undo: {version.number} took {stage}")
    if held == version.number:
        return f"nothing has moved; to take {held} out: " + command("rollback", model.name, stage, *why)
    if held is not None:
        return command("rollback", model.name, stage, "--to", held, *why)
    # A stage is never emptied again: who follows it would find nothing.
    others = [one for one in model.versions.values() if one.number != version.number and one.yanked is None]
    if not others:
        return f"nothing held {stage} before; register another version, and promote that"
    return command("promote", others[-1].label, stage, *why)


def last_good(
    model: Model,
    stage: str,
    held: Sequence[str],
    to: str | None,
    is_present: Callable[[Version], bool] = lambda _: True,
) -> Version:
    """Give the version to go back to: `to`, or the last good one that held the stage.

    `held` are the versions that held it, newest first. Good is what nobody went back from, is not yanked and
    whose artifact `is_present`. Raises `NotFoundError` when there is none to go back to, `RefusedError` for a version
    that never held the stage, since that would be a promotion, or is yanked, and `IntegrityError` for one that
    nobody could fetch.
    """
    holder = model.holder(stage)
    if holder is None:
        raise NotFoundError(f"nothing holds {stage} of {model.name}", hint="there is nothing to roll back")
    earlier = [
        number for number in dict.fromkeys(held) if number != holder.number and number in model.versions
    ]
    if to is not None:
        return _named(model, stage, to, earlier, is_present)
    standing = [number for number in _standing(held) if number in earlier]
    lacking = [f"{number} was rolled back itself" for number in earlier if number not in standing]
    for number in standing:
        if model.versions[number].yanked is not None:
            lacking.append(f"{number} is yanked")
        elif not is_present(model.versions[number]):
            lacking.append(f"the artifact of {number} is in no remote")
        else:
            return model.versions[number]
    told = f"no good version held {stage} of {model.name} before: {', '.join(lacking)}"
    raise NotFoundError(
        told if lacking else f"no other version held {stage} of {model.name}",
        hint="promote another version instead, or name one with --to"
        if lacking
        else "promote another version instead",
    )


def _standing(held: Sequence[str]) -> list[str]:
    """Give the holders that nobody went back from, newest first; each that is returned to ends those since."""
    stack: list[str] = []
    for number in reversed(held):
        if number in stack:
            del stack[stack.index(number) + 1 :]
        else:
            stack.append(number)
    return stack[::-1]


def _named(
    model: Model, stage: str, to: str, earlier: Sequence[str], is_present: Callable[[Version], bool]
) -> Version:
    label = f"{model.name}@{to}"
    if to not in earlier:
        raise RefusedError(
            f"{label} never held {stage} before",
            hint=f"it was held by {', '.join(earlier) or 'no other'}; for another: modelry promote",
        )
    if model.versions[to].yanked is not None:
        raise RefusedError(
            f"{label} is yanked",
            hint=f"name another version with --to, or first: modelry unyank {label} --reason …",
        )
    if not is_present(model.versions[to]):
        raise IntegrityError(
            f"the artifact of {label} is in no remote",
            hint="push it again, or name another version with --to",
        )
    return model.versions[to]


def rollback(model: Model, stage: str, target: Version, reason: str) -> Proposal:
    """Propose that a stage goes back to a version that held it before."""
    number = _held(model, stage)
    why = ("--reason", f"undo: {stage} went back to {target.number}")
    text = body(
        what=[f"{stage} of {model.name} goes back from {number} to {target.number}, which held it before."],
        why=reason,
        evidence=[*_proof(target), "rolling back skips all gates but integrity"],
        undo=[command("rollback", model.name, stage, "--to", str(number), *why)],
    )
    return Proposal(
        f"rollback/{model.name}/{stage}/{target.number}",
        f"Roll {stage} of {model.name} back to {target.number}",
        text,
        {layout.stage(model.name, stage): _assignment(target, number, reason, ())},
        again=command("rollback", model.name, stage, "--to", target.number, "--reason", reason),
    )


def _assignment(version: Version, previous: str | None, reason: str, evidence: Sequence[str]) -> Content:
    document: dict[str, Any] = {
        "schema": "assignment/v1",
        "version": version.number,
        "sha256": version.record.must.artifact.sha256,
        "previous": previous,
        "reason": reason,
    }
    return document | ({"evidence": list(evidence)} if evidence else {})
