"""The tables as text: read, and written so that a difference is read like one of code."""

from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"
_CASE = "== "


def read(kind: str) -> dict[str, list[str]]:
    """Give the findings of a table by their inputs, in order."""
    cases: dict[str, list[str]] = {}
    for line in (FOLDER / f"{kind}.txt").read_text("utf-8").splitlines():
        if line.startswith(_CASE):
            cases[line.removeprefix(_CASE)] = []
        elif line:
            cases[next(reversed(cases))].append(line)
    return cases


def text(cases: Mapping[str, Sequence[str]]) -> str:
    """Give a table's text."""
    return "\n".join(
        "".join(f"{line}\n" for line in (_CASE + given, *findings)) for given, findings in cases.items()
    )
