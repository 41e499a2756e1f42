"""Which decisions the approvals of a pull request have taken: each held against whom policy asks, at this very head."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from modelry.checks import Finding, Report, Severity
from modelry.errors import ConflictError
from modelry.forges.base import Connected
from modelry.model.evidence import Approver
from modelry.model.policy import Approvals
from modelry.model.requests import PullRequest

Members = Callable[[str], frozenset[str]]
"""The ids of a team's accounts, by `ORGANIZATION/TEAM`."""


def of(hub: Connected, number: int, head: str) -> Callable[[Report], Report]:
    """Give what puts the approvals of a pull request's head into a report on that.

    Raises `ConflictError` where the pull request has another head: approvals are of what was seen, and of nothing else.
    """
    request = hub.request(number)
    if request.head != head:
        raise ConflictError(
            f"the head of pull request {number} is {request.head}, and {head} is judged",
            hint="fetch it, and judge that: approvals count for nothing else",
        )
    return lambda report: answered(report, request, cache(hub.members))


def answered(report: Report, request: PullRequest, members: Members) -> Report:
    """Give a report in which each decision says who has taken it, or whom it waits for."""
    findings = (
        _answered(finding, _Voices(finding.approvals or Approvals(), request, members))
        if finding.severity is Severity.PERSON and not finding.on_base
        else finding
        for finding in report.findings
    )
    return replace(report, findings=tuple(findings))


def _answered(finding: Finding, voices: "_Voices") -> Finding:
    counted = list(voices.counted())
    told = ", ".join(counted)
    left = voices.asked.count - len(counted)
    if left <= 0:
        return replace(finding, answer=told, hint=told)
    so_far = [told] if told else []
    people = ", ".join(voices.asked.from_) or "anyone who may merge"
    author = "" if voices.asked.author_may_approve else ", not its author"
    more = "more " if counted else ""
    waits = f"waits for {left} {more}approval{'' if left == 1 else 's'} from {people}{author}"
    return replace(finding, hint="; ".join([waits, *so_far, *voices.others()]))


@dataclass(frozen=True)
class _Voices:
    """Those who have said yes, seen by one decision."""

    asked: Approvals
    request: PullRequest
    members: Members

    def counted(self) -> Iterator[str]:
        """Tell who counts, and as whom."""
        proposer = self.request.proposer
        # Nobody can review what they propose; where they may decide it, to propose it is to say so.
        if (
            self.asked.author_may_approve
            and proposer is not None
            and (role := self._role(proposer)) is not None
        ):
            yield f"proposed by {_shown(proposer)}{role}"
        for approver in self.request.given.approvers:
            role = self._role(approver)
            if role is not None and not self._own(approver) and not self._proposed(approver):
                yield f"approved by {_shown(approver)}{role}"

    def others(self) -> Iterator[str]:
        """Tell who does not count, and why; and who may be meant, though the forge cannot know."""
        for approver in self.request.given.approvers:
            if self._own(approver):
                yield f"{_shown(approver)} has a part in it"
            elif self._role(approver) is None:
                yield f"{_shown(approver)} approved, and is none of them"
        unknown = [each for each in self.asked.from_ if not each.startswith("@")]
        if unknown:
            yield f"the forge does not know who {', '.join(unknown)} is: policy has to name an @account or a @team/name"

    def _own(self, approver: Approver) -> bool:
        """Say whether somebody proposed it, or wrote what it brings, and so may not decide it."""
        writers = {
            each.id for each in (self.request.given.author, *self.request.committers) if each is not None
        }
        return not self.asked.author_may_approve and approver.id in writers

    def _proposed(self, approver: Approver) -> bool:
        return self.request.proposer is not None and self.request.proposer.id == approver.id

    def _role(self, approver: Approver) -> str | None:
        """Say as whom somebody may decide; None where they may not."""
        if not self.asked.from_:
            return ""
        for person in self.asked.from_:
            if person.lower() == f"@{approver.name}".lower():
                return ""
            if person.startswith("@") and "/" in person and approver.id in self.members(person[1:]):
                return f" of {person}"
        return None


def _shown(approver: Approver) -> str:
    return f"{approver.name} ({approver.id})"
