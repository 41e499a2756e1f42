"""What is put in place is there whole; what killed processes left behind goes, what live ones hold stays."""

import fcntl
import threading
from pathlib import Path

import pytest

from modelry.client import placement
from modelry.errors import RegistryError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / ".m.onnx.pull-0a1b2c3d"
    left.mkdir()
    (left / "lock").touch()
    (left / "new").write_bytes(b"half")
    (tmp_path / ".m.onnx.pull-early").mkdir()
    placement.sweep(tmp_path / "m.onnx")
    assert names(tmp_path) == []


def test_what_stepped_aside_for_a_target_that_never_came_goes_back(tmp_path: Path) -> None:
    left = tmp_path / ".m.pull-0a1b2c3d"
    (left / "old0").mkdir(parents=True)
    (left / "old0/weights").write_bytes(b"old")
    placement.sweep(tmp_path / "m")
    assert names(tmp_path) == ["m"]
    assert (tmp_path / "m/weights").read_bytes() == b"old"


def test_what_stepped_aside_goes_when_its_target_came(tmp_path: Path) -> None:
    (tmp_path / ".m.pull-0a1b2c3d/old0").mkdir(parents=True)
    (tmp_path / "m").mkdir()
    placement.sweep(tmp_path / "m")
    assert names(tmp_path) == ["m"]


def test_what_a_live_process_holds_stays(tmp_path: Path) -> None:
    with placement.replacing(tmp_path / "m") as fresh:
        placement.sweep(tmp_path / "m")
        fresh.write_bytes(b"new")
    assert names(tmp_path) == ["m"]


def test_what_belongs_to_another_target_stays(tmp_path: Path) -> None:
    for name in (".other.pull-1", ".m.pulled", "m.pull-1"):
        (tmp_path / name).mkdir()
    placement.sweep(tmp_path / "m")
    placement.sweep(tmp_path / "nowhere/m")
    assert names(tmp_path) == [".m.pulled", ".other.pull-1", "m.pull-1"]


def test_a_name_with_signs_of_patterns_means_itself(tmp_path: Path) -> None:
    (tmp_path / ".mx.pull-1").mkdir()
    (tmp_path / ".m[x]*?.pull-1").mkdir()
    placement.sweep(tmp_path / "m[x]*?")
    assert names(tmp_path) == [".mx.pull-1"]


def test_a_link_or_a_file_in_the_place_of_a_leftover_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / ".m.pull-1").symlink_to(tmp_path / "precious")
    (tmp_path / ".m.pull-2").touch()
    placement.sweep(tmp_path / "m")
    assert names(tmp_path) == [".m.pull-1", ".m.pull-2", "precious"]
    assert names(tmp_path / "precious") == []


def test_a_failure_inside_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"old")
    with pytest.raises(RegistryError) as error, placement.replacing(tmp_path / "m"):
        raise OSError(28, "No space left on device")
    assert str(error.value) == f"cannot write {tmp_path}/m: No space left on device"
    assert (names(tmp_path), (tmp_path / "m").read_bytes()) == (["m"], b"old")


def test_a_folder_that_cannot_take_its_place_lets_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/old").touch()
    really = Path.rename
    asked: list[str] = []

    def failing(self: Path, target: Path) -> Path:
        asked.append(self.name)
        if asked == ["new", "m", "new"]:
            raise OSError(5, "Input/output error")
        return really(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    replacing = placement.replacing(tmp_path / "m")
    fresh = replacing.__enter__()
    fresh.mkdir()
    (fresh / "new").touch()
    with pytest.raises(RegistryError, match="Input/output error"):
        replacing.__exit__(None, None, None)
    assert (names(tmp_path), names(tmp_path / "m")) == (["m"], ["old"])


def test_a_target_that_is_always_occupied_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def occupied(self: Path, target: Path) -> Path:
        raise (FileNotFoundError if self.name == "m" else FileExistsError)(17, "File exists", str(target))

    monkeypatch.setattr(Path, "rename", occupied)
    with (
        pytest.raises(RegistryError, match="others write there all the time"),
        placement.replacing(tmp_path / "m") as fresh,
    ):
        fresh.mkdir()


def test_many_at_once_leave_one_of_theirs_and_nothing_else(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(20):
                placement.sweep(tmp_path / "m")
                with placement.replacing(tmp_path / "m") as fresh:
                    fresh.mkdir()
                    for name in "ab":
                        (fresh / name).write_text(str(number))
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    placement.sweep(tmp_path / "m")
    assert names(tmp_path) == ["m"]
    assert (tmp_path / "m/a").read_text() == (tmp_path / "m/b").read_text()


def test_a_workplace_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = fcntl.flock
    swept: list[str] = []

    def late(lock: int, how: int) -> None:
        if not swept:
            swept.extend(names(tmp_path))
            monkeypatch.setattr(fcntl, "flock", really)
            placement.sweep(tmp_path / "m")
        really(lock, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with placement.replacing(tmp_path / "m") as fresh:
        assert swept != names(tmp_path)
        fresh.write_bytes(b"new")
    assert names(tmp_path) == ["m"]


def test_a_workplace_that_is_always_swept_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_lock", lambda *_: None)
    with (
        pytest.raises(RegistryError, match="its folder is being cleaned all the time"),
        placement.replacing(tmp_path / "m"),
    ):
        pass


def test_a_workplace_that_cannot_be_locked_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", broken)
    with pytest.raises(RegistryError, match="Input/output error"), placement.replacing(tmp_path / "m"):
        pass
    assert names(tmp_path) == []
