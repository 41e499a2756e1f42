"""What checking found: findings, and the report that sums them up."""

from dataclasses import dataclass, field
from typing import Any

from modelry.checks.base import Rule, Severity
from modelry.model.policy import Approvals


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a rule does not hold."""

    path: str
    line: int
    column: int
    rule: str
    message: str
    hint: str
    severity: Severity
    on_base: bool = False
    """Whether the base has the very same: the change is not to blame, and it does not block."""
    approvals: Approvals | None = field(default=None, compare=False)
    """Who may say yes to it, and how many must; None for what nobody can, and for what anyone can who may merge."""
    answer: str = field(default="", compare=False)
    """Who has said yes to it, where a forge was asked and enough have."""


@dataclass(frozen=True)
class Report:
    """What checking found."""

    findings: tuple[Finding, ...]
    skipped: tuple[tuple[str, str], ...]
    """Rules that could not look, each with why."""
    classes: tuple[str, ...]
    """What kind of change it is; empty without a change."""
    rules: tuple[Rule[Any], ...] = ()
    """The rules that were asked."""
    command: str = "check"
    """Which command asked them; their page of the reference is named by it."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What forbids the merge."""
        return tuple(f for f in self.findings if not f.on_base and f.severity is Severity.ERROR)

    @property
    def persons(self) -> tuple[Finding, ...]:
        """What somebody has to decide, and nobody has."""
        decisions = (f for f in self.findings if not f.on_base and f.severity is Severity.PERSON)
        return tuple(f for f in decisions if not f.answer)

    @property
    def answered(self) -> tuple[Finding, ...]:
        """What somebody had to decide, and has."""
        return tuple(f for f in self.findings if f.answer)

    @property
    def verdict(self) -> str:
        """Sum up: `passes`, `needs a person` or `fails`."""
        if self.errors:
            return "fails"
        return "needs a person" if self.persons else "passes"
