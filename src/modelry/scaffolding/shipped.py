"""Files that are the same in every registry: they lie beside this code, each at the path that it will have."""

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

from modelry.model.files import Files


def files(folder: str) -> Files:
    """Give the files in a folder beside this code, by their path from there; none where there is no such folder."""
    home = resources.files("modelry.scaffolding") / folder
    return dict(sorted(_below(home, ""))) if home.is_dir() else {}


def _below(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _below(each, f"{path}{each.name}/")
        else:
            yield f"{path}{each.name}", each.read_bytes()
