"""Clones that race for one bare origin: what can land lands, one of those that cannot both does, and main is sound.

Each racer is a process of its own. The large sweep: `pytest -m slow tests/forges/test_races.py`.
"""

import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.storage import commits, folders

MODELRY = [sys.executable, "-c", "from modelry.cli import main; main()"]

FEW = 3
MANY = 8


def race(clones: Sequence[Repository], *commands: Sequence[str]) -> list[tuple[int, str]]:
    """Run a command in each clone, all at the same time; give each one's exit code and what it said."""
    racers = [
        subprocess.Popen([*MODELRY, *command], cwd=clone.path, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        for clone, command in zip(clones, commands, strict=True)
    ]
    said = [racer.communicate()[1].decode() for racer in racers]
    return [(racer.returncode, text) for racer, text in zip(racers, said, strict=True)]


def begin(origin: Path, names: Sequence[str], versions: Sequence[str]) -> None:
    """Let origin's main hold these models, none in a stage."""
    files = builders.a_policy()
    for name in names:
        files |= builders.a_model(name, versions)
    repository = Repository(origin)
    repository.move("main", repository.record(repository.write(None, files), [], "Begin"), None)
    repository.run("symbolic-ref", "HEAD", "refs/heads/main")


def clones(origin: Path, count: int, name: str = "racer") -> list[Repository]:
    made = []
    for number in range(count):
        folder = origin.parent / f"{name}-{number}"
        Repository(origin.parent).run("clone", "--quiet", str(origin), str(folder))
        made.append(Repository(folder))
        for key, value in (("name", f"{name} {number}"), ("email", f"{name}-{number}@example.org")):
            made[-1].run("config", f"user.{key}", value)
    return made


def line(origin: Path) -> list[str]:
    """Give main's commits, oldest first."""
    return Repository(origin).run("rev-list", "--first-parent", "--reverse", "main").split()


def every_commit_is_sound(origin: Path) -> bool:
    """Hold each commit of main against all rules, as the change that it is and as the registry that it leaves."""
    commits = line(origin)
    (clone,) = clones(origin, 1, "auditor")
    at = ("--registry", str(clone.path), "--offline")
    checked = [
        CliRunner().invoke(group, ["check", "--base", before, "--head", after, *at])
        for before, after in pairwise(commits)
    ]
    for number, commit in enumerate(commits):
        folder = origin.parent / f"commit-{number}"
        tree = Repository(origin).tree(commit)
        folders.write({path: tree.read(path) for path in tree.entries}, folder)
        checked.append(CliRunner().invoke(group, ["check", str(folder), "--offline"]))
    assert [result.output for result in checked if result.exit_code] == []
    return len(commits) > 1


def distinct_models_all_land(origin: Path, count: int) -> None:
    names = [f"model-{number}" for number in range(count)]
    begin(origin, names, ["1.0.0"])
    racers = clones(origin, count)
    wishes = [["promote", f"{name}@1.0.0", "staging", "--reason", "race"] for name in names]
    assert [code for code, _ in race(racers, *wishes)] == [0] * count
    merges = [["merge", f"promote/{name}/staging/1.0.0", "--offline"] for name in names]
    done = race(racers, *merges)
    assert [said for code, said in done if code] == []
    registry = commits.registry(Repository(origin), "main")
    assert {name: getattr(registry.model(name).holder("staging"), "number", None) for name in names} == (
        dict.fromkeys(names, "1.0.0")
    )
    assert len(line(origin)) == count + 1
    assert every_commit_is_sound(origin)


def of_one_stage_one_lands(origin: Path, count: int) -> None:
    versions = [f"1.{number}.0" for number in range(count)]
    begin(origin, ["churn"], versions)
    racers = clones(origin, count)
    wishes = [["promote", f"churn@{version}", "staging", "--reason", "race"] for version in versions]
    assert [code for code, _ in race(racers, *wishes)] == [0] * count
    merges = [["merge", f"promote/churn/staging/{version}", "--offline"] for version in versions]
    done = race(racers, *merges)
    assert sorted(code for code, _ in done) == [0] + [6] * (count - 1)
    _, winner = line(origin)
    holder = commits.registry(Repository(origin), "main").model("churn").holder("staging")
    assert holder is not None
    assert done[versions.index(holder.number)][0] == 0
    told = f"conflicts with main in registry/models/churn/stages/staging.yaml: {winner} was first (Promote {holder.label} to staging)"
    assert [told in said for code, said in done if code] == [True] * (count - 1)
    assert every_commit_is_sound(origin)


def test_of_clones_that_promote_distinct_models_at_once_all_land(origin: Path) -> None:
    distinct_models_all_land(origin, FEW)


def test_of_clones_that_promote_to_one_stage_at_once_one_lands_and_the_others_are_told_whose(
    origin: Path,
) -> None:
    of_one_stage_one_lands(origin, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("_heat", range(5))
def test_of_eight_clones_that_promote_distinct_models_at_once_all_land(origin: Path, _heat: int) -> None:
    distinct_models_all_land(origin, MANY)


@pytest.mark.slow
@pytest.mark.parametrize("_heat", range(5))
def test_of_eight_clones_that_promote_to_one_stage_at_once_one_lands(origin: Path, _heat: int) -> None:
    of_one_stage_one_lands(origin, MANY)
