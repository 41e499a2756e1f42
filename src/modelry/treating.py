"""Treatment: what the doctor's rules found in files, mended where they lie; what is in doubt stays, and is named."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from modelry.doctor.mends import Entry, Line, Mend
from modelry.errors import RegistryError
from modelry.model.files import FOLDER, Files, Tree
from modelry.storage import yaml_editing, yaml_forges


class Treated(NamedTuple):
    """What can be written, and what cannot."""

    files: Files
    left: tuple[str, ...]
    """What stays as it is, and why."""


def of(tree: Tree, mends: Iterable[Mend]) -> Treated:
    """Give the files with what was to be mended in them; nothing else in them is another."""
    made: dict[str, str] = {}
    left: list[str] = []
    for mend in mends:
        try:
            text = made[mend.path] if mend.path in made else _read(tree, mend.path)
            made[mend.path] = reduce(_with, mend.steps, text)
        except RegistryError as error:
            left.append(f"{mend.path}: {error}")
    return Treated({path: text.encode() for path, text in made.items()}, tuple(left))


def _read(tree: Tree, path: str) -> str:
    folder, _, name = path.rpartition("/")
    entry = tree.folder(folder).get(name)
    if entry is None:
        return ""
    if entry.mode == FOLDER:
        raise RegistryError("it is a folder")
    try:
        return tree.read(path).decode()
    except UnicodeDecodeError as error:
        raise RegistryError("it is not UTF-8") from error


def _with(text: str, step: Entry | Line) -> str:
    if isinstance(step, Line):
        gap = "\n" if text and not text.endswith("\n") else ""
        return f"{text}{gap}{step.text}"
    parent = yaml_forges.top(text)
    for key in step.keys[:-1]:
        if key not in parent.children:
            break
        parent = parent.children[key]
    if step.before in parent.children and step.keys[-1] not in parent.children:
        names = [str(key) for key in step.keys]
        return yaml_editing.insert(text, names, step.value, step.before, yaml_forges.top)
    return yaml_editing.edit(text, step.keys, step.value, yaml_forges.top)
