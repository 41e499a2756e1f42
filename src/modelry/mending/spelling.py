"""Spellings: `1.10` where text is expected, Yes where a truth value is."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from modelry.storage import documents, yaml_nodes, yaml_scalars, yaml_writing
from modelry.storage.yaml_nodes import Node
from modelry.storage.yaml_scalars import Refusal

_LONGEST = 40
"""How long a number may be for its other spelling to be looked for."""
_MOST = 200
"""In how many numbers of a document, at most, a wrong one is looked for."""
_CAPITALS = {"true in capitals", "false in capitals", "null in capitals"}
"""Spellings that every reader reads alike, so that no doubt is left where text would be allowed too."""
_ROUNDED = "a number that does not fit"


def spelled(text: str, type_: type[BaseModel]) -> str:
    """Give a text with scalars respelled where what its field expects leaves one reading."""
    if documents.parse(text.encode(), type_)[0] is not None:
        return text
    root, faults = yaml_nodes.read(text)
    if root is None:
        return text
    leaves = [leaf for leaf in _leaves(root) if isinstance(leaf[1].value, int | float | Refusal)]
    refused = sum(isinstance(node.value, Refusal) for _, node in leaves)
    if len(faults) != refused or len(leaves) > _MOST:
        return text  # something else is wrong, and might be why; or it is a table, and takes too long
    for keys, node in reversed(leaves):
        source = text[node.start : node.end]
        written = _respelled(source, keys, root.value, type_)
        if written is not None:
            text = text[: node.start] + written + text[node.end :]
    return text


def _leaves(node: Node, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if not node.children:
        yield keys, node
    for key, child in node.children.items():
        yield from _leaves(child, (*keys, key))


def _respelled(source: str, keys: Sequence[str | int], value: object, type_: type[BaseModel]) -> str | None:
    """Give the spelling that a field's type asks for; None where it asks for none, or for this one."""
    given = yaml_scalars.resolve(source)
    if isinstance(given, bool):
        return None  # `true` in place of text may be the wrong field
    spelling, plain = "", None
    if isinstance(given, Refusal):
        found = next(spelling for spelling in yaml_scalars.SPELLINGS if yaml_scalars.spells(spelling, source))
        spelling = found.name
        plain = found.plainly(source) if len(source) <= _LONGEST and spelling != _ROUNDED else None
    other: object = given if not isinstance(given, Refusal) else yaml_scalars.resolve(plain) if plain else 0
    as_text, as_other = (_wrong(_with(value, keys, read), type_) for read in (source, other))
    if as_text < as_other:
        return yaml_writing.in_brackets(source)
    return plain if as_other < as_text or spelling in _CAPITALS else None


def _with(value: Any, keys: Sequence[str | int], new: object) -> Any:  # noqa: ANN401 - what YAML can say
    if not keys:
        return new
    key, *others = keys
    if isinstance(value, dict):
        return {**value, key: _with(value[key], others, new)}
    return [_with(item, others, new) if at == key else item for at, item in enumerate(value)]


def _wrong(value: object, type_: type[BaseModel]) -> int:
    """Say how wrong a document is: a value of another type weighs more than one of another form."""
    try:
        type_.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return sum(2 if detail["type"].endswith("_type") else 1 for detail in details)
    return 0
