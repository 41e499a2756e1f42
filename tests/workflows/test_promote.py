"""The workflow `promote`, run by act on an emulated GitHub: with an app's token and without."""

import pytest

import builders
from emulator import Forge
from modelry.git import Repository
from modelry.storage import folders
from workflows.runner import Run, Runner

BRANCH = "promote/churn/staging/1.1.0"
HOSTILE = "better\"; touch pwned; $(touch pwned) `touch pwned` ${{ github.token }} '"


@pytest.fixture
def clone(equipped: Repository, runner: Runner, forge: Forge) -> Repository:
    """A registry on the emulated GitHub, as its policy says."""
    store = str(equipped.top.parent / "store")
    folders.write(builders.a_policy(repository=forge.url, remotes={"store": {"url": store}}), equipped.top)
    equipped.run("commit", "--quiet", "--all", "--message", "Be on GitHub")
    equipped.run("push", "--quiet", "origin", "main")
    runner.on(forge)
    return equipped


def promote(runner: Runner, clone: Repository, **inputs: str) -> Run:
    asked = {"model": "churn", "version": "1.1.0", "stage": "staging", "reason": "better", **inputs}
    return runner.run("workflow_dispatch", "promote", clone.commit("main"), {"inputs": asked})


def test_an_app_opens_the_pull_request_and_words_are_only_words(
    clone: Repository, runner: Runner, forge: Forge
) -> None:
    runner.variables["MODELRY_APP"] = "Iv23example"
    runner.secrets["MODELRY_APP_KEY"] = "ci-token"
    done = promote(runner, clone, reason=HOSTILE)
    assert done.results == {"propose": "success"}
    (request,) = forge.call("GET", "/pulls")
    assert (request["title"], request["user"]["login"]) == ("Promote churn@1.1.0 to staging", "ci")
    assert f"{forge.url}/pull/{request['number']}" in done.summary
    assert HOSTILE in Repository(runner.origin).run("log", "-1", "--format=%B", BRANCH)
    assert not list(runner.home.rglob("pwned"))


def test_without_an_app_the_branch_is_pushed_and_the_summary_has_the_address(
    clone: Repository, runner: Runner, forge: Forge
) -> None:
    done = promote(runner, clone)
    assert (done.results, forge.call("GET", "/pulls")) == ({"propose": "success"}, [])
    assert Repository(runner.origin).resolves(BRANCH) is not None
    assert f"open its pull request: {forge.url}/compare/main...{BRANCH}?quick_pull=1" in done.summary


def test_what_would_be_refused_is_not_proposed_and_the_summary_says_why(
    clone: Repository, runner: Runner
) -> None:
    done = promote(runner, clone, version="9.9.9")
    assert done.results == {"propose": "failure"}
    assert "churn has no version 9.9.9" in done.summary
    assert Repository(runner.origin).run("branch", "--list", "promote/*") == ""
