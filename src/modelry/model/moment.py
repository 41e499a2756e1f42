"""The moment that a catalog shows: which commit it is, and what had happened by then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from modelry.model.deployments import Deployment
from modelry.model.documents import Waiver
from modelry.model.events import Event
from modelry.model.notes import Evidence
from modelry.model.policy import Policy


@dataclass(frozen=True)
class Moment:
    """One commit of the registry, or a folder that is in none."""

    commit: str | None
    """The commit; None for a folder that is not in git."""
    sequence: int
    """How many commits main has up to here, along first parents; 0 without git."""
    when: datetime
    """When it was committed, with its zone; the only time that a catalog shows as its own."""
    events: tuple[Event, ...] = ()
    """What has happened, oldest first; empty where nobody knows."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """What is recorded of the commits that brought it, by commit."""
    policies: Mapping[str, Policy | None] = field(default_factory=dict)
    """The policy that was in force from a commit on, by each commit that changed it; None where it cannot be read."""
    waivers: Mapping[tuple[str, str, str], Waiver] = field(default_factory=dict)
    """Each waiver as a commit left it: by commit, model and name."""
    deployments: tuple[Deployment, ...] = ()
    """What ran where, as reported last; empty where nobody reported anything."""
