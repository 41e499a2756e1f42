"""Objects of a DVC remote, read by its layout: from a folder or over HTTP, with neither DVC nor a cache."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from modelry import __version__
from modelry.errors import RegistryError

if TYPE_CHECKING:
    from http.client import HTTPResponse

ATTEMPTS = 4
"""How often a request is sent before an error of the network, or of the server, is believed."""

TIMEOUT = 10.0
"""Seconds that a server may be silent."""

PATIENCE = 60.0
"""Seconds after which a body must have come at the rate of `SLOWEST` so far."""

SLOWEST = 16 * 1024
"""Bytes a second."""

_LONGEST_WAIT = 10.0
_REDIRECTS = 5
_EXTRAS = {
    "s3": "s3",
    "ssh": "ssh",
    "sftp": "ssh",
    "gs": "gs",
    "azure": "azure",
    "abfs": "azure",
    "webdav": "webdav",
    "webdavs": "webdav",
}


class AbsentError(RegistryError):
    """Nothing lies at the address; another remote may have it."""


class Body(Protocol):
    """The bytes of an object as they come."""

    size: int | None
    """How many there will be, where that is known before."""

    def read(self, limit: int, /) -> bytes:
        """Give at most so many bytes more; none only at the end of the whole object. Raises `RegistryError`."""


def location(url: str, base: Path) -> str:
    """Give a remote's address as its objects are read from; a relative folder is seen from `base`."""
    return url.rstrip("/") if "://" in url else os.path.normpath(base / url)


def address(remote: str, md5: str) -> str:
    """Give the address of an object in a remote."""
    return f"{remote}/files/md5/{md5[:2]}/{md5[2:]}"


def beside(object_address: str, md5: str) -> str:
    """Give the address of another object in the remote of a first."""
    return address(object_address.rsplit("/", 4)[0], md5)


def shown(url: str) -> str:
    """Give an address without the password that it may hold."""
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{sign}{host.rpartition('@')[2]}{slash}{path}" if sign else url


@contextmanager
def open_object(where: str) -> Iterator[Body]:
    """Open the object at an address: a path, file://, http:// or https://.

    Raises `AbsentError` where nothing lies, `RegistryError` where it cannot be read.
    """
    scheme, sign, path = where.partition("://")
    if not sign or scheme == "file":
        with open_file(_path(path) if sign else where) as file:
            yield _File(file, where)
    elif scheme in {"http", "https"}:
        download = _Download(where)
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


