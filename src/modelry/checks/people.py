"""Whether those who approved were those who may: enough of them, allowed, and not the author."""

from collections.abc import Sequence
from typing import NamedTuple

from modelry.model.evidence import Approver, Someone
from modelry.model.policy import Approvals


class Doubts(NamedTuple):
    """What speaks against something, and what cannot be shown of it."""

    contradictions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def approvals(asked: Approvals, author: Someone | None, approvers: Sequence[Approver]) -> Doubts:
    """Hold those who approved against who may, and how many must."""
    if not approvers:
        return Doubts(missing=(f"{asked.asked}, and none is on record",))
    refused, unsure, sure = [], [], 0
    for approver in approvers:
        own = False if asked.author_may_approve else _same(approver, author)
        allowed = _may(approver, asked.from_)
        if own:
            refused.append(f"{approver} proposed it")
        elif allowed is False:
            refused.append(f"{approver} is none of {', '.join(asked.from_)}")
        elif own is None:
            unsure.append(f"that {approver} is not its author, {author}")
        elif allowed is None:
            unsure.append(f"that {approver} is one of {', '.join(asked.from_)}")
        else:
            sure += 1
    if sure >= asked.count:
        return Doubts()
    if sure + len(unsure) >= asked.count:
        return Doubts(missing=tuple(f"nothing here shows {each}" for each in unsure))
    told = "; ".join(refused) or f"{len(approvers)} approved"
    return Doubts(contradictions=(f"{asked.asked}, but {told}",))


def _same(one: Someone, other: Someone | None) -> bool | None:
    """Say whether two are one person; None where what is known of them cannot be compared."""
    if other is None:
        return None
    if one.id is not None and other.id is not None and one.forge == other.forge:
        return one.id == other.id
    if one.email and other.email:
        return one.email.casefold() == other.email.casefold()
    return None


def _may(approver: Approver, allowed: Sequence[str]) -> bool | None:
    """Say whether somebody is among those who may approve; None where only the forge knows."""
    if not allowed:
        return True
    answers = {_is(approver, person) for person in allowed}
    return True if True in answers else None if None in answers else False


def _is(approver: Approver, person: str) -> bool | None:
    if person.startswith("@"):
        # Who is in a team, or whose account an address is, the forge knows; the repository, if it was recorded.
        if "/" in person:
            return person[1:].casefold() in map(str.casefold, approver.teams or ()) or None
        if approver.id is None:
            return None
        return approver.name.casefold() == person[1:].casefold()
    if "@" in person:
        return approver.email.casefold() == person.casefold() if approver.email else None
    return approver.name == person
