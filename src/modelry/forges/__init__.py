"""Where pull requests are opened and merged; `chosen` says which forge a registry is on.

- `local` is plain git: a branch is the pull request, `modelry merge` is the merge button.
- `github` is GitHub: by its API with a token, else by an address that a person opens.
- `gitlab` is GitLab: by its API with a token, else by what a push may say beside its commits.
- `agit` is Gitea and Forgejo: a push for a branch is the pull request.
"""

from modelry.forges import agit, github, gitlab, local
from modelry.forges.base import Connected, Forge, Proposed, Said
from modelry.git import Repository
from modelry.model.policy import Policy
from modelry.storage import commits

__all__ = ["Connected", "Forge", "Proposed", "Said", "chosen", "connected"]


def chosen(policy: Policy, repository: Repository) -> Forge:
    """Give the forge that origin is on, if policy says that the pull requests are there; else plain git."""
    if policy.forge == "local":
        return local
    found = github.at(policy, repository) or gitlab.at(policy, repository) or agit.at(policy, repository)
    return found or local


def connected(repository: Repository, base: str | None = None) -> Connected:
    """Give the forge to ask: of the repository that CI says it works for, else that which policy names at `base`, or main.

    Raises `RegistryError` where nobody may ask it. A pull request's own policy is never believed: who asks tells a token.
    """
    if (page := github.of_ci()) is not None:
        return github.connected(page)
    if (page := gitlab.of_ci()) is not None:
        return gitlab.connected(page)
    policy = commits.registry(repository, base or repository.base).policy.must
    if policy.forge == "gitlab" or gitlab.is_known(policy.repository):
        return gitlab.connected(policy.repository)
    return github.connected(policy.repository)
