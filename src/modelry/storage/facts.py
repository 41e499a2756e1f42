"""Facts from the files that training leaves behind: metrics, parameters, data, signatures, as JSON or YAML."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from modelry.errors import UsageError
from modelry.storage import documents, yaml

M = TypeVar("M", bound=BaseModel)

_MARKER = re.compile(rb"^---(?=[ \t]*$)", re.MULTILINE)
_LIST = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\n|---[ \t]*\n)*[ ]*(?:-\s|\[)")
"""How a list begins: after blank lines, comments and the mark of a document, with a dash or a bracket."""


class Given(NamedTuple):
    """What somebody wrote where others name a file."""

    name: str
    """What it is called where it is wrong."""
    data: bytes

    def __str__(self) -> str:
        return self.name


def read(path: Path | Given) -> Any:  # noqa: ANN401 - whatever the file holds
    """Give what a JSON or YAML file says. Raises `UsageError` with file, line and column."""
    data = _data(path)
    if isinstance(path, Path) and path.suffix == ".json":
        return _json(path, data)
    # A list is no document of ours, so it is read inside of one; what is wrong in it must still be told at its place.
    listed = _LIST.match(data) is not None
    parsed = yaml.parse(b"facts:\n" + _indented(data) if listed else data)
    if parsed.faults:
        fault = parsed.faults[0]
        line, column = (place - listed for place in fault.position)
        raise UsageError(f"{path}:{line}:{column}: {fault.message}", hint=fault.hint)
    return parsed.value["facts"] if listed and isinstance(parsed.value, dict) else parsed.value


def _data(path: Path | Given) -> bytes:
    if isinstance(path, Given):
        return path.data
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="name a file") from error


def _indented(data: bytes) -> bytes:
    return b"".join(b" " + line for line in _MARKER.sub(b"#--", data, count=1).splitlines(keepends=True))


def _json(path: Path, data: bytes) -> Any:  # noqa: ANN401 - whatever the file holds
    def refuse(name: str) -> float:
        raise UsageError(
            f"{path}: {name} is no number", hint="a metric that could not be computed is better left out"
        )

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(f"{path}: {twice} is there twice", hint="keep one of them")
        return found

    try:
        return json.loads(data, parse_constant=refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{path}:{error.lineno}:{error.colno}: {error.msg}", hint="write valid JSON"
        ) from error
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise UsageError(f"{path} is no JSON: {error}", hint="write valid JSON") from error


def evaluations(path: Path | Given, dataset: str | None) -> list[Any]:
    """Give a metrics file as evaluations.

    It holds evaluations as `version.yaml` does, or plainly `{"auc": 0.91}`, measured on `dataset`, which is
    then `NAME@VERSION`.
    """
    found = read(path)
    if isinstance(found, list):
        return [_named(item) for item in found]
    if isinstance(found, Mapping) and "metrics" in found:
        return [_named(found)]
    if dataset is None or "@" not in dataset:
        raise UsageError(f"{path} does not say what was measured on", hint="say so: --dataset NAME@VERSION")
    name, _, version = dataset.partition("@")
    return [{"dataset": {"name": name, "version": version}, "metrics": found}]


def _named(evaluation: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    """Give an evaluation with its intervals by name: most tools write them as pairs."""
    intervals = evaluation.get("intervals") if isinstance(evaluation, dict) else None
    if not isinstance(intervals, dict):
        return evaluation
    named = {
        metric: {"low": pair[0], "high": pair[1]} if isinstance(pair, list) and len(pair) == 2 else pair  # noqa: PLR2004
        for metric, pair in intervals.items()
    }
    return {**evaluation, "intervals": named}


def hold(content: Mapping[str, Any], type_: type[M], origin: str) -> M:
    """Give what is to be written as its model has it; raises `UsageError` naming every fault."""
    value, faults = documents.parse(yaml.dump(content).encode(), type_)
    if value is None:
        told = "; ".join(fault.message for fault in faults)
        raise UsageError(f"{origin}: {told}", hint=next((fault.hint for fault in faults if fault.hint), ""))
    return value


def text(path: Path | Given) -> str:
    """Give a text file with LF line ends. Raises `UsageError` when it cannot be read as UTF-8."""
    try:
        data = path.data if isinstance(path, Given) else path.read_bytes()
        return data.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path} as UTF-8 text: {error}", hint="name a text file") from error
