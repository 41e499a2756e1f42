"""History, audit and the rules call the same move by the same name."""

import random

import pytest

from modelry import auditing, judging
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import events
from storage.test_events import land, staging

VERSIONS = ("1.0.0", "1.1.0", "1.2.0", None)
"""None empties the stage."""
AUDITED = {
    "promoted": "promotion",
    "rolled back": "rollback",
    "renewed": "renewal",
    "emptied": "emptied",
}
JUDGED = {"promotion": "promotion", "rollback": "rollback", "renewal": "promotion", "emptied": "promotion"}
"""A holder's new term, and a stage without holder, are decided as promotions are."""


@pytest.mark.parametrize("seed", range(3))
def test_a_move_is_called_the_same_by_all_who_speak_of_it(a_repo: Repository, seed: int) -> None:
    chosen = random.Random(seed)
    held: str | None = "1.2.0"
    moves = []
    for number in range(9):
        after = chosen.choice([version for version in VERSIONS if held or version])
        emptied: dict[str, bytes | None] = {layout.stage("churn", "staging"): None}
        moves.append(land(a_repo, staging(after, held, f"move {number}") if after else emptied))
        held = after
    told = {event.commit: AUDITED[event.what] for event in events.read(a_repo, "main").events if event.stage}
    proven = {
        proof.commit: proof.kind
        for proof in auditing.verify(a_repo, "main", hashing=False).proofs
        if proof.stage == "staging"
    }
    judged = {
        commit: judging.change(a_repo, a_repo.commit(f"{commit}^"), commit, offline=True).classes
        for commit in moves
    }
    assert [told[commit] for commit in moves] == [proven[commit] for commit in moves]
    assert judged == {commit: (JUDGED[proven[commit]],) for commit in moves}
