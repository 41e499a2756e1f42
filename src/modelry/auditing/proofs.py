"""Every decision on main's first-parent line, held against policy, evidence and bytes: offline, from git alone."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from typing import NamedTuple

from modelry import checks
from modelry.auditing import decisions, statements
from modelry.auditing.decisions import Decision
from modelry.auditing.objects import Objects
from modelry.auditing.replay import Replay, Turn
from modelry.auditing.statements import Heard
from modelry.checks import people, pointers, promotions, stages
from modelry.checks.people import Doubts
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import layout
from modelry.model.audit import Audit, Kind, Outcome, Proof
from modelry.model.changes import Move
from modelry.model.policy import Policy
from modelry.storage import documents, evidence, line

RULES = (
    pointers.pointer_mismatch,
    pointers.folder_digest_mismatch,
    stages.unknown_version,
    stages.digest_mismatch,
    stages.yanked_in_stage,
    stages.unknown_stage,
    stages.stale_promotion,
    promotions.metric_misses_gate,
    promotions.stage_skipped,
    promotions.format_not_allowed,
)
"""What is judged again of each move, by the policy that it found."""


class _Policy(NamedTuple):
    """A policy that was in force, and the commit by which it came."""

    blob: str
    commit: str
    value: Policy | None
    doubts: Doubts
    is_first: bool


class _Taken(NamedTuple):
    """A move with all that was found of it but for what only the end of the pass can tell."""

    proof: Proof
    policy: int | None
    """Which of the policies judged it."""
    turn: Turn


def verify(
    repository: Repository, at: str | None = None, *, model: str | None = None, hashing: bool = True
) -> Audit:
    """Say of every promotion, rollback, waiver and lifted yank whether it is proven, contradicted or cannot be proven.

    `at` is a commit, day or time up to which is looked; unless told, main as it is.
    """
    commit = line.at(repository, at) if at is not None else repository.commit(repository.base)
    tree = repository.tree(commit)
    registry = documents.registry(tree)
    if layout.POLICY not in tree.entries:
        raise RegistryError(f"{commit} has no {layout.POLICY}", hint="begin a registry: modelry init DIR")
    if model is not None:
        registry.model(model)
    recorded = evidence.read(repository)
    authors = _authors(repository, {said.head for each in recorded.values() for said in each.statements})
    objects = Objects(registry.policy.must, tree, repository.top) if hashing else None
    replay = Replay(repository, commit)
    policies: list[_Policy] = []
    taken: list[_Taken] = []
    for turn in replay.turns():
        found = policies[-1].value if policies else None
        heard = statements.hear(turn, recorded.get(turn.commit.id), found, authors)
        taken += _decided(turn, heard, found, objects, len(policies) - 1 if policies else None, model)
        if turn.new_policy is not None and turn.new_policy != turn.policy:
            value = turn.changes.after.policy.value
            policies.append(
                _Policy(turn.new_policy.id, turn.commit.id, value, heard.doubts, is_first=not policies)
            )
    proofs = [_finished(each, policies, replay) for each in taken]
    return _audit(registry.policy.must, commit, proofs, unnoted=not recorded, hashing=hashing)


def _authors(repository: Repository, heads: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Give the authors of the heads that this clone has, in one pass."""
    given = "".join(f"{head}\n" for head in sorted(heads))
    known = repository.run("cat-file", "--batch-check=%(objectname) %(objecttype)", given=given.encode())
    held = [told.split()[0] for told in known.splitlines() if told.endswith(" commit")]
    if not held:
        return {}
    told = repository.run(
        *("log", "--no-walk=unsorted", "--format=%H%x00%an%x00%ae", "--stdin"),
        given="".join(f"{head}\n" for head in held).encode(),
    )
    shown = (each.split("\0") for each in told.splitlines())
    return {head: (name, address) for head, name, address in shown}


def _decided(
    turn: Turn,
    heard: Heard,
    policy: Policy | None,
    objects: Objects | None,
    number: int | None,
    model: str | None,
) -> Iterator[_Taken]:
    """Give a proof of each thing that a turn decided; what only the end of the pass can tell is still missing."""
    context = _context(turn, policy)
    for each in (*_moves(context, heard, model), *decisions.of(context, heard, model)):
        found = [heard.doubts, each.doubts]
        if objects is not None and each.version is not None:
            found.append(objects.of(each.version))
        if policy is None:
            found.append(Doubts(missing=("there was no policy to judge it by: the registry begins with it",)))
        proof = Proof.model_construct(
            commit=turn.commit.id,
            when=turn.commit.when.astimezone(UTC),
            kind=each.kind,
            model=each.model,
            stage=each.stage,
            waiver=each.waiver,
            before=each.before,
            after=each.after,
            sha256=each.sha256,
            policy=turn.policy.id if turn.policy is not None else None,
            approvers=tuple(str(approver) for approver in heard.evidence.approvers),
            pull_request=_pull_request(heard),
            outcome="proven",
            contradictions=tuple(told for doubts in found for told in doubts.contradictions),
            missing=tuple(told for doubts in found for told in doubts.missing),
        )
        yield _Taken(proof, number, turn)


