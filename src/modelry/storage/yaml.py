"""YAML as the registry reads and writes it: one meaning to all readers, or a fault with its place."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from modelry.errors import RegistryError
from modelry.model.places import Fault, Position
from modelry.storage import yaml_characters, yaml_plain


class Parsed(NamedTuple):
    """What a file says, or all that is wrong with it."""

    value: object
    """The document as plain dicts, lists and scalars; None if there are faults."""

    faults: tuple[Fault, ...]
    """What is wrong, in the order of the text; empty if the value can be relied on."""


def parse(data: bytes) -> Parsed:
    """Read a file's one document, whatever bytes it holds: it never raises.

    A value without faults is a mapping with text as keys, no deeper than 32 and no larger
    than 20,000 nodes, and every YAML reader, old or new, reads the same in it. Only plain
    dates and times are text here and dates elsewhere.
    """
    text = yaml_characters.decode(data)
    if not isinstance(text, str):
        return Parsed(None, text)
    # DVC's pointers and what we write ourselves take a sixth of the time so.
    if quickly := yaml_plain.read(text):
        return Parsed(quickly, ())
    # PyYAML is imported when it is needed: most commands meet plain files only.
    from modelry.storage import yaml_nodes  # noqa: PLC0415

    root, faults = yaml_nodes.read(text)
    return Parsed(None if faults or root is None else root.value, faults)


def locate(data: bytes, keys: Sequence[str | int], *, of_key: bool = False) -> Position:
    """Return where the value behind a path of keys stands, or its key.

    Of a path that does not exist, it is the place of the last key or value that does.
    """
    from modelry.storage import yaml_nodes  # noqa: PLC0415  as in `parse`

    text = yaml_characters.decode(data)
    node = yaml_nodes.read(text).root if isinstance(text, str) else None
    if node is None or not isinstance(text, str):
        return Position(1, 1)
    offset = node.start
    for depth, key in enumerate(keys, start=1):
        if key not in node.children:
            break
        wanted = node.keys.get(key) if of_key and depth == len(keys) else None
        node = node.children[key]
        offset = (wanted or node).start
    return yaml_characters.place(text, offset)


def dump(value: Mapping[str, object]) -> str:
    """Write a mapping in block style, its keys in their order: `parse` reads the same value.

    Text is quoted exactly when some reader, old or new, would not read that text in it.
    Raises RegistryError for what `parse` would not take back.
    """
    from modelry.storage import yaml_writing  # noqa: PLC0415  as in `parse`: most commands only read

    text = yaml_writing.document(value)
    faults = parse(text.encode("utf-8", "surrogatepass")).faults
    if faults:
        raise RegistryError(f"cannot be written as YAML: {faults[0].message}", hint=faults[0].hint)
    return text


def edit(text: str, keys: Sequence[str | int], value: object) -> str:
    """Return the text with one value replaced, or added at the end of its mapping.

    Every other character stays as it is: comments, order, quotes, blank lines. Raises
    RegistryError where the text is faulty, the path leads nowhere, or the result would
    differ in anything else.
    """
    from modelry.storage import yaml_editing  # noqa: PLC0415  as in `parse`

    return yaml_editing.edit(text, keys, value)


def remove(text: str, key: str) -> str:
    """Return the text without one field of its top mapping, and the comments that stand in it.

    Every other character stays as it is. Raises RegistryError as `edit` does.
    """
    from modelry.storage import yaml_editing  # noqa: PLC0415  as in `parse`

    return yaml_editing.remove(text, key)
