"""What stays of what was fetched: no more than was granted, what was not used for longest goes first, nothing that a lock names."""

import fcntl
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from modelry.client import locking, private
from modelry.errors import RegistryError, UsageError

USED, PART, _LOCK = ".used", ".part", ".lock"
DEFAULT = 10 << 30
"""Bytes that are kept at most, and never more than a tenth of the file system, unless `MODELRY_CACHE_SIZE` says so."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LEFT = re.compile(r"\.?[0-9a-f]{64}\.(part|lock|used(\.[0-9]+)?)")
_DAY = 24 * 3600


class Kept(NamedTuple):
    """One file's bytes in a cache."""

    path: Path
    size: int
    used: float
    """When somebody took it last, in seconds since 1970."""
    is_held: bool
    """Whether a lock names it."""

    @property
    def sha256(self) -> str:
        """What its bytes should hash to."""
        return self.path.name


def granted(root: Path) -> int:
    """Give how many bytes may be kept; raises `UsageError` where that was told in no size."""
    told = os.environ.get("MODELRY_CACHE_SIZE")
    if told:
        size = private.size(told)
        if size is None:
            raise UsageError(f"MODELRY_CACHE_SIZE is {told!r}, which is no size", hint="write 20G, or 500M")
        return size
    disk = os.statvfs(root)
    return min(DEFAULT, disk.f_blocks * disk.f_frsize // 10)


def touch(place: Path) -> None:
    """Note that a file was used just now."""
    used = place.with_name(place.name + USED)
    with suppress(OSError):
        try:
            os.utime(used)
        except FileNotFoundError:  # of one that says nothing, nothing can be lost
            os.close(os.open(used, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def listed(root: Path) -> list[Kept]:
    """Give all that is kept, what was used last first."""
    held = _held()
    found = [_kept(entry, held) for entry in _entries(root) if _DIGEST.fullmatch(entry.name)]
    return sorted(found, key=lambda kept: (-kept.used, kept.sha256))


def trim(root: Path) -> None:
    """Let go of what is too much. One process does that at a time; the others leave it to that one."""
    with suppress(OSError):
        lock = os.open(root / "sha256" / "trim", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _trim(root)
        finally:
            os.close(lock)


def clear(root: Path) -> list[Kept]:
    """Let go of all that is kept but for what a lock names; give what that was."""
    gone = [kept for kept in listed(root) if not kept.is_held]
    for kept in gone:
        remove(kept.path)
    _sweep(root, 0)
    return gone


def remove(place: Path) -> None:
    """Let go of one file; who is reading it reads on."""
    for path in (place, place.with_name(place.name + USED)):
        with suppress(OSError):
            path.unlink()


def hold(lock: Path) -> None:
    """Remember that a file locks versions, whose bytes stay as long as it names them."""
    home, path = private.memory(), os.path.abspath(lock)  # noqa: PTH100 - links stay
    if home is None or path in _locks():
        return
    with suppress(OSError), private.alone(home / "locks.json"):
        known = {*filter(os.path.exists, _locks()), path}
        private.write(home / "locks.json", json.dumps(sorted(known)).encode())


def _locks() -> list[str]:
    home = private.memory()
    try:
        told: Any = json.loads((home and private.read(home / "locks.json")) or b"[]")
        return [str(path) for path in told]
    except (ValueError, TypeError, RecursionError):
        return []


def _held() -> set[str]:
    """Give the digests of all files that locks name."""
    found: set[str] = set()
    for path in _locks():
        with suppress(RegistryError, OSError):  # it is gone, or no lock any more
            for one in locking.read(Path(path)):
                found.update([one.sha256] if one.files is None else (file.sha256 for file in one.files))
    return found


def _trim(root: Path) -> None:
    _sweep(root, _DAY)
    kept = listed(root)
    over = sum(one.size for one in kept) - granted(root)
    for one in reversed(kept):
        if over <= 0:
            return
        if not one.is_held:
            remove(one.path)
            over -= one.size


def _sweep(root: Path, age: float) -> None:
    """Remove what killed processes left behind, so many seconds ago."""
    for entry in _entries(root):
        if _LEFT.fullmatch(entry.name) and not _is_needed(entry):
            with suppress(OSError):
                if entry.stat().st_mtime <= time.time() - age:
                    os.unlink(entry.path)  # noqa: PTH108


def _is_needed(entry: "os.DirEntry[str]") -> bool:
    """Whether a note goes with bytes that are there, or a lock with a fetch that goes on."""
    for ending, of in ((USED, ""), (_LOCK, PART)):
        if entry.name.endswith(ending) and os.path.exists(entry.path.removesuffix(ending) + of):  # noqa: PTH110
            return True
    return False


def _entries(root: Path) -> Iterator["os.DirEntry[str]"]:
    with suppress(OSError), os.scandir(root / "sha256") as folders:
        for folder in folders:
            if folder.is_dir(follow_symlinks=False):
                with suppress(OSError), os.scandir(folder) as entries:
                    yield from list(entries)


def _kept(entry: "os.DirEntry[str]", held: set[str]) -> Kept:
    status = entry.stat(follow_symlinks=False)
    try:
        used = os.stat(entry.path + USED).st_mtime  # noqa: PTH116
    except OSError:
        used = status.st_mtime
    return Kept(Path(entry.path), status.st_size, used, entry.name in held)
