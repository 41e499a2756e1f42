"""Which versions a list is asked for, and in which order."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from modelry.errors import UsageError

if TYPE_CHECKING:
    from modelry.checks.queries import Query


@dataclass(frozen=True)
class Wish:
    """Which versions are asked for, and in which order."""

    stage: str | None = None
    where: str | None = None
    """An expression that must hold."""
    sort: str = ""
    """A path of a variable; empty for the order of models and numbers."""
    reverse: bool = False
    limit: int | None = None

    def __post_init__(self) -> None:
        """Refuse an order that is turned round, and is none."""
        if self.reverse and not self.sort:
            raise UsageError("--reverse goes with --sort", hint="say by what: --sort metrics.auc --reverse")

    @property
    def is_of_versions(self) -> bool:
        """Whether it can only be answered by versions."""
        return bool(self.where or self.sort or self.limit)

    @cached_property
    def query(self) -> "Query | None":
        """The expression, read; raises `UsageError` where it cannot be."""
        from modelry.checks.queries import Query  # noqa: PLC0415 - most lists ask for no expression, and need no rules

        return Query(self.where) if self.where else None

    @property
    def metrics(self) -> list[str]:
        """The metrics that it names."""
        sorted_by = [self.sort.removeprefix("metrics.")] if self.sort.startswith("metrics.") else []
        return list(dict.fromkeys([*(self.query.metrics if self.query else ()), *sorted_by]))
