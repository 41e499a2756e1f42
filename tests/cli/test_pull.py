"""`modelry pull`: exit codes, stdout, stderr, and what lies there afterwards."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.model import layout
from modelry.storage import folders

RIGHT = builders.artifact("churn", "1.0.0")
OBJECT = "store/files/md5/e4/a22166216f54097fa6663b63cb3b01"


@pytest.fixture(autouse=True)
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry, its store beside it; one stands in an empty folder and the environment names the registry."""
    files = builders.a_registry(versions=2)
    folders.write(files, tmp_path / "clone")
    folders.write(builders.store(files), tmp_path / "clone/store")
    monkeypatch.setenv("MODELRY_REGISTRY", str(tmp_path / "clone"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "clone"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["pull", *map(str, arguments)], catch_exceptions=False)


def test_it_prints_where_the_bytes_lie() -> None:
    done = run("churn@production")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "model.onnx\n", "")
    assert Path("model.onnx").read_bytes() == RIGHT


def test_it_pulls_to_a_name_and_into_a_folder() -> None:
    Path("models").mkdir()
    assert run("churn@1.0.0", "models/").stdout == "models/model.onnx\n"
    assert run("churn@1.0.0", "models/churn.onnx").stdout == "models/churn.onnx\n"
    assert {path.name: path.read_bytes() for path in Path("models").iterdir()} == {
        "model.onnx": RIGHT,
        "churn.onnx": RIGHT,
    }


def test_the_second_time_there_is_nothing_to_do() -> None:
    run("churn@production")
    done = run("churn@production")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "model.onnx\n", "already there: churn@1.0.0\n")


def test_programs_are_told_as_json() -> None:
    told = json.loads(run("churn@production", "--json").stdout)
    assert (told["schema"], told["path"], told["fetched"]) == ("pull/v1", "model.onnx", True)
    assert told["resolution"]["version"] == "1.0.0"


def test_something_else_is_replaced_only_by_force() -> None:
    Path("model.onnx").write_bytes(b"mine")
    done = run("churn@production")
    assert (done.exit_code, done.stdout, done.stderr) == (
        1,
        "",
        "error: model.onnx has 4 bytes, expected 216: something else lies there\n hint: replace it with --force\n",
    )
    assert run("churn@production", "--force").exit_code == 0
    assert Path("model.onnx").read_bytes() == RIGHT


def test_wrong_bytes_end_with_4_and_leave_nothing(clone: Path) -> None:
    (clone / OBJECT).write_bytes(RIGHT[:-1] + b"x")
    done = run("churn@production")
    assert (done.exit_code, done.stdout, list(Path().iterdir())) == (4, "", [])
    assert done.stderr.startswith(f"error: cannot fetch churn@1.0.0: {clone / OBJECT} has sha256 ")


def test_an_object_that_is_nowhere_ends_with_1(clone: Path) -> None:
    (clone / OBJECT).unlink()
    done = run("churn@production")
    assert (done.exit_code, done.stderr) == (
        1,
        f"error: cannot fetch churn@1.0.0: {clone / OBJECT}: there is no such file\n",
    )


def test_a_remote_that_was_wrong_is_told_when_another_was_right(clone: Path) -> None:
    stores = {"first": {"url": "../first"}, "store": {"url": "../store"}}
    folders.write(builders.a_policy(remotes=stores), clone)
    folders.write({OBJECT.replace("store/", "first/"): b"x"}, clone)
    done = run("churn@production")
    wrong = clone / OBJECT.replace("store/", "first/")
    warning = f"warning: {wrong} has 1 bytes, expected 216; another remote had it right\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, "model.onnx\n", warning)


@pytest.mark.parametrize(("reference", "code"), [("chrun", 5), ("churn@eu", 5), ("churn@", 2)])
def test_what_cannot_be_answered_ends_with_its_code(reference: str, code: int) -> None:
    assert run(reference).exit_code == code


def test_a_withdrawn_version_ends_with_8_unless_it_is_wanted(clone: Path) -> None:
    document = builders.a_document("yank", replacement=None, advisory=None)
    folders.write({layout.version("churn", "1.0.0", "yanked.yaml"): builders.text("yank", document)}, clone)
    assert (run("churn@production").exit_code, list(Path().iterdir())) == (8, [])
    assert run("churn@production", "--allow-yanked").exit_code == 0
