"""A DVC remote is read by its layout; from folders, nothing but regular files."""

import os
from pathlib import Path

import pytest

from modelry.errors import RegistryError
from modelry.storage import remotes

MD5 = "e4a22166216f54097fa6663b63cb3b01"


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("../store", "/clone/store"),
        (".store/", "/clone/registry/.store"),
        ("/srv/dvc/", "/srv/dvc"),
        ("s3://bucket/dvc/", "s3://bucket/dvc"),
        ("https://models.example/dvc", "https://models.example/dvc"),
        ("file:///srv/dvc", "file:///srv/dvc"),
    ],
)
def test_a_remote_is_seen_from_the_registry_folder(url: str, location: str) -> None:
    assert remotes.location(url, Path("/clone/registry")) == location


@pytest.mark.parametrize("md5", [MD5, f"{MD5}.dir"])
@pytest.mark.parametrize("remote", ["/srv/dvc", "s3://bucket"])
def test_an_object_lies_where_dvc_puts_it(remote: str, md5: str) -> None:
    assert remotes.address(remote, md5) == f"{remote}/files/md5/e4/{md5[2:]}"


def test_another_object_of_the_same_remote_lies_beside_it() -> None:
    listed = remotes.address("https://models.example/dvc", f"{MD5}.dir")
    assert remotes.beside(listed, "ab" * 16) == remotes.address("https://models.example/dvc", "ab" * 16)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@models.example/a@b", "https://models.example/a@b"),
        ("https://models.example", "https://models.example"),
        ("/srv/a@b", "/srv/a@b"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert remotes.shown(url) == shown


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}"])
def test_an_object_in_a_folder_is_read_whole_and_tells_its_size(tmp_path: Path, form: str) -> None:
    path = tmp_path / "an object"
    path.write_bytes(b"weights")
    address = form.format(path)
    with remotes.open_object(address.replace(" ", "%20") if "://" in address else address) as body:
        assert (body.size, body.read(3), body.read(100), body.read(100)) == (7, b"wei", b"ghts", b"")


@pytest.mark.parametrize("path", ["missing", "file/below"])
def test_what_is_not_there_is_absent(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(remotes.AbsentError) as error, remotes.open_object(f"{tmp_path}/{path}"):
        pass
    assert str(error.value) == f"{tmp_path}/{path}: there is no such file"


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("folder", "is not a regular file"),
        ("fifo", "is not a regular file"),
        ("link", "cannot be read: is a symbolic link"),
        ("name", "cannot be read: File name too long"),
    ],
)
def test_nothing_but_a_regular_file_is_read(tmp_path: Path, kind: str, message: str) -> None:
    path = tmp_path / ("x" * 300 if kind == "name" else "object")
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "link":
            path.symlink_to("/etc/hostname")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(RegistryError) as error, remotes.open_object(str(path)):
        pass
    assert str(error.value) == f"{path}: {message}"
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_size_is_that_of_a_file_and_of_nothing_else(tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_bytes(b"weights")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    names = ("file", "folder", "link", "nothing", "file/below")
    found = {name: remotes.size(form.format(tmp_path / name)) for name in names}
    assert found == {"file": 7, "folder": None, "link": None, "nothing": None, "file/below": None}


def test_a_size_that_cannot_be_told_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read: File name too long"):
        remotes.size(f"{tmp_path}/{'x' * 300}")


def test_a_disk_that_fails_while_reading_is_an_error() -> None:
    class Broken:
        def fileno(self) -> int:
            return 0

        def read(self, _: int) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(RegistryError) as error:
        remotes._File(Broken(), "/srv/object").read(1)  # type: ignore[arg-type]
    assert str(error.value) == "/srv/object: cannot be read: Input/output error"


@pytest.mark.parametrize(
    ("address", "message", "hint"),
    [
        (
            "gs://key:secret@bucket/x",
            "gs://bucket/x: gs:// is not read by this version",
            "modelry[gs] will; until then, in a clone: dvc pull POINTER",
        ),
        (
            "azure://container/x",
            "azure://container/x: azure:// is not read by this version",
            "modelry[azure] will; until then, in a clone: dvc pull POINTER",
        ),
        (
            "hdfs://host/x",
            "hdfs://host/x: hdfs:// is not read by this version",
            "in a clone: dvc pull POINTER",
        ),
    ],
)
def test_a_store_that_is_not_read_yet_says_what_will(address: str, message: str, hint: str) -> None:
    with pytest.raises(RegistryError) as error, remotes.open_object(address):
        pass
    assert (str(error.value), error.value.hint) == (message, hint)
