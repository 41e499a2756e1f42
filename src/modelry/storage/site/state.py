"""What a site was built from, kept beside it, so that the next build makes only what is new."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modelry.storage import folders

_FORMAT = 1


@dataclass(frozen=True)
class PartState:
    """A part as it was written."""

    key: str
    files: Mapping[str, tuple[str, int]]
    """SHA-256 and size by path in the site."""
    seal: str = ""
    """What the file system said of these files then."""
    facts: Any = None


State = Mapping[str, PartState]
"""The parts of a site by name."""


def place(site: Path) -> Path:
    """Give where a site's state is kept."""
    return site.with_name(f".{site.name}.state")


def read(site: Path) -> State:
    """Give a site's state; nothing where there is none that can be read."""
    try:
        told = json.loads(folders.content(place(site)) or b"{}")
        if told.get("format") != _FORMAT:
            return {}
        return {name: PartState(**part) for name, part in told["parts"].items()}
    except (ValueError, TypeError, AttributeError, KeyError):
        return {}


def write(site: Path, state: State) -> None:
    """Keep a site's state; where that cannot be done, the next build makes everything."""
    parts = {name: asdict(part) for name, part in state.items()}
    target = place(site)
    fresh = target.with_name(f"{target.name}.new-{os.getpid()}")
    with suppress(OSError):
        fresh.write_text(json.dumps({"format": _FORMAT, "parts": parts}), "utf-8")
        fresh.replace(target)
    fresh.unlink(missing_ok=True)


def seal(site: Path, paths: Iterable[str]) -> str:
    """Give a digest of size, time and inode of files; empty where one is missing.

    As git's index does: a file of which these are the same was not altered.
    """
    digest = hashlib.blake2b(digest_size=16)
    top = os.fspath(site)
    try:
        for path in sorted(paths):
            found = os.stat(f"{top}/{path}", follow_symlinks=False)  # noqa: PTH116 - a third of pathlib's time, 50,000 times
            digest.update(f"{path}\0{found.st_size} {found.st_mtime_ns} {found.st_ino}\n".encode())
    except OSError:
        return ""
    return digest.hexdigest()
