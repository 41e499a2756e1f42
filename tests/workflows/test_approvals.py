"""The workflow `approvals`, run by act: a review lets the last check of that very commit run again."""

import os
from collections.abc import Mapping
from typing import Any

import pytest

from modelry.git import Repository
from workflows.runner import SLUG, Runner

GH = """\
#!/bin/sh
echo "$*" >>"$HOME/gh.log"
case "$*" in *--method*) ;; *) echo "4711 completed" ;; esac
"""


def reviewed(state: str, owner: str = SLUG) -> Mapping[str, Any]:
    head = {"sha": "1" * 40, "ref": "change", "repo": {"full_name": owner}}
    return {"number": 7, "pull_request": {"number": 7, "head": head}, "review": {"state": state}}


@pytest.fixture
def asked(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner whose `gh` writes down what it is asked, and knows one run."""
    gh = runner.home / "gh"
    monkeypatch.setenv("PATH", f"{runner.home}:{os.environ['PATH']}")
    gh.write_text(GH, "utf-8")
    gh.chmod(0o755)
    return runner


def test_an_approval_runs_the_check_of_its_commit_again(equipped: Repository, asked: Runner) -> None:
    done = asked.run("pull_request_review", "approvals", equipped.commit("main"), reviewed("approved"))
    assert done.results == {"again": "success"}
    runs = f"repos/{SLUG}/actions/workflows/check.yml/runs?event=pull_request&head_sha={'1' * 40}&per_page=1"
    log = (asked.home / "gh.log").read_text("utf-8").splitlines()
    assert [line for line in log if line != "auth token"] == [  # which act itself asks for
        rf'api {runs} --jq .workflow_runs[] | "\(.id) \(.status)"',
        f"api --method POST repos/{SLUG}/actions/runs/4711/rerun",
    ]


@pytest.mark.parametrize(("state", "owner"), [("commented", SLUG), ("approved", "mallory/models")])
def test_a_comment_or_a_fork_runs_nothing(
    equipped: Repository, asked: Runner, state: str, owner: str
) -> None:
    done = asked.run("pull_request_review", "approvals", equipped.commit("main"), reviewed(state, owner))
    assert (done.code, done.results) == (0, {})
