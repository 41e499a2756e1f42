"""Where pull requests are opened and merged; `chosen` says which forge a registry is on.

- `local` is plain git: a branch is the pull request, `modelry merge` is the merge button.
- `github` is GitHub: by its API with a token, else by an address that a person opens.
"""

from modelry.forges import github, local
from modelry.forges.base import Forge, Proposed
from modelry.git import Repository
from modelry.model.policy import Policy

__all__ = ["Forge", "Proposed", "chosen"]


def chosen(policy: Policy, repository: Repository) -> Forge:
    """Give the forge that origin is on, if policy says that the pull requests are there; else plain git."""
    return github.at(policy, repository) or local
