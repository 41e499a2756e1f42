"""The benchmarks run, on a registry that is too small to tell anything. No test measures time."""

import subprocess
import sys
from pathlib import Path

import pytest

import builders
from benchmarks import cases, synthetic
from modelry.git import Repository
from modelry.storage import documents, events, folders

TOP = Path(__file__).parents[2]


@pytest.mark.parametrize("name", [case.name for case in cases.CASES])
def test_each_case_prints_a_row_for_each_peer(name: str) -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "--models=2", "--versions=2", "--rounds=1", name]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = done.stdout.splitlines()[4:]
    assert rows
    assert all(row.count("|") == 8 for row in rows)


def test_a_synthetic_registry_is_what_the_builders_make_slowly() -> None:
    quickly = dict(synthetic.registry(models=2, versions=3))
    slowly = builders.a_registry(2, 3)
    assert quickly == slowly


def test_a_synthetic_history_has_a_commit_for_each_version_and_tells_what_it_made(tmp_path: Path) -> None:
    repository = Repository(synthetic.with_history(2, 4, tmp_path / "bare.git"))
    assert int(repository.run("rev-list", "--count", "--first-parent", "main")) == 1 + 2 * 4
    told = events.read(repository, "main").events
    assert [event.what for event in told] == [
        "policy changed",
        *["registered"] * 4,
        *["promoted"] * 2,
        *["registered"] * 4,
        *["promoted"] * 2,
    ]
    assert {event.landing.approved_by for event in told[1:]} == {("Grace <grace@example.org>",)}
    assert documents.registry(repository.tree("main")).model("churn").holder("production") is not None


def test_a_synthetic_repository_holds_the_same_as_the_folder(tmp_path: Path) -> None:
    repository = Repository(synthetic.in_repository(1, 2, tmp_path / "clone"))
    folder = synthetic.in_folder(synthetic.registry(1, 2), tmp_path / "folder")
    assert repository.tree("main").entries == folders.tree(folder).entries
    assert repository.run("diff", "--name-only", "main", synthetic.PROPOSED).splitlines() == [
        path for path, _ in sorted(synthetic.version("churn", 2))
    ]
    assert repository.run("status", "--porcelain") == ""
