"""Order: a document's own keys as the model has its fields, each with its comments; what is inside stays as written."""

from collections.abc import Sequence

from pydantic import BaseModel

from modelry.model import schema
from modelry.storage import documents, yaml, yaml_characters, yaml_nodes
from modelry.storage.yaml_nodes import Node

_MODELINE = "yaml-language-server"


def headed(text: str, kind: str) -> str:
    """Give a text that begins with the line by which editors know its schema, unless it names one already."""
    comments: list[str] = []
    for line in text.split("\n"):
        if line and not line.startswith(("#", "---")):
            return text if _MODELINE in "".join(comments) else schema.header(kind) + text
        comments.append(line)
    return text


def ordered(text: str, type_: type[BaseModel]) -> str:
    """Give a valid document with its keys in the order of its fields, where that moves nothing else."""
    value, _ = documents.parse(text.encode(), type_)
    given = yaml.parse(text.encode()).value
    names = [field.alias or name for name, field in type_.model_fields.items()]
    if value is None or not isinstance(given, dict) or names[0] != "schema":
        return text
    wanted = [name for name in names if name in given]
    root = yaml_nodes.read(text).root if wanted != list(given) else None
    moved = _moved(text, root, wanted) if root is not None and root.style == "block" else None
    return moved if moved and documents.parse(moved.encode(), type_)[0] == value else text


def _moved(text: str, node: Node, wanted: Sequence[str]) -> str | None:
    """Give the text with the lines of a mapping's keys in this order; None where it is not plain whose a line is."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    names = [str(name) for name in node.keys]
    places = [yaml_characters.place(text, key.start) for key in node.keys.values()]
    margin = " " * (places[0].column - 1)
    starts = [place.line - 1 for place in places]
    last = node.children[names[-1]]
    if last.end == last.start or any(lines[start][: len(margin)] != margin for start in starts):
        return None  # a key that shares its line with a marker, or a value that is not there
    end = yaml_characters.place(text, last.end - 1).line
    above = lines[starts[0] - 1] if starts[0] else ""
    if wanted[0] != names[0] and above.strip().startswith("#") and _MODELINE not in above:
        return None  # a comment on the first key, or on all of them
    heads = [starts[0], *(_head(lines, start, margin) for start in starts[1:])]
    spans = {name: lines[a:b] for name, a, b in zip(names, heads, [*heads[1:], end], strict=True)}
    if any(not line.strip() for span in spans.values() for line in span):
        return None  # a blank line makes groups
    made = [*lines[: heads[0]], *(line for name in wanted for line in spans[name]), *lines[end:]]
    return "\n".join(made) + "\n"


def _head(lines: Sequence[str], start: int, margin: str) -> int:
    """Give the first line of the comments that stand right above a key."""
    while lines[start - 1].startswith(f"{margin}#"):
        start -= 1
    return start
