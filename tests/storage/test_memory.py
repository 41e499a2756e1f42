"""What was found sound before is believed where nothing has changed, and a report never differs for it."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from modelry import checks, judging
from modelry.model import layout
from modelry.reports import findings
from modelry.storage import caches, folders, memory

EXAMPLES = Path(__file__).parents[1] / "checks" / "examples"
NAMES = ("churn", "fraud", "lonely", "spam")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELRY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    # Nobody can make a file look older than it is, and a test has no time to wait.
    monkeypatch.setattr(memory, "_MOMENT", 0)
    return tmp_path / "cache"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    files = builders.a_policy()
    for name in NAMES:
        files |= (
            builders.a_model(name) | builders.a_version(name, "1.0.0") | builders.a_version(name, "1.1.0")
        )
    files |= builders.a_version("spam", "1.2.0", parents=["churn@1.1.0"])
    files |= builders.an_assignment("churn", "1.0.0")
    folders.write(files, tmp_path / "top")
    return tmp_path / "top"


def told(top: Path, *, cached: bool) -> tuple[str, str]:
    context, report = judging.at_rest(top, offline=True, cached=cached)
    excerpt = context.after.source.text
    return findings.text(report, excerpt), findings.json(report, excerpt)


def known(top: Path) -> set[str]:
    remembered = memory.recall(top, *judging._judged_by(top))
    assert remembered is not None
    return set(remembered.known)


def path(top: Path, name: str, file: str) -> Path:
    return top / layout.version(name, "1.1.0", file)


def bend(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    file.write_text(text.replace(old, new), "utf-8")


def take_pointer(top: Path, name: str) -> None:
    path(top, name, "model.onnx.dvc").write_bytes(path(top, "fraud", "model.onnx.dvc").read_bytes())


def swap_folders(top: Path, name: str) -> None:
    other = top / layout.MODELS / "other"
    (top / layout.MODELS / name).rename(other)
    (top / layout.MODELS / "churn").rename(top / layout.MODELS / name)
    other.rename(top / layout.MODELS / "churn")


def double(top: Path, name: str) -> None:
    (top / layout.MODELS / name.upper()).mkdir(exist_ok=True)
    (top / layout.MODELS / name.upper() / "model.yaml").write_bytes(b"")


EDITS: tuple[Callable[[Path, str], object], ...] = (
    lambda top, name: bend(path(top, name, "version.yaml"), "Apache-2.0", "Apache-3.0"),
    lambda top, name: bend(path(top, name, "version.yaml"), "Apache-3.0", "Apache-2.0"),
    lambda top, name: path(top, name, "card.md").unlink(missing_ok=True),
    lambda top, name: path(top, name, "card.md").write_text("# Card\n"),
    lambda top, name: path(top, name, "version.yaml").chmod(0o755),
    lambda top, name: path(top, name, "version.yaml").chmod(0o644),
    lambda top, name: path(top, name, ".hidden").write_bytes(b"x"),
    lambda top, name: (top / layout.MODELS / name / "junk").write_bytes(b"x"),
    lambda top, name: (top / layout.MODELS / name / "junk").unlink(missing_ok=True),
    lambda top, _: shutil.rmtree(path(top, "churn", "card.md").parent, ignore_errors=True),
    lambda top, _: (top / layout.MODELS / "README.md").write_bytes(b"x"),
    lambda top, _: bend(top / layout.POLICY, "staging", "stating"),
    lambda top, _: bend(top / layout.POLICY, "stating", "staging"),
    take_pointer,
    swap_folders,
    double,
)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_edited_the_report_is_that_of_a_fresh_look(top: Path, seed: int) -> None:
    chance = random.Random(seed)
    assert told(top, cached=True) == told(top, cached=False)
    for _ in range(12):
        edit, name = chance.choice(EDITS), chance.choice(NAMES)
        if path(top, name, "version.yaml").exists() and path(top, "churn", "version.yaml").parent.exists():
            edit(top, name)
        assert told(top, cached=True) == told(top, cached=False)


@pytest.mark.parametrize(
    "after", sorted(EXAMPLES.glob("*/*/after")), ids=lambda after: "/".join(after.parts[-3:-1])
)
def test_an_example_is_judged_the_same_at_first_and_again(after: Path) -> None:
    fresh = told(after, cached=False)
    assert [told(after, cached=True) for _ in range(2)] == [fresh, fresh]


def test_only_sound_models_on_which_no_other_depends_are_known(top: Path) -> None:
    assert known(top) == set()
    told(top, cached=True)
    assert known(top) == {"churn", "fraud", "lonely"}
    bend(path(top, "lonely", "version.yaml"), "Apache-2.0", "Apache-3.0")
    told(top, cached=True)
    assert known(top) == {"churn", "fraud"}
    take_pointer(top, "churn")
    told(top, cached=True)
    assert known(top) == {"churn"}
    assert "md5-collision" in told(top, cached=True)[0]


def test_what_is_known_is_not_read_again(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = told(top, cached=True)
    read: list[str] = []
    there = folders._read

    def reading(file: str) -> bytes:
        read.append(file)
        return there(file)

    monkeypatch.setattr(folders, "_read", reading)
    assert told(top, cached=True) == fresh
    # Of all models, one is asked whether it has a pointer that the remotes could be asked for.
    assert {part.relative_to(top).parts[2] for part in map(Path, read) if "models" in part.parts} == {
        "churn",
        "spam",
    }


def test_nothing_is_believed_of_another_policy_day_or_tool(
    top: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(top, cached=True)
    policy, day = judging._judged_by(top)
    for asked in ((policy + b"\n", day), (policy, b"2020-01-01")):
        remembered = memory.recall(top, *asked)
        assert remembered is not None
        assert remembered.known == {}
    assert known(top)
    monkeypatch.setattr(caches, "tool", lambda *_: b"another")
    assert known(top) == set()


def test_what_was_changed_a_moment_ago_is_not_remembered(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MOMENT", 10**12)
    told(top, cached=True)
    assert known(top) == set()


def test_the_memory_is_for_its_owner_alone(top: Path, cache: Path) -> None:
    told(top, cached=True)
    (kept,) = cache.iterdir()
    assert (cache.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (0o700, 0o600)


def _put(kept: Path, make: Callable[[], object]) -> None:
    kept.rename(kept.with_name("aside"))
    make()


def _forged(kept: Path, **models: object) -> None:
    said = json.loads(kept.read_text())
    kept.write_text(json.dumps({**said, "models": {**said["models"], **models}}))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.write_bytes(kept.read_bytes()[:100]),
        lambda kept: kept.write_bytes(b""),
        lambda kept: kept.write_bytes(b"[" * 100_000),
        lambda kept: kept.write_bytes(b"\xff\xfe"),
        lambda kept: kept.write_text('{"key": 1}'),
        lambda kept: _forged(kept, churn="text"),
        lambda kept: _forged(kept, churn=[]),
        lambda kept: _forged(kept, churn=[1]),
        lambda kept: kept.chmod(0o644),
        lambda kept: kept.parent.chmod(0o755),
        lambda kept: _put(kept, lambda: kept.symlink_to("aside")),
        lambda kept: _put(kept, lambda: os.mkfifo(kept, 0o600)),
        lambda kept: _put(kept, kept.mkdir),
        lambda kept: _put(kept.parent, kept.parent.touch),
    ],
)
def test_a_memory_that_is_broken_or_open_to_others_is_none(
    top: Path, cache: Path, spoil: Callable[[Path], object]
) -> None:
    fresh = told(top, cached=True)
    (kept,) = cache.iterdir()
    spoil(kept)
    assert known(top) == set()
    assert told(top, cached=True) == fresh


def test_a_broken_memory_is_written_anew(top: Path, cache: Path) -> None:
    told(top, cached=True)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    told(top, cached=True)
    assert kept.read_bytes() == whole


def test_twenty_registries_are_remembered_and_no_more(top: Path, cache: Path) -> None:
    cache.mkdir(mode=0o700)
    for number in range(30):
        (cache / f"{number}.json").write_bytes(b"")
        os.utime(cache / f"{number}.json", (number, number))
    told(top, cached=True)
    assert len(list(cache.iterdir())) == 20
    assert not (cache / "10.json").exists()
    assert known(top)


def test_a_folder_of_models_behind_a_link_is_looked_at_as_what_it_is(top: Path, tmp_path: Path) -> None:
    told(top, cached=True)
    (top / layout.MODELS).rename(tmp_path / "elsewhere")
    (top / layout.MODELS).symlink_to(tmp_path / "elsewhere")
    assert told(top, cached=True) == told(top, cached=False)


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("MODELRY_CACHE", "")])
def test_in_ci_and_where_nobody_wants_it_nothing_is_kept(
    top: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    told(top, cached=True)
    assert memory.recall(top) is None
    assert not cache.exists()


def test_the_memory_lies_where_caches_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MODELRY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert caches.home() == tmp_path / "modelry"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert caches.home() == tmp_path / ".cache" / "modelry"


def test_a_registry_without_models_is_judged_all_the_same(top: Path) -> None:
    shutil.rmtree(top / layout.MODELS)
    assert told(top, cached=True) == told(top, cached=False)
    assert memory.recall(top) is None
    assert checks.ALL
