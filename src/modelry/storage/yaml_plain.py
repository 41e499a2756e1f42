"""The quick reader: documents in the plain style that `dump` and DVC write.

It reads a small subset of YAML, in which each line stands for itself: a key, an item, or
both, with at most one scalar behind. What is outside it, or may be wrong, it leaves to
`yaml_nodes`, which says the same of all that is inside (the tests compare the two).
"""

import re
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple

from modelry.storage.yaml_scalars import Refusal, resolve

SIZE = 16 * 1024
"""The most characters: too few to reach the limits on nodes and on a scalar's length."""

DEPTH = 24
"""How deep lists and mappings may stand here: what one line opens still fits the limit."""

# Words that mean a truth value, or nothing, are no longer than `false`.
_LONGEST_WORD = 5

_USUAL = 150
"""The most characters of a line whose reading is kept: as good as all are shorter."""

_KEPT = 4096
"""How many lines are kept: documents of one kind have most lines in common, and a line means the same in each."""

_MUTABLE = frozenset({dict, list})

_KEY = r'[A-Za-z_][\w./=@+-]{0,99}+|"[^"\\\n]{1,99}"'
_ITEM = r"-?[\w.][\w./-]*"
_PLAIN = r"[\w/.](?:[^\s:]++|:(?=\S)|\ +(?=[^\s#]))*+"
_LINE = re.compile(
    rf"""
    (\ *) ((?:-\ ){{0,3}})
    (?: ({_KEY}) : (?: \ + | \Z ) )?
    ( "[^"\\\n]*" | '[^'\n]*' | \[(?:{_ITEM}(?:,\ ?{_ITEM})*)?\] | \{{\}} | {_PLAIN} )?
    \ * (?: (?<![^\ ]) \#[^\n]* )?""",
    re.VERBOSE,
)


class _Line(NamedTuple):
    """What one line says, wherever it stands."""

    place: int
    """The column that it begins in."""
    dashes: int
    """How many columns its dashes take."""
    name: str
    """Its key; empty for an item."""
    value: object
    """What stands behind the key or the dashes."""
    opens: bool
    """Whether nothing stands behind the key, so that a list or a mapping may follow."""


def read(text: str) -> dict[str, object] | None:
    """Read a text of permitted characters; None if it is not simple, or not right."""
    if len(text) > SIZE:
        return None
    return _outline(text.removeprefix("---\n").split("\n")) or None


def _outline(lines: list[str]) -> dict[str, object] | None:
    root: dict[str, object] = {}
    # The innermost list or mapping that is open, the column that it stands in, and those around it.
    top: Any = root
    column = 0
    outer: list[tuple[Any, int]] = []
    child: Any
    waiting = ""
    read_line = _usual if len(max(lines, key=len)) <= _USUAL else _line
    for said in map(read_line, lines):
        if said is None:
            return None
        place, dashes, name, value, opens = said
        if not (name or dashes):
            continue  # it is blank
        # A value below its key is indented; only a list's dashes may stand under the key.
        if waiting and (place > column or (dashes and place == column)):
            outer.append((top, column))
            top[waiting] = child = [] if dashes else {}
            top, column = child, place
        while outer and (column > place or (column == place and not dashes and type(top) is list)):
            top, column = outer.pop()
        if column != place or (type(top) is list) != bool(dashes) or len(outer) > DEPTH:
            return None
        # Behind the first dash, each further one opens a list, and a key a mapping.
        for width in range(2, dashes + 2 * bool(name), 2) if dashes else ():
            outer.append((top, column))
            child = {} if width == dashes else []
            top.append(child)
            top, column = child, place + width
        # What is kept of a line stays as it is, whatever becomes of this document.
        value = copy(value) if type(value) in _MUTABLE else value
        if not name:
            top.append(value)
            waiting = ""
        elif name in top:
            return None
        else:
            top[name] = value
            waiting = name if opens else ""
    return root


def _line(line: str) -> _Line | None:
    """Read one line; None if it is not simple, or not right."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    indent, dashes, key, source = found.groups("")
    value = _value(source)
    name = _name(key) if key else ""
    # What has neither key nor dashes is blank, or goes on what the line before it said.
    if type(value) is Refusal or (key and not name) or (source and not key and not dashes):
        return None
    return _Line(len(indent), len(dashes), name, value, not source)


_usual = lru_cache(_KEPT)(_line)


def _name(key: str) -> str:
    if key[0] == '"':
        return key[1:-1]
    return key if resolve(key) == key else ""


def _value(source: str) -> object:
    first = source[:1]
    if first in {'"', "'"}:
        return source[1:-1]
    if first == "[":
        items = [resolve(item.lstrip()) for item in source[1:-1].split(",")] if source != "[]" else []
        return next((item for item in items if type(item) is Refusal), items)
    if first == "{":
        return {}
    if first.isalpha() and len(source) > _LONGEST_WORD:
        return source
    return resolve(source)
