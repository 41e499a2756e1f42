"""Expressions of policy, in CEL: what they may speak of, and what they say of a version."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelry.checks.base import Context, Problem, rule
from modelry.model.policy import Policy, Require
from modelry.model.registry import Version

VARIABLES = ("version", "metrics", "champion", "stage")
_FUNCTIONS = re.compile(
    r"bytes|contains|double|duration|dyn|endsWith|int|matches|size|startsWith|string|timestamp|type|uint"
    r"|get(Date|DayOfMonth|DayOfWeek|DayOfYear|FullYear|Hours|Milliseconds|Minutes|Month|Seconds)"
)
_NAMED = re.compile(r"[A-Za-z]\w*")
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_SYNTAX = re.compile(
    r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?(.*?)(?: expecting \{.*)?$", re.MULTILINE
)


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
    """A gate's expression cannot be read, or speaks of something that it is not given.

    It would refuse every promotion, and be found out by somebody who has done nothing wrong. An expression
    of CEL may use `version`, the record; `metrics`, its results by name; `champion`, the same two of the
    version that holds the stage, or null; and `stage`, its name. Mend it as the finding says.
    """
    document = context.after.policy
    if document.value is None or not context.is_new(document.path):
        return
    for stage, number, gate in _expressions(document.value):
        fault = _fault(gate.require)
        if fault:
            where = document.locate(["stages", stage, "gates", number, "require"])
            hint = f"it may use {', '.join(VARIABLES)} and the functions of CEL"
            yield Problem(document.path, fault, where, hint)


def _expressions(policy: Policy) -> Iterator[tuple[int, int, Require]]:
    for index, stage in enumerate(policy.stages):
        for number, gate in enumerate(stage.gates):
            if isinstance(gate, Require):
                yield index, number, gate


def _fault(expression: str) -> str:
    import cel  # noqa: PLC0415 - as above

    try:
        program = cel.compile(expression)
    except ValueError as error:
        if "Recursion limit" in str(error):
            return "the expression is nested too deeply"
        found = _SYNTAX.search(str(error))
        told = f"at character {found[2]}: {found[3][:100]}" if found else _first(str(error))[:100]
        return f"the expression cannot be read {told}"
    bound = set(_BOUND.findall(expression))
    variables = [name for name in program.variables() if name not in VARIABLES and name not in bound]
    functions = [
        name for name in program.functions() if _NAMED.fullmatch(name) and not _FUNCTIONS.fullmatch(name)
    ]
    if variables or functions:
        unknown = ", ".join([*variables, *(f"{name}()" for name in functions)])
        return f"the expression speaks of {unknown}, which it is not given"
    return ""
