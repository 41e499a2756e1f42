"""Files that only their owner can read or write: where the client keeps them, whole, one writer at a time."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
LARGEST = 16 << 20
"""How many bytes a file has at most that is read whole."""


def cache() -> Path | None:
    """Give the folder of what can be fetched again; None where nothing is to be kept (`MODELRY_CACHE=`)."""
    return _home("XDG_CACHE_HOME", ".cache")


def memory() -> Path | None:
    """Give the folder of what cannot be had again once it is forgotten; None as `cache`."""
    return _home("XDG_STATE_HOME", ".local/state")


def _home(variable: str, default: str) -> Path | None:
    asked = os.environ.get("MODELRY_CACHE")
    if asked is not None:
        return Path(os.path.abspath(asked)) if asked else None  # noqa: PTH100 - links stay
    base = os.environ.get(variable) or ""
    if not base.startswith("/"):  # as the XDG specification has it
        with suppress(RuntimeError):  # a user without a home
            return Path("~", default, "modelry").expanduser()
        return None
    return Path(base, "modelry")


def is_ours(found: os.stat_result) -> bool:
    """Whether nobody else could have written there."""
    return found.st_uid == os.geteuid() and not found.st_mode & 0o077


def folder(path: Path) -> Path:
    """Make a folder that nobody else may look into; raises `OSError`, also where somebody else's lies there."""
    _make(path)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or not is_ours(status):
        raise PermissionError(f"{path} is not a folder of ours alone")
    return path


def _make(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError:
        _make(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


def read(path: Path) -> bytes | None:
    """Give a file's bytes; None where there is none, or where somebody else may have written it."""
    try:
        if not is_ours(path.parent.lstat()):
            return None
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123
            found = os.fstat(file.fileno())
            fits = stat.S_ISREG(found.st_mode) and is_ours(found) and found.st_size <= LARGEST
            return file.read() if fits else None
    except OSError:
        return None


def write(path: Path, data: bytes) -> None:
    """Replace a file in one step; raises `OSError`. Who writes at the same time holds the file's lock."""
    folder(path.parent)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock that goes with a file, as one process and one thread at a time; raises `OSError`.

    Gives whether it was free at once. The lock's own file is gone when nobody needs it.
    """
    folder(path.parent)
    lock = path.with_name(f"{path.name}.lock")
    held, was_free = _locked(lock)
    try:
        yield was_free
    finally:
        with suppress(OSError):
            lock.unlink()
        os.close(held)


def _locked(lock: Path) -> tuple[int, bool]:
    was_free = True
    while True:
        held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                was_free = False
                fcntl.flock(held, fcntl.LOCK_EX)
            # Whoever had it may have removed the file while we waited: then another one is the lock now.
            if os.fstat(held).st_nlink > 0:
                return held, was_free
        except BaseException:
            os.close(held)
            raise
        os.close(held)


def size(text: str) -> int | None:
    """Read a size as people write it, `20G` or `500 MB`; None for anything else."""
    plain = text.strip().lower().removesuffix("b").removesuffix("i").rstrip()
    number, unit = (plain[:-1], plain[-1]) if plain[-1:] in _SIZES and plain[-1:] else (plain, "")
    return int(number) * _SIZES[unit] if number.strip().isdecimal() and number.isascii() else None
