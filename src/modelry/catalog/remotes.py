"""Where the site says that artifacts lie, and the objects that are published with the site itself."""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator

from modelry.catalog.documents import Remote
from modelry.catalog.entries import Catalog
from modelry.model import layout
from modelry.model.files import REGULAR, Files, Tree
from modelry.model.policy import Policy

_MD5 = re.compile(r"[0-9a-f]{32}")
_LISTING = 32_000_000
"""No listing of a folder's files is longer than this."""


def published(policy: Policy) -> list[Remote]:
    """Give the remotes as a consumer reaches them; a relative address is meant from `<site>/api/v1/`."""
    return [
        Remote(name=name, url=remote.public or (f"artifacts/{name}" if remote.is_inside else remote.url))
        for name, remote in policy.remotes.items()
    ]


def objects(catalog: Catalog) -> Files:
    """Give the objects of remotes inside the registry's folder that the versions' pointers need.

    An object that is not there is left out: it may lie in another remote.
    """
    made: dict[str, bytes] = {}
    tree = catalog.registry.tree
    wanted = [entry.pointer.out.md5 for model in catalog.models for entry in model.versions]
    for name, remote in catalog.policy.remotes.items():
        folder = posixpath.normpath(remote.url)
        for md5 in _with_files(tree, folder, wanted) if remote.is_inside else ():
            data = _read(tree, folder, md5)
            if data is not None:
                made[f"api/v1/artifacts/{name}/{_address(md5)}"] = data
    return made


def _address(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def _read(tree: Tree, folder: str, md5: str) -> bytes | None:
    path = f"{layout.ROOT}/{folder}/{_address(md5)}"
    entry = tree.entries.get(path)
    return tree.read(path) if entry and entry.mode == REGULAR else None


def _with_files(tree: Tree, folder: str, wanted: Iterable[str]) -> Iterator[str]:
    """Give addresses; after that of a folder's listing, those of its files."""
    for md5 in wanted:
        yield md5
        if md5.endswith(".dir"):
            yield from _listed(_read(tree, folder, md5) or b"[]")


def _listed(data: bytes) -> Iterator[str]:
    # DVC's listing: [{"md5": …, "relpath": …}]. Whatever else stands there was not written by DVC.
    try:
        rows = json.loads(data) if len(data) <= _LISTING else []
    except (ValueError, RecursionError):
        return
    for row in rows if isinstance(rows, list) else []:
        md5 = row.get("md5") if isinstance(row, dict) else None
        if isinstance(md5, str) and _MD5.fullmatch(md5):
            yield md5
