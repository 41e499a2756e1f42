"""Who brought a change to main and who said yes to it, and how well that is shown: by evidence, or by a message alone."""

from typing import Literal, NamedTuple

from modelry.model import landings
from modelry.model.events import Event
from modelry.model.evidence import Check
from modelry.model.landings import PullRequest
from modelry.model.moment import Moment
from modelry.model.policy import Policy

_CHECKS = 12
"""How many checks a page names."""


class Witness(NamedTuple):
    """How a change landed."""

    commit: str
    """The commit of main that brought it."""
    head: str | None
    """The proposal's last commit, which was reviewed; None where nothing tells it."""
    pull_request: PullRequest | None
    proposed_by: tuple[str, ...]
    """Names only: a page is no place for addresses."""
    approved_by: tuple[str, ...] | None
    """None where nothing tells."""
    merged_by: str | None
    checks: tuple[Check, ...]
    """What was run on it, as far as a page has room."""
    state: Literal["signed", "recorded", "unproven"]
    words: str
    """How well all that is shown."""


def of(event: Event, moment: Moment, policy: Policy) -> Witness:
    """Say how an event's change landed. A signature is not verified here: `modelry audit verify` does."""
    landing, found = event.landing, moment.evidence.get(event.commit)
    recorded = found.recorded if found is not None else ()
    state, words = _shown(
        signed=any(each.envelope for each in recorded), recorded=bool(recorded), policy=policy
    )
    said = recorded[-1].statement.predicate if recorded else None
    approved = landing.approved_by
    return Witness(
        event.commit,
        (said.proposal.head or said.head) if said is not None else None,
        landing.pull_request,
        tuple(map(landings.name, landing.proposed_by)),
        None if approved is None else tuple(map(landings.name, approved)),
        landings.name(landing.merged_by) if landing.merged_by else None,
        found.checks[:_CHECKS] if found is not None else (),
        state,
        words,
    )


def _shown(
    *, signed: bool, recorded: bool, policy: Policy
) -> tuple[Literal["signed", "recorded", "unproven"], str]:
    if signed:
        return "signed", "Signed evidence is on record; modelry audit verify checks the signature."
    if recorded and policy.signers:
        return (
            "unproven",
            "Cannot be proven: the evidence is not signed, and the policy names who must sign it.",
        )
    if recorded:
        return (
            "recorded",
            "Evidence is on record in git notes, unsigned: whoever may push the notes could write it.",
        )
    return "unproven", "Cannot be proven: no evidence of this merge is on record, only what its commit says."
