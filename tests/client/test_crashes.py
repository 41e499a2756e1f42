"""Wherever a pull is killed or fails, its target is nothing, all of the old or all of the new; the next one cleans up."""

import shutil
import sys
from pathlib import Path

import pytest

import crash
from modelry import client
from modelry.client import placement
from modelry.client import pull as pulling

Tree = dict[str, bytes]

OLD = {"": b"the old bytes\n"}
OLD_FOLDER = {"config.json": b"old", "weights/old.bin": b"old"}


def tree(path: Path) -> Tree | None:
    """Give all files at or below a path, by where they lie; None where nothing is."""
    if path.is_file():
        return {"": path.read_bytes()}
    files = {
        file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()
    }
    return files if path.exists() else None


def lay(path: Path, old: Tree | None) -> None:
    """Make the folder of a target anew, with the old target in it."""
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    for name, data in (old or {}).items():
        file = path / name if name else path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def sweep(
    clone: Path, target: Path, reference: str, old: Tree | None, fault: str, names: str = crash.CHANGES
) -> int:
    """Fail each call of a pull once, and hold the promises after each; give how many there were."""
    call_main = "from modelry.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        call_main,
        "pull",
        reference,
        str(target),
        "--registry",
        str(clone),
        "--force",
    ]
    lay(target, old)
    calls = crash.calls(command, target.parent, names)
    new = tree(target)
    found = client.resolve(reference, str(clone))
    for call in calls:
        lay(target, old)
        done = crash.fail(command, call, fault)
        told = f"{fault} at {call}\n{done.stderr}"
        # For the blink between two renames an old folder stands aside; the next run puts it back.
        aside = [tree(path) for path in target.parent.glob(f".{target.name}.pull-*/old0")]
        assert tree(target) in (old, new) or (aside == [old] and fault == crash.KILL), told
        assert "Traceback" not in done.stderr, told
        assert done.returncode != 0 or tree(target) == new, told
        placement.sweep(target)
        assert tree(target) in (old, new), told
        pulling.pull(found, target, force=True)
        assert tree(target) == new, told
        assert [path.name for path in target.parent.iterdir()] == [target.name], told
    return len(calls)


@crash.needed
@pytest.mark.parametrize("old", [None, OLD], ids=["nothing", "old"])
@pytest.mark.parametrize("fault", [crash.KILL, crash.FULL, crash.BROKEN])
def test_a_pull_of_a_file_that_is_stopped_anywhere_leaves_nothing_half_done(
    bert: Path, tmp_path: Path, old: Tree | None, fault: str
) -> None:
    names = crash.STEPS if fault == crash.KILL else "write,fsync,rename,mkdir,openat"
    assert sweep(bert, tmp_path / "target/model.onnx", "churn@1.0.0", old, fault, names) > 8


@crash.needed
def test_a_pull_of_a_folder_that_is_killed_anywhere_leaves_nothing_half_done(
    bert: Path, tmp_path: Path
) -> None:
    assert sweep(bert, tmp_path / "target/bert", "bert", OLD_FOLDER, crash.KILL, crash.STEPS) > 30


@crash.needed
@pytest.mark.slow
@pytest.mark.parametrize("fault", [crash.KILL, crash.FULL, crash.BROKEN])
@pytest.mark.parametrize(
    ("old", "reference", "name"),
    [
        (None, "churn@1.0.0", "model.onnx"),
        (OLD, "churn@1.0.0", "model.onnx"),
        (None, "bert", "bert"),
        (OLD_FOLDER, "bert", "bert"),
    ],
    ids=["file", "file over old", "folder", "folder over old"],
)
def test_a_pull_that_is_stopped_at_any_call_leaves_nothing_half_done(
    bert: Path, tmp_path: Path, old: Tree | None, reference: str, name: str, fault: str
) -> None:
    assert sweep(bert, tmp_path / "target" / name, reference, old, fault) > 20


@crash.needed
def test_the_sweep_itself_sees_a_target_that_is_written_in_place(tmp_path: Path) -> None:
    target = tmp_path / "target/m"
    careless = ["sh", "-c", f"echo new > {target}; echo more >> {target}"]
    lay(target, OLD)
    seen = set()
    for call in crash.calls(careless, target.parent):
        lay(target, OLD)
        crash.fail(careless, call, crash.KILL)
        seen.add(target.read_bytes())
    assert seen >= {OLD[""], b"", b"new\n"}
