"""Folders on the disk: read as git would read them, and replaced so that nobody sees half of one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import builders
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model import files
from modelry.model.files import Entry
from modelry.scaffolding import ground
from modelry.storage import documents, folders


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folders.write(builders.a_registry(), tmp_path)
    return tmp_path


VERSION = "registry/models/churn/versions/1.0.0"


def test_a_folder_reads_as_its_commit_does(a_repo: Repository) -> None:
    strange = {
        ".gitignore": ground.files("store", "../store")[".gitignore"],
        "registry/Notes.TXT": b"lost",
        "registry/models/churn/versions/notes.md": b"lost as well",
        f"{VERSION}/evaluations/More.txt": b"not in its place",
        f"{VERSION}/folder.dvc/within": b"not in its place either",
        "registry/models/churn/training/versions/1/deep/run.sh": b"#!\n",
    }
    folders.write(strange, a_repo.top)
    (a_repo.top / "registry/models/churn/training/versions/1/deep/run.sh").chmod(0o755)
    (a_repo.top / "registry/models/fraud").symlink_to("churn")
    (a_repo.top / f"{VERSION}/evaluations/late.yaml").symlink_to("nowhere")
    (a_repo.top / "registry/models/churn/versions/9.0.0").symlink_to("1.0.0", target_is_directory=True)
    # What git would ignore: artifacts that were pulled, as file, as folder, as a link into DVC's cache.
    folders.write({f"{VERSION}/model.onnx": b"weights", f"{VERSION}/tokens/version.yaml": b"{}"}, a_repo.top)
    (a_repo.top / f"{VERSION}/evaluations.onnx").symlink_to("/dev/zero")
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "odd files")

    there = a_repo.tree("HEAD")
    here = folders.tree(a_repo.top)

    assert here.entries == {
        path: entry for path, entry in there.entries.items() if path.startswith("registry/")
    }
    assert list(here.entries) == sorted(here.entries)
    assert {path: here.read(path) for path in here.entries} == {
        path: there.read(path) for path in here.entries
    }
    assert here.entries["registry/models/fraud"].mode == "120000"
    assert here.read("registry/models/fraud") == b"churn"
    assert f"{VERSION}/evaluations/More.txt" in here.entries
    assert not [path for path in here.entries if "onnx" in path and not path.endswith(".dvc")]


def test_a_file_called_evaluations_is_no_folder_of_evidence(top: Path) -> None:
    (top / VERSION / "evaluations").symlink_to("/dev/zero")
    assert f"{VERSION}/evaluations" not in folders.tree(top).entries


def test_files_are_identified_only_for_who_compares_them(top: Path) -> None:
    (top / "registry/link").symlink_to("models")
    told, untold = folders.tree(top), folders.tree(top, identified=False)
    assert untold.entries == {path: Entry(entry.mode, "") for path, entry in told.entries.items()}
    assert all(len(entry.id) == 40 for entry in told.entries.values())
    assert [untold.read(path) for path in untold.entries] == [told.read(path) for path in told.entries]
    assert files.between(untold, untold) == ()


def test_without_a_registry_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert folders.tree(tmp_path).entries == {}


def test_what_is_neither_file_nor_folder_nor_link_is_not_there(top: Path) -> None:
    os.mkfifo(top / "registry/pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(top / "registry/socket"))
    assert set(folders.tree(top).entries) == set(builders.a_registry())


def test_what_cannot_be_read_is_an_error_and_no_empty_registry(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = documents.registry(folders.tree(top))
    (top / "registry/models/churn/model.yaml").unlink()
    with pytest.raises(RegistryError, match=r"^cannot read .*/model\.yaml: No such file or directory$"):
        _ = registry.models["churn"].info

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(RegistryError, match=r"^cannot read .*/registry: Permission denied$"):
        folders.tree(top)


def test_a_file_differs_when_it_is_missing_or_says_something_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert folders.differs(path, b"one")
    path.write_bytes(b"one")
    assert not folders.differs(path, b"one")
    assert folders.differs(path, b"two")


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out/site"
    with folders.replacing(target) as fresh:
        (fresh / "index").write_bytes(b"one")
    with pytest.raises(ZeroDivisionError), folders.replacing(target) as fresh:
        (fresh / "index").write_bytes(b"%d" % (1 // 0))
    assert (target / "index").read_bytes() == b"one"
    with folders.replacing(target) as fresh:
        (fresh / "index").write_bytes(b"two")
    assert (target / "index").read_bytes() == b"two"
    assert sorted(path.name for path in target.parent.iterdir()) == ["site"]


def test_a_folder_that_a_killed_process_left_aside_is_put_back(tmp_path: Path) -> None:
    target, aside = tmp_path / "site", tmp_path / ".site.old"
    aside.mkdir()
    (aside / "index").write_bytes(b"one")
    with pytest.raises(ZeroDivisionError), folders.replacing(target):
        raise ZeroDivisionError
    assert (target / "index").read_bytes() == b"one"


def test_a_folder_that_cannot_be_replaced_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(RegistryError, match=r"^cannot write .*/site: "),
        folders.replacing(tmp_path / "site") as fresh,
    ):
        fresh.rmdir()


def test_a_swap_that_fails_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "index.html").write_text("old", "utf-8")
    really = Path.rename

    def fails(path: Path, to: Path) -> Path:
        if path.name.startswith(".site.new-"):
            raise OSError(28, "No space left on device")
        return really(path, to)

    monkeypatch.setattr(Path, "rename", fails)
    with (
        pytest.raises(RegistryError, match=r"cannot write .*site: No space left on device"),
        folders.replacing(target),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (target / "index.html").read_text("utf-8") == "old"


def test_what_killed_processes_left_is_swept_and_what_is_at_work_stays(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".site.new-{dead.pid}-abc").mkdir()
    (tmp_path / f".site.new-{os.getpid()}-abc").mkdir()
    (tmp_path / ".site.new-mine").mkdir()
    with folders.replacing(tmp_path / "site") as fresh:
        (fresh / "index.html").write_text("new", "utf-8")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([f".site.new-{os.getpid()}-abc", ".site.new-mine", "site"])
