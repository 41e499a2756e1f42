"""What is wrong with an expression of policy, told when policy changes and not when it is first asked."""

from collections.abc import Mapping, Sequence

import cel

from modelry.checks import expression_answers, expression_reading, expression_syntax, expression_types
from modelry.checks.expression_reading import Wrong
from modelry.checks.expression_syntax import Name, Node, Operation, Select
from modelry.checks.expression_types import Type
from modelry.model.policy import Policy

_HINT = "it may use version, metrics, champion, stage and the functions of CEL"


def of(expression: str, policy: Policy) -> Sequence[Wrong]:
    """Give what is wrong with an expression: first what the library says of it, then what it is made of."""
    try:
        cel.compile(expression)
        tree = expression_syntax.read(expression)
        wrong = expression_reading.wrong(tree, expression, scope(policy))
        return wrong or _without_champion(tree)
    except ValueError as error:
        if "Recursion limit" not in str(error):
            found = expression_syntax.refused(expression, str(error))
            start, message = found or (0, expression_answers.clause(str(error))[:100])
            return [Wrong(start, f"the expression cannot be read: {message}", _HINT)]
    except expression_syntax.UnreadError as error:
        return [Wrong(0, f"the expression cannot be read from `{str(error)[:40]}` on", _HINT)]
    except RecursionError:
        pass
    return [Wrong(0, "the expression is nested too deeply", "say it in several gates")]


def scope(policy: Policy) -> Mapping[str, Type]:
    """Give what an expression may speak of: each name with its type."""
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
