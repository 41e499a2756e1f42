"""What a new registry must be told, once."""

from dataclasses import dataclass
from typing import Literal

Forge = Literal["github", "gitlab", "local"]
"""Where a registry's pull requests live; local is plain git."""


@dataclass(frozen=True)
class Answers:
    """What was asked when a registry began; whoever updates it is not asked again."""

    forge: Forge
    """Where its pull requests live."""
