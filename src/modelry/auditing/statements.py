"""Whether the evidence of a commit says what the commit says, and whether somebody trusted signed it."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import NamedTuple

from modelry.auditing.replay import Turn
from modelry.checks.people import Doubts
from modelry.model import evidence
from modelry.model.evidence import Predicate, Statement
from modelry.model.notes import Evidence
from modelry.model.policy import Policy, Signer
from modelry.storage import keys

Authors = Mapping[str, tuple[str, str]]
"""Name and address of a proposal's author, by its head commit."""


class Heard(NamedTuple):
    """What evidence counts of a commit, and what is wrong with it."""

    evidence: Evidence
    doubts: Doubts


def hear(turn: Turn, found: Evidence | None, policy: Policy | None, authors: Authors) -> Heard:
    """Hold a commit's evidence against the commit. Where policy names signers, only what they signed counts."""
    if found is None or not (found.recorded or found.faults):
        claim = turn.commit.claim
        told = "; ".join(
            f"its message says it was {what} by {', '.join(who)}"
            for what, who in (("proposed", claim.proposed_by), ("approved", claim.approved_by))
            if who
        )
        weaker = f"; {told}, which whoever made the commit could write" if told else ""
        return Heard(Evidence(), Doubts(missing=(f"no evidence is recorded{weaker}",)))
    wrong = [f"its note: {fault}" for fault in found.faults]
    missing: list[str] = []
    signers = policy.signers if policy is not None else {}
    counted = _signed(found, signers, wrong, missing) if signers else found
    for recorded in counted.recorded:
        wrong += _differing(turn, recorded.statement, policy, authors)
    wrong += _disagreeing(counted)
    if not signers:
        wrong += _unheard(turn, counted)
    return Heard(counted, Doubts(tuple(dict.fromkeys(wrong)), tuple(missing)))


def _signed(found: Evidence, signers: Mapping[str, Signer], wrong: list[str], missing: list[str]) -> Evidence:
    """Give what trusted signers signed; what is forged, and what is not signed at all, is told."""
    counted, why = [], "it is not signed"
    for recorded in found.recorded:
        if recorded.envelope is None:
            continue
        seal = keys.sealed_by(recorded.envelope, signers)
        if seal.by is not None:
            counted.append(recorded)
        elif seal.is_forged:
            wrong.append(f"its note was altered: {seal.fault}")
        why = seal.fault or why
    if not counted:
        missing.append(f"none of the policy's signers ({', '.join(signers)}) signed its evidence: {why}")
    return Evidence(tuple(counted))


def _differing(turn: Turn, statement: Statement, policy: Policy | None, authors: Authors) -> Iterator[str]:
    """Say where a statement and its commit differ."""
    said, commit = statement.predicate, turn.commit
    artifacts = {each.name: each.digest["sha256"] for each in statement.subject if "sha256" in each.digest}
    heads = commit.parents[1:] or (commit.id,)
    pairs = (
        ("the commit", said.commit, commit.id),
        ("the registry", said.registry, policy.id if policy is not None else said.registry),
        ("the head", said.head, said.head if said.head in heads else heads[0]),
        ("the policy", said.policy.blob if said.policy else None, turn.policy.id if turn.policy else None),
        ("the commit before", said.policy.commit if said.policy else None, _before(turn)),
        ("the time", said.merged_at, commit.when.astimezone(UTC)),
        ("the author", _author(said), authors.get(said.head, _author(said))),
        ("the moves", _moves(said), _moves_of(turn)),
        ("the artifacts", artifacts, evidence.artifacts(turn.changes)),
    )
    for what, told, is_ in pairs:
        if told != is_:
            yield f"its note says another thing than the commit of {what}: {_shown(told)}, not {_shown(is_)}"


def _disagreeing(found: Evidence) -> Iterator[str]:
    """Say where the statements of one note contradict each other."""
    told = list(found.statements)
    for what, values in (
        ("pull request", {said.proposal.number for said in told}),
        ("page", {said.proposal.url for said in told}),
        ("reviewed commit", {said.proposal.head for said in told}),
        ("author's account", {said.author.id for said in told}),
    ):
        if len(values - {None}) > 1:
            yield f"its note names more than one {what}: {', '.join(sorted(map(str, values - {None})))}"


def _unheard(turn: Turn, found: Evidence) -> Iterator[str]:
    """Say who approved by an unsigned note alone: plain git's approvers stand in the commit's message too."""
    for approver in found.approvers:
        if approver.id is None and str(approver) not in (turn.commit.claim.approved_by or ()):
            yield f"its note says that {approver} approved it, and the commit's own message does not"


def _before(turn: Turn) -> str | None:
    return turn.commit.parents[0] if turn.policy is not None and turn.commit.parents else None


def _author(said: Predicate) -> tuple[str, str]:
    return said.author.name, said.author.email or ""


def _moves(said: Predicate) -> dict[str, str]:
    return {f"{move.stage} of {move.model}": f"{move.after} ({move.sha256})" for move in said.moves}


def _moves_of(turn: Turn) -> dict[str, str]:
    return {
        f"{move.stage} of {move.model}": f"{move.after} ({move.sha256})"
        for move in evidence.moved(turn.changes)
    }


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {held}" for name, held in sorted(value.items())) or "none"
    return str(value)
