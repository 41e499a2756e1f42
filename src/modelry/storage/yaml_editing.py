"""One change in a document that people wrote: everything else stays as it is."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from modelry.errors import RegistryError
from modelry.storage import yaml_characters, yaml_nodes, yaml_writing
from modelry.storage.yaml_nodes import Node

Read = Callable[[str], Node]
"""Gives the top mapping of a text; raises `RegistryError` where it is faulty."""


def edit(text: str, keys: Sequence[str | int], value: object, read: Read | None = None) -> str:
    """Return the text with one value replaced or added; see `yaml.edit`. It is read as the registry's unless told."""
    read = read or _read
    root = read(text)
    path = ".".join(map(str, keys))
    if not keys:
        raise RegistryError("a change needs the key that it changes")
    parent = root
    for key in keys[:-1]:
        if key not in parent.children:
            raise RegistryError(f"`{path}` leads nowhere: there is no `{key}`")
        parent = parent.children[key]
    last = keys[-1]
    if last in parent.children:
        changed = _replace(text, parent, last, value)
    elif not isinstance(parent.value, dict) or not isinstance(last, str):
        raise RegistryError(f"`{path}` leads nowhere: there is no `{last}`")
    elif not parent.children and len(keys) > 1:
        changed = edit(text, keys[:-1], {last: value}, read)
    else:
        changed = _add(text, parent, last, value)
    if not changed.endswith("\n"):
        changed += "\n"
    expected, inner = _copy(root, keys)
    inner[last] = _plain(value)
    return _held_against(changed, expected, path, read)


def insert(text: str, keys: Sequence[str], value: object, before: str, read: Read) -> str:
    """Return the text with a value added to a mapping in block style, above another key and its comments."""
    parent = root = read(text)
    for key in keys[:-1]:
        parent = parent.children[key]
    start = text.rfind("\n", 0, parent.keys[before].start) + 1
    margin = text[start : parent.keys[before].start]
    if margin.strip():
        raise RegistryError(f"`{'.'.join(keys)}` has no line to go to", hint="write this part in block style")
    while (above := text[text.rfind("\n", 0, start - 1) + 1 : start]).startswith(f"{margin}#"):
        start -= len(above)
    lines = yaml_writing.entry(yaml_writing.quote(keys[-1]), value)
    changed = text[:start] + "".join(f"{margin}{line}\n" for line in lines) + text[start:]
    expected, inner = _copy(root, keys)
    others = dict(inner)
    inner.clear()
    for name, other in others.items():
        inner.update({keys[-1]: _plain(value)} if name == before else {})
        inner[name] = other
    return _held_against(changed, expected, ".".join(keys), read)


def _plain(value: object) -> object:
    """Give a value as it will be read."""
    return _read(yaml_writing.document({"value": value})).children["value"].value


def remove(text: str, key: str) -> str:
    """Return the text without one field of its top mapping; see `yaml.remove`."""
    root = _read(text)
    if key not in root.children:
        raise RegistryError(f"`{key}` leads nowhere: there is no `{key}`")
    start = text.rfind("\n", 0, root.keys[key].start) + 1
    end = text.find("\n", root.children[key].end)
    changed = text[:start] + (text[end + 1 :] if end >= 0 else "")
    expected, inner = _copy(root, [key])
    del inner[key]
    return _held_against(changed, expected, key, _read)


def _copy(root: Node, keys: Sequence[str | int]) -> tuple[Any, Any]:
    """Give a copy of what the text says, and its part that holds the last key."""
    whole: Any = deepcopy(root.value)
    inner = whole
    for key in keys[:-1]:
        inner = inner[key]
    return whole, inner


def _held_against(changed: str, expected: object, path: str, read: Read) -> str:
    """Give the text if it says what is expected, and nothing else is different."""
    # As text, so that neither 1, 1.0 and true pass for one another, nor another order.
    if repr(read(changed).value) != repr(expected):
        message = f"`{path}` cannot be changed without changing more"
        raise RegistryError(message, hint="write this part in block style, or edit it by hand")
    return changed


def _read(text: str) -> Node:
    permitted = yaml_characters.decode(text.encode("utf-8", "surrogatepass"))
    if isinstance(permitted, str):
        root, faults = yaml_nodes.read(permitted)
        if root is not None and not faults:
            return root
    else:
        faults = permitted
    message, (line, column), hint = faults[0]
    raise RegistryError(f"the text is faulty at {line}:{column}: {message}", hint=hint)


def _replace(text: str, parent: Node, key: str | int, value: object) -> str:
    node = parent.children[key]
    flow = parent.style == "flow"
    # What stands behind the old value would become part of a block of text.
    followed = isinstance(value, str) and text[node.end :].partition("\n")[0]
    one_line = followed or yaml_writing.takes_one_line(value)
    if flow or (one_line and node.style != "block"):
        written = yaml_writing.in_brackets(value) if flow else yaml_writing.inline(value)
        gap = "" if node.end > node.start else " "
        return text[: node.start] + gap + written + text[node.end :]
    if isinstance(key, int):
        start = text.rindex("-", 0, node.start)
        lines = yaml_writing.item(value)
    else:
        name = parent.keys[key]
        start = name.start
        lines = yaml_writing.entry(text[name.start : name.end], value)
    return text[:start] + _from_column(text, start, lines) + text[node.end :]


def _add(text: str, parent: Node, key: str, value: object) -> str:
    if parent.style == "flow":
        before, after = text[: parent.end - 1].rstrip(), text[parent.end - 1 :]
        comma = ", " if parent.children else ""
        written = f"{yaml_writing.in_brackets(key)}: {yaml_writing.in_brackets(value)}"
        return f"{before}{comma}{written}{after}"
    lines = yaml_writing.entry(yaml_writing.quote(key), value)
    end = text.find("\n", parent.end)
    end = len(text) if end < 0 else end
    margin = text[text.rfind("\n", 0, parent.start) + 1 : parent.start]
    added = _from_column(text, parent.start, lines)
    return f"{text[:end]}\n{' ' * len(margin)}{added}{text[end:]}"


def _from_column(text: str, start: int, lines: list[str]) -> str:
    margin = " " * (start - text.rfind("\n", 0, start) - 1)
    first, *others = lines
    return "\n".join([first, *(margin + line if line else "" for line in others)])
