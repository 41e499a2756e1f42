"""What every forge can do, and what it tells of a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from modelry.git import Repository
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


class Forge(Protocol):
    """A place where proposals are opened: a module, or a value with its function."""

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Put a proposal on its branch, push that, and open or update its pull request; asked again, it changes nothing."""
        ...
