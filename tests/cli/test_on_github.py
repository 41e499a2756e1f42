"""The commands on an emulated GitHub, as somebody types them in a clone."""

import pytest
from click.testing import CliRunner, Result

import builders
from emulator import Forge
from modelry.cli import group
from modelry.git import Repository
from modelry.storage import folders

BRANCH = "promote/churn/staging/1.1.0"
HINT = " hint: the token may not do this: give it the permission, or take another; then run the command again"
PROMOTE = ("promote", "churn@1.1.0", "staging", "--reason", "better")


@pytest.fixture(autouse=True)
def clone(a_repo: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Stand in a clone whose origin is a repository on GitHub, as its policy says."""
    monkeypatch.chdir(a_repo.top)
    let_policy(a_repo, repository=forge.url)
    url = f"{forge.url}.git"
    a_repo.run("remote", "set-url", "origin", url)
    a_repo.run("config", f"url.{forge.git.path}.insteadOf", url)
    return a_repo


def let_policy(clone: Repository, **overrides: object) -> None:
    policy = builders.a_policy(remotes={"store": {"url": str(clone.top.parent / "store")}}, **overrides)
    folders.write(policy, clone.top)
    clone.run("commit", "--quiet", "--all", "--message", "Change the policy")
    clone.run("push", "--quiet", "origin", "main")


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def test_a_proposal_prints_the_page_of_its_pull_request(forge: Forge) -> None:
    url = f"{forge.url}/pull/1"
    assert said(run(*PROMOTE)) == (0, f"{url}\n", f"{BRANCH}: its pull request is open\n")
    assert said(run(*PROMOTE)) == (0, f"{url}\n", f"{BRANCH}: its pull request says so already\n")
    labels = forge.call("GET", "/issues/1/labels")
    assert [one["name"] for one in labels] == ["promotion"]


def test_a_dry_run_asks_no_forge(forge: Forge) -> None:
    result = run(*PROMOTE, "--dry-run")
    assert (result.exit_code, forge.hub.asked) == (0, [])


def test_without_a_token_the_address_that_opens_the_pull_request_is_printed(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    address = f"{forge.url}/compare/main...{BRANCH}?quick_pull=1&title=Promote+churn%401.1.0+to+staging"
    told = f"pushed to {forge.git.path}; open its pull request: {address}\n"
    assert said(run(*PROMOTE)) == (0, f"{BRANCH}\n", told)


def test_a_branch_that_is_pushed_and_a_forge_that_refuses_is_said_so_and_mended_by_running_again(
    forge: Forge, clone: Repository
) -> None:
    forge.hub.fail("POST .*/pulls$", 403)
    result = run(*PROMOTE)
    where = f"POST {forge.hub.url}/repos/{forge.name}/pulls"
    assert said(result) == (
        1,
        "",
        f"error: {BRANCH} is pushed, but has no pull request: {where}: 403: no more is said\n{HINT}\n",
    )
    assert forge.git.commit(BRANCH) == clone.commit(BRANCH)
    assert said(run(*PROMOTE)) == (0, f"{forge.url}/pull/1\n", f"{BRANCH}: its pull request is open\n")
