"""What is kept between two runs: files that only their owner can read or write, and that may go at any time."""

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_LARGEST = 64 * 1024 * 1024
_MOST = 20
"""How many files are kept; the one that was written longest ago is forgotten."""


def home() -> Path | None:
    """Give the folder for what is kept; None where nothing is to be kept, as in CI, where every verdict is a fresh one."""
    asked = os.environ.get("MODELRY_CACHE")
    if os.environ.get("CI") or asked == "" or sys.platform == "win32":
        return None
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser(), "modelry")
    return Path(asked) if asked else default


def tool(*libraries: str) -> bytes:
    """Say which code of ours, and of these libraries, is at work: a working copy changes without its version."""
    origins = [spec.origin for name in libraries if (spec := find_spec(name)) is not None and spec.origin]
    used = [(origin, _facts(os.stat(origin))) for origin in origins]  # noqa: PTH116 - a name, and no path
    return repr([sys.version, stamp(str(Path(__file__).parents[1]), "__pycache__"), used]).encode()


def stamp(folder: str, without: str = "") -> tuple[str, int]:
    """Give a digest of what the file system says of all files below a folder, and when one was last changed."""
    rows: list[tuple[str, tuple[int, ...]]] = []
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [entry.path] if entry.name != without else []
                else:
                    rows.append((entry.path, _facts(entry.stat(follow_symlinks=False))))
    rows.sort()
    newest = max((facts[_CHANGED] for _, facts in rows), default=0)
    return hashlib.blake2b(repr(rows).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest(), newest


def _facts(of: os.stat_result) -> tuple[int, ...]:
    return of.st_mode, of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino, of.st_dev


_CHANGED = 3
"""Which of these says when bytes or mode were changed last: unlike the time before it, nobody can set it."""


def _is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


def read(place: Path) -> bytes:
    """Give what was kept; nothing where there is none, or where somebody else may have written it."""
    try:
        if not _is_private(place.parent.lstat()):
            return b""
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            fits = stat.S_ISREG(found.st_mode) and _is_private(found) and found.st_size <= _LARGEST
            return file.read() if fits else b""
    except OSError:
        return b""


def write(place: Path, data: bytes) -> None:
    """Keep this, whole; where that cannot be done, it is done the next time."""
    with suppress(OSError):
        _written(place, data)


def _written(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not stat.S_ISDIR(place.parent.lstat().st_mode) or not _is_private(place.parent.lstat()):
        return
    others = sorted(place.parent.glob("*.json"), key=lambda path: path.lstat().st_mtime_ns)
    for path in [other for other in others if other != place][: -(_MOST - 1)]:
        path.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(
        ".json", dir=place.parent
    )  # for its owner alone; if left behind, it is forgotten
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, place)  # noqa: PTH105 - a name, and no path
    except OSError:
        os.unlink(name)  # noqa: PTH108
        raise
