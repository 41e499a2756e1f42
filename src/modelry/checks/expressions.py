"""Expressions of policy, in CEL: what they may speak of."""

from collections.abc import Iterator

from modelry.checks.base import Context, Problem, rule
from modelry.model.gates import Require
from modelry.model.places import Position
from modelry.model.policy import Policy


@rule("invalid-expression")
def invalid_expression(context: Context) -> Iterator[Problem]:
    """A gate's expression cannot be read, speaks of something that is not there, or compares what is never alike.

    It would refuse every promotion, and be found out by somebody who has done nothing wrong. An expression
    of CEL may use `version`, the record; `metrics`, its results by name, of those that policy defines; `champion`,
    the same two of the version that holds the stage, or null; and `stage`, its name. It must be true or false,
    also where nobody holds the stage. Mend it as the finding says.
    """
    document = context.after.policy
    if document.value is None or not context.is_new(document.path):
        return
    if not (expressions := list(_expressions(document.value))):
        return
    from modelry.checks import expression_faults  # noqa: PLC0415 - 0.4 s of import that only a registry with expressions pays

    data = context.after.tree.read(document.path).decode()
    for stage, number, gate in expressions:
        where = document.locate(["stages", stage, "gates", number, "require"])
        for fault in expression_faults.of(gate.require, document.value):
            position = _inside(data, where, gate.require, fault.start)
            yield Problem(document.path, fault.message, position, fault.hint)


def _expressions(policy: Policy) -> Iterator[tuple[int, int, Require]]:
    for index, stage in enumerate(policy.stages):
        for number, gate in enumerate(stage.gates):
            if isinstance(gate, Require):
                yield index, number, gate


def _inside(text: str, where: Position, expression: str, start: int) -> Position:
    """Give the place of a character of an expression, or of the whole where YAML writes it in another way."""
    line = text.split("\n")[where.line - 1][where.column - 1 :]
    for quote in ("", '"', "'"):
        if line.startswith(quote + expression):
            return Position(where.line, where.column + len(quote) + start)
    return where
