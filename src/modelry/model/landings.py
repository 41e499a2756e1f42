"""How a change reached main: by whom, merged by whom, approved by whom, by which pull request, as its commit tells."""

import re
from datetime import datetime
from typing import Literal, NamedTuple

from modelry.model.notes import Evidence

_TRAILER = re.compile(r"^([A-Za-z][A-Za-z-]*): +(\S.*?) *$", re.MULTILINE)
# As GitHub and Gitea, Bitbucket, and Azure begin a merge's subject; and as all of them end a squash's.
_BY_SUBJECT = re.compile(
    r"^Merge pull request #([0-9]{1,9})\b|^Merged in .+ \(pull request #([0-9]{1,9})\)$|^Merged PR ([0-9]{1,9}): |\(#([0-9]{1,9})\)$"
)
_BY_GITLAB = re.compile(r"^See merge request \S*!([0-9]{1,9})$", re.MULTILINE)


class PullRequest(NamedTuple):
    """Where a change was discussed."""

    number: int
    url: str | None = None
    """Its address, where the forge is known."""


class Claim(NamedTuple):
    """What a commit's message says of who did what. It is a statement, and no proof: whoever made the commit wrote it."""

    proposed_by: tuple[str, ...] = ()
    """As `Name <address>`."""
    approved_by: tuple[str, ...] | None = None
    """Empty where nobody had to, None where nothing tells."""


class Landing(NamedTuple):
    """One commit of main's first-parent line, by what it says of itself. It is a statement, and no proof."""

    commit: str
    when: datetime
    """When it was committed, as the committer's clock had it."""
    subject: str
    proposed_by: tuple[str, ...]
    """As `Name <address>`."""
    merged_by: str | None = None
    """Who made it part of main, where that is not who proposed it in a commit of their own."""
    approved_by: tuple[str, ...] | None = None
    """Who said yes; empty where nobody had to, None where nothing tells."""
    told_by: Literal["evidence", "merge"] | None = None
    """What tells who said yes: the evidence in `refs/notes/modelry`, or the merge commit's own message."""
    pull_request: PullRequest | None = None


def of(
    commit: str,
    when: str,
    author: str,
    committer: str,
    message: str,
    *,
    merged: tuple[str, ...],
    home: str = "",
) -> Landing:
    """Read a commit; `merged` are the authors of what it merges, none for a commit of one parent.

    `home` is the repository's address.
    """
    said = claim(message, merges=bool(merged))
    merger = author if merged else committer if committer != author else None
    return Landing(
        commit,
        datetime.fromisoformat(when),
        message.partition("\n")[0],
        said.proposed_by or merged or (author,),
        merger,
        said.approved_by,
        "merge" if said.approved_by is not None else None,
        _pull_request(message, home),
    )


def witnessed(landing: Landing, evidence: Evidence) -> Landing:
    """Give a landing as its evidence tells it, which is recorded by whoever judged the merge, not by the proposer."""
    told = [said for said in evidence.statements if said.commit == landing.commit]
    if not told:
        return landing
    proposal = evidence.proposal
    request = PullRequest(proposal.number, proposal.url) if proposal.number is not None else None
    return landing._replace(
        proposed_by=tuple(dict.fromkeys(str(said.author) for said in told)),
        merged_by=str(told[-1].merger),
        approved_by=tuple(dict.fromkeys(str(each) for said in told for each in said.approvers)),
        told_by="evidence",
        pull_request=request or landing.pull_request,
    )


def claim(message: str, *, merges: bool) -> Claim:
    """Read the trailers of a message. They count in a merge's only: any other message is the proposer's own."""
    told = _trailers(message) if merges else []
    approvers = tuple([value for key, value in told if key == "Approved-by"])
    # Where modelry merged and names nobody, nobody had to approve.
    is_ours = any(key == "Checked-by" for key, _ in told)
    return Claim(
        tuple([value for key, value in told if key == "Proposed-by"]),
        approvers if approvers or is_ours else None,
    )


def _trailers(message: str) -> list[tuple[str, str]]:
    # The last paragraph, if it is nothing else, and not the first.
    _, blank, last = message.rstrip().rpartition("\n\n")
    found: list[tuple[str, str]] = _TRAILER.findall(last) if blank else []
    return found if len(found) == last.count("\n") + 1 else []


def _pull_request(message: str, home: str) -> PullRequest | None:
    subject = message.partition("\n")[0]
    if "See merge request" in message and (gitlab := _BY_GITLAB.search(message)):
        return PullRequest(int(gitlab[1]), f"{home}/-/merge_requests/{gitlab[1]}" if home else None)
    if "#" not in subject and "PR" not in subject:
        return None
    found = _BY_SUBJECT.search(subject)
    if found is None:
        return None
    number = next(group for group in found.groups() if group)
    return PullRequest(int(number), f"{home}/pull/{number}" if "//github.com/" in home else None)


def name(person: str) -> str:
    """Give the name of `Name <address>`."""
    return person.partition(" <")[0] or person
