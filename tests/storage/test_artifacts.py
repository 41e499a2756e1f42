"""Artifacts go into a remote by the real DVC, and are believed once they were read back."""

import hashlib
import os
from pathlib import Path

import pytest

import builders
from modelry.errors import IntegrityError, RegistryError, UsageError
from modelry.model import digests
from modelry.model.files import Files
from modelry.model.policy import Remote
from modelry.storage import access, artifacts, dvc

WEIGHTS = b"weights\n" * 100
MD5 = hashlib.md5(WEIGHTS).hexdigest()
OBJECT = f"files/md5/{MD5[:2]}/{MD5[2:]}"
HOME = "registry/models/churn/versions/2.0.0"
CONFIG = b"[core]\n    analytics = false\n['remote \"here\"']\n    url = x\n"


def a_destination(top: Path, url: str, base: Files | None = None) -> artifacts.Destination:
    """A place to deposit: `url` is seen from `registry/` below `top`."""
    (top / "scratch").mkdir(parents=True, exist_ok=True)
    tree = builders.tree_of({access.CONFIG: CONFIG} if base is None else base)
    return artifacts.Destination(top, top / "scratch", tree, "here", Remote(url=url))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    path.write_bytes(WEIGHTS)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    (path / "deep").mkdir(parents=True)
    (path / "config.json").write_bytes(b"{}")
    (path / "deep" / "weights.safetensors").write_bytes(WEIGHTS)
    return path


def test_what_goes_into_a_remote_inside_the_repository_travels_with_git(tmp_path: Path, source: Path) -> None:
    found = artifacts.deposit(source, "churn", "2.0.0", a_destination(tmp_path / "top", ".artifacts"))
    pointer = f"outs:\n- md5: {MD5}\n  size: {len(WEIGHTS)}\n  hash: md5\n  path: model.onnx\n"
    assert found == artifacts.Deposit(
        artifacts.Hashed("model.onnx", len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest(), "onnx", None),
        {f"{HOME}/model.onnx.dvc": pointer.encode()},
        {f"registry/.artifacts/{OBJECT}": WEIGHTS},
    )
    assert found.artifact.record("onnx") == {
        "path": "model.onnx",
        "format": "onnx",
        "size": len(WEIGHTS),
        "sha256": hashlib.sha256(WEIGHTS).hexdigest(),
    }
    assert list((tmp_path / "top" / "scratch").iterdir()) == []


def test_an_object_that_main_has_is_not_brought_again(tmp_path: Path, source: Path) -> None:
    base = {access.CONFIG: CONFIG, f"registry/.artifacts/{OBJECT}": WEIGHTS}
    found = artifacts.deposit(source, "churn", "2.0.0", a_destination(tmp_path / "top", ".artifacts", base))
    assert found.objects == {}


def test_other_bytes_at_the_same_md5_are_a_collision(tmp_path: Path, source: Path) -> None:
    base = {access.CONFIG: CONFIG, f"registry/.artifacts/{OBJECT}": b"theirs"}
    with pytest.raises(IntegrityError, match=r"is taken by other bytes with the same MD5$"):
        artifacts.deposit(source, "churn", "2.0.0", a_destination(tmp_path / "top", ".artifacts", base))


