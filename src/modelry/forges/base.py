"""What every forge can do, and what it tells of a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from modelry.git import Repository
from modelry.model.requests import PullRequest
from modelry.proposals import Proposal


@dataclass(frozen=True)
class Proposed:
    """A proposal that became a branch, and on a forge a pull request."""

    branch: str
    commit: str
    is_news: bool
    """Whether anything was written: False when all of it said so already."""
    pushed_to: str | None
    """Where it was pushed, without a password; None when there is no origin."""
    url: str | None = None
    """The pull request's page; None where there is none, or nobody knows."""
    opens: str | None = None
    """The address that opens the pull request, where that was left to a person."""


class Said(NamedTuple):
    """What was said on a forge, and where it stands now."""

    url: str
    """Its page; empty where there is none."""
    how: str
    """Whether it is new, edited, or as it was."""


class Connected(Protocol):
    """A repository on a forge that can be asked, and told something."""

    def comment(self, number: int, text: str) -> Said:
        """Put a report on a pull request, in place of ours of before."""
        ...

    def issue(self, label: str, title: str, text: str) -> Said:
        """Open the one issue with a label, or bring the open one up to date."""
        ...

    def close(self, label: str) -> Said:
        """Close the issue with a label."""
        ...

    def request(self, number: int) -> PullRequest:
        """Give who proposed a pull request and who approved its head, as the forge knows it now."""
        ...

    def evidence(self, number: int) -> PullRequest:
        """Give that with the checks that ran on its head."""
        ...

    def merged_as(self, commit: str, main: str) -> int:
        """Give the number of the pull request that became a commit of main; raises `NotFoundError` where none did."""
        ...

    def members(self, team: str) -> frozenset[str]:
        """Give the ids of a team's accounts; raises `RegistryError` where whoever asks may not know."""
        ...


class Forge(Protocol):
    """A place where proposals are opened: a module, or a value with its function."""

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Put a proposal on its branch, push that, and open or update its pull request; asked again, it changes nothing."""
        ...
