"""A pull request as its forge tells it: who proposed and approved it, at which commit."""

from dataclasses import dataclass

from modelry.model.evidence import Approver, Given, Someone


@dataclass(frozen=True)
class PullRequest:
    """What a forge knows of a pull request now."""

    given: Given
    """Where it is, who proposed it, who approved its head and may, and, if that was asked for, what was run on it."""
    head: str
    """Its last commit."""
    merged_as: str | None
    """The commit of main that it became; None while it is not merged."""
    committers: tuple[Someone, ...] = ()
    """Who else wrote what it brings."""
    proposer: Approver | None = None
    """Who proposed it, if it is a person whose yes would count."""
