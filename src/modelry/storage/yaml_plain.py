"""The quick reader: documents in the plain style that `dump` and DVC write.

It reads a small subset of YAML, in which each line stands for itself: a key, an item, or
both, with at most one scalar behind. What is outside it, or may be wrong, it leaves to
`yaml_nodes`, which says the same of all that is inside (the tests compare the two).
"""

import re
from functools import lru_cache
from typing import Any

from modelry.storage.yaml_scalars import Refusal, resolve

SIZE = 16 * 1024
"""The most characters: too few to reach the limits on nodes and on a scalar's length."""

DEPTH = 24
"""How deep lists and mappings may stand here: what one line opens still fits the limit."""

# Words that mean a truth value, or nothing, are no longer than `false`.
_LONGEST_WORD = 5

_KEY = r'[A-Za-z_][\w./=@+-]{0,99}+|"[^"\\\n]{1,99}"'
_ITEM = r"-?[\w.][\w./-]*"
_PLAIN = r"[\w/.](?:[^\s:]++|:(?=\S)|\ +(?=[^\s#]))*+"
_LINE = re.compile(
    rf"""^
    (\ *) ((?:-\ ){{0,3}})
    (?: ({_KEY}) : (?: \ + | (?=\n) ) )?
    ( "[^"\\\n]*" | '[^'\n]*' | \[(?:{_ITEM}(?:,\ ?{_ITEM})*)?\] | \{{\}} | {_PLAIN} )?
    \ * (?: (?<![^\ \n]) \#[^\n]* )? \n""",
    re.MULTILINE | re.VERBOSE,
)


def read(text: str) -> dict[str, object] | None:
    """Read a text of permitted characters; None if it is not simple, or not right."""
    if len(text) > SIZE:
        return None
    text = text.removeprefix("---\n")
    if not text.endswith("\n"):
        text += "\n"
    lines: list[tuple[str, str, str, str]] = _LINE.findall(text)
    # Each match is one whole line, so as many matches as lines leave no other text.
    if len(lines) != text.count("\n"):
        return None
    return _outline([line for line in lines if line[1] or line[2] or line[3]]) or None


def _outline(lines: list[tuple[str, str, str, str]]) -> dict[str, object] | None:
    root: dict[str, object] = {}
    # The innermost list or mapping that is open, the column that it stands in, and those around it.
    top: Any = root
    column = 0
    outer: list[tuple[Any, int]] = []
    child: Any
    waiting = ""
    for indent, dashes, key, source in lines:
        place = len(indent)
        # A value below its key is indented; only a list's dashes may stand under the key.
        if waiting and (place > column or (dashes and place == column)):
            outer.append((top, column))
            top[waiting] = child = [] if dashes else {}
            top, column = child, place
        while outer and (column > place or (column == place and not dashes and type(top) is list)):
            top, column = outer.pop()
        fits = column == place and (type(top) is list) == bool(dashes) and len(outer) <= DEPTH
        if not fits or not (key or dashes):
            return None
        # Behind the first dash, each further one opens a list, and a key a mapping.
        for width in range(2, len(dashes) + 2 * bool(key), 2) if dashes else ():
            outer.append((top, column))
            child = {} if width == len(dashes) else []
            top.append(child)
            top, column = child, place + width
        value = _value(source)
        if type(value) is Refusal:
            return None
        if not key:
            top.append(value)
            waiting = ""
            continue
        name = _name(key)
        if not name or name in top:
            return None
        top[name] = value
        waiting = "" if source else name
    return root


@lru_cache(maxsize=1024)
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
