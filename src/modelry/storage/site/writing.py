"""The fresh folder: pages framed, files written once, and what did not change linked from the old site."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from modelry.catalog import articles, frames
from modelry.catalog.articles import Article
from modelry.catalog.frames import Frame, Kind
from modelry.model.files import Files
from modelry.storage.site import checking, state
from modelry.storage.site.checking import Link
from modelry.storage.site.state import PartState

PAGE = "index.md"

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
"""Never into a file that is there: it may be the old site's as well."""


class Written(NamedTuple):
    """What came of writing some files."""

    files: dict[str, tuple[str, int]]
    """SHA-256 and size by path."""
    links: list[Link]
    """Where their pages lead."""
    found: list[tuple[str, str, str]]
    """Of the pages that the theme's search finds: address, title, description."""


class Writer:
    """Writes into one folder."""

    def __init__(self, folder: Path, tabs: frozenset[str], known: Mapping[Kind, Frame]) -> None:
        self._top = os.fspath(folder)
        self._tabs = tabs
        self._frames = known
        self._folders: set[str] = {""}

    def put(self, files: Files) -> Written:
        """Write files, each page in its frame."""
        done: dict[str, tuple[str, int]] = {}
        first: dict[str, str] = {}
        links: set[Link] = set()
        found: list[tuple[str, str, str]] = []
        for path, given in files.items():
            target, data = path, given
            if path.endswith(PAGE):
                article = articles.article(given.decode())
                folder = path.removesuffix(PAGE)
                target, data = f"{folder}index.html", self._page(folder, article)
                links |= checking.links(target, article.html)
                if "search" not in article.matter:
                    found.append((folder, article.matter["title"], article.matter["description"]))
            digest = hashlib.sha256(data).hexdigest()
            done[target] = (digest, len(data))
            self._write(target, data, first.setdefault(digest, target))
        return Written(done, sorted(links), found)

    def _page(self, folder: str, article: Article) -> bytes:
        return frames.framed(self._frames[frames.kind(folder, article, self._tabs)], folder, article)

    def _write(self, path: str, data: bytes, same: str) -> None:
        self._folder(path.rpartition("/")[0])
        if same != path:
            os.link(f"{self._top}/{same}", f"{self._top}/{path}")
            return
        file = os.open(f"{self._top}/{path}", _NEW, 0o666)
        try:
            while data:
                data = data[os.write(file, data) :]
        finally:
            os.close(file)

    def link(self, old: Path, part: PartState) -> bool:
        """Take a part's files over from the old site; not where one of them is not what it was."""
        if state.seal(old, part.files) != part.seal:
            return False
        top = os.fspath(old)
        for path in part.files:
            self._folder(path.rpartition("/")[0])
            os.link(f"{top}/{path}", f"{self._top}/{path}", follow_symlinks=False)
        return True

    def _folder(self, folder: str) -> None:
        if folder not in self._folders:
            self._folder(folder.rpartition("/")[0])
            with suppress(FileExistsError):  # another process was first
                os.mkdir(f"{self._top}/{folder}")  # noqa: PTH102 - 10,000 times, and no pathlib elsewhere here
            self._folders.add(folder)
