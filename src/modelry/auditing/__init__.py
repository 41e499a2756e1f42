"""The record of what was decided, proved and told: from git alone, without a network.

- `replay` plays main's first-parent line again, in one pass.
- `proofs` holds each decision (a move of a stage, a waiver, a lifted yank) against policy, evidence and bytes; `statements`, `people` and `objects` know one of these each.
- `ledgers` tells the registry at a commit, with who moved and approved what.
"""

from modelry.auditing.ledgers import ledger
from modelry.auditing.proofs import verify

__all__ = ["ledger", "verify"]
