"""Mending: what a machine puts right in the registry's documents without deciding anything; what is in doubt stays."""

import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from modelry.checks import Context
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.mending import order, spelling
from modelry.model import layout, schema
from modelry.model.documents import Assignment, VersionRecord
from modelry.model.files import REGULAR, Files, Tree
from modelry.model.pointer import Pointer
from modelry.model.registry import Registry
from modelry.storage import documents, folders, yaml, yaml_characters

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


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
    while (spelled := spelling.spelled(text, type_)) != text:
        text = spelled
    if type_ is not Pointer:
        text = order.headed(order.ordered(text, type_), _kind(path))
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
