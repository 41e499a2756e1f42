"""What is kept of main's line is told as it is read anew, whatever became of main since."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from modelry.git import Repository
from modelry.model.events import Past
from modelry.model.evidence import Given
from modelry.storage import caches, chronicle, events, evidence, moments, noted
from storage.test_events import commit, land, staging


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELRY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commits were looked at, for each time that any were."""
    looked: list[int] = []
    made = events._made

    def making(repository: Repository, commits: list[object], *rest: object) -> object:
        looked.append(len(commits))
        return made(repository, commits, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(events, "_made", making)
    return looked


def moved(repository: Repository) -> None:
    """Let main promote, go back, go on, register and move house."""
    land(repository, staging("1.1.0", "1.2.0"), "Change (#7)")
    land(repository, staging("1.2.0", "1.1.0"), "Change (#8)")
    land(repository, {**builders.a_policy(repository="https://github.com/acme/models")}, "Move house")
    land(repository, staging("1.0.0", "1.2.0"), "Change (#9)")
    land(repository, {**builders.a_model("other", ("1.0.0",)), **builders.an_assignment("other", "1.0.0")})
    land(repository, {"README.md": b"words"})
    land(repository, staging("1.1.0", "1.0.0"))


def told(repository: Repository, revision: str, model: str | None = None) -> Past:
    # Another process has not seen which commits there were.
    return chronicle.told(Repository(repository.path), revision, model)


def fresh(repository: Repository, revision: str, model: str | None = None) -> Past:
    return events.told(repository, revision, model=model)


@pytest.mark.parametrize("seed", range(6))
def test_at_whichever_commit_it_is_told_as_read_anew(a_repo: Repository, seed: int) -> None:
    moved(a_repo)
    side = commit(a_repo, staging("1.0.0", "1.1.0"), "Aside", a_repo.commit("main~3"))
    merge = commit(a_repo, staging("1.2.0", "1.1.0"), "Merge", side, a_repo.commit("main"))
    asked = [*a_repo.run("rev-list", "main").split(), side, merge] * 2
    random.Random(seed).shuffle(asked)
    for revision in asked:
        for model in (None, "churn", "other"):
            assert told(a_repo, revision, model) == fresh(a_repo, revision, model)


def test_what_is_known_is_not_read_again_and_of_what_came_since_nothing_else(
    a_repo: Repository, read: list[int]
) -> None:
    moved(a_repo)
    told(a_repo, "main")
    told(a_repo, "main")
    told(a_repo, "main~1", "churn")
    assert read == [8]
    land(a_repo, staging("1.0.0", "1.1.0"))
    land(a_repo, staging("1.2.0", "1.0.0"))
    for _ in range(2):
        assert told(a_repo, "main", "churn").events[-1].what == "rolled back"
    assert read == [8, 2]


def test_of_a_model_alone_no_more_is_read_and_nothing_kept(a_repo: Repository, cache: Path) -> None:
    told(a_repo, "main", "churn")
    assert not cache.exists()


def test_a_rewritten_main_is_read_anew(a_repo: Repository) -> None:
    moved(a_repo)
    told(a_repo, "main")
    a_repo.run("update-ref", "refs/heads/main", "main~2")
    land(a_repo, staging("1.2.0", "1.0.0"), "Another")
    assert told(a_repo, "main") == fresh(a_repo, "main")
    a_repo.run("update-ref", "refs/heads/main", "main~3")
    land(a_repo, staging("1.1.0", "1.0.0"), "A third")
    a_repo.run("reflog", "expire", "--expire=now", "--all")
    a_repo.run("update-ref", "-d", "refs/remotes/origin/main")
    a_repo.run("gc", "--quiet", "--prune=now")
    assert told(a_repo, "main") == fresh(a_repo, "main")


def test_evidence_that_came_later_is_told(a_repo: Repository) -> None:
    moved(a_repo)
    a_repo.run("push", "--quiet", "origin", "main")
    assert moments.past(a_repo.top, None).events[-1].landing.told_by is None
    last = a_repo.commit("main")

    change = evidence.changed(a_repo, last)
    line = evidence.statement(a_repo, last, change, Given()).model_dump_json(by_alias=True)
    a_repo.run("update-ref", evidence.REF, noted.added(a_repo, evidence.NOTES, {last: line}))
    assert moments.past(a_repo.top, None).events[-1].landing.told_by == "evidence"


def test_a_shallow_clone_neither_believes_nor_keeps(a_repo: Repository, tmp_path: Path, cache: Path) -> None:
    moved(a_repo)
    clone = tmp_path / "clone-of-all"
    a_repo.run("clone", "--quiet", "--bare", a_repo.top.as_uri(), str(clone))
    told(Repository(clone), "main")
    kept = {path.name: path.read_bytes() for path in cache.iterdir()}
    a_repo.run("-C", str(clone), "fetch", "--quiet", "--depth", "2", "origin", "main")
    shallow = Repository(clone)
    assert shallow.is_shallow
    assert told(shallow, "main") == fresh(shallow, "main")
    assert told(shallow, "main").unknown_before is not None
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == kept


def test_grafted_commits_are_read_anew(a_repo: Repository) -> None:
    moved(a_repo)
    told(a_repo, "main")
    head, first = a_repo.commit("main"), a_repo.run("rev-list", "--max-parents=0", "main").strip()
    (a_repo.common / "info").mkdir(exist_ok=True)
    (a_repo.common / "info/grafts").write_text(f"{head} {first}\n")
    assert told(a_repo, "main") == fresh(a_repo, "main")


def _bend(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().replace(b"promoted", b"yanked__"))


BROKEN: tuple[Callable[[Path], object], ...] = (
    _bend,
    lambda kept: kept.write_bytes(kept.read_bytes()[:-9]),
    lambda kept: kept.write_bytes(b""),
    lambda kept: kept.write_bytes(b"[]\n[]"),
    lambda kept: kept.chmod(0o644),
)


@pytest.mark.parametrize("break_it", BROKEN)
def test_what_is_broken_or_was_open_to_others_is_written_anew(
    a_repo: Repository, cache: Path, break_it: Callable[[Path], object], read: list[int]
) -> None:
    whole = told(a_repo, "main")
    (kept,) = cache.iterdir()
    data = kept.read_bytes()
    break_it(kept)
    assert told(a_repo, "main") == whole
    assert read == [1, 1]
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (data, 0o600)


def test_another_tool_reads_anew(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch, read: list[int]
) -> None:
    told(a_repo, "main")
    monkeypatch.setattr(caches, "tool", lambda *_: b"another")
    told(a_repo, "main")
    assert read == [1, 1]


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("MODELRY_CACHE", "")])
def test_where_nothing_is_to_be_kept_nothing_is(
    a_repo: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert told(a_repo, "main") == fresh(a_repo, "main")
    assert not cache.exists()


def test_several_at_once_all_tell_the_same(a_repo: Repository) -> None:
    moved(a_repo)
    a_repo.run("push", "--quiet", "origin", "main")
    command = [
        str(Path(sys.executable).with_name("modelry")),
        "history",
        "--json",
        "--registry",
        str(a_repo.top),
        "--at",
    ]
    asked = [f"main~{number % 3}" for number in range(9)]

    def together(**extra: str) -> list[str]:
        runs = [
            subprocess.Popen([*command, at], stdout=subprocess.PIPE, env={**os.environ, **extra}, text=True)
            for at in asked
        ]
        return [run.communicate()[0] for run in runs]

    alone = together(MODELRY_CACHE="")
    assert all(json.loads(said)["events"] for said in alone)
    assert [together(), together()] == [alone, alone]
