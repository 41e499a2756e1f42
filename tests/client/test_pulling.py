"""What is pulled is right to the last byte, or nothing is there."""

import json
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import builders
from client.serving import Answer, Web, answer
from modelry import client
from modelry.client import pull as pulling
from modelry.client import receiving
from modelry.client.pull import Pulled
from modelry.client.resolution import File, Resolution
from modelry.errors import IntegrityError, RegistryError
from modelry.storage import folders

RIGHT = builders.artifact("churn", "1.0.0")
PLACE = "/files/md5/e4/a22166216f54097fa6663b63cb3b01"
SHA256 = "2261302cfe4efaad3e223b258d55c604a47f6424f60e7233c1172d3a755ce915"


def lying(folder: Path) -> dict[str, bytes]:
    """Give all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture
def found(clone: Path) -> Resolution:
    """What churn@production means."""
    return client.resolve("churn@production", str(clone))


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """An empty folder to pull into."""
    folder = tmp_path / "there"
    folder.mkdir()
    return folder


def served(found: Resolution, *urls: str) -> Resolution:
    return found._replace(addresses=tuple(f"{url}{PLACE}" for url in urls))


def test_a_file_is_pulled_from_a_folder(found: Resolution, there: Path) -> None:
    target = there / "model.onnx"
    assert pulling.pull(found, target) == Pulled(target, fetched=True, warnings=())
    assert lying(there) == {"model.onnx": RIGHT}
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_a_file_is_pulled_from_a_web_server(found: Resolution, there: Path, web: Web) -> None:
    web.put(PLACE, RIGHT)
    assert pulling.pull(served(found, web.url), there / "m").fetched
    assert lying(there) == {"m": RIGHT}


def test_folders_on_the_way_to_the_target_are_made(found: Resolution, there: Path) -> None:
    pulling.pull(found, there / "a/b/model.onnx")
    assert lying(there) == {"a/b/model.onnx": RIGHT}


def test_others_may_read_it_whatever_the_umask(found: Resolution, there: Path) -> None:
    old = os.umask(0o077)
    try:
        pulling.pull(found, there / "model.onnx")
    finally:
        os.umask(old)
    assert stat.S_IMODE((there / "model.onnx").stat().st_mode) == 0o644


def test_progress_is_told_to_the_last_byte(found: Resolution, there: Path) -> None:
    told: list[int] = []
    pulling.pull(found, there / "model.onnx", tick=told.append)
    assert sum(told) == len(RIGHT)


WRONG = {
    "first bit": (bytes([RIGHT[0] ^ 1]) + RIGHT[1:], "has sha256"),
    "middle bit": (RIGHT[:100] + bytes([RIGHT[100] ^ 128]) + RIGHT[101:], "has sha256"),
    "last bit": (RIGHT[:-1] + bytes([RIGHT[-1] ^ 1]), "has sha256"),
    "one byte less": (RIGHT[:-1], "has 215 bytes, expected 216"),
    "one byte more": (RIGHT + b"x", "has 217 bytes, expected 216"),
    "empty": (b"", "has 0 bytes, expected 216"),
    "half": (RIGHT[:108], "has 108 bytes, expected 216"),
    "another version's": (builders.artifact("churn", "1.1.0"), "has sha256"),
}


@pytest.mark.parametrize(("data", "message"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("how", ["folder", "web", "web without a length"])
def test_wrong_bytes_are_never_left_at_the_target(
    found: Resolution, there: Path, web: Web, data: bytes, message: str, how: str
) -> None:
    if how == "folder":
        Path(found.addresses[0]).write_bytes(data)
    else:
        found = served(found, web.url)
        web.put(PLACE, answer(data, length=None if how == "web" else -1))
    with pytest.raises(IntegrityError) as error:
        pulling.pull(found, there / "model.onnx")
    of = "has more than 216 bytes" if how == "web without a length" and len(data) > 216 else message
    assert f"{found.addresses[0]} {of}" in str(error.value)
    assert lying(there) == {}


def test_the_error_says_what_was_expected_and_what_came(found: Resolution, there: Path) -> None:
    Path(found.addresses[0]).write_bytes(b"x" * 216)
    with pytest.raises(IntegrityError) as error:
        pulling.pull(found, there / "model.onnx")
    assert str(error.value) == (
        f"cannot fetch churn@1.0.0: {found.addresses[0]} has sha256 "
        f"475dbd9278ce464097f8dd241b088ac96615bfdea9e496bc05828aca94aabfca, expected {SHA256}"
    )


def test_a_page_to_log_in_is_not_taken_for_the_bytes(found: Resolution, there: Path, web: Web) -> None:
    web.put(PLACE, b"<!doctype html><title>Log in</title>")
    with pytest.raises(IntegrityError, match="has 36 bytes, expected 216"):
        pulling.pull(served(found, web.url), there / "model.onnx")
    assert lying(there) == {}


def test_a_body_without_end_is_cut_one_byte_after_the_end(found: Resolution, there: Path, web: Web) -> None:
    web.put(PLACE, answer(RIGHT * 10_000, length=-1))
    with pytest.raises(IntegrityError, match="has more than 216 bytes"):
        pulling.pull(served(found, web.url), there / "model.onnx")
    assert lying(there) == {}


@pytest.mark.parametrize("kind", ["missing", "folder", "link", "fifo"])
def test_an_object_that_is_no_file_is_an_error(found: Resolution, there: Path, kind: str) -> None:
    place = Path(found.addresses[0])
    place.rename(there.parent / "aside")
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(there.parent / "aside")
    elif kind == "fifo":
        os.mkfifo(place)
    why = {
        "missing": "there is no such file",
        "folder": "is not a regular file",
        "link": "cannot be read: is a symbolic link",
        "fifo": "is not a regular file",
    }
    with pytest.raises(RegistryError) as error:
        pulling.pull(found, there / "model.onnx")
    assert str(error.value) == f"cannot fetch churn@1.0.0: {place}: {why[kind]}"
    assert (error.value.code, lying(there)) == (1, {})


def test_a_later_remote_makes_good_what_an_earlier_one_has_wrong(
    found: Resolution, there: Path, web: Web
) -> None:
    found = found._replace(addresses=(f"{web.url}/gone", f"{web.url}{PLACE}", *found.addresses))
    web.put(PLACE, b"x" * 216)
    pulled = pulling.pull(found, there / "model.onnx")
    assert lying(there) == {"model.onnx": RIGHT}
    assert pulled.warnings[0] == f"{web.url}/gone: HTTP 404 Not Found"
    assert pulled.warnings[1].startswith(f"{web.url}{PLACE} has sha256 ")
    assert len(pulled.warnings) == 2


def test_when_no_remote_has_it_all_are_named_without_passwords(
    found: Resolution, there: Path, web: Web
) -> None:
    secret = web.url.replace("://", "://me:secret@")
    found = found._replace(addresses=(f"{secret}/a", "gs://key:secret@bucket/b", "/nowhere/c"))
    with pytest.raises(RegistryError) as error:
        pulling.pull(found, there / "model.onnx")
    assert str(error.value) == (
        f"cannot fetch churn@1.0.0: {web.url}/a: HTTP 404 Not Found; "
        "gs://bucket/b: gs:// is not read by this version; /nowhere/c: there is no such file"
    )
    assert error.value.hint == "modelry[gs] will; until then, in a clone: dvc pull POINTER"


def test_a_registry_without_remotes_has_nothing_to_pull(found: Resolution, there: Path) -> None:
    with pytest.raises(RegistryError, match=r"cannot fetch churn@1\.0\.0: the registry names no remote"):
        pulling.pull(found._replace(addresses=()), there / "model.onnx")


def test_what_lies_there_already_is_not_fetched_again(found: Resolution, there: Path) -> None:
    target = there / "model.onnx"
    pulling.pull(found, target)
    assert pulling.pull(found._replace(addresses=()), target) == Pulled(target, fetched=False, warnings=())


def test_something_else_is_replaced_only_by_force(found: Resolution, there: Path) -> None:
    target = there / "model.onnx"
    target.write_bytes(b"mine")
    with pytest.raises(RegistryError) as error:
        pulling.pull(found, target)
    assert str(error.value) == f"{target} has 4 bytes, expected 216: something else lies there"
    assert (error.value.hint, lying(there)) == ("replace it with --force", {"model.onnx": b"mine"})
    assert pulling.pull(found, target, force=True).fetched
    assert lying(there) == {"model.onnx": RIGHT}


def test_what_came_there_while_fetching_is_not_replaced(
    found: Resolution, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = there / "model.onnx"
    really = receiving.receive

    def slow(address: str, file: File, into: Path, *args: Any) -> None:
        really(address, file, into, *args)
        target.write_bytes(b"somebody's")

    monkeypatch.setattr(receiving, "receive", slow)
    with pytest.raises(RegistryError, match="something else lies there"):
        pulling.pull(found, target)
    assert lying(there) == {"model.onnx": b"somebody's"}


def test_when_fetching_fails_the_old_bytes_stay(found: Resolution, there: Path) -> None:
    (there / "model.onnx").write_bytes(b"old")
    with pytest.raises(RegistryError):
        pulling.pull(found._replace(addresses=("/nowhere",)), there / "model.onnx", force=True)
    assert lying(there) == {"model.onnx": b"old"}


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "fifo"])
def test_what_is_no_plain_file_is_not_replaced_even_by_force(
    found: Resolution, there: Path, kind: str
) -> None:
    target = there / "model.onnx"
    if kind == "folder":
        target.mkdir()
    elif kind == "fifo":
        os.mkfifo(target)
    else:
        target.symlink_to(there if kind == "link" else "/nowhere")
    with pytest.raises(RegistryError) as error:
        pulling.pull(found, target, force=True)
    assert str(error.value) == f"{target} is not a plain file"


def test_a_folder_that_cannot_be_written_is_named(found: Resolution, there: Path) -> None:
    (there / "file").write_bytes(b"")
    with pytest.raises(RegistryError) as error:
        pulling.pull(found, there / "file/model.onnx")
    assert str(error.value) == f"cannot write {there}/file/model.onnx: File exists"


@pytest.mark.parametrize(
    ("destination", "target"),
    [
        (None, "model.onnx"),
        (".", "model.onnx"),
        ("there", "there/model.onnx"),
        ("m", "m"),
        ("a/m", "a/m"),
        ("new/", "new/model.onnx"),
    ],
)
def test_a_file_goes_where_the_destination_says(
    found: Resolution, there: Path, monkeypatch: pytest.MonkeyPatch, destination: str | None, target: str
) -> None:
    monkeypatch.chdir(there.parent)
    assert pulling.target(found, destination) == Path(target)


class TestAFolder:
    """An artifact that is a folder."""

    @pytest.fixture
    def found(self, bert: Path) -> Resolution:
        return client.resolve("bert", str(bert))

    @pytest.fixture
    def right(self, found: Resolution, tmp_path: Path) -> dict[str, bytes]:
        pulling.pull(found, tmp_path / "right")
        assert len(lying(tmp_path / "right")) == 3
        return lying(tmp_path / "right")

    def test_it_is_pulled_whole(self, found: Resolution, there: Path) -> None:
        assert pulling.pull(found, there / "bert") == Pulled(there / "bert", fetched=True, warnings=())
        assert lying(there) == {
            "bert/config.json": b'{"layers": 2}\n',
            "bert/weights/a.bin": b"a" * 3000,
            "bert/weights/b.bin": b"b" * 10,
        }
        assert {stat.S_IMODE(path.stat().st_mode) for path in there.rglob("*")} == {0o755, 0o644}

    def test_it_is_pulled_from_a_web_server(
        self, found: Resolution, there: Path, web: Web, bert: Path, right: dict[str, bytes]
    ) -> None:
        for path, data in lying(bert / "store").items():
            web.put(f"/store/{path}", data)
        address = found.addresses[0].replace(str(bert), web.url)
        pulling.pull(found._replace(addresses=(address,)), there / "bert")
        assert lying(there / "bert") == right

    def test_several_files_come_at_a_time_from_a_web_server(
        self, found: Resolution, there: Path, web: Web, bert: Path, right: dict[str, bytes]
    ) -> None:
        together = threading.Barrier(len(right), timeout=20)  # who comes alone waits in vain

        def met(data: bytes) -> Answer:
            def give(handler: BaseHTTPRequestHandler) -> None:
                together.wait()
                answer(data)(handler)

            return give

        for path, data in lying(bert / "store").items():
            web.put(f"/store/{path}", data if data.startswith(b"[") else met(data))
        told: list[int] = []
        address = found.addresses[0].replace(str(bert), web.url)
        pulling.pull(found._replace(addresses=(address,)), there / "bert", tick=told.append)
        assert (lying(there / "bert"), sum(told)) == (right, 3024)

    def test_a_file_that_is_wrong_ends_what_is_fetched_beside_it(
        self, found: Resolution, there: Path, web: Web, bert: Path
    ) -> None:
        over = threading.Event()

        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.end_headers()
            while not over.wait(0.01):
                handler.wfile.write(b"a")

        for path, data in lying(bert / "store").items():
            given = {3000: drip, 10: answer(b"x")}.get(len(data), data)
            web.put(f"/store/{path}", given)
        address = found.addresses[0].replace(str(bert), web.url)
        with pytest.raises(IntegrityError, match="has 1 bytes, expected 10"):
            pulling.pull(found._replace(addresses=(address,)), there / "bert")
        over.set()
        assert list(there.iterdir()) == []

    def test_it_lies_there_already(self, found: Resolution, there: Path) -> None:
        pulling.pull(found, there / "bert")
        assert not pulling.pull(found._replace(addresses=()), there / "bert").fetched

    def test_each_file_may_come_from_another_remote(
        self, found: Resolution, there: Path, bert: Path, right: dict[str, bytes]
    ) -> None:
        objects = lying(bert / "store")
        spoilt = dict.fromkeys(list(objects)[1:], b"x")
        folders.write(objects | spoilt, bert / "first")
        first = found.addresses[0].replace("/store/", "/first/")
        pulled = pulling.pull(found._replace(addresses=(first, *found.addresses)), there / "bert")
        assert lying(there / "bert") == right
        assert pulled.warnings != ()

    @pytest.mark.parametrize("data", [b"", b"a" * 2999 + b"x", b"a" * 3001])
    def test_a_wrong_file_spoils_it_all(
        self, found: Resolution, there: Path, bert: Path, data: bytes
    ) -> None:
        (place,) = (
            path for path in (bert / "store").rglob("*") if path.is_file() and path.stat().st_size == 3000
        )
        place.write_bytes(data)
        with pytest.raises(IntegrityError, match=str(place)):
            pulling.pull(found, there / "bert")
        assert list(there.iterdir()) == []

    def listing(self, found: Resolution) -> list[dict[str, str]]:
        listed: list[dict[str, str]] = json.loads(Path(found.addresses[0]).read_bytes())
        return listed

    @pytest.mark.parametrize("how", ["one less", "one more", "one twice", "outside", "no md5"])
    def test_a_list_of_other_files_than_the_record_is_refused(
        self, found: Resolution, there: Path, how: str
    ) -> None:
        listed = self.listing(found)
        changed = {
            "one less": listed[:-1],
            "one more": [*listed, {"md5": "0" * 32, "relpath": "extra"}],
            "one twice": [*listed, listed[0]],
            "outside": [*listed[:-1], {**listed[-1], "relpath": "../b.bin"}],
            "no md5": [*listed[:-1], {**listed[-1], "md5": "../../../../etc/passwd"}],
        }[how]
        Path(found.addresses[0]).write_text(json.dumps(changed))
        with pytest.raises(IntegrityError, match=found.addresses[0]):
            pulling.pull(found, there / "bert")
        assert list(there.iterdir()) == []

    @pytest.mark.parametrize(
        "data", [b"", b"<html>", b"{}", b"[1]", b'["x"]', b"[{}]", b"[" * 100_000, b"null", b"\xff"]
    )
    def test_a_list_that_is_none_is_refused(self, found: Resolution, there: Path, data: bytes) -> None:
        Path(found.addresses[0]).write_bytes(data)
        with pytest.raises(IntegrityError, match=found.addresses[0]):
            pulling.pull(found, there / "bert")

    def test_an_older_one_is_replaced_only_by_force_and_then_wholly(
        self, found: Resolution, there: Path, right: dict[str, bytes]
    ) -> None:
        folders.write({"config.json": b"old", "vocabulary.txt": b"old"}, there / "bert")
        with pytest.raises(
            RegistryError, match=r"config.json has 3 bytes, expected 14: something else lies there"
        ):
            pulling.pull(found, there / "bert")
        assert lying(there) == {"bert/config.json": b"old", "bert/vocabulary.txt": b"old"}
        pulling.pull(found, there / "bert", force=True)
        assert lying(there / "bert") == right
        assert [path.name for path in there.iterdir()] == ["bert"]

    def test_the_same_destination_means_the_same_place_again(self, found: Resolution, there: Path) -> None:
        targets = []
        for _ in range(2):
            targets.append(pulling.target(found, str(there / "deployed")))
            pulling.pull(found, targets[-1])
        assert targets == [there / "deployed"] * 2
        assert pulling.target(found, str(there)) == there / "bert"
        (there / "bert").mkdir()
        assert pulling.target(found, str(there / "bert")) == there / "bert"
