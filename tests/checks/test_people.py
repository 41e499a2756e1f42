"""Whether those who approved may: what is known of two people is enough, or is not, and is never guessed."""

import pytest

from modelry.checks import people
from modelry.checks.people import Doubts
from modelry.model.evidence import Approver, Someone
from modelry.model.policy import Approvals

ADA = Approver(name="Ada", email="ada@acme.example")


def asked(*persons: str, author_may: bool = False) -> Approvals:
    return Approvals.model_validate({"from": list(persons), "author_may_approve": author_may})


@pytest.mark.parametrize(
    ("by", "author", "doubts"),
    [
        (asked("ada@acme.example"), Someone(name="Bob", email="bob@acme.example"), Doubts()),
        (asked("ADA@acme.example", author_may=True), None, Doubts()),
        (asked("Bob", "Ada", author_may=True), None, Doubts()),
        (asked(author_may=True), None, Doubts()),
        (
            asked(),
            None,
            Doubts(missing=("nothing here shows that Ada <ada@acme.example> is not its author, None",)),
        ),
        (
            asked("bob@acme.example", author_may=True),
            None,
            Doubts(
                contradictions=(
                    "1 approval is asked for, but Ada <ada@acme.example> is none of bob@acme.example",
                )
            ),
        ),
    ],
    ids=["another", "the author, who may", "by name", "anyone", "of nobody known", "who may not"],
)
def test_an_address_tells_who_somebody_is(by: Approvals, author: Someone | None, doubts: Doubts) -> None:
    assert people.approvals(by, author, [ADA]) == doubts


def test_who_has_no_address_may_be_anybody() -> None:
    unknown = Approver(name="ada", forge="github", id="1")
    doubts = people.approvals(asked("ada@acme.example", author_may=True), None, [unknown])
    assert doubts == Doubts(missing=("nothing here shows that ada is one of ada@acme.example",))
