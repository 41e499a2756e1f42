"""Objects on web servers: asked for again where the network fails, gone on with where a connection was lost."""

import random
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPMessage
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar
from urllib.error import HTTPError
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from modelry import __version__
from modelry.errors import RegistryError
from modelry.storage import connections
from modelry.storage.bodies import AbsentError, ForbiddenError, shown
from modelry.storage.connections import Response
from modelry.storage.logins import HINT, NOBODY, Login, Trust

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
_HINTS = {401: HINT, 403: "who asks is known there, and may not read it"}
_UNKNOWN = (
    "the server does not know this account, or by other words: dvc remote modify --local NAME password …"
)
_LOST = (OSError, HTTPException, ValueError)


class Manner(NamedTuple):
    """How an object is asked for."""

    also: int = 200
    """What is an answer besides success."""
    timeout: float | None = None
    """Seconds that a server may be silent; None for as long as ever."""
    stop: int | None = None
    """The first byte that is not wanted; None for all that there are."""


_AS_EVER = Manner()


class Given(Protocol):
    """What a server gives, whoever asked it and how."""

    status: int
    headers: HTTPMessage
    length: int | None

    def read1(self, limit: int, /) -> bytes:
        """Give at most so many bytes more; none only at the end."""

    def close(self) -> None:
        """Let go of it."""


G = TypeVar("G", bound=Given)

Ask = Callable[[int], Given]
"""Asks for an object once, and gives the response with its first byte at that place."""


class Download:
    """An object on a web server; it goes on where a lost connection left off."""

    def __init__(self, where: str, ask: Ask, attempts: int | None = None) -> None:
        self._where = where
        self._ask = ask
        self._attempts = ATTEMPTS if attempts is None else attempts
        self._tries = 0
        self._at = 0
        self._began = time.monotonic()
        self._response = self._connect()
        self.size = self._response.length
        self.headers = self._response.headers

    @property
    def status(self) -> int:
        """How the server answered; what is an error was raised."""
        return self._response.status

    @property
    def total(self) -> int | None:
        """How many bytes the whole object has, of which these may be a part; None where the server does not say."""
        told = (self.headers.get("Content-Range") or "").rpartition("/")[2]
        return int(told) if told.isdigit() else self.size

    def read(self, limit: int, /) -> bytes:
        """Give at most so many bytes more; none only at the end."""
        while True:
            if time.monotonic() - self._began > PATIENCE + self._at / SLOWEST:
                raise RegistryError(
                    f"{shown(self._where)}: the server is too slow: {self._at:,} bytes until now"
                )
            try:
                data = self._response.read1(limit)
                if not data and self._at < (self.size or 0):
                    raise ConnectionError(f"the connection ended after {self._at:,} of {self.size:,} bytes")
            except _LOST as error:
                self._response.close()
                self._wait(error)
                self._response = self._connect()
            else:
                self._at += len(data)
                return data

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()

    def _connect(self) -> Given:
        while True:
            try:
                return self._ask(self._at)
            except _LOST as error:
                self._wait(error)

    def _wait(self, error: Exception) -> None:
        """Wait before the next attempt, or raise what the error means where there should be none."""
        code: int = getattr(error, "code", 0)
        cause = error.reason if isinstance(error, HTTPError) else error
        told = f"{shown(self._where)}: {f'HTTP {code} ' if code else ''}{getattr(cause, 'strerror', '') or cause}"
        self._tries += 1
        if code in {404, 410}:
            raise AbsentError(told) from error
        # An address that cannot be meant, a certificate that does not verify: ValueErrors both.
        final = isinstance(cause, ValueError) if not code else code < 500 and code not in {408, 429}  # noqa: PLR2004
        if final:
            kind = ForbiddenError if code == 403 else RegistryError  # noqa: PLR2004 - Forbidden
            raise kind(told, hint=getattr(error, "hint", _HINTS.get(code, ""))) from error
        if self._tries == self._attempts:
            raise RegistryError(f"{told} ({self._attempts} attempts)") from error
        asked: str = error.headers.get("Retry-After", "") if code else ""  # type: ignore[attr-defined]  # an HTTPError
        seconds = int(asked) if asked.isascii() and asked.isdigit() else 0.25 * 2**self._tries
        time.sleep(min(seconds, _LONGEST_WAIT) * random.uniform(1.0, 1.25))  # noqa: S311 - it spreads load, it hides nothing


def request(
    where: str,
    start: int,
    login: Login = NOBODY,
    headers: Mapping[str, str] = MappingProxyType({}),
    *,
    method: str = "GET",
    body: bytes | None = None,
    manner: Manner = _AS_EVER,
) -> Response:
    """Ask for an object from a byte on, following redirects to the web alone and never to less safety.

    Who asks is told to the server of the address and to no other.
    """
    url = where
    told = {**headers, **ranged(start, manner.stop)}
    for _ in range(_REDIRECTS + 1):
        parts = urlsplit(url)
        its = login if _origin(parts) == _origin(urlsplit(where)) else NOBODY
        plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
        response = send(
            plain, {**told, **its.headers}, its.trust, method=method, body=body, timeout=manner.timeout
        )
        if response.status in {301, 302, 303, 307, 308}:
            response.close()
            target = urljoin(url, quote(response.headers.get("Location", ""), safe="%/:=&?~#+!$,;'@()*[]"))
            if not target.startswith("https://" if url.startswith("https:") else ("https://", "http://")):
                raise RegistryError(f"{shown(where)}: redirects to {shown(target)}, which is not followed")
            url = target
        elif response.status >= 400 and response.status != manner.also:  # noqa: PLR2004 - errors
            response.close()
            raise _refused(url, response, login)
        else:
            return starting(response, start, where)
    raise RegistryError(f"{shown(where)}: redirects more than {_REDIRECTS} times")


def _refused(url: str, response: Response, login: Login) -> HTTPError:
    error = HTTPError(url, response.status, response.reason, response.headers, None)
    if response.status == 401 and login.headers:  # noqa: PLR2004 - Unauthorized, though it was told who asks
        error.hint = _UNKNOWN  # type: ignore[attr-defined]  # for `Download`, which knows the remote's own address
    return error


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def send(
    url: str,
    headers: Mapping[str, str],
    trust: Trust = NOBODY.trust,
    *,
    method: str = "GET",
    body: bytes | None = None,
    timeout: float | None = None,
) -> Response:
    """Send one request and give the response, whatever it says."""
    # A compressed body would have another size, and could be a bomb.
    told = {"Accept-Encoding": "identity", "User-Agent": f"modelry/{__version__}", **headers}
    return connections.send(url, told, trust, TIMEOUT if timeout is None else timeout, method, body)


def ranged(start: int, stop: int | None = None) -> Mapping[str, str]:
    """Give the header that asks for the bytes from `start` on, and before `stop`; none asks for all."""
    if not start and stop is None:
        return {}
    return {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"}


def of_one(ask: Callable[[int, Mapping[str, str]], G], start: int = 0) -> Callable[[int], G]:
    """Ask for an object from a byte on and, when a connection was lost, for the rest of that very object.

    `ask` is given where to begin, and the header by which a server whose object has changed sends all of the new one.
    """
    same: dict[str, str] = {}

    def asked(at: int) -> G:
        response = ask(start + at, same if at else {})
        tag = response.headers.get("ETag", "")
        if tag.startswith('"'):
            same["If-Range"] = tag
        return response

    return asked


def starting(response: G, start: int, where: str) -> G:
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
