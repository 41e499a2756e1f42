"""Bytes in remotes are read once each, never more of them than there should be, and held in no memory."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from modelry.errors import RegistryError
from modelry.storage import contents
from modelry.storage.bodies import AbsentError, Body
from modelry.storage.contents import Artifact, File, Source

DATA = b"weights" * 100


def recorded(path: str, data: bytes) -> File:
    return File(path, len(data), hashlib.sha256(data).hexdigest())


class Endless:
    """An object that tells no size and has no end."""

    size: int | None = None

    def __init__(self) -> None:
        self.given = 0

    def read(self, limit: int, /) -> bytes:
        self.given += limit
        return b"x" * limit


class Store:
    """Objects in memory, that tells which were opened."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        self.opened: list[str] = []

    @contextmanager
    def open(self, md5: str) -> Iterator[Body]:
        self.opened.append(md5)
        if md5 not in self.objects:
            raise AbsentError(md5)
        left = bytearray(self.objects[md5])

        class Given:
            size: int | None = None

            def read(self, limit: int, /) -> bytes:
                data = bytes(left[:limit])
                del left[:limit]
                return data

        yield Given()


def test_each_object_is_read_once_whoever_has_it() -> None:
    listed = json.dumps([{"relpath": name, "md5": "a" * 32} for name in ("a", "b")]).encode()
    address = f"{hashlib.md5(listed).hexdigest()}.dir"
    store = Store({"a" * 32: DATA, address: listed})
    file = Artifact("a" * 32, recorded("model", DATA), None)
    folder = Artifact(
        address, recorded("both", b""), (recorded("a", DATA), recorded("a", DATA)._replace(path="b"))
    )
    told: list[int] = []
    source = Source("store", store.open)
    found = contents.faults([file, folder, folder, file], [source], told.append)
    assert found == {file: [], folder: []}
    # By name, for a finding names it: the same bytes under three names are three.
    assert sorted(store.opened) == sorted([address, *["a" * 32] * 3])
    assert sum(told) == 3 * len(DATA)


def test_of_a_body_without_end_one_byte_too_many_is_read() -> None:
    endless = Endless()

    @contextmanager
    def opened(_: str) -> Iterator[Body]:
        yield endless

    artifact = Artifact("a" * 32, recorded("model", DATA), None)
    found = contents.faults([artifact], [Source("store", opened)])
    assert found == {artifact: ["store: model has more bytes than 700"]}
    assert endless.given == len(DATA) + 1


def test_a_body_that_told_no_size_and_ends_early_is_found() -> None:
    artifact = Artifact("a" * 32, recorded("model", DATA), None)
    store = Store({"a" * 32: DATA[:-1]})
    found = contents.faults([artifact], [Source("store", store.open)])
    assert found == {artifact: ["store: model has fewer bytes than 700"]}


def test_who_cannot_be_asked_ends_it_all() -> None:
    def opened(_: str) -> Store:
        raise RegistryError("nobody is there")

    artifacts = [Artifact(f"{n:032}", recorded("model", DATA), None) for n in range(100)]
    with pytest.raises(RegistryError, match="nobody is there"):
        contents.faults(artifacts, [Source("store", opened)])  # type: ignore[arg-type]


def test_who_cannot_be_asked_ends_what_others_read() -> None:
    begun = Event()

    @contextmanager
    def opened(md5: str) -> Iterator[Body]:
        if md5.startswith("0"):
            begun.wait(60)
            raise RegistryError("nobody is there")
        begun.set()
        yield Endless()

    endless = File("model", 1 << 60, "0" * 64)
    artifacts = [Artifact(digit * 32, endless, None) for digit in "01"]
    with pytest.raises(RegistryError, match="nobody is there"):
        contents.faults(artifacts, [Source("store", opened)])
