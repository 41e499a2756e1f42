"""What rules ask git: a clone that lacks the history says so, and a collision is found among all pointers of main."""

import subprocess
from pathlib import Path

import pytest

import builders
from modelry import judging
from modelry.checks import numbering
from modelry.checks.base import Context, UnavailableError
from modelry.git import Repository
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


def test_the_pointers_of_main_are_searched_for_an_address(repository: Repository) -> None:
    pointing = proposed(repository, "1.1.0").pointing
    path = layout.version("model-00001", "1.0.0", "model.onnx.dvc")
    md5 = repository.run("show", f"main:{path}").partition("md5: ")[2][:32]

    assert pointing is not None
    assert (list(pointing(md5)), list(pointing("0" * 32))) == ([path], [])
