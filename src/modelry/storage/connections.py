"""Connections to web servers: through a proxy where the environment names one, and kept for the next request."""

import os
from base64 import b64encode
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from modelry.errors import RegistryError
from modelry.storage.logins import Trust

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext

MOST = 16
"""How many connections are kept that nobody uses."""

_REST = 1 << 16
"""How much of a body that nobody wants is read all the same, so that its connection can be kept."""

_PATIENCE = 0.2
"""How many seconds that may take."""


class _Where(NamedTuple):
    """What a connection leads to; two that are equal can stand in for each other."""

    scheme: str
    host: str
    proxy: str | None
    trust: Trust
    timeout: float
    process: int
    """Who made it: what is forked makes its own."""


_idle: list[tuple[_Where, HTTPConnection]] = []
_lock = Lock()


class Response:
    """What a server answers, as its body comes."""

    def __init__(self, where: _Where, connection: HTTPConnection, response: HTTPResponse) -> None:
        self._where = where
        self._connection: HTTPConnection | None = connection
        self._response = response
        self.status = response.status
        self.reason = response.reason
        self.headers = response.headers
        self.length = response.length

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read1(self, limit: int) -> bytes:
        """Give at most so many bytes more, as soon as there are some; none only at the end."""
        return self._response.read1(limit)

    def read(self, limit: int) -> bytes:
        """Give so many bytes, or all that there are."""
        return self._response.read(limit)

    def close(self) -> None:
        """Keep the connection for the next request where this one is done with, or nearly so; else end it."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(OSError, HTTPException):
            if connection.sock is not None and 0 < (self._response.length or 0) <= _REST:
                connection.sock.settimeout(_PATIENCE)
                self._response.read1(_REST)
                connection.sock.settimeout(self._where.timeout)
        left = self._response.length
        is_done = left == 0 or (left is None and self._response.isclosed())
        self._response.close()
        if is_done and not self._response.will_close:
            _keep(self._where, connection)
        else:
            connection.close()


def _keep(where: _Where, connection: HTTPConnection) -> None:
    with _lock:
        _idle.append((where, connection))
        old = _idle[:-MOST]
        del _idle[:-MOST]
    for _, one in old:
        one.close()


def send(
    url: str,
    headers: "Mapping[str, str]",
    trust: Trust,
    timeout: float,
    method: str = "GET",
    body: bytes | None = None,
) -> Response:
    """Send a request, which may be sent twice, and give the response, whatever it says."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"{parts.scheme}:// is not the web")
    where = _Where(parts.scheme, parts.netloc, _proxy(parts), trust, timeout, os.getpid())
    target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    told = dict(headers)
    if where.proxy is not None and where.scheme == "http":
        target = urlunsplit(parts._replace(fragment=""))
        told |= _introduction(where.proxy)
    kept = _taken(where)
    if kept is not None:
        try:
            return _asked(where, kept, method, target, body, told)
        except (OSError, HTTPException):
            kept.close()  # the server has ended it meanwhile; that says nothing about a new one
    fresh = _made(where)
    try:
        return _asked(where, fresh, method, target, body, told)
    except BaseException:
        fresh.close()
        raise


def _asked(
    where: _Where,
    connection: HTTPConnection,
    method: str,
    target: str,
    body: bytes | None,
    headers: "Mapping[str, str]",
) -> Response:
    connection.request(method, target, body, headers)
    return Response(where, connection, connection.getresponse())


def _taken(where: _Where) -> HTTPConnection | None:
    with _lock:
        for number in range(len(_idle) - 1, -1, -1):
            if _idle[number][0] == where:
                return _idle.pop(number)[1]
    return None


def _made(where: _Where) -> HTTPConnection:
    reached = urlsplit(where.proxy).netloc.rpartition("@")[2] if where.proxy is not None else where.host
    if where.scheme == "http":
        return HTTPConnection(reached, timeout=where.timeout)
    secure = HTTPSConnection(reached, timeout=where.timeout, context=_context(where.trust))
    if where.proxy is not None:
        secure.set_tunnel(where.host, headers=_introduction(where.proxy))
    return secure


def _proxy(parts: SplitResult) -> str | None:
    """Give the proxy that the environment names for an address."""
    named = getproxies().get(parts.scheme)
    if not named or proxy_bypass(parts.netloc):
        return None
    return named if "://" in named else f"http://{named}"


def _introduction(proxy: str) -> dict[str, str]:
    user = urlsplit(proxy).netloc.rpartition("@")[0]
    return {"Proxy-Authorization": f"Basic {b64encode(unquote(user).encode()).decode()}"} if user else {}


@cache
def _context(trust: Trust) -> "SSLContext":
    """Give what TLS trusts; to read the authorities takes longer than a request."""
    import ssl  # noqa: PLC0415 - most remotes of a test and of a small team are no https

    try:
        context = ssl.create_default_context(cafile=trust.authorities)
        if trust.certificate is not None:
            context.load_cert_chain(trust.certificate, trust.key)
    except OSError as error:
        named = " or ".join(path for path in trust if path)
        raise RegistryError(f"cannot read {named}: {error.strerror}") from error
    return context
