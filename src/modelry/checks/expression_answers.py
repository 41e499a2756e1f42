"""What an expression of policy says of a version."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from modelry.model.gates import Require
from modelry.model.registry import Version


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
        return Answer(holds=False, said=f"cannot be judged: {clause(str(error))}")
    if isinstance(said, bool):
        return Answer(said, "holds" if said else gate.message)
    return Answer(holds=False, said=f"cannot be judged: it says {said!r}, which is neither true nor false")


def clause(text: str) -> str:
    """Give the first clause of what the library complains of."""
    return text.removeprefix("No such overload: ").partition(". ")[0].partition("\n")[0].rstrip(".")


def _facts(version: Version) -> Mapping[str, Any]:
    """Give a version's record, and what was measured of it: of each metric the first measurement."""
    metrics = {
        name: value
        for measurement in reversed(version.measurements)
        for name, value in measurement.metrics.items()
    }
    return {"version": version.record.must.model_dump(mode="json", by_alias=True), "metrics": metrics}
