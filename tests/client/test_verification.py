"""What lies on the disk is a version's bytes, or the first difference is told."""

import os
from pathlib import Path

import pytest

import builders
from modelry import client
from modelry.client import pull as pulling
from modelry.client import verification
from modelry.errors import IntegrityError, RegistryError

SHA256 = "2261302cfe4efaad3e223b258d55c604a47f6424f60e7233c1172d3a755ce915"


def test_the_right_file_passes_and_is_read_whole(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(builders.artifact("churn", "1.0.0"))
    told: list[int] = []
    verification.verify(client.resolve("churn@1.0.0", str(clone)), tmp_path / "m", told.append)
    assert sum(told) == 216


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x", "{} has 1 bytes, expected 216"),
        (
            builders.artifact("churn", "1.1.0"),
            f"{{}} has sha256 7fc58238c91d4810cfc1682138f0968ba2da4a4ecfa0493f1b69b77f3cb690ee, expected {SHA256}",
        ),
        (None, "{} is missing"),
    ],
)
def test_the_wrong_file_is_told_with_what_was_expected(
    clone: Path, tmp_path: Path, data: bytes | None, message: str
) -> None:
    path = tmp_path / "m"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(IntegrityError) as error:
        verification.verify(client.resolve("churn@1.0.0", str(clone)), path)
    assert str(error.value) == f"{message.format(path)}; it is not churn@1.0.0"
    assert error.value.hint == "fetch it: modelry pull churn@1.0.0"


@pytest.mark.parametrize("kind", ["folder", "fifo"])
def test_what_is_no_file_is_not_the_version(clone: Path, tmp_path: Path, kind: str) -> None:
    (os.mkfifo if kind == "fifo" else os.mkdir)(tmp_path / "m")
    found = client.resolve("churn@1.0.0", str(clone))
    assert verification.difference(found, tmp_path / "m") == f"{tmp_path}/m is no regular file"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("nothing", None),
        ("edit", "{}/weights/a.bin has 3 bytes, expected 3000"),
        ("remove", "{}/weights/a.bin is missing"),
        ("add", "{}/weights/aa.bin does not belong there"),
        ("link", "{}/weights/b.bin is a symbolic link"),
        ("link a folder", "{}/more does not belong there"),
        ("replace", "{} is no folder"),
    ],
)
def test_of_a_folder_the_first_file_that_differs_is_told(
    bert: Path, tmp_path: Path, change: str, message: str | None
) -> None:
    found = client.resolve("bert", str(bert))
    path = tmp_path / "bert"
    pulling.pull(found, path)
    match change:
        case "edit":
            (path / "weights/a.bin").write_bytes(b"abc")
        case "remove":
            (path / "weights/a.bin").unlink()
        case "add":
            (path / "weights/aa.bin").touch()
        case "link":
            (path / "weights/b.bin").rename(tmp_path / "b.bin")
            (path / "weights/b.bin").symlink_to(tmp_path / "b.bin")
        case "link a folder":
            (path / "more").symlink_to(tmp_path)
        case "replace":
            path = path / "config.json"
    assert verification.difference(found, path) == (message.format(path) if message else None)


def test_what_cannot_be_read_is_an_error_and_no_difference(
    bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = client.resolve("bert", str(bert))
    pulling.pull(found, tmp_path / "bert")

    def refuse(path: str, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    for name in ("open", "scandir"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, refuse)
            with pytest.raises(RegistryError, match=f"{tmp_path}/bert.*: Permission denied"):
                verification.verify(found, tmp_path / "bert")


def test_a_link_to_the_right_file_is_followed_as_its_readers_do(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(builders.artifact("churn", "1.0.0"))
    (tmp_path / "current").symlink_to("m")
    verification.verify(client.resolve("churn@1.0.0", str(clone)), tmp_path / "current")
