"""The commands on an emulated GitHub, as somebody types them in a clone."""

import json
from datetime import datetime
from pathlib import Path

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


def test_a_report_is_commented_and_edited(forge: Forge, tmp_path: Path) -> None:
    run(*PROMOTE)
    report = tmp_path / "report.md"
    report.write_text("❌ one error\n", "utf-8")
    first = run("forge", "comment", "--pull-request", "1", str(report))
    url = forge.call("GET", "/issues/1/comments")[0]["html_url"]
    assert said(first) == (0, f"{url}\n", "opened\n")
    report.write_text("✅ passes\n", "utf-8")
    assert said(run("forge", "comment", "--pull-request", "1", str(report))) == (0, f"{url}\n", "edited\n")
    assert len(forge.call("GET", "/issues/1/comments")) == 1


def test_a_comment_where_nobody_may_ask_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    (tmp_path / "report.md").write_text("well\n", "utf-8")
    assert said(run("forge", "comment", "--pull-request", "1", str(tmp_path / "report.md"))) == (
        1,
        "",
        (
            "error: no token to ask GitHub with\n"
            " hint: set GITHUB_TOKEN, or GH_TOKEN: with gh, to what `gh auth token` says\n"
        ),
    )


def test_an_issue_is_opened_edited_and_closed_by_its_label(forge: Forge, tmp_path: Path) -> None:
    found = tmp_path / "audit.md"
    found.write_text("- an object is missing\n", "utf-8")
    opening = ("forge", "issue", "--label", "audit", "--title", "Found something", str(found))
    url = f"{forge.url}/issues/1"
    assert said(run(*opening)) == (0, f"{url}\n", "opened\n")
    assert said(run(*opening)) == (0, f"{url}\n", "says so already\n")
    closing = ("forge", "issue", "--label", "audit", "--close")
    assert said(run(*closing)) == (0, f"{url}\n", "closed\n")
    assert said(run(*closing)) == (0, "", "none is open\n")


def test_an_issue_needs_words_or_an_end(tmp_path: Path) -> None:
    (tmp_path / "audit.md").write_text("x", "utf-8")
    for args in ([], ["--close", "--title", "x"], [str(tmp_path / "audit.md")], ["--title", "x"]):
        assert run("forge", "issue", "--label", "audit", *args).exit_code == 2


def test_what_would_be_said_is_shown_without_asking_anybody(forge: Forge, tmp_path: Path) -> None:
    (tmp_path / "audit.md").write_text("- one\n", "utf-8")
    start = len(forge.hub.asked)
    file = str(tmp_path / "audit.md")
    for args in (["comment", "--pull-request", "1"], ["issue", "--label", "audit", "--title", "x"]):
        assert said(run("forge", *args, file, "--dry-run")) == (0, "- one\n", "")
    assert len(forge.hub.asked) == start


def test_a_workflow_speaks_for_the_repository_that_it_works_for(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*PROMOTE)
    monkeypatch.setenv("GITHUB_SERVER_URL", forge.hub.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", forge.name)
    monkeypatch.chdir(tmp_path)  # where there is no registry
    (tmp_path / "report.md").write_text("well\n", "utf-8")
    assert run("forge", "comment", "--pull-request", "1", "report.md").exit_code == 0
    assert len(forge.call("GET", "/issues/1/comments")) == 1


def test_what_the_forge_knows_of_a_merge_is_put_on_record(forge: Forge, clone: Repository) -> None:
    run(*PROMOTE)
    head = clone.commit(BRANCH)
    forge.approve(1, "bob")
    forge.call(
        "POST",
        "/check-runs",
        {"name": "registry", "head_sha": head, "status": "completed", "conclusion": "success"},
    )
    merged = forge.merge(1)
    clone.run("pull", "--quiet", "origin", "main")
    assert said(run("audit", "record", "HEAD", "--ask")) == (0, f"{merged}\n", "recorded\n")
    assert said(run("audit", "record", "HEAD", "--ask")) == (0, f"{merged}\n", "it is on record already\n")
    told = json.loads(clone.run("notes", "--ref=modelry", "show", merged))["predicate"]
    ids = {login: str(forge.hub.call("GET", f"/users/{login}")["id"]) for login in ("ada", "bob")}
    when = forge.call("GET", "/pulls/1/reviews")[0]["submitted_at"]
    assert datetime.fromisoformat(told["approvers"][0].pop("when")) == datetime.fromisoformat(when)
    assert (told["head"], told["proposal"], told["author"], told["approvers"], told["checks"]) == (
        head,
        {"branch": BRANCH, "number": 1, "url": f"{forge.url}/pull/1"},
        {"name": "Ada Test", "email": "ada@example.org", "forge": "github", "id": ids["ada"]},
        [{"name": "bob", "forge": "github", "id": ids["bob"]}],
        [{"name": "registry", "conclusion": "success"}],
    )


def test_what_no_pull_request_became_is_not_put_on_record(forge: Forge, clone: Repository) -> None:
    commit = clone.commit("main")
    assert said(run("audit", "record", "HEAD", "--ask")) == (
        5,
        "",
        (
            f"error: {forge.name} has no pull request that became {commit}\n"
            " hint: name the commit by which main got it: git log --first-parent\n"
        ),
    )


def test_what_is_asked_of_the_forge_is_not_told_besides() -> None:
    result = run("audit", "record", "HEAD", "--ask", "--approver", "bob=1002", "--forge", "github")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: --ask asks the forge for all of it\n hint: leave the other options out\n",
    )
