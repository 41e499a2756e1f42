"""What we want merged: each function turns a wish into a `Proposal`, a pull request before it is one.

- `versions`: register, evaluate, yank, unyank; `stages`: promote, roll back; `models`: deprecate, waive.
"""

from modelry.proposals.base import Content, Proposal
from modelry.proposals.models import deprecate, undeprecate, unwaive, waive
from modelry.proposals.stages import last_good, promote, promote_all, rollback
from modelry.proposals.versions import evaluate, register, unyank, yank

__all__ = [
    "Content",
    "Proposal",
    "deprecate",
    "evaluate",
    "last_good",
    "promote",
    "promote_all",
    "register",
    "rollback",
    "undeprecate",
    "unwaive",
    "unyank",
    "waive",
    "yank",
]
