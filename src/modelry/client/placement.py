"""Putting in place what was fetched: whoever looks finds nothing, all of the old, or all of the new."""

import errno
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelry.errors import RegistryError

_LOCK = "lock"
_NEW = "new"
_OLD = "old"
# What a rename says when something lies at its target that it cannot replace.
_OCCUPIED = {errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR, errno.ENOTDIR}
_TRIES = 10


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a path at which to make a file or folder that takes its target's place when the block ends well.

    The work is done in a folder `.<name>.pull-…` beside the target, locked while we live. A killed process
    leaves it behind; the next `sweep` removes it, and puts back what had been moved aside.
    """
    with _errors_of(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        work, lock = _workplace(target)
        try:
            yield work / _NEW
            _swap(work, target)
            sync(target.parent)
        finally:
            _clear(work, target, lock)


def sweep(target: Path) -> None:
    """Remove what killed processes left beside a target; where one died between two renames, restore the old."""
    with _errors_of(target):
        for work in sorted(target.parent.glob(f".{_escaped(target.name)}.pull-*")):
            lock = _lock(work, fcntl.LOCK_EX | fcntl.LOCK_NB) if _is_ours(work) else None
            if lock is not None:
                _clear(work, target, lock)


def sync(path: Path) -> None:
    """Make sure that a file, or a folder's list of names, survives a loss of power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _workplace(target: Path) -> tuple[Path, int]:
    """Make a folder of our own, and lock it; a sweep that came between the two has removed it again."""
    for _ in range(_TRIES):
        work = target.with_name(f".{target.name}.pull-{secrets.token_hex(4)}")
        work.mkdir(mode=0o700)
        try:
            lock = _lock(work, fcntl.LOCK_EX)
        except OSError:
            shutil.rmtree(work, ignore_errors=True)
            raise
        if lock is not None:
            return work, lock
    raise RegistryError(f"cannot work beside {target}: its folder is being cleaned all the time")


def _is_ours(work: Path) -> bool:
    # A link, or somebody else's folder, in a place that many may write to is none of our business.
    try:
        status = work.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _lock(work: Path, how: int) -> int | None:
    """Take the lock of a folder; None when somebody has it, or the folder went away."""
    path = work / _LOCK
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, how)
        # While we waited, whoever had it may have removed the folder.
        if os.fstat(lock).st_nlink > 0:
            return lock
    except BlockingIOError:
        pass
    except OSError:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _clear(work: Path, target: Path, lock: int) -> None:
    """Remove a folder of work, then let go of it; what stepped aside for a target that never came goes back first."""
    try:
        for old in sorted(work.glob(f"{_OLD}*"), reverse=True):
            if not os.path.lexists(target):
                _put_back(old, target)
        # The lock goes last: whoever makes a new one finds nothing that is half removed, and could be put back.
        for made in work.iterdir():
            if made.name != _LOCK:
                _remove(made)
        shutil.rmtree(work, ignore_errors=True)
    finally:
        os.close(lock)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _put_back(old: Path, target: Path) -> None:
    try:
        old.rename(target)
    except OSError as error:
        if error.errno not in _OCCUPIED:  # somebody else's new one came in between: it stands
            raise


def _swap(work: Path, target: Path) -> None:
    for attempt in range(_TRIES):
        try:
            (work / _NEW).rename(target)
        except OSError as error:
            if error.errno not in _OCCUPIED:
                raise
            # A folder cannot be renamed over another: the old one steps aside, and stays whole until we are done.
            with suppress(FileNotFoundError):
                target.rename(work / f"{_OLD}{attempt}")
        else:
            return
    raise RegistryError(f"cannot replace {target}: others write there all the time")


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


@contextmanager
def _errors_of(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(f"cannot write {target}: {error.strerror or error}") from error
