"""The bytes of artifacts by their SHA-256, for all who pull them here: fetched once, and verified whenever they are used.

sha256/<aa>/<digest>        the bytes of a file, which nobody may write to
sha256/<aa>/<digest>.used   when they were used last, by its own time; what the file system said of them when they
                            were last found right and on stable storage
sha256/<aa>/<digest>.part   what is being fetched, by who holds <digest>.lock
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from modelry.client import keeping, placement, private, verification
from modelry.client.resolution import File
from modelry.errors import IntegrityError, RegistryError

Write = Callable[[Path, Path], None]
"""Copies the file's bytes from a path to another, verified; raises `RegistryError` for any other bytes."""
Fetch = Callable[[Path], None]
"""Fetches the file's bytes to a path, verified; raises `RegistryError` where they cannot be had."""

_CLONE = 0x40049409
"""Linux' FICLONE: two files share their blocks until one of them is written to."""


def default(*, link: bool = False) -> "Cache | None":
    """Give the cache of this machine's user; None where nothing is to be kept."""
    home = private.cache()
    return None if home is None else Cache(home, link)


def must() -> "Cache":
    """Give the cache of this machine's user; raises `RegistryError` where nothing is to be kept."""
    found = default()
    if found is None:
        raise RegistryError("nothing is kept: MODELRY_CACHE is empty", hint="unset it")
    private.folder(found.root / "sha256")
    return found


def verify(root: Path) -> list[str]:
    """Read all that is kept, let go of what is not what its name says, and say what that was."""
    wrong = []
    for kept in keeping.listed(root):
        if told := verification.of_file(kept.path, kept.size, kept.sha256):
            keeping.remove(kept.path)
            wrong.append(told)
        else:
            with suppress(OSError):
                mark(kept.path)
    return wrong


class Cache(NamedTuple):
    """A folder of bytes."""

    root: Path
    link: bool = False
    """Whether who takes a file gets the very file, to be read only."""
    full: bool = False
    """Whether nothing is to be added."""

    def before(self, size: int) -> "Cache":
        """Give the cache as it is to be used for so many bytes: where they are too many, nothing of them is kept."""
        try:
            private.folder(self.root / "sha256")
            return self._replace(full=size > keeping.granted(self.root))
        except OSError:
            return self._replace(full=True)

    def after(self, files: Iterable[File], *, grew: bool) -> None:
        """Note that what was given has got its final names; where some of it is new, let go of what is too much."""
        for file in files if self.link else ():
            renew(self.place(file))
        if grew and not self.full:
            keeping.trim(self.root)

    def place(self, file: File) -> Path:
        """Say where a file's bytes lie, if they do."""
        return self.root / "sha256" / file.sha256[:2] / file.sha256

    def has(self, file: File) -> bool:
        """Whether bytes lie there that may be the file's."""
        found = _status(self.place(file))
        return found is not None and found.st_size == file.size

    def give(self, file: File, into: Path, write: Write, fetch: Fetch) -> bool:
        """Make a file of these bytes at a path: from here or, once for all who ask at the same time, by fetching them.

        Gives whether they were fetched. Where nothing can be kept, they are fetched all the same.
        """
        place = self.place(file)
        with suppress(OSError):
            private.folder(self.root / "sha256")
            if self._taken(file, into, write):
                return False
            with private.alone(place):
                if self._taken(file, into, write):  # somebody fetched it while we waited
                    return False
                if not self.full:
                    self._fetched(place, fetch)
                    if self._taken(file, into, write):
                        return True
        into.unlink(missing_ok=True)
        fetch(into)
        return True

    def _fetched(self, place: Path, fetch: Fetch) -> None:
        for old in (
            place,
            place.with_name(place.name + keeping.PART),
            place.with_name(place.name + keeping.USED),
        ):
            old.unlink(missing_ok=True)
        part = place.with_name(place.name + keeping.PART)
        try:
            fetch(part)
            part.chmod(0o444)
            part.rename(place)
        finally:
            part.unlink(missing_ok=True)
        keeping.touch(place)

    def _taken(self, file: File, into: Path, write: Write) -> bool:
        """Make a file of what lies here; False where that is nothing, or not the file's bytes."""
        place = self.place(file)
        if not self.has(file):
            return False
        into.unlink(missing_ok=True)
        if not self._shared(file, into):
            try:
                write(place, into)
            except RegistryError:  # it was altered, or cleared meanwhile
                return False
        keeping.touch(place)
        return True

    def _shared(self, file: File, into: Path) -> bool:
        """Make a file of the same blocks, or the same file, where that can be done, of bytes that are known to be right."""
        place = self.place(file)
        if not self.link and not _clones(place, into):
            return False
        try:
            if not is_right(place):
                if wrong := verification.of_file(place, file.size, file.sha256):
                    raise IntegrityError(wrong)
                mark(place)
            if self.link:
                into.hardlink_to(place)
            else:
                into.chmod(0o644)
                placement.sync(into)
        except (OSError, RegistryError):
            into.unlink(missing_ok=True)
            return False
        return True


def _clones(place: Path, into: Path) -> bool:
    try:
        with place.open("rb") as source, into.open("xb") as target:
            fcntl.ioctl(target.fileno(), _CLONE, source.fileno())
    except OSError:
        into.unlink(missing_ok=True)
        return False
    return True


def renew(place: Path) -> None:
    """Note that a file of ours was only given another name, which changes a time that the file system tells."""
    with suppress(OSError):
        before, found = private.read(place.with_name(place.name + keeping.USED)), place.lstat()
        if before is not None and before.split()[1:] == _facts(found).split()[1:]:
            private.write(place.with_name(place.name + keeping.USED), _facts(found))


def is_right(place: Path) -> bool:
    """Whether nothing was done to a file since it was found right and on stable storage."""
    found = _status(place)
    return found is not None and private.read(place.with_name(place.name + keeping.USED)) == _facts(found)


def mark(place: Path) -> None:
    """Note that a file was found right; raises `OSError`."""
    placement.sync(place)
    private.write(place.with_name(place.name + keeping.USED), _facts(place.lstat()))


def _status(place: Path) -> os.stat_result | None:
    try:
        found = place.lstat()
        ours = private.is_ours(place.parent.lstat()) and found.st_uid == os.geteuid()
        return found if ours and stat.S_ISREG(found.st_mode) and not found.st_mode & 0o022 else None
    except OSError:
        return None


def _facts(found: os.stat_result) -> bytes:
    facts = (found.st_ctime_ns, found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)
    return " ".join(map(str, facts)).encode()
