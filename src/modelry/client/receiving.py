"""Receiving one object into a file: verified while it is written, in parts where it is large and its remote gives parts."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Event
from typing import NamedTuple

from modelry.client.resolution import File
from modelry.client.verification import CHUNK, Tick
from modelry.errors import IntegrityError, RegistryError
from modelry.storage import remotes
from modelry.storage.access import Access
from modelry.storage.bodies import Body

PART = 32 << 20
"""How many bytes are asked for at a time of what is larger."""

WORKERS = 4
"""How many parts of a file come at a time."""


class Told(NamedTuple):
    """What a transfer tells, and is told."""

    tick: Tick
    over: Event
    """That nobody waits for it any more."""
    settled: bool = True
    """Whether the file is to be on stable storage."""


def receive(address: str, file: File, into: Path, access: Access, told: Told) -> None:
    """Write an object to a file; raises `IntegrityError` for any other bytes than were expected."""
    with open(into, "wb+", buffering=0, opener=_private) as written:
        descriptor = written.fileno()
        receipt = _Receipt(remotes.shown(address), file, descriptor, told)
        sha256 = (_beside if file.size > PART else _as_it_comes)(address, receipt, access)
        if sha256 != file.sha256:
            raise IntegrityError(f"{receipt.shown} has sha256 {sha256}, expected {file.sha256}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


class _Span:
    """Some of a file's bytes, which come one after the other."""

    def __init__(self, start: int, stop: int) -> None:
        self.start = start
        self.stop = stop
        self.come = start
        """Up to where they are written."""


class _Receipt:
    """A file that is being written, maybe by several at once."""

    def __init__(self, shown: str, file: File, descriptor: int, told: Told) -> None:
        self.shown = shown
        self.file = file
        self.told = told
        self._descriptor = descriptor
        self._changed = Condition()
        self._ended = False

    def take(self, body: Body, span: _Span, also: Callable[[bytes], None] = lambda _: None) -> None:
        """Write what comes to its place, which has to be all of the span and, if that ends the file, no byte more."""
        extra = span.stop == self.file.size
        # One byte more than expected is enough to know.
        while chunk := body.read(min(CHUNK, span.stop + extra - span.come)):
            if self.told.over.is_set() or self._ended:
                raise RegistryError("interrupted")
            if span.come + len(chunk) > span.stop:
                raise IntegrityError(f"{self.shown} has more than {self.file.size} bytes")
            _write(self._descriptor, chunk, span.come)
            also(chunk)
            with self._changed:
                span.come += len(chunk)
                self._changed.notify_all()
            self.told.tick(len(chunk))
            if span.come == span.stop and not extra:
                return
        if span.come < span.stop:
            raise IntegrityError(f"{self.shown} has {span.come} bytes, expected {self.file.size}")

    def settle(self) -> None:
        """Let others read it, and bring it to stable storage if that was asked for."""
        os.fchmod(self._descriptor, 0o644)
        if self.told.settled:
            os.fsync(self._descriptor)

    def end(self) -> None:
        """Wait for no more bytes."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def sha256(self, spans: Sequence[_Span]) -> str:
        """Give the digest of what was written, following those who write; that of nothing much if they end early."""
        digest, view = hashlib.sha256(), memoryview(bytearray(CHUNK))
        for span in spans:
            at = span.start
            while at < span.stop:
                with self._changed:
                    self._changed.wait_for(lambda: span.come > at or self._ended)  # noqa: B023 - called at once
                    come = span.come
                if come == at:
                    return ""
                count = os.preadv(self._descriptor, [view[: come - at]], at)
                digest.update(view[:count])
                at += count
        return digest.hexdigest()


def _write(descriptor: int, chunk: bytes, at: int) -> None:
    left = memoryview(chunk)
    while left:
        written = os.pwrite(descriptor, left, at)
        left, at = left[written:], at + written


def _as_it_comes(address: str, receipt: _Receipt, access: Access) -> str:
    digest = hashlib.sha256()
    with remotes.open_object(address, access) as body:
        _require(receipt, body.size)
        receipt.take(body, _Span(0, receipt.file.size), digest.update)
    receipt.settle()
    return digest.hexdigest()


def _beside(address: str, receipt: _Receipt, access: Access) -> str:
    """Let one thread follow with the digest what others write: together they take as long as the slower one.

    What it reads back has just been written, so the system still has it in memory; and the digest is that of the file.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - small files need none

    size = receipt.file.size
    with remotes.open_part(address, 0, PART, access) as body, ThreadPoolExecutor(1 + WORKERS) as pool:
        _require(receipt, body.total)
        is_part = body.size == PART
        starts = range(0, size, PART) if is_part else [0]
        spans = [_Span(start, min(start + PART, size) if is_part else size) for start in starts]
        try:
            digest = pool.submit(receipt.sha256, spans)
            first = pool.submit(receipt.take, body, spans[0])
            for part in as_completed(
                [first, *(pool.submit(_part, address, receipt, span, access) for span in spans[1:])]
            ):
                part.result()
            receipt.settle()
            return digest.result()
        finally:
            receipt.end()
            pool.shutdown(wait=False, cancel_futures=True)


def _part(address: str, receipt: _Receipt, span: _Span, access: Access) -> None:
    with remotes.open_part(address, span.start, span.stop, access) as body:
        receipt.take(body, span)


def _require(receipt: _Receipt, size: int | None) -> None:
    if size not in {None, receipt.file.size}:
        raise IntegrityError(f"{receipt.shown} has {size} bytes, expected {receipt.file.size}")