def _moves(context: checks.Context, heard: Heard, model: str | None) -> Iterator[Decision]:
    """Give the moves of stages, judged again."""
    moves = [move for move in context.changes.moves if model in (None, move.model)]
    report = checks.run(RULES, context, processes=1) if moves else checks.Report((), (), ())
    for move in moves:
        known = context.after.models[move.model]
        document = known.stages.get(move.stage)
        kind = _kind(context, move)
        judged, asked = _judged(report, move), _people(context, heard, move, kind)
        yield Decision(
            kind,
            move.model,
            before=move.before,
            after=move.after,
            stage=move.stage,
            version=known.versions.get(move.after or ""),
            sha256=document.value.sha256 if document is not None and document.value is not None else None,
            doubts=Doubts((*judged.contradictions, *asked.contradictions), (*judged.missing, *asked.missing)),
        )


def _context(turn: Turn, policy: Policy | None) -> checks.Context:
    """Give the context in which a turn was judged: its own day, and the holders of that time."""

    def held(model: str, stage: str) -> tuple[checks.base.Held, ...]:
        return turn.held.get(model, {}).get(stage, ())

    when = turn.commit.when.astimezone(UTC)
    return checks.Context(turn.changes, policy, when.date(), when, held)


def _kind(context: checks.Context, move: Move) -> Kind:
    if move.after is None:
        return "emptied"
    if move.after == move.before:
        return "renewal"
    return "rollback" if context.goes_back(move) else "promotion"


def _judged(report: checks.Report, move: Move) -> Doubts:
    """Give what the rules find of a move, judged again."""
    mine = (layout.stage(move.model, move.stage), layout.version(move.model, move.after or "", ""))
    told = [
        f"{finding.rule}: {finding.message}" for finding in report.errors if finding.path.startswith(mine)
    ]
    return Doubts(contradictions=tuple(told))


def _people(context: checks.Context, heard: Heard, move: Move, kind: Kind) -> Doubts:
    stage = context.policy.stage(move.stage) if context.policy is not None else None
    if stage is None or stage.approvals is None or kind in {"rollback", "emptied"}:
        return Doubts()
    if not heard.evidence.recorded:
        return Doubts(missing=(f"{stage.approvals.asked}, and none is on record",))
    return people.approvals(stage.approvals, heard.evidence.author, heard.evidence.approvers)


def _pull_request(heard: Heard) -> str | None:
    where = heard.evidence.proposal
    return where.url or (f"#{where.number}" if where.number is not None else None)


def _finished(taken: _Taken, policies: list[_Policy], replay: Replay) -> Proof:
    """Add what was done later: versions altered since, and a policy that was softened for the moment."""
    proof = taken.proof
    altered = replay.altered.get((proof.model, proof.after or ""), [])
    wrong = [f"the record of {proof.model}@{proof.after} was altered since: {each}" for each in altered]
    missing: list[str] = []
    if taken.policy is not None:
        judge = policies[taken.policy]
        if not judge.is_first and (judge.doubts.missing or judge.doubts.contradictions):
            why = "; ".join((*judge.doubts.contradictions, *judge.doubts.missing))
            missing.append(f"the policy that judged it came by {judge.commit[:12]}: {why}")
            wrong += _restored(taken, policies) if proof.kind not in {"waiver", "unyank"} else []
    contradictions = (*proof.contradictions, *wrong)
    unknown = (*proof.missing, *missing)
    outcome: Outcome = "contradicted" if contradictions else "cannot be proven" if unknown else "proven"
    return proof.model_copy(update={"contradictions": contradictions, "missing": unknown, "outcome": outcome})


def _restored(taken: _Taken, policies: list[_Policy]) -> Iterator[str]:
    """Say what the policy that was there before, and was restored after, would have refused."""
    number = taken.policy or 0
    before = {policy.blob for policy in policies[:number]} - {policies[number].blob}
    again = next((policy for policy in policies[number + 1 :] if policy.blob in before), None)
    if again is None or again.value is None:
        return
    move = Move(taken.proof.model, taken.proof.stage or "", taken.proof.before, taken.proof.after)
    context = _context(taken.turn, again.value)
    judged = _judged(checks.run(RULES, context, processes=1), move)
    for each in judged.contradictions:
        yield (
            f"the policy was changed in {policies[number].commit[:12]} and restored in {again.commit[:12]}; "
            f"by that, {each}"
        )


def _audit(policy: Policy, commit: str, proofs: list[Proof], *, unnoted: bool, hashing: bool) -> Audit:
    count = {name: sum(proof.outcome == name for proof in proofs) for name in _OUTCOMES}
    caveats = [] if hashing else ["no bytes were read: only what is written about them was compared"]
    if unnoted:
        caveats.append(
            "this clone has no evidence at all; a plain clone brings none: "
            f"git fetch origin {evidence.REF}:{evidence.REF}"
        )
    elif not policy.signers:
        caveats.append(
            f"the evidence is not signed: whoever may push {evidence.REF} could have written it; "
            "name signers in the policy, and merge with --sign"
        )
    caveats += [
        "who a name or an address belongs to is taken from git and the forge, and proven by neither",
        "times are those of whoever merged; soaks and waivers are judged by them",
    ]
    return Audit.model_construct(
        schema_="audit/v1",
        registry=policy.id,
        commit=commit,
        proofs=tuple(proofs),
        proven=count["proven"],
        contradicted=count["contradicted"],
        unproven=count["cannot be proven"],
        caveats=tuple(caveats),
    )


_OUTCOMES: tuple[Outcome, ...] = ("proven", "contradicted", "cannot be proven")