def _path(rest: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415 - most addresses are plain paths

    return unquote(f"/{rest.partition('/')[2]}")


@contextmanager
def open_file(path: str) -> Iterator[BinaryIO]:
    """Open a regular file, and nothing through a symbolic link. Raises `AbsentError` or `RegistryError`."""
    try:
        # A FIFO must not keep us waiting; for a regular file, not to block means nothing.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AbsentError(f"{path}: there is no such file") from error
    except OSError as error:
        why = "is a symbolic link" if os.path.islink(path) else error.strerror  # noqa: PTH114 - it is a text
        raise RegistryError(f"{path}: cannot be read: {why}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RegistryError(f"{path}: is not a regular file")
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


class _Download:
    """An object on a web server; it goes on where a lost connection left off."""

    def __init__(self, where: str) -> None:
        import time  # noqa: PLC0415 - with HTTP, which takes longer to import than a file to read
        from http.client import HTTPException  # noqa: PLC0415

        self._lost = (OSError, HTTPException, ValueError)
        self._time = time
        self._where = where
        self._tries = 0
        self._at = 0
        self._began = time.monotonic()
        self._response = self._connect()
        self.size = self._response.length

    def read(self, limit: int, /) -> bytes:
        while True:
            if self._time.monotonic() - self._began > PATIENCE + self._at / SLOWEST:
                raise RegistryError(
                    f"{shown(self._where)}: the server is too slow: {self._at:,} bytes until now"
                )
            try:
                data = self._response.read1(limit)
                if not data and self._at < (self.size or 0):
                    raise ConnectionError(f"the connection ended after {self._at:,} of {self.size:,} bytes")
            except self._lost as error:
                self._response.close()
                self._wait(error)
                self._response = self._connect()
            else:
                self._at += len(data)
                return data

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()

    def _connect(self) -> "HTTPResponse":
        while True:
            try:
                return _request(self._where, self._at)
            except self._lost as error:
                self._wait(error)

    def _wait(self, error: Exception) -> None:
        """Wait before the next attempt, or raise what the error means where there should be none."""
        from random import uniform  # noqa: PLC0415 - only when something went wrong

        code: int = getattr(error, "code", 0)
        cause = getattr(error, "reason", "") or error
        told = f"{shown(self._where)}: {f'HTTP {code} ' if code else ''}{getattr(cause, 'strerror', '') or cause}"
        self._tries += 1
        if code in {404, 410}:
            raise AbsentError(told) from error
        # An address that cannot be meant, a certificate that does not verify: ValueErrors both.
        final = isinstance(cause, ValueError) if not code else code < 500 and code not in {408, 429}  # noqa: PLR2004
        if final:
            raise RegistryError(told) from error
        if self._tries == ATTEMPTS:
            raise RegistryError(f"{told} ({ATTEMPTS} attempts)") from error
        asked: str = error.headers.get("Retry-After", "") if code else ""  # type: ignore[attr-defined]  # an HTTPError
        seconds = int(asked) if asked.isascii() and asked.isdigit() else 0.25 * 2**self._tries
        self._time.sleep(min(seconds, _LONGEST_WAIT) * uniform(1.0, 1.25))  # noqa: S311 - it spreads load, it hides nothing


def _request(where: str, start: int) -> "HTTPResponse":
    """Ask for an object from a byte on, following redirects to the web alone and never to less safety."""
    from urllib.error import HTTPError  # noqa: PLC0415 - see `_Download`
    from urllib.parse import quote, urljoin  # noqa: PLC0415

    url = where
    for _ in range(_REDIRECTS + 1):
        response = _send(url, start)
        if response.status in {301, 302, 303, 307, 308}:
            response.close()
            target = urljoin(url, quote(response.headers.get("Location", ""), safe="%/:=&?~#+!$,;'@()*[]"))
            if not target.startswith("https://" if url.startswith("https:") else ("https://", "http://")):
                raise RegistryError(f"{shown(where)}: redirects to {shown(target)}, which is not followed")
            url = target
        elif response.status >= 400:  # noqa: PLR2004 - errors
            response.close()
            raise HTTPError(url, response.status, response.reason, response.headers, None)
        else:
            return _from(response, start, where)
    raise RegistryError(f"{shown(where)}: redirects more than {_REDIRECTS} times")


def _send(url: str, start: int) -> "HTTPResponse":
    from base64 import b64encode  # noqa: PLC0415 - see `_Download`
    from urllib.parse import unquote, urlsplit, urlunsplit  # noqa: PLC0415
    from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request  # noqa: PLC0415

    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    # A compressed body would have another size, and could be a bomb.
    bare = urlunsplit(parts._replace(netloc=host, fragment=""))
    request = Request(bare, headers={"Accept-Encoding": "identity"})  # noqa: S310 - the opener knows HTTP only
    request.add_header("User-Agent", f"modelry/{__version__}")
    if start:
        request.add_header("Range", f"bytes={start}-")
    if user:
        request.add_header("Authorization", f"Basic {b64encode(unquote(user).encode()).decode()}")
    # Made by hand: it knows no file: and no ftp:, and it judges and follows nothing by itself.
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    response: HTTPResponse = opener.open(request, timeout=TIMEOUT)
    return response


def _from(response: "HTTPResponse", start: int, where: str) -> "HTTPResponse":
    """Give the response with its first byte at `start`."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        response.close()
        raise RegistryError(f"{shown(where)}: the server sends it compressed, though asked not to")
    # A server that knows no ranges begins again. That it is the same object, only the digest can tell.
    left = 0 if response.status == 206 else start  # noqa: PLR2004 - Partial Content
    while left > 0:
        skipped = len(response.read1(min(left, 1 << 20)))
        if not skipped:
            response.close()
            raise ConnectionError("the connection ended early")
        left -= skipped
    return response
