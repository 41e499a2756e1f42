"""Objects of a DVC remote, read by its layout, wherever it is, with neither DVC nor a cache."""

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from modelry.errors import RegistryError
from modelry.storage.access import Access
from modelry.storage.bodies import AbsentError, Body, ForbiddenError, IrregularError, shown

__all__ = [
    "AbsentError",
    "Access",
    "Body",
    "ForbiddenError",
    "IrregularError",
    "address",
    "beside",
    "location",
    "open_file",
    "open_object",
    "open_part",
    "shown",
    "size",
    "sizes",
]

FEW = 32
"""How many objects are rather asked for one by one than by listing all that there is."""

WORKERS = 8
"""How many objects are asked for at a time over a network."""

_EXTRAS = {"gs": "gs", "azure": "azure", "abfs": "azure"}


class Part(Body, Protocol):
    """An object, or some of it."""

    @property
    def total(self) -> int | None:
        """How many bytes the whole object has; None where that is not known before."""


class Far(Part, Protocol):
    """An object that comes over a network."""

    def close(self) -> None:
        """Let go of the connection."""


class Store(Protocol):
    """How the remotes of a kind are read over a network."""

    def opened(self, where: str, access: Access, start: int = 0, stop: int | None = None) -> Far:
        """Open the bytes of an object from `start` on and before `stop`, or all of it where the kind knows no parts.

        Raises `AbsentError` where nothing lies, `IrregularError` where something else does.
        """

    def size(self, where: str, access: Access) -> int | None:
        """Give the size of an object; raises as `opened`."""

    def sizes(self, remote: str, md5s: Collection[str], access: Access) -> Mapping[str, int | None] | None:
        """Give the sizes of what a remote has by listing it; None where these are better asked for one by one."""


def location(url: str, base: Path) -> str:
    """Give a remote's address as its objects are read from; a relative folder is seen from `base`."""
    return url.rstrip("/") if "://" in url else os.path.normpath(base / url)


def address(remote: str, md5: str) -> str:
    """Give the address of an object in a remote."""
    return f"{remote}/files/md5/{md5[:2]}/{md5[2:]}"


def beside(object_address: str, md5: str) -> str:
    """Give the address of another object in the remote of a first."""
    return address(object_address.rsplit("/", 4)[0], md5)


@contextmanager
def open_object(where: str, access: Access | None = None) -> Iterator[Body]:
    """Open the object at an address: a path, or file://, http(s)://, webdav(s)://, s3://, ssh://.

    Raises `AbsentError` where nothing lies, `IrregularError` where something else does, `RegistryError` where
    it cannot be read. Without `access`, remotes are asked with what the environment says.
    """
    with open_part(where, 0, None, access or Access()) as whole:
        yield whole


@contextmanager
def open_part(where: str, start: int, stop: int | None, access: Access) -> Iterator[Part]:
    """Open the bytes of an object from `start` on and before `stop`, or all of it where that cannot be; raises as `open_object`."""
    store = _store(where)
    if store is None:
        with open_file(_path(where)) as file:
            yield _File(file, where)
        return
    body = store.opened(where, access, start, stop)
    try:
        yield body
    finally:
        body.close()


def _store(where: str) -> Store | None:
    """Give how an address is read; None for a folder's. What talks to a network is imported when it is needed."""
    scheme, sign, _ = where.partition("://")
    match scheme if sign else "file":
        case "file":
            return None
        case "s3":
            from modelry.storage import s3  # noqa: PLC0415

            return s3
        case "http" | "https" | "webdav" | "webdavs":
            from modelry.storage import webdav  # noqa: PLC0415

            return webdav
        case "ssh":
            from modelry.storage import ssh  # noqa: PLC0415

            return ssh
    extra = f"modelry[{_EXTRAS[scheme]}] will; until then, " if scheme in _EXTRAS else ""
    raise RegistryError(
        f"{shown(where)}: {scheme}:// is not read by this version",
        hint=f"{extra}in a clone: dvc pull POINTER",
    )


def size(where: str, access: Access | None = None) -> int | None:
    """Give the size of an object; None where none lies, or something that can be none.

    Raises `RegistryError` where it cannot be told.
    """
    store = _store(where)
    try:
        return _lying(_path(where)) if store is None else store.size(where, access or Access())
    except (AbsentError, IrregularError):
        return None


def _lying(path: str) -> int | None:
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read: {error.strerror}") from error
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def sizes(remote: str, md5s: Collection[str], access: Access) -> Mapping[str, int | None]:
    """Give the sizes of those of these objects that a remote has, and maybe of others.

    A few are asked for one by one, many by listing the remote, as far as it lets itself be listed.
    """
    store = _store(remote)
    listed = store.sizes(remote, md5s, access) if store is not None and len(md5s) > FEW else None
    if listed is not None:
        return listed

    def one(md5: str) -> tuple[str, int | None]:
        return md5, size(address(remote, md5), access)

    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a consumer never asks for many

    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(pool.map(one, md5s))


def _path(where: str) -> str:
    if not where.startswith("file://"):
        return where
    from urllib.parse import unquote  # noqa: PLC0415 - most addresses are plain paths

    return unquote("/" + where.removeprefix("file://").partition("/")[2])


@contextmanager
def open_file(path: str) -> Iterator[BinaryIO]:
    """Open a regular file, and nothing through a symbolic link. Raises as `open_object`."""
    try:
        # A FIFO must not keep us waiting; for a regular file, not to block means nothing.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AbsentError(f"{path}: there is no such file") from error
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114 - it is a text
            raise IrregularError(f"{path}: cannot be read: is a symbolic link") from error
        raise RegistryError(f"{path}: cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IrregularError(f"{path}: is not a regular file")
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor has no path
        yield file


class _File:
    """An object in a folder."""

    def __init__(self, file: IO[bytes], where: str) -> None:
        self._file = file
        self._where = where
        self.size: int | None = os.fstat(file.fileno()).st_size
        self.total = self.size

    def read(self, limit: int, /) -> bytes:
        try:
            return self._file.read(limit)
        except OSError as error:
            raise RegistryError(f"{self._where}: cannot be read: {error.strerror}") from error
