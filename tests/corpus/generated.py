"""The cases that every field of every document has: gone, null, of another type, empty, too long, extra, misspelt."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LONG = 10_001
AS_IT_IS = "as it is"
# What holds names of somebody's own choice: there a misspelt or an extra one is another name.
_FREE = {"environment", "extra", "intervals", "metrics", "params", "profiles", "remotes", "slices", "formats"}


def inputs(document: Mapping[str, Any]) -> Iterator[str]:
    """Give the inputs that a valid document is bent by, field after field."""
    yield AS_IT_IS
    yield "surprise = 1"
    for keys, value in _fields(document, ()):
        name = ".".join(map(str, keys))
        yield from (f"{name} {what}" for what in _bent(keys, value))


def _fields(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    inner = value.items() if isinstance(value, Mapping) else enumerate(value[:1])
    for key, held in inner:
        if "." not in str(key):
            yield (*keys, key), held
            if isinstance(held, Mapping | list) and not set(keys) & {"params", "extra"}:
                yield from _fields(held, (*keys, key))


def _bent(keys: Sequence[str | int], value: object) -> Iterator[str]:
    if isinstance(keys[-1], str):
        yield "gone"
        if len(keys) == 1 or keys[-2] not in _FREE:
            yield f"called {keys[-1]}s"
    for other in (None, *_others(value)):
        yield f"= {json.dumps(other)}"
    if isinstance(value, str):
        yield "long"
    if isinstance(value, Mapping) and not {keys[-1], *keys[-2:-1]} & _FREE:
        yield f"= {json.dumps({**value, 'surprise': 1})}"


def _others(value: object) -> tuple[object, ...]:
    match value:
        case bool():
            return ("yes", 1)
        case int() | float():
            return (str(value), True)
        case str():
            return (7, "", [value])
        case list():
            return ([], {"0": value[0]} if value else "none")
        case _:
            return ({}, [value])


def edited(document: dict[str, Any], given: str) -> dict[str, Any]:
    """Give the document as an input bends it."""
    made = copy.deepcopy(document)
    if given == AS_IT_IS:
        return made
    name, how, *rest = given.split(" ", 2)
    *keys, last = [int(key) if key.isdigit() else key for key in name.split(".")]
    place: Any = made
    for key in keys:
        place = place[key]
    match how:
        case "gone":
            del place[last]
        case "called":
            renamed = {rest[0] if key == last else key: value for key, value in place.items()}
            place.clear()
            place.update(renamed)
        case "long":
            place[last] = "x" * LONG
        case _:
            place[last] = json.loads(rest[0])
    return made
