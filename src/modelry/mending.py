"""Mending: what a machine puts right in the registry's documents without deciding anything; what is in doubt stays."""

import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from modelry.checks import Context
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import layout, schema
from modelry.model.documents import Assignment, VersionRecord
from modelry.model.files import REGULAR, Files, Tree
from modelry.model.pointer import Pointer
from modelry.model.registry import Registry
from modelry.storage import documents, folders, yaml, yaml_characters, yaml_nodes, yaml_scalars, yaml_writing
from modelry.storage.yaml_nodes import Node
from modelry.storage.yaml_scalars import Refusal

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MODELINE = "yaml-language-server"
_LONGEST = 40
"""How long a number may be for its other spelling to be looked for."""
_MOST = 200
"""In how many numbers of a document, at most, a wrong one is looked for."""
_CAPITALS = {"true in capitals", "false in capitals", "null in capitals"}
"""Spellings that every reader reads alike, so that no doubt is left where text would be allowed too."""
_ROUNDED = "a number that does not fit"


class Mends(NamedTuple):
    """What can be mended of a registry, and what could be but is not ours to write."""

    files: Files
    left: tuple[str, ...]
    """Files of merged versions, and files that lie otherwise on the disk than they were judged."""


def of(context: Context, top: Path, chosen: Collection[str] | None = None) -> Mends:
    """Give what can be mended of what was judged; of a change, only what it adds or may edit.

    A version's file that has merged stays as it is: the base's files are, and without a base those that git has.
    """
    alone = context.before is context.after
    locked: Collection[str] = merged(top) if alone else context.before.tree.entries
    paths = [
        path
        for path in context.after.tree.entries
        if (alone or path in context.changes.paths) and (chosen is None or path in chosen)
    ]
    frozen = {path for path in paths if "/versions/" in path and path in locked}
    found = files(context.after, [path for path in paths if path not in frozen])
    ours = {path: data for path, data in found.items() if _lies(top, path, context.after.tree)}
    others = [*files(context.after, sorted(frozen)), *(path for path in found if path not in ours)]
    return Mends(ours, tuple(sorted(others)))


def merged(top: Path) -> frozenset[str]:
    """Give the registry's files that git's HEAD has; none in a plain folder."""
    repository = Repository(top)
    if not repository.succeeds("rev-parse", "--git-dir"):
        if any((folder / ".git").exists() for folder in (top, *top.parents)):
            raise RegistryError(
                f"git cannot read the repository of {top}", hint="see why: git status; nothing was written"
            )
        return frozenset()
    head = repository.resolves("HEAD")
    if head is None:
        return frozenset()
    below = top.resolve().relative_to(repository.top.resolve()).as_posix()
    prefix = "" if below == "." else f"{below}/"
    return frozenset(path.removeprefix(prefix) for path in repository.tree(head).entries)


def _lies(top: Path, path: str, tree: Tree) -> bool:
    """Say whether a file lies on the disk as it was judged, and in the registry's own folder."""
    target = top / path
    regular = os.path.lexists(target) and stat.S_ISREG(target.lstat().st_mode)
    inside = regular and target.parent.resolve() == top.resolve() / Path(path).parent
    return inside and tree.entries[path].mode == REGULAR and not folders.differs(target, tree.read(path))


def files(registry: Registry, paths: Iterable[str]) -> Files:
    """Give those documents among `paths` that can be mended, mended; to mend them again changes nothing."""
    made: dict[str, bytes] = {}
    asked = [path for path in paths if _type(path) is not None]
    for path in asked:
        entry = registry.tree.entries.get(path)
        if entry is not None and entry.mode == REGULAR:
            made[path] = _mended(path, registry.tree.read(path))
    for path in made:
        made[path] = _with_digest(path, made, registry.tree)
    return {path: data for path, data in made.items() if data != registry.tree.read(path)}


def write(mends: Files, top: Path) -> None:
    """Write files, each in one step: whoever looks finds the old one or the new one, whole."""
    for path, data in mends.items():
        target = top / path
        handle, fresh = tempfile.mkstemp(prefix=f".{target.name}.new-", dir=target.parent)
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
                file.write(data)
            Path(fresh).chmod(stat.S_IMODE(target.stat().st_mode))
            Path(fresh).replace(target)
        finally:
            with suppress(FileNotFoundError):
                Path(fresh).unlink()


def diff(tree: Tree, mends: Files) -> str:
    """Show what would be written as a unified diff, which `git apply` takes."""
    shown: list[str] = []
    for path, data in mends.items():
        before, after = (side.decode().split("\n") for side in (tree.read(path), data))
        lines = unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}")
        shown += (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )
    return "".join(shown)


def told(mends: Mends, *, written: bool) -> str:
    """Say which files were mended, or would be, and which were left though they could be."""
    verb = "mended" if written else "would mend"
    return "".join(
        [
            *(f"{verb} {path}\n" for path in mends.files),
            *(f"left as it is: {path} is merged, or lies otherwise on the disk\n" for path in mends.left),
        ]
    )


def _lines(parts: Sequence[str]) -> list[str]:
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _kind(path: str) -> str:
    place = layout.place(path)
    return "" if place is None else "registry" if place.kind == "policy" else place.kind


def _type(path: str) -> type[BaseModel] | None:
    kind = _kind(path)
    return Pointer if kind == "pointer" else schema.KINDS.get(kind)


def _mended(path: str, data: bytes) -> bytes:
    type_ = _type(path)
    text = yaml_characters.decode(data.removeprefix(_BYTE_ORDER_MARK).replace(b"\r\n", b"\n"))
    if type_ is None or not isinstance(text, str):
        return data
    while (spelled := _spelled(text, type_)) != text:
        text = spelled
    if type_ is not Pointer:
        text = _headed(_ordered(text, type_), _kind(path))
    return text.encode()


def _with_digest(path: str, made: Mapping[str, bytes], tree: Tree) -> bytes:
    """Give an assignment with the digest that its version's record has; anything else as it is."""
    place = layout.place(path)
    if place is None or place.kind != "assignment":
        return made[path]
    assignment, _ = documents.parse(made[path], Assignment)
    source = layout.version(place.model, assignment.version) if assignment is not None else ""
    if assignment is None or source not in tree.entries or tree.entries[source].mode != REGULAR:
        return made[path]
    record, _ = documents.parse(made.get(source) or tree.read(source), VersionRecord)
    named = record is not None and (record.model, record.version) == (place.model, assignment.version)
    if record is None or not named or record.artifact.sha256 == assignment.sha256:
        return made[path]
    try:
        return yaml.edit(made[path].decode(), ["sha256"], record.artifact.sha256).encode()
    except RegistryError:
        return made[path]


def _headed(text: str, kind: str) -> str:
    """Give a text that begins with the line by which editors know its schema, unless it names one already."""
    comments: list[str] = []
    for line in text.split("\n"):
        if line and not line.startswith(("#", "---")):
            return text if _MODELINE in "".join(comments) else schema.header(kind) + text
        comments.append(line)
    return text


# Spellings: `1.10` where text is expected, Yes where a truth value is.


def _spelled(text: str, type_: type[BaseModel]) -> str:
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


# Order: a document's own keys as the model has its fields, each with its comments; what is inside stays as written.


def _ordered(text: str, type_: type[BaseModel]) -> str:
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
