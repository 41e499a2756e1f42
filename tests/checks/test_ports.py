"""What rules ask git: a clone that lacks the history says so, and a collision is found among all pointers of main."""

import subprocess
from pathlib import Path

import pytest

import builders
from modelry import judging
from modelry.checks import numbering, pointers, sharing
from modelry.checks.base import Context, UnavailableError
from modelry.git import GitError, Repository, running
from modelry.model import layout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Give a bare repository in which churn@1.1.0 was added to main, and removed again."""
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", tmp_path / "main.git"], check=True)
    made = Repository(tmp_path / "main.git")
    for setting in ("user.name=A", "user.email=a@acme.example"):
        made.run("config", *setting.split("=", 1))
    first = made.write(None, builders.a_registry(2, 1))
    second = made.write(first, builders.a_version(version="1.1.0"))
    old = None
    for tree in (first, second, first):
        new = made.record(tree, [old] if old else [], "a moment")
        made.move("main", new, old)
        old = new
    return made


def proposed(repository: Repository, number: str) -> Context:
    tree = repository.write("main", builders.a_version(version=number))
    return judging.change(repository, "main", tree, offline=True)


def test_a_number_that_main_had_is_found_in_its_history(repository: Repository) -> None:
    def found(number: str) -> list[str]:
        return [problem.path for problem in numbering.name_reused.look(proposed(repository, number))]

    assert found("1.1.0") == [layout.version("churn", "1.1.0")]
    assert found("1.1.1") == []


def test_a_shallow_clone_cannot_tell(repository: Repository, tmp_path: Path) -> None:
    source, target = f"file://{repository.path}", str(tmp_path / "clone")
    subprocess.run(["git", "clone", "--quiet", "--bare", "--depth=1", source, target], check=True)

    with pytest.raises(UnavailableError, match=r"^the clone is shallow: git fetch --unshallow$"):
        list(numbering.name_reused.look(proposed(Repository(Path(target)), "1.1.0")))


def test_of_many_new_names_at_once_each_is_looked_for(repository: Repository) -> None:
    numbers = [f"1.1.{patch}" for patch in range(30)]
    files = {path: data for number in numbers for path, data in builders.a_version(version=number).items()}
    context = judging.change(repository, "main", repository.write("main", files), offline=True)

    found = [problem.path for problem in numbering.name_reused.look(context)]
    assert found == [layout.version("churn", "1.1.0")]


@pytest.mark.parametrize("others", [0, 30])
def test_the_pointers_of_main_are_searched_for_the_addresses_of_new_ones(
    repository: Repository, others: int
) -> None:
    old, new = (
        layout.version(*name, "model.onnx.dvc") for name in (("model-00001", "1.0.0"), ("churn", "2.0.0"))
    )
    files = {**builders.a_version(version="2.0.0"), new: repository.run("show", f"main:{old}").encode()}
    for patch in range(others):
        files |= builders.a_version(version=f"3.0.{patch}")
    context = judging.change(repository, "main", repository.write("main", files), offline=True)
    assert context.pointing is not None
    held = {md5: paths for md5, paths in context.pointing().items() if md5 in context.addresses}

    assert held == {context.fresh[0].pointers[0].must.out.md5: [old]}
    assert [problem.path for problem in pointers.md5_collision.look(context)] == [new]


def test_a_process_that_was_forked_asks_git_itself(repository: Repository) -> None:
    context = proposed(repository, "1.1.0")

    def asked(part: int) -> list[str]:
        return sorted(context.again) if part else []

    wanted = [layout.version("churn", "1.1.0")]
    assert sharing.each(asked, 4, 2) == [[], wanted, wanted, wanted]


def test_nobody_waits_for_what_no_rule_asked(repository: Repository) -> None:
    process = repository.run("rev-parse", "main")
    answer = running.begun(repository.path, ("cat-file", "--batch-check", "--batch-all-objects"))
    del answer
    assert repository.run("rev-parse", "main") == process


def test_what_git_complains_of_when_it_is_asked_later_is_told(repository: Repository) -> None:
    answer = running.begun(repository.path, ("cat-file", "blob", "0" * 40))

    with pytest.raises(GitError, match=r"^git cat-file: fatal: git cat-file 0{40}: bad file$"):
        answer()
