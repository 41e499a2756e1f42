"""A large file comes in parts, several at a time; what lies there in the end is right to the last byte, or it is an error."""

import hashlib
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

import seaweedfs
import webserver
from client.serving import Answer, Web, answer
from modelry.client import receiving
from modelry.client.receiving import Told
from modelry.client.resolution import File
from modelry.errors import IntegrityError, RegistryError
from modelry.storage.access import Access

PART = 1000
DATA = bytes(range(256)) * 41


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PART", PART)


def received(address: str, into: Path, expected: bytes = DATA, told: Told | None = None) -> bytes:
    file = File("model.onnx", len(expected), hashlib.sha256(expected).hexdigest())
    receiving.receive(address, file, into, Access(), told or Told(lambda _: None, Event()))
    return into.read_bytes()


def ranged(data: bytes, tag: str = '"first"') -> Answer:
    """Answer as a server that gives parts, unless asked for those of another object than it has."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", ""))
        if asked is None or handler.headers.get("If-Range", tag) != tag:
            answer(data, ETag=tag)(handler)
            return
        start, stop = int(asked[1]), int(asked[2] or len(data) - 1) + 1
        told = f"bytes {start}-{min(stop, len(data)) - 1}/{len(data)}"
        answer(data[start:stop], 206, ETag=tag, Content_Range=told)(handler)

    return give


def broken(data: bytes, start: int, tag: str) -> Answer:
    """Answer with all of a part but its end: the connection is lost."""
    told = f"bytes {start}-{start + PART - 1}/{len(data)}"
    return answer(data[start : start + 600], 206, length=PART, ETag=tag, Content_Range=told)


def asked(web: Web) -> list[str]:
    return sorted((told.get("Range", "all") for told in web.headers), key=lambda text: (len(text), text))


@pytest.mark.parametrize("size", [PART + 1, 2 * PART - 1, 2 * PART, 2 * PART + 1, len(DATA)])
def test_each_part_is_asked_for_once(size: int, web: Web, tmp_path: Path) -> None:
    data = DATA[:size]
    assert received(web.put("/o", ranged(data)), tmp_path / "m", data) == data
    starts = range(0, size, PART)
    assert asked(web) == [f"bytes={start}-{min(start + PART, size) - 1}" for start in starts]


def test_what_is_no_larger_than_a_part_is_asked_for_at_once(web: Web, tmp_path: Path) -> None:
    assert received(web.put("/o", ranged(DATA[:PART])), tmp_path / "m", DATA[:PART]) == DATA[:PART]
    assert asked(web) == ["all"]


@pytest.mark.parametrize("length", [None, -1], ids=["its length told", "its length not told"])
def test_a_server_that_gives_no_parts_is_read_once(length: int | None, web: Web, tmp_path: Path) -> None:
    assert received(web.put("/o", answer(DATA, length=length)), tmp_path / "m") == DATA
    assert len(web.headers) == 1


def test_every_byte_is_told_once(web: Web, tmp_path: Path) -> None:
    counts: list[int] = []
    received(web.put("/o", ranged(DATA)), tmp_path / "m", told=Told(counts.append, Event()))
    assert sum(counts) == len(DATA)


def test_a_part_that_breaks_off_goes_on_in_the_same_object(
    web: Web, tmp_path: Path, waits: list[float]
) -> None:
    data = DATA[: 2 * PART]
    assert received(web.put("/o", broken(data, 0, '"first"'), ranged(data)), tmp_path / "m", data) == data
    assert asked(web) == ["bytes=0-999", "bytes=600-999", "bytes=1000-1999"]
    assert [told["If-Range"] for told in web.headers if "If-Range" in told] == ['"first"']
    assert len(waits) == 1


def test_of_an_object_that_changes_under_way_nothing_is_mixed(
    web: Web, tmp_path: Path, waits: list[float]
) -> None:
    data, other = DATA[: 2 * PART], bytes(2 * PART)
    url = web.put("/o", broken(data, 0, '"first"'), ranged(other, '"second"'))
    with pytest.raises(IntegrityError, match="has sha256"):
        received(url, tmp_path / "m", data)
    assert len(waits) == 1


@pytest.mark.parametrize("at", [0, PART, len(DATA) - 1])
def test_one_wrong_byte_in_any_part_is_seen(at: int, web: Web, tmp_path: Path) -> None:
    wrong = bytearray(DATA)
    wrong[at] ^= 1
    with pytest.raises(IntegrityError, match="has sha256"):
        received(web.put("/o", ranged(bytes(wrong))), tmp_path / "m")


@pytest.mark.parametrize(
    "wrong", [DATA[:-1], DATA + b"x", DATA[:PART]], ids=["one less", "one more", "one part"]
)
def test_another_size_is_seen_by_the_first_answer(wrong: bytes, web: Web, tmp_path: Path) -> None:
    with pytest.raises(IntegrityError) as error:
        received(web.put("/o", ranged(wrong)), tmp_path / "m")
    assert str(error.value) == f"{web.url}/o has {len(wrong)} bytes, expected {len(DATA)}"
    assert len(web.headers) == 1


def test_a_part_that_is_refused_is_the_error_and_not_that_the_others_stopped(
    web: Web, tmp_path: Path
) -> None:
    good = ranged(DATA)

    def give(handler: BaseHTTPRequestHandler) -> None:
        is_third = handler.headers["Range"].startswith(f"bytes={3 * PART}-")
        (answer(status=403) if is_third else good)(handler)

    with pytest.raises(RegistryError) as error:
        received(web.put("/o", give), tmp_path / "m")
    assert str(error.value) == f"{web.url}/o: HTTP 403 Forbidden"


def test_nobody_reads_on_when_it_is_over(web: Web, tmp_path: Path) -> None:
    over = Event()
    over.set()
    with pytest.raises(RegistryError, match="interrupted"):
        received(web.put("/o", ranged(DATA)), tmp_path / "m", told=Told(lambda _: None, over))


def test_a_full_disk_is_told(web: Web) -> None:
    with pytest.raises(OSError, match="No space left"):
        received(web.put("/o", ranged(DATA)), Path("/dev/full"))


class TestOnRealServers:
    def test_from_s3(self, bucket: seaweedfs.Bucket, tmp_path: Path) -> None:
        bucket.put("o", DATA)
        assert received(f"{bucket.url}/o", tmp_path / "m") == DATA

    def test_from_nginx(self, nginx: webserver.Server, tmp_path: Path) -> None:
        remote = nginx.folder()
        (remote.path / "o").write_bytes(DATA)
        assert received(f"{remote.public}/o", tmp_path / "m") == DATA

    def test_from_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "o").write_bytes(DATA)
        assert received(str(tmp_path / "o"), tmp_path / "m") == DATA
