"""Gitea and Forgejo: a push to `refs/for/BRANCH` opens a pull request, or brings the open one up to date (AGit)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

from modelry.forges import addresses, local
from modelry.forges.base import Forge, Proposed
from modelry.git import GitError, Repository
from modelry.model.policy import Policy
from modelry.proposals import Proposal

_KINDS = {"gitea", "forgejo"}
_HOSTS = {*_KINDS, "codeberg"}
"""What hosts of theirs are called; of another, policy's `forge` must say it."""


def at(policy: Policy, repository: Repository) -> Forge | None:
    """Give Gitea or Forgejo, if policy or the address says that it is one, and origin is there; else None.

    Never guessed from what a server does: a server that knows nothing of it would keep `refs/for/…` as a ref like others.
    """
    place, origin = addresses.of(policy.repository), addresses.origin(repository)
    if place is None or origin is None or not addresses.is_on(origin, place):
        return None
    known = policy.forge or place.host.partition(".")[0]
    if known not in (_KINDS if policy.forge else _HOSTS):
        return None
    return AGit(f"{urlsplit(policy.repository).scheme}://{place.host}/{place.path}")


@dataclass(frozen=True)
class AGit:
    """A repository on a server that takes pull requests by push; no token is needed but what git has."""

    page: str

    def propose(
        self,
        proposal: Proposal,
        repository: Repository,
        labels: Sequence[str] = (),  # noqa: ARG002 - a push names none
    ) -> Proposed:
        """Push the branch for main; where the server does not take that, push it as a branch, and give the address.

        Its body is the commit's, as the server reads it there: what a push says beside its commits has one line.
        """
        done, words = local.pushed(proposal, repository, lambda *args: self._push(proposal, *args))
        url = addresses.said(words, f"{self.page}/pulls")
        if url is not None or words == _KNOWN:
            return replace(done, is_news=words != _KNOWN, url=url)
        compared = f"{quote(repository.main)}...{quote(done.branch)}"
        return replace(done, opens=addresses.said(words, self.page) or f"{self.page}/compare/{compared}")

    def _push(
        self, proposal: Proposal, repository: Repository, branch: str, theirs: str | None
    ) -> Sequence[str]:
        # A proposal is made anew from main, so it may not follow what was pushed of it before.
        told = {"topic": branch, "title": proposal.title, "force-push": "true"}
        options = [f"--push-option={name}={value}" for name, value in told.items()]
        try:
            return repository.push(*options, "origin", f"refs/heads/{branch}:refs/for/{repository.main}")
        except GitError as error:
            if "new commit is same with old commit" in str(error):
                return _KNOWN
            return local.push(repository, branch, theirs)


_KNOWN = ("the pull request says so already",)
