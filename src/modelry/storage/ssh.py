"""Remotes over SSH: objects are read by SFTP, as quickly as they come, over one connection for all of them."""

import random
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from modelry.errors import RegistryError
from modelry.storage.access import Access
from modelry.storage.bodies import AbsentError, IrregularError
from modelry.storage.sftp import LostError, Reply, regular
from modelry.storage.ssh_host import Host, host

ATTEMPTS = 4
"""How often a connection is made before its loss is believed."""

WINDOW = 8
"""How many blocks are asked for before the first has come."""

BLOCK = 255 * 1024
"""As much as OpenSSH gives at a time; who gives less is asked for less."""

MANY = 500
"""How many objects are asked for before the first answer is read."""


class Object:
    """An object on the server; it goes on where a lost connection left off."""

    def __init__(self, its: Host, where: str) -> None:
        self._host = its
        self._where = where
        self._tries = 0
        self._at = 0
        self._block = BLOCK
        self._left = b""
        self._asked: deque[tuple[int, int, Reply]] = deque()
        self._connect()
        self.size: int | None = self._size
        self.total = self.size

    def read(self, limit: int, /) -> bytes:
        """Give at most so many bytes more; none only at the end."""
        while not self._left:
            try:
                self._left = self._next()
            except LostError as error:
                self._wait(error)
                self._connect()
            else:
                if not self._left:
                    return b""
        data, self._left = self._left[:limit], self._left[limit:]
        self._at += len(data)
        return data

    def close(self) -> None:
        """Let go of the file; the connection stays for others."""
        try:
            self._channel.close(self._handle)
        except LostError:
            return

    def _connect(self) -> None:
        while True:
            try:
                self._channel = self._host.channel()
                # A look first: a server that opens a pipe waits for somebody to write into it.
                looked = self._channel.look(_path(self._where), self._where)
                self._size = regular(looked.attributes(), self._where)
                self._handle = self._channel.open(_path(self._where), self._where).handle()
            except LostError as error:
                self._wait(error)
            else:
                break
        self._asked.clear()
        self._end = self._at  # up to where bytes were asked for

    def _next(self) -> bytes:
        """Give the next bytes, and ask for more behind those that are under way."""
        while self._end < self._size and len(self._asked) < WINDOW:
            length = min(self._block, self._size - self._end)
            self._asked.append(self._ask(self._end, length))
            self._end += length
        if not self._asked:
            return b""
        start, length, reply = self._asked.popleft()
        data = reply.data()
        if not data:  # shorter than it was
            self._asked.clear()
            self._end = self._size
        elif len(data) < length:
            self._block = min(self._block, max(len(data), 1024))
            self._asked.appendleft(self._ask(start + len(data), length - len(data)))
        return data

    def _ask(self, start: int, length: int) -> tuple[int, int, Reply]:
        return start, length, self._channel.read(self._handle, start, length, self._where)

    def _wait(self, error: LostError) -> None:
        self._tries += 1
        _wait(self._where, self._host, self._tries, error)


def _wait(where: str, its: Host, tries: int, error: LostError) -> None:
    """Wait before the next connection, or raise what was the matter with this one."""
    its.leave()
    if tries == ATTEMPTS:
        raise RegistryError(f"{where}: {error} ({ATTEMPTS} attempts)") from error
    time.sleep(0.25 * 2**tries * random.uniform(1.0, 1.25))  # noqa: S311 - it spreads load, it hides nothing


def opened(where: str, access: Access, start: int = 0, stop: int | None = None) -> Object:  # noqa: ARG001 - many questions are under way at a time as it is
    """Open an object, always the whole; raises `AbsentError` where nothing lies, `IrregularError` where something else does."""
    return Object(host(where, access), where)


def size(where: str, access: Access) -> int | None:
    """Give the size of an object; None where none lies."""
    return _sizes([where], host(where, access))[0]


def sizes(remote: str, md5s: Collection[str], access: Access) -> Mapping[str, int | None]:
    """Give the sizes of these objects. Each is asked for without waiting for the one before: a list would take as long."""
    its, wanted = host(remote, access), list(md5s)
    found: list[int | None] = []
    for start in range(0, len(wanted), MANY):
        places = [f"{remote}/files/md5/{md5[:2]}/{md5[2:]}" for md5 in wanted[start : start + MANY]]
        found += _sizes(places, its)
    return dict(zip(wanted, found, strict=True))


def _sizes(places: Sequence[str], its: Host) -> list[int | None]:
    tries = 0
    while True:
        try:
            channel = its.channel()
            replies = [channel.look(_path(where), where) for where in places]
            return [_told(reply, where) for reply, where in zip(replies, places, strict=True)]
        except LostError as error:
            tries += 1
            _wait(places[0], its, tries, error)


def _told(reply: Reply, where: str) -> int | None:
    try:
        return regular(reply.attributes(), where)
    except (AbsentError, IrregularError):
        return None


def _path(where: str) -> str:
    return urlsplit(where).path
