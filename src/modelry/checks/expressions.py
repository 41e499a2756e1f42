"""Expressions of policy, in CEL: what they may speak of, and what they say of a version."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from modelry.checks import expression_syntax, expression_types
from modelry.checks.base import Context, Problem, rule
from modelry.checks.expression_syntax import Name, Node, Operation, Select
from modelry.checks.expression_types import Type, Wrong
from modelry.model.gates import Require
from modelry.model.places import Position
from modelry.model.policy import Policy
from modelry.model.registry import Version

HINT = "it may use version, metrics, champion, stage and the functions of CEL"


class Answer(NamedTuple):
    """What an expression says of a version."""

    holds: bool
    said: str
    """Why not, in words."""
    unmeasured: bool = False
    """Whether it asks for a metric that nobody measured."""


def answer(gate: Require, version: Version, champion: Version | None, stage: str) -> Answer:
    """Hold a version against an expression; whatever goes wrong in it is an answer, too."""
    import cel  # noqa: PLC0415 - 0.4 s of import that only a registry with expressions pays

    if champion is not None and champion.record.value is None:
        return Answer(holds=False, said=f"cannot be judged: nobody can read {champion.label}")
    facts = {
        **_facts(version),
        "champion": _facts(champion) if champion is not None else None,
        "stage": stage,
    }
    try:
        said = cel.evaluate(gate.require, facts)
    except IndexError as error:
        return Answer(holds=False, said=f"cannot be judged: {error}")
    except KeyError as error:
        name = str(error.args[0])
        if re.search(rf"\bmetrics\.{re.escape(name)}\b", gate.require):
            return Answer(holds=False, said=f"{name} is not measured", unmeasured=True)
        return Answer(holds=False, said=f"cannot be judged: there is no {name}")
    except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        return Answer(holds=False, said=f"cannot be judged: {_first(str(error))}")
    if isinstance(said, bool):
        return Answer(said, "holds" if said else gate.message)
    return Answer(holds=False, said=f"cannot be judged: it says {said!r}, which is neither true nor false")


def _first(text: str) -> str:
    return text.removeprefix("No such overload: ").partition(". ")[0].partition("\n")[0].rstrip(".")


def _facts(version: Version) -> Mapping[str, Any]:
    """Give a version's record, and what was measured of it: of each metric the first measurement."""
    metrics = {
        name: value
        for measurement in reversed(version.measurements)
        for name, value in measurement.metrics.items()
    }
    return {"version": version.record.must.model_dump(mode="json", by_alias=True), "metrics": metrics}


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
    data = context.after.tree.read(document.path).decode()
    for stage, number, gate in _expressions(document.value):
        where = document.locate(["stages", stage, "gates", number, "require"])
        for fault in _faults(gate.require, document.value):
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


def _faults(expression: str, policy: Policy) -> Sequence[Wrong]:
    """Give what is wrong with an expression: first what the library says of it, then what it is made of."""
    import cel  # noqa: PLC0415 - as above

    try:
        cel.compile(expression)
        tree = expression_syntax.read(expression)
        wrong = expression_types.wrong(tree, expression, _scope(policy))
        return wrong or _without_champion(tree)
    except ValueError as error:
        if "Recursion limit" not in str(error):
            found = expression_syntax.refused(expression, str(error))
            start, message = found or (0, _first(str(error))[:100])
            return [Wrong(start, f"the expression cannot be read: {message}", HINT)]
    except expression_syntax.UnreadError as error:
        return [Wrong(0, f"the expression cannot be read from `{str(error)[:40]}` on", HINT)]
    except RecursionError:
        pass
    return [Wrong(0, "the expression is nested too deeply", "say it in several gates")]


def _scope(policy: Policy) -> Mapping[str, Type]:
    measured = dict.fromkeys(policy.metrics, expression_types.DOUBLE)
    facts = {
        "version": expression_types.record(),
        "metrics": Type("map", fields=measured, lacks="policy defines no metric"),
    }
    champion = Type("map", fields=facts, lacks="champion has no")
    return {**facts, "champion": champion, "stage": Type("string")}


def _without_champion(tree: Node) -> Sequence[Wrong]:
    """Say whether it looks into the champion and never asks whether there is one: the first promotion would miss it."""
    pieces = list(expression_syntax.pieces(tree))
    looks = [piece for piece in pieces if isinstance(piece, Select) and _is_champion(piece.of)]
    asks = any(
        isinstance(piece, Operation) and piece.sign in {"==", "!="} and any(map(_is_champion, piece.args))
        for piece in pieces
    )
    if not looks or asks:
        return ()
    message = "cannot be judged as long as nobody holds the stage: champion is then null"
    return [Wrong(looks[0].start, message, "write: champion == null || …")]


def _is_champion(piece: Node) -> bool:
    return isinstance(piece, Name) and piece.name == "champion"
