"""Who may be asked what a reference means."""

from typing import NamedTuple


class How(NamedTuple):
    """Who may be asked, and what does for an answer where nobody can be."""

    offline: bool = False
    """Nobody: what was seen last has to do."""
    repository: str | None = None
    """Where git finds the registry, if not where its site says."""
    max_age: float | None = None
    """How many seconds ago somebody must have said it; None for however long."""


ANYBODY = How()
