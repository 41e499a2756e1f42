"""How well it is shown who said yes: by signed evidence, by unsigned evidence, or by what a commit says alone."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.registries import MOMENT, a_rich_one, events, registry
from modelry.catalog import witnesses
from modelry.model.evidence import Check, Envelope, Predicate, Proposed, Statement
from modelry.model.notes import Evidence, Recorded
from modelry.model.policy import Signer

HEAD = "a" * 40


def evidence(commit: str, *, signed: bool) -> Evidence:
    predicate: Any = Predicate
    said = predicate.model_construct(
        commit=commit,
        head=HEAD,
        proposal=Proposed(),
        checks=(Check(name="modelry check", conclusion="success"),),
    )
    statement: Any = Statement
    envelope: Any = Envelope
    sealed = envelope.model_construct() if signed else None
    return Evidence((Recorded(statement.model_construct(predicate=said), sealed),))


@pytest.mark.parametrize(
    ("signed", "signers", "state", "words"),
    [
        (True, True, "signed", "Signed evidence is on record"),
        (False, False, "recorded", "Evidence is on record in git notes, unsigned"),
        (False, True, "unproven", "Cannot be proven: the evidence is not signed"),
        (None, False, "unproven", "Cannot be proven: no evidence of this merge is on record"),
    ],
)
def test_what_cannot_be_proven_is_said_plainly(
    signed: bool | None, signers: bool, state: str, words: str
) -> None:
    event = events()[1]
    policy = registry(a_rich_one()).policy.must
    if signers:
        policy = policy.model_copy(update={"signers": {"ci": Signer.model_construct(public_key="x")}})
    found = {} if signed is None else {event.commit: evidence(event.commit, signed=signed)}
    seen = witnesses.of(event, replace(MOMENT, evidence=found), policy)
    assert (seen.state, seen.proposed_by, seen.approved_by) == (state, ("Ada Test",), None)
    assert seen.words.startswith(words)
    assert seen.head == (None if signed is None else HEAD)
    assert [check.name for check in seen.checks] == ([] if signed is None else ["modelry check"])
