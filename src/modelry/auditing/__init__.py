"""The record of promotions, proved and told: from git alone, without a network.

- `replay` plays main's first-parent line again, in one pass.
- `proofs` holds each move of a stage against policy, evidence and bytes; `statements`, `people` and `objects` know one of these each.
"""

from modelry.auditing.proofs import verify

__all__ = ["verify"]
