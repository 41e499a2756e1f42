"""Values to YAML: block style, two spaces, and quotes where some reader would misread."""

import json
import re
from collections.abc import Mapping
from itertools import chain
from math import isfinite

from modelry.errors import RegistryError
from modelry.storage import yaml_scalars

# Text that stands for itself wherever a block has room for a scalar; in brackets, less does.
_PLAIN = re.compile(r"(?!\.\.\.)[^\s?:,\[\]{}#&*!|>'\"%@`-](?:[^\s:]|:(?=\S)| +(?=[^\s#]))*")
_PLAIN_IN_BRACKETS = re.compile(r"[\w/.][\w/. -]*")


def document(value: Mapping[str, object]) -> str:
    """Write a mapping as a document of its own."""
    return "".join(f"{line}\n" for line in _lines(value)) if value else "{}\n"


def entry(key: str, value: object) -> list[str]:
    """Write a key, already quoted where it must be, and its value, as lines."""
    match value:
        case str() if not takes_one_line(value):
            return [f"{key}: {_header(value)}", *_indented(_text_lines(value))]
        case Mapping() | list() | tuple() if value:
            return [f"{key}:", *_indented(_lines(value))]
        case _:
            return [f"{key}: {inline(value)}"]


def item(value: object) -> list[str]:
    """Write an item of a list, as lines that begin at its dash."""
    match value:
        case str() if not takes_one_line(value):
            return [f"- {_header(value)}", *_indented(_text_lines(value))]
        case Mapping() | list() | tuple() if value:
            first, *others = _lines(value)
            return [f"- {first}", *_indented(others)]
        case _:
            return [f"- {inline(value)}"]


def inline(value: object) -> str:
    """Write a value on the line where it stands: a scalar, or in brackets."""
    match value:
        case None | bool():
            return json.dumps(value)
        case int():
            return str(value)
        case float() if isfinite(value):
            return yaml_scalars.spell(value)
        case str():
            return quote(value)
        case Mapping():
            inside = (f"{in_brackets(key)}: {in_brackets(child)}" for key, child in value.items())
            return f"{{{', '.join(inside)}}}"
        case list() | tuple():
            return f"[{', '.join(map(in_brackets, value))}]"
        case _:
            what = f"the number {value}" if isinstance(value, float) else f"a {type(value).__name__}"
            message = f"{what} cannot be written as YAML"
            raise RegistryError(message, hint="use text, finite numbers, lists and mappings")


def in_brackets(value: object) -> str:
    """Write a value where a comma or a bracket may follow it."""
    if isinstance(value, str) and not _PLAIN_IN_BRACKETS.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return inline(value)


def quote(text: object) -> str:
    """Write a key or text, in double quotes where it would be read as something else."""
    if not isinstance(text, str):
        raise RegistryError(f"the key {text!r} is not text", hint="keys are text")
    plain = _PLAIN.fullmatch(text) and yaml_scalars.means_itself(text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _lines(value: Mapping[str, object] | list[object] | tuple[object, ...]) -> list[str]:
    if isinstance(value, Mapping):
        return list(chain.from_iterable(entry(quote(key), child) for key, child in value.items()))
    return list(chain.from_iterable(map(item, value)))


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def takes_one_line(value: object) -> bool:
    """Whether a value is written on the line of its key."""
    if isinstance(value, str):
        lines = _text_lines(value)
        framed = bool(lines[0] and lines[-1]) and not lines[0].startswith(" ")
        # What cannot be seen at a line's end is written as an escape instead.
        return "\n" not in value or not framed or any(line != line.rstrip() or "\t" in line for line in lines)
    return not (isinstance(value, Mapping | list | tuple) and value)


def _text_lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


def _header(text: str) -> str:
    return "|" if text.endswith("\n") else "|-"
