"""Questions to a registry's versions, in the CEL of gates: what they may speak of, and which versions they mean."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from modelry.checks import expression_syntax
from modelry.errors import UsageError

VARIABLES = {
    "model": "the model's name",
    "version": "the version's number, as text: `1.2.0`",
    "record": "its whole record, which gates call `version`: `record.training.seed`",
    "stage": "a stage that it holds; true of one of them is enough. Empty text where it holds none",
    "stages": "all stages that it holds, in the policy's order",
    "metrics": "its results by name, as gates see them: of each metric the first measurement",
    "results": 'its results by data set, then by name: `results["held-out"].auc`',
    "params": "its hyper-parameters: `record.training.params`",
    "tags": "its tags and its model's",
    "task": "what the model is for",
    "owners": "who answers for the model",
    "license": "its SPDX expression",
    "format": "how the artifact is serialized",
    "size": "bytes of the artifact",
    "created": "when it was made, a timestamp",
    "authors": "who made it",
    "summary": "what is new in it",
    "yanked": "whether it was withdrawn",
    "deprecated": "whether its model should no longer be used",
}
"""What a question may speak of, and what each means."""

Facts = Callable[[str], Any]
"""Gives what a variable says of a version; raises `KeyError` where nothing is known."""

_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_AS_IN_GATES = re.compile(r"(?<![\w.])version\.")
_MEASURED = re.compile(r"\bmetrics\.([a-z]\w*)")


class Query:
    """A question that can be read, and speaks of what there is."""

    def __init__(self, expression: str) -> None:
        """Read an expression; raises `UsageError` where it cannot be read, or speaks of what there is not."""
        import cel  # noqa: PLC0415 - slow to import, and only needed here

        try:
            self._program = cel.compile(expression)
        except ValueError as error:
            found = expression_syntax.refused(expression, str(error))
            told = (
                f"at character {found[0] + 1}: {found[1]}" if found else str(error).partition("\n")[0][:100]
            )
            raise UsageError(
                f"the expression cannot be read {told}",
                hint='write CEL, for example: metrics.auc > 0.9 && stage == "production"',
            ) from error
        if _AS_IN_GATES.search(expression):
            raise UsageError(
                "version is the number here", hint="its record is `record`, as in record.training.seed"
            )
        bound = set(_BOUND.findall(expression))
        self._variables = [name for name in self._program.variables() if name not in bound]
        for name in self._variables:
            known(name)
        self.metrics = tuple(dict.fromkeys(_MEASURED.findall(expression)))
        """The metrics that it names."""
        self._complaint = ""
        self._answered = False

    def means(self, facts: Facts) -> bool:
        """Say whether the question holds of a version: what nobody knows of it does not hold."""
        try:
            given = {name: facts(name) for name in self._variables if name != "stage"}
            turns = (facts("stages") or [""]) if "stage" in self._variables else [""]
        except KeyError:
            return False
        return any(self._holds({**given, "stage": stage}) for stage in turns)

    def _holds(self, given: dict[str, Any]) -> bool:
        try:
            said = self._program.execute(given)
        except KeyError:
            return False
        except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
            self._complaint = (
                str(error).removeprefix("No such overload: ").partition(". ")[0].partition("\n")[0]
            )
            return False
        if not isinstance(said, bool):
            raise UsageError(
                f"the expression says {said!r}, which is neither true nor false",
                hint="compare it with something",
            )
        self._answered = True
        return said

    def done(self) -> None:
        """Raise `UsageError` where the question made sense of no version at all."""
        if self._complaint and not self._answered:
            raise UsageError(
                f"the expression cannot be judged: {self._complaint}",
                hint="see what each variable is: modelry list --help",
            )


def known(path: str) -> str:
    """Give a path back whose variable there is; raises `UsageError` naming the nearest for another."""
    name = path.partition(".")[0]
    if name not in VARIABLES:
        near = get_close_matches(name, VARIABLES, n=1)
        raise UsageError(
            f"there is no variable {name}",
            hint=f"did you mean {near[0]}?" if near else f"there are {', '.join(VARIABLES)}",
        )
    return path


def at(value: Any, path: str) -> Any:  # noqa: ANN401 - whatever YAML can say
    """Give what stands at a dotted path, whose keys may have dots themselves; None where nothing does."""
    if not path:
        return value
    if isinstance(value, Mapping):
        for end in [*(match.start() for match in re.finditer(r"\.", path)), len(path)]:
            found = at(value[path[:end]], path[end + 1 :]) if path[:end] in value else None
            if found is not None:
                return found
    return None
