"""What is around the pages: built by mkdocs once, and kept as long as nothing of it changes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from modelry.catalog import frames
from modelry.catalog.frames import Frame, Kind, Sections
from modelry.model.files import Files
from modelry.storage.site import engine

_DROPPED = ("sitemap.xml", "sitemap.xml.gz", "search/search_index.json")
"""What mkdocs says of the whole site, of which it saw the probes."""


@dataclass(frozen=True)
class Theme:
    """The frames of pages, and the files that they need."""

    key: str
    """A digest of all that they were made of."""
    frames: Mapping[Kind, Frame]
    files: Files
    """The theme's own, and the pages that somebody wrote; empty where they were made before."""

    @cached_property
    def digest(self) -> str:
        """A digest of the frames that pages without a tab have: of what thousands of them are made of."""
        rows = sorted((kind, repr(frame)) for kind, frame in self.frames.items() if not kind.is_tab)
        return hashlib.blake2b(repr(rows).encode(), digest_size=16).hexdigest()


def made(sources: Files, written: Files, kinds: frozenset[Kind], home: Path, when: datetime) -> Theme:
    """Let mkdocs build the frames of these kinds, and the pages that somebody wrote."""
    probes = frames.probes(kinds)
    docs = {f"docs/{path}": data for path, data in {**written, **probes}.items()}
    built = engine.built({**sources, **docs}, home, when)
    known = frames.learned(kinds, built)
    probed = {f"{path.removesuffix('.md')}.html" for path in probes}
    own = {path.removeprefix("docs/") for path in docs if not path.endswith(".md")}
    files = {path: data for path, data in built.items() if path not in probed | own and path not in _DROPPED}
    return Theme(key(sources, written), known, {**files, **{path: written[path] for path in own}})


def widened(theme: Theme, sources: Files, kinds: frozenset[Kind], home: Path, when: datetime) -> Theme:
    """Give a theme that has the frames of these kinds as well."""
    more = made(sources, {}, kinds, home, when)
    return replace(theme, frames={**theme.frames, **more.frames})


def key(sources: Files, written: Files) -> str:
    """Give a digest of what a theme is made of."""
    digest = hashlib.blake2b(digest_size=16)
    for name in ("mkdocs", "mkdocs-material", "markdown"):
        digest.update(f"{name} {version(name)}\n".encode())
    for files in (sources, written):
        for path, data in sorted(files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def told(theme: Theme) -> Any:  # noqa: ANN401 - as JSON has it
    """Give the frames as JSON can hold them."""
    return [
        [kind, [list(part) if isinstance(part, Sections) else part for part in frame]]
        for kind, frame in theme.frames.items()
    ]


def remembered(key: str, facts: Any) -> Theme:  # noqa: ANN401 - as JSON has it
    """Give a theme whose files were made before."""
    known = {
        Kind(path, is_tab, tuple(hide), has_sections): tuple(
            part if isinstance(part, str) else Sections(*part) for part in frame
        )
        for (path, is_tab, hide, has_sections), frame in facts
    }
    return Theme(key, known, {})
