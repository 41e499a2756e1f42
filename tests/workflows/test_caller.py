"""A registry that keeps no workflows but the three lines of the guide, and has its tool from the commit that they name."""

import re
from pathlib import Path

from emulator import Forge
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import folders
from workflows import events
from workflows.events import opened
from workflows.runner import SHIPPED, Runner

GUIDE = Path(__file__).parents[2] / "site/docs/how-to/check.md"
STAGE = layout.stage("churn", "staging")
OURS = "modelry/modelry"


def a_tool(folder: Path) -> tuple[Path, str]:
    """Give a repository that has the workflows, the action and pins, and its commit."""
    own = {
        ".github/requirements.txt": b"# the tool's own\n",
        ".github/requirements-build.txt": b"# and what builds it\n",
        "src/modelry/__init__.py": b"",
    }
    folders.write({**SHIPPED, **own}, folder)
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "A release")):
        Repository(folder).run(*command)
    return folder, Repository(folder).commit("HEAD")


def called(folder: Path, commit: str) -> Path:
    """Give the workflows as GitHub reads them when they are called; `act` does not know `job.workflow_…`."""

    def known(data: bytes) -> bytes:
        named = data.replace(b"job.workflow_repository", f"'{OURS}'".encode())
        return named.replace(b"job.workflow_sha", f"'{commit}'".encode())

    folders.write({path: known(data) for path, data in SHIPPED.items()}, folder)
    return folder


def test_three_lines_are_judged_by_the_tool_of_the_commit_that_they_name(
    a_repo: Repository, runner: Runner, forge: Forge, tmp_path: Path
) -> None:
    tool, commit = a_tool(tmp_path / "tool")
    (lines,) = re.findall(r"```yaml\n(on: \[pull_request.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    folders.write({".github/workflows/check.yml": lines.replace("COMMIT", commit).encode()}, a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Let CI judge")
    a_repo.run("push", "--quiet", "origin", "main")
    runner.on(forge)
    runner.repositories[OURS] = tool
    runner.called[f"{OURS}@{commit}"] = called(tmp_path / "called", commit)
    events.commit(a_repo, {STAGE: (a_repo.top / STAGE).read_bytes().replace(b"1.2.0", b"1.9.0")})
    request = opened(a_repo, forge, fork=True)
    done = runner.run("pull_request", "check", request.merge, request.payload)
    assert done.code == 1
    assert done.annotations[0] == ("error", STAGE, "3", "unknown-version")
    assert runner.pins == b"# the tool's own\n# and what builds it\n"
    assert runner.installed[-1].startswith("python -m pip install --quiet --no-deps --no-build-isolation /")