def test_an_earlier_deposit_counts_while_the_remote_gives_its_bytes(tmp_path: Path, folder: Path) -> None:
    to = a_destination(tmp_path / "top", "../store")
    made = artifacts.deposit(folder, "churn", "2.0.0", to)
    assert made.artifact.files is not None
    assert made.artifact.record("safetensors") == {
        "path": "model",
        "format": "safetensors",
        "size": len(WEIGHTS) + 2,
        "sha256": digests.of_folder(made.artifact.files),
        "files": [
            {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in (("config.json", b"{}"), ("deep/weights.safetensors", WEIGHTS))
        ],
    }
    assert artifacts.hashed(folder) == made.artifact
    pointer = f"{HOME}/model.dvc"

    proposed = builders.tree_of(made.pointer)
    assert artifacts.deposited(made.artifact, proposed, pointer, to) == made
    assert artifacts.deposited(made.artifact, builders.tree_of({}), pointer, to) is None
    strange = builders.tree_of({pointer: b"outs: []\n"})
    assert artifacts.deposited(made.artifact, strange, pointer, to) is None

    held = tmp_path / "top" / "store" / OBJECT
    held.chmod(0o644)
    held.write_bytes(WEIGHTS[:-1])
    assert artifacts.deposited(made.artifact, proposed, pointer, to) is None


def test_bytes_that_the_remote_held_wrongly_are_found_by_reading_back(tmp_path: Path, source: Path) -> None:
    """DVC pushes nothing where it sees an object that nobody may write, whatever it holds."""
    held = tmp_path / "top" / "store" / OBJECT
    held.parent.mkdir(parents=True)
    held.write_bytes(WEIGHTS.upper())
    held.chmod(0o444)
    with pytest.raises(
        IntegrityError, match=r"^model.onnx was pushed, but the remote gives back other bytes"
    ):
        artifacts.deposit(source, "churn", "2.0.0", a_destination(tmp_path / "top", "../store"))


def test_what_dvc_pushed_elsewhere_is_missed(tmp_path: Path, source: Path) -> None:
    """A policy whose address is not that of DVC's remote."""
    base = {access.CONFIG: CONFIG.replace(b"url = x", b"url = " + bytes(tmp_path / "elsewhere"))}
    to = a_destination(tmp_path / "top", f"file://{tmp_path}/store", base)
    with pytest.raises(IntegrityError, match=r"^model.onnx was pushed, but is not there: file://"):
        artifacts.deposit(source, "churn", "2.0.0", to)


def test_a_file_that_dvc_leaves_out_is_missed(tmp_path: Path, folder: Path) -> None:
    (folder / ".hg").mkdir()
    (folder / ".hg" / "weights.bin").write_bytes(WEIGHTS)
    with pytest.raises(IntegrityError, match=r"does not list the files of the record: '.hg/weights.bin'$"):
        artifacts.deposit(folder, "churn", "2.0.0", a_destination(tmp_path / "top", "../store"))


def test_what_dvc_refuses_is_told_in_its_words(tmp_path: Path, folder: Path) -> None:
    (folder / ".dvcignore").write_text("*.safetensors\n")
    with pytest.raises(dvc.DvcError, match=r"^dvc: \.dvcignore file should not be in collected dir path"):
        artifacts.deposit(folder, "churn", "2.0.0", a_destination(tmp_path / "top", "../store"))


@pytest.mark.parametrize(
    ("base", "message", "hint"),
    [
        ({}, "main has no .dvc/config", "begin the registry with: modelry init"),
        (
            {access.CONFIG: b"[core]\n"},
            ".dvc/config has no remote here, which registry.yaml names",
            "add it on main: dvc remote add here ../store",
        ),
    ],
)
def test_a_main_that_does_not_know_the_remote_is_told(
    base: Files, message: str, hint: str, tmp_path: Path, source: Path
) -> None:
    with pytest.raises(RegistryError) as error:
        artifacts.deposit(source, "churn", "2.0.0", a_destination(tmp_path / "top", "../store", base))
    assert (str(error.value), error.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("nothing", "is not there"),
        ("link", "is a symbolic link"),
        ("empty", "is an empty folder"),
        ("fifo", "pipe is not a regular file"),
    ],
)
def test_what_cannot_be_an_artifact_is_refused(kind: str, message: str, tmp_path: Path, source: Path) -> None:
    path = tmp_path / "artifact"
    match kind:
        case "link":
            path.symlink_to(source)
        case "empty":
            path.mkdir()
        case "fifo":
            path.mkdir()
            os.mkfifo(path / "pipe")
    with pytest.raises(UsageError) as error:
        artifacts.hashed(path)
    assert str(error.value).endswith(message)


def test_a_copy_never_replaces_anything(tmp_path: Path, source: Path) -> None:
    (tmp_path / "copy").write_bytes(b"mine")
    with pytest.raises(RegistryError, match=r"^cannot copy .*model.onnx: File exists$"):
        artifacts.hashed(source, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"mine"
