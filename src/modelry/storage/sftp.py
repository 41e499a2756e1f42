"""SFTP, version 3, as far as reading goes: requests and their answers over a pipe that many threads share."""

import itertools
import stat
import struct
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import IO, NamedTuple

from modelry.errors import RegistryError
from modelry.storage.bodies import AbsentError, ForbiddenError, IrregularError

TIMEOUT = 30.0
"""Seconds that an answer may take; one to a read is a quarter of a megabyte."""

GREETING = 120.0
"""Seconds until a server has let one in, for which a person may have to type something."""

_LARGEST = 1 << 20
_GONE = "the connection ended"
_INIT, _VERSION, _OPEN, _CLOSE, _READ, _LSTAT = 1, 2, 3, 4, 5, 7
_STATUS, _HANDLE, _DATA, _ATTRIBUTES = 101, 102, 103, 105
_END, _NOTHING, _FORBIDDEN = 1, 2, 3
_FOR_READING = 1
_HAS_SIZE, _HAS_OWNER, _HAS_MODE = 1, 2, 4


class LostError(Exception):
    """The connection is gone, or as good as gone."""


class Attributes(NamedTuple):
    """What a server says of a file."""

    size: int | None
    mode: int | None


class Reply:
    """The answer to a request, which may not be there yet."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._answers: SimpleQueue[bytes | None] = SimpleQueue()

    def give(self, answer: bytes | None) -> None:
        """Say what was answered; None where nothing will be."""
        self._answers.put(answer)

    def data(self) -> bytes:
        """Give the bytes that were asked for; none at the end of the file."""
        kind, payload = self.answer()
        if kind == _STATUS and _number(payload) == _END:
            return b""
        return _text(self._expected(_DATA, kind, payload))

    def handle(self) -> bytes:
        """Give the handle of what was opened."""
        return _text(self._expected(_HANDLE, *self.answer()))

    def attributes(self) -> Attributes:
        """Give what was asked of a file."""
        payload = self._expected(_ATTRIBUTES, *self.answer())
        flags, at, size = _number(payload), 4, None
        if flags & _HAS_SIZE:
            size = int.from_bytes(payload[at : at + 8])
            at += 8
        if flags & _HAS_OWNER:
            at += 8
        return Attributes(size, _number(payload, at) if flags & _HAS_MODE else None)

    def answer(self, patience: float | None = None) -> tuple[int, bytes]:
        """Wait for the answer: its kind, and what it says. Raises `LostError` where none will come."""
        try:
            answer = self._answers.get(timeout=patience or TIMEOUT)
        except Empty:
            raise LostError(f"the server was silent for {patience or TIMEOUT:g} seconds") from None
        if answer is None:
            raise LostError(_GONE)
        return answer[0], answer[5:]

    def _expected(self, expected: int, kind: int, payload: bytes) -> bytes:
        if kind == expected:
            return payload
        code = _number(payload) if kind == _STATUS else 0
        if code == _NOTHING:
            raise AbsentError(f"{self._path}: there is no such file")
        if code == _FORBIDDEN:
            raise ForbiddenError(f"{self._path}: the server forbids it", hint="may this account read it?")
        said = _text(payload, 4).decode("utf-8", "replace") if kind == _STATUS else f"answer {kind}"
        raise RegistryError(f"{self._path}: the server says: {printable(said)}")


class _Waiting:
    """The requests that are not answered yet; None when nothing will be answered any more."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.replies: dict[int, Reply] | None = {}

    def answered(self, packet: bytes) -> None:
        # The first answer is to nobody's number: it says the version.
        number = 0 if packet[0] == _VERSION else _number(packet, 1)
        with self.lock:
            reply = self.replies.pop(number, None) if self.replies is not None else None
        if reply is not None:
            reply.give(packet)

    def lost(self) -> None:
        with self.lock:
            replies, self.replies = self.replies, None
        for reply in (replies or {}).values():
            reply.give(None)


class Channel:
    """Requests on their way, and the answers as they come, in whatever order.

    When nobody has it any more it is gone: the thread that listens does not keep it.
    """

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self._writer = writer
        self._waiting = _Waiting()
        self._numbers = itertools.count(1)
        self._writing = Lock()
        version = Reply("")
        self._waiting.replies = {0: version}
        Thread(target=_listen, args=(reader, self._waiting), daemon=True).start()
        self._write(struct.pack(">IBI", 5, _INIT, 3))
        version.answer(GREETING)

    @property
    def is_lost(self) -> bool:
        """Whether nothing will be answered any more."""
        return self._waiting.replies is None

    def look(self, path: str, name: str) -> Reply:
        """Ask what lies at a path, itself and not what it links to; `name` is what errors call it."""
        return self._ask(_LSTAT, _string(path.encode()), name)

    def open(self, path: str, name: str) -> Reply:
        """Ask for a file's handle."""
        return self._ask(_OPEN, _string(path.encode()) + struct.pack(">II", _FOR_READING, 0), name)

    def read(self, handle: bytes, start: int, length: int, name: str) -> Reply:
        """Ask for bytes of a file; fewer may come."""
        return self._ask(_READ, _string(handle) + struct.pack(">QI", start, length), name)

    def close(self, handle: bytes) -> None:
        """Let a handle go."""
        self._ask(_CLOSE, _string(handle), "")

    def _ask(self, kind: int, payload: bytes, name: str) -> Reply:
        reply = Reply(name)
        with self._waiting.lock:
            if self._waiting.replies is None:
                raise LostError(_GONE)
            number = next(self._numbers) & 0xFFFFFFFF
            self._waiting.replies[number] = reply
        with self._writing:
            self._write(struct.pack(">IBI", len(payload) + 5, kind, number) + payload)
        return reply

    def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            self._writer.flush()
        except (OSError, ValueError) as error:
            raise LostError(_GONE) from error


def _listen(reader: IO[bytes], waiting: _Waiting) -> None:
    # What is no SFTP is as good as nothing.
    with reader, suppress(OSError, ValueError, IndexError):
        for packet in _packets(reader):
            waiting.answered(packet)
    waiting.lost()


def _packets(reader: IO[bytes]) -> Iterator[bytes]:
    while len(head := reader.read(4)) == 4:  # noqa: PLR2004 - an uint32
        length = _number(head)
        if length > _LARGEST:
            return
        packet = reader.read(length)
        if len(packet) < length:
            return
        yield packet


def regular(attributes: Attributes, name: str) -> int:
    """Give the size of a regular file; raises `IrregularError` for anything else."""
    if attributes.size is None or attributes.mode is None or not stat.S_ISREG(attributes.mode):
        raise IrregularError(f"{name}: is not a regular file")
    return attributes.size


def printable(text: str) -> str:
    """Give what a server said as one line that does nothing to a terminal."""
    return "".join(one if one.isprintable() else " " for one in text).strip()[:200]


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _text(payload: bytes, at: int = 0) -> bytes:
    start = at + 4
    return payload[start : start + _number(payload, at)]


def _number(payload: bytes, at: int = 0) -> int:
    return int.from_bytes(payload[at : at + 4])
