"""Objects of a DVC remote, read by its layout: from a folder, over HTTP or from S3, with neither DVC nor a cache."""

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from modelry.errors import RegistryError
from modelry.storage.access import Access
from modelry.storage.bodies import AbsentError, Body, IrregularError, shown

if TYPE_CHECKING:
    from modelry.storage.web import Download

__all__ = [
    "AbsentError",
    "Access",
    "Body",
    "IrregularError",
    "address",
    "beside",
    "location",
    "open_file",
    "open_object",
    "shown",
    "size",
    "sizes",
]

FEW = 32
"""How many objects are rather asked for one by one than by listing all that there is."""

WORKERS = 8
"""How many objects are asked for at a time over a network."""

_EXTRAS = {
    "ssh": "ssh",
    "sftp": "ssh",
    "gs": "gs",
    "azure": "azure",
    "abfs": "azure",
    "webdav": "webdav",
    "webdavs": "webdav",
}


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
    """Open the object at an address: a path, file://, http://, https:// or s3://.

    Raises `AbsentError` where nothing lies, `IrregularError` where something else does, `RegistryError` where
    it cannot be read. Without `access`, S3 is asked with what the environment says.
    """
    scheme, sign, path = where.partition("://")
    if not sign or scheme == "file":
        with open_file(_path(path) if sign else where) as file:
            yield _File(file, where)
    elif scheme in {"http", "https", "s3"}:
        download = _download(where, scheme, access or Access())
        try:
            yield download
        finally:
            download.close()
    else:
        extra = f"modelry[{_EXTRAS[scheme]}] will; until then, " if scheme in _EXTRAS else ""
        raise RegistryError(
            f"{shown(where)}: {scheme}:// is not read by this version",
            hint=f"{extra}in a clone: dvc pull POINTER",
        )


def _download(where: str, scheme: str, access: Access) -> "Download":
    if scheme == "s3":
        from modelry.storage import s3  # noqa: PLC0415 - HTTP takes longer to import than a file to read

        return s3.bucket(where, access).open(where)
    from modelry.storage import web  # noqa: PLC0415 - the same

    return web.Download(where)


def size(where: str, access: Access | None = None) -> int | None:
    """Give the size of an object; None where none lies, or something that can be none.

    Raises `RegistryError` where it cannot be told.
    """
    if "://" not in where:
        return _lying(where)
    try:
        if where.startswith("s3://"):
            from modelry.storage import s3  # noqa: PLC0415 - see `_download`

            return s3.bucket(where, access or Access()).size(where)
        with open_object(where, access) as body:
            return body.size
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
    if remote.startswith("s3://") and len(md5s) > FEW:
        from modelry.storage import s3  # noqa: PLC0415 - see `_download`

        with suppress(s3.ForbiddenError):
            listed = s3.sizes(remote, len(md5s), access)
            if listed is not None:
                return listed

    def one(md5: str) -> tuple[str, int | None]:
        return md5, size(address(remote, md5), access)

    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a consumer never asks for many

    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(pool.map(one, md5s))


def _path(rest: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415 - most addresses are plain paths

    return unquote(f"/{rest.partition('/')[2]}")


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

    def read(self, limit: int, /) -> bytes:
        try:
            return self._file.read(limit)
        except OSError as error:
            raise RegistryError(f"{self._where}: cannot be read: {error.strerror}") from error
