"""The project itself: pins, rooms, the version, what lies where, and the commands that the README promises."""

import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import modelry

TOP = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
DEPENDENCIES = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]

PINNED = {
    "requirements.txt": [
        *DEPENDENCIES,
        *(
            each
            for extra in ("registry", "github", "gitlab", "s3", "ssh", "webdav")
            for each in EXTRAS[extra]
        ),
    ],
    "requirements-test.txt": [*DEPENDENCIES, *EXTRAS["registry"], *EXTRAS["test"]],
    "requirements-build.txt": PROJECT["build-system"]["requires"],
}
"""What each file of pins must hold."""

VISIBLE = {"LICENSE", "README.md", "pyproject.toml", "registry", "schemas", "site", "src", "tests"}
HIDDEN = {
    ".ci",
    ".dvc",
    ".dvcignore",
    ".editorconfig",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-hooks.yaml",
}

DEMO = "python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[registry]' && .venv/bin/modelry demo"
TEST = "python3 -m venv .venv && .venv/bin/pip install --quiet -e '.[registry,test]' && .venv/bin/pytest"

ELSEWHERE = r"(https?://[a-z.]*(pythonhosted|pypi|npmjs|debian)\.org/|(^|[^a-z.])/(work|farm|root)/)"
"""Where packages come from, and where somebody works, is no business of the project."""


def pins(file: str) -> dict[str, tuple[str, list[str]]]:
    """Give name, version and hashes of a file of pins; every line must be one of the three or a comment."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (TOP / ".github" / file).read_text("utf-8").splitlines():
        text = line.strip().removesuffix("\\").strip()
        if digest := re.fullmatch(r"--hash=(sha256:[0-9a-f]{64})", text):
            found[name][1].append(digest[1])
        elif text and not text.startswith("#"):
            pin = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.+!]+)", text)
            assert pin, f"{file}: {line}"
            name = canonicalize_name(pin[1])
            found[name] = pin[2], []
    return found


@pytest.mark.parametrize("file", PINNED)
def test_every_dependency_is_pinned_within_its_range(file: str) -> None:
    found = pins(file)
    for requirement in map(Requirement, PINNED[file]):
        version, _ = found[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}, but {file} has {version}"


@pytest.mark.parametrize("file", PINNED)
def test_every_pin_has_hashes(file: str) -> None:
    assert [name for name, (_, hashes) in pins(file).items() if not hashes] == []


def test_what_is_pinned_twice_is_pinned_alike() -> None:
    tested = pins("requirements-test.txt")
    for file in ("requirements.txt", "requirements-build.txt"):
        both = pins(file).keys() & tested.keys()
        assert {name: pins(file)[name] for name in both} == {name: tested[name] for name in both}


def test_the_readme_promises_two_commands_and_ci_runs_the_second() -> None:
    readme = (TOP / "README.md").read_text("utf-8").splitlines()
    assert DEMO in readme
    assert TEST in readme
    assert TEST in map(str.strip, (TOP / ".ci/run").read_text("utf-8").splitlines())


def test_ci_is_a_script_that_bash_can_read() -> None:
    assert (TOP / ".ci/run").stat().st_mode & 0o111
    subprocess.run(["bash", "-n", TOP / ".ci/run"], check=True)


def test_imports_point_inward() -> None:
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_room_stands_in_the_layers() -> None:
    (contract,) = (
        found for found in PROJECT["tool"]["importlinter"]["contracts"] if found["type"] == "layers"
    )
    layers = {name for layer in contract["layers"] for name in re.split(r"\W+", layer)}
    assert contract["exhaustive"]
    assert layers == set(rooms())


def rooms() -> Iterator[str]:
    """Give the rooms of the source: modules, and folders with a door."""
    for path in Path(modelry.__file__).parent.iterdir():
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__"):
            yield path.stem


def test_every_room_has_a_door() -> None:
    source = Path(modelry.__file__).parent
    folders = {path.parent for path in source.rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_version_is_written_in_one_place() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert metadata.version("modelry") == modelry.__version__


def test_the_top_level_holds_what_the_design_names() -> None:
    listed = git("ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    there = {path.partition("/")[0] for path in listed if (TOP / path).exists()}
    assert there - HIDDEN == VISIBLE


def test_no_file_tells_where_packages_come_from_or_where_somebody_works() -> None:
    assert git("grep", "--untracked", "-nIE", ELSEWHERE, "--", ".", ":!*.md.j2") == ""


def git(*args: str) -> str:
    """Ask git; that nothing matches is an answer too."""
    done = subprocess.run(["git", "-C", TOP, *args], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout


def test_no_test_can_leave_the_machine() -> None:
    with socket.socket() as outward, pytest.raises(AssertionError, match="may not leave the machine"):
        outward.connect(("192.0.2.1", 9))  # an address for documentation: nobody has it
