"""The workflow `register`, run by act: what a stranger wrote reaches one program, as data, and is answered."""

import pytest

from emulator import Forge
from modelry.git import Repository
from workflows.runner import Run, Runner

HOSTILE = "### Model\n\n\"; touch pwned; $(touch pwned) `touch pwned` ${{ github.token }} '\n::error::no\n@everybody\n"


@pytest.fixture
def seen(equipped: Repository, runner: Runner, forge: Forge) -> Run:
    """What came of an issue that nobody should have believed."""
    runner.on(forge)
    issue = forge.call("POST", "/issues", {"title": "Register: churn", "labels": ["register"]})
    told = {
        "number": issue["number"],
        "body": HOSTILE,
        "state": "open",
        "labels": [{"name": "register"}],
        "user": {"login": "mallory", "id": 1234},
    }
    return runner.run("issues", "register", equipped.commit("main"), {"action": "opened", "issue": told})


def test_what_a_stranger_wrote_is_data_and_a_refusal_is_answered_in_the_issue(
    seen: Run, runner: Runner, forge: Forge
) -> None:
    assert seen.results == {"propose": "failure"}
    assert not list(runner.home.rglob("pwned"))
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert comment["body"].partition("\n")[2].splitlines() == [
        "It is not proposed. Edit the issue, and it is tried again:",
        "",
        "    error: the issue has no section 'Version' where the form has it",
        "     hint: fill the form in again; do not take its headings out",
    ]
    assert Repository(runner.origin).run("branch", "--list", "register/*") == ""


def test_an_issue_without_the_label_starts_nothing(equipped: Repository, runner: Runner) -> None:
    issue = {
        "number": 1,
        "body": HOSTILE,
        "state": "open",
        "labels": [],
        "user": {"login": "mallory", "id": 1},
    }
    done = runner.run("issues", "register", equipped.commit("main"), {"action": "opened", "issue": issue})
    assert (done.code, done.results) == (0, {})
