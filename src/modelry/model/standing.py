"""How a proposal stands to the main that it would join: who made it, and what has landed since it began."""

from dataclasses import dataclass

from modelry.model.registry import Registry


@dataclass(frozen=True)
class Standing:
    """What git knows of a branch, beside what it changes."""

    author: str
    """Who made its last commit."""
    behind: int
    """How many merges main has had since the branch began."""
    began: Registry
    """Main as it was when the branch began."""
    conflicts: tuple[str, ...] = ()
    """Paths that both have changed, so that git cannot merge them."""
