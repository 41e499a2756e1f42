"""Killed at any moment, merging and registering leave main as it was or as it should be, and run again they finish."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import builders
import crash
from modelry import proposals
from modelry.errors import Exit
from modelry.forges import local
from modelry.git import Repository
from modelry.model import names
from modelry.storage import commits, evidence, yaml

MODELRY = [sys.executable, "-c", "from modelry.cli import main; main()"]


def a_proposal(repository: Repository) -> str:
    registry = commits.registry(repository, repository.base)
    version = registry.find(names.reference("churn@1.1.0"))
    return local.propose(proposals.promote(registry, version, "staging", "because"), repository).branch


def without_stale_locks(repository: Repository) -> None:
    """Do what the hint says: when no git runs any more, remove the locks that a killed one left."""
    for lock in repository.common.rglob("*.lock"):
        if lock.name != "modelry-merge.lock":
            lock.unlink()


def must_be_sound(repository: Repository, allowed: Sequence[str]) -> None:
    repository.run("fsck", "--no-dangling", "--no-progress")
    assert repository.commit("main") in allowed or repository.run(
        "log", "-1", "--format=%s", "main"
    ).startswith("Promote churn")


def again(repository: Repository, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run the command once more, as a user would who reads its hints."""
    done = subprocess.run(command, cwd=repository.top, capture_output=True, text=True, check=False)
    if done.returncode:
        assert ".lock" in done.stderr, done.stderr
        assert "remove the file that it names" in done.stderr
        without_stale_locks(repository)
        done = subprocess.run(command, cwd=repository.top, capture_output=True, text=True, check=False)
    return done


def sweep_merge(a_repo: Repository, points: Callable[[list[crash.Call]], Sequence[crash.Call]]) -> None:
    """Let one system call of a merge, its gits included, kill the process that makes it."""
    start = a_repo.commit("main")
    branch = a_proposal(a_repo)
    a_repo.run("remote", "remove", "origin")  # main is here, and checked out
    command = [*MODELRY, "merge", branch, "--offline"]
    calls = crash.calls(command, a_repo.common, "openat,write,rename,unlink,mkdir,link,close")
    for call in points(calls):
        a_repo.run("reset", "--quiet", "--hard", start)
        crash.fail(["env", "-C", str(a_repo.top), *command], call, crash.KILL)
        must_be_sound(a_repo, [start])
        done = again(a_repo, command)
        assert done.returncode == Exit.DONE, f"{call}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert a_repo.run("log", "-1", "--format=%s", "main").strip() == "Promote churn@1.1.0 to staging"
        assert a_repo.run("status", "--porcelain", "--untracked-files=no").strip() == ""
        recorded = evidence.read(a_repo)[a_repo.commit("main")].recorded
        assert [each.statement.predicate.proposal.branch for each in recorded] == [branch]


@crash.needed
def test_a_merge_killed_at_any_system_call_leaves_the_old_main_or_the_new(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(a_repo.top)
    sweep_merge(a_repo, lambda calls: random.Random(7).sample(calls, min(14, len(calls))))


@crash.needed
@pytest.mark.slow
def test_a_merge_killed_at_every_system_call_leaves_the_old_main_or_the_new(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(a_repo.top)
    sweep_merge(a_repo, lambda calls: calls)


def killed_after(command: Sequence[str], folder: Path, seconds: float) -> None:
    """Start a command, and kill it with all that it started."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def a_registration(folder: Path) -> list[str]:
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights" * 100_000)
    example = builders.a_document("version")
    known = ("evaluations", "training", "signature", "license", "summary", "tags")
    (folder / "facts.yaml").write_text(yaml.dump({name: example[name] for name in known}), "utf-8")
    (folder / "card.md").write_text("# churn\n", "utf-8")
    artifact = [
        str(folder / "model.onnx"),
        "--facts",
        str(folder / "facts.yaml"),
        "--card",
        str(folder / "card.md"),
    ]
    return [*MODELRY, "register", "churn", *artifact, "--version", "2.0.0"]


def sweep_register(a_repo: Repository, folder: Path, count: int) -> None:
    command = a_registration(folder)
    begun = time.monotonic()
    assert subprocess.run(command, cwd=a_repo.top, capture_output=True, check=False).returncode == 0
    whole = time.monotonic() - begun
    branch = "register/churn/2.0.0"
    start, status = a_repo.commit("origin/main"), a_repo.run("status", "--porcelain=v2", "--branch")
    for point in range(count):
        a_repo.run("push", "--quiet", "--delete", "origin", branch)
        a_repo.run("branch", "--quiet", "-D", branch)
        killed_after(command, a_repo.top, whole * (point + 0.5) / count)
        a_repo.run("fsck", "--no-dangling", "--no-progress")
        assert a_repo.commit("origin/main") == start
        assert a_repo.run("status", "--porcelain=v2", "--branch") == status
        done = again(a_repo, command)
        assert done.returncode == Exit.DONE, done.stderr
        assert done.stdout == f"{branch}\n"
        a_repo.run("fetch", "--quiet", "--prune", "origin")
        assert a_repo.commit(f"origin/{branch}") == a_repo.commit(branch)


def test_a_registration_killed_at_some_moment_leaves_all_as_it_was_and_finishes_when_run_again(
    a_repo: Repository, tmp_path: Path
) -> None:
    sweep_register(a_repo, tmp_path / "training", 4)


@pytest.mark.slow
def test_a_registration_killed_at_any_moment_leaves_all_as_it_was_and_finishes_when_run_again(
    a_repo: Repository, tmp_path: Path
) -> None:
    sweep_register(a_repo, tmp_path / "training", 40)
