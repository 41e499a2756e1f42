"""Bytes in remotes are read once each, never more of them than there should be, and held in no memory."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modelry.errors import RegistryError, UsageError
from modelry.storage import contents
from modelry.storage.bodies import AbsentError, Body
from modelry.storage.contents import Artifact, File, Part, Source

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


SHA256S = some.binary(min_size=32, max_size=32).map(bytes.hex)


@given(some.integers(1, 40).flatmap(lambda count: some.tuples(some.just(count), some.sets(SHA256S))))
def test_all_parts_together_are_all_objects_each_once(drawn: tuple[int, set[str]]) -> None:
    count, sha256s = drawn
    files = [File("model", 1, sha256) for sha256 in sorted(sha256s)]
    parts = [Part(number, count) for number in range(1, count + 1)]
    assert sorted(file for part in parts for file in files if part.has(file)) == files


@given(
    some.integers(1, 9), some.dictionaries(some.text("ab", min_size=1, max_size=3), some.binary(), min_size=1)
)
def test_parts_read_each_object_once_and_find_what_the_whole_finds(
    count: int, files: dict[str, bytes]
) -> None:
    def address(data: bytes) -> str:
        return hashlib.md5(data).hexdigest()

    listed = json.dumps([{"relpath": path, "md5": address(path.encode())} for path in files]).encode()
    store = Store({f"{address(listed)}.dir": listed, **{address(path.encode()): b"" for path in files}})
    inner = tuple(recorded(path, data) for path, data in files.items())
    folder = Artifact(f"{address(listed)}.dir", recorded("folder", b"".join(files.values())), inner)
    source = Source("store", store.open)
    whole = contents.faults([folder], [source])[folder]
    opened, store.opened = sorted(store.opened), []
    found = [contents.faults([folder], [source], part=Part(n, count))[folder] for n in range(1, count + 1)]
    assert sorted(fault for faults in found for fault in faults) == sorted(whole)
    # The list is read for each part that has something of it; the others see it once.
    assert [one for one in sorted(store.opened) if not one.endswith(".dir")] == [
        one for one in opened if not one.endswith(".dir")
    ]
    assert folder.md5 in store.opened


@pytest.mark.parametrize(
    "text", ["0/7", "8/7", "1/0", "1", "a/b", "1/7/2", "-1/7", "1/7 ", "\u0661/7", "1/1000000"]
)
def test_what_is_no_part_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError) as error:
        contents.parse(text)
    assert (str(error.value), error.value.hint) == (
        f"{text} is no part of a whole",
        "write 1/7 for the first of seven, and so on",
    )
