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
    ada, bob = ids(forge, "ada", "bob")
    when = forge.call("GET", "/pulls/1/reviews")[0]["submitted_at"]
    assert datetime.fromisoformat(told["approvers"][0].pop("when")) == datetime.fromisoformat(when)
    assert (told["head"], told["proposal"], told["author"], told["approvers"], told["checks"]) == (
        head,
        {"branch": BRANCH, "number": 1, "url": f"{forge.url}/pull/1", "head": head},
        {"name": "Ada Test", "email": "ada@example.org", "forge": "github", "id": ada},
        [{"name": "bob", "forge": "github", "id": bob}],
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


def ids(forge: Forge, *logins: str) -> list[str]:
    return [str(forge.hub.call("GET", f"/users/{login}")["id"]) for login in logins]


def a_team(forge: Forge, *logins: str) -> str:
    """Make a team of the organization that nobody else uses, and give what policy calls it."""
    name = f"risk-{forge.name.rpartition('-')[2]}"
    forge.hub.call("POST", "/orgs/acme/teams", {"name": name})
    for login in logins:
        forge.hub.call("PUT", f"/orgs/acme/teams/{name}/memberships/{login}", {})
    return f"@acme/{name}"


def a_gated_promotion(clone: Repository, **approvals: object) -> str:
    """Let staging ask for approvals, propose to promote to it, and give the finding's place and message."""
    stages = [{"name": "staging", "approvals": approvals}, {"name": "production"}]
    let_policy(clone, repository=clone.run("config", "remote.origin.url").strip()[:-4], stages=stages)
    assert run(*PROMOTE).exit_code == 0
    return "registry/models/churn/stages/staging.yaml:3:10: "


def check(*args: str) -> Result:
    return run("check", "--base", "origin/main", "--head", BRANCH, "--pull-request", "1", *args)


def test_a_decision_waits_for_whom_policy_asks_until_they_have_approved_this_very_head(
    forge: Forge, clone: Repository
) -> None:
    risk = a_team(forge, "bob")
    place = a_gated_promotion(clone, **{"count": 2, "from": [risk, "@carol"]})
    message = f"churn@1.1.0 to staging needs 2 approvals from {risk}, @carol, not its author\n"
    lines = "  3 | version: 1.1.0\n    |          ^\n"
    waiting = check()
    told = f"{place}needs a person[approval-needed]: {message}{lines}"
    hint = f"  = waits for 2 approvals from {risk}, @carol, not its author\n\n"
    summary = "promotion: needs a person (1 decision for a person)\n"
    assert said(waiting) == (3, told + hint + summary, "")
    bob, carol, machine = ids(forge, "bob", "carol", "ci")
    forge.approve(1, "bob")
    forge.approve(1, "ci")
    assert (
        f"  = waits for 1 more approval from {risk}, @carol, not its author; approved by bob ({bob}) of {risk}; "
        in (check().stdout)
    )
    assert f"; ci ({machine}) approved, and is none of them\n" in check().stdout
    forge.approve(1, "carol")
    answer = f"approved by bob ({bob}) of {risk}, approved by carol ({carol})"
    assert said(check()) == (
        0,
        f"{place}approved[approval-needed]: {message}{lines}  = {answer}\n\npromotion: passes (1 approved)\n",
        "",
    )
    (finding,) = json.loads(check("--format", "json").stdout)["findings"]
    assert (finding["severity"], finding["answer"]) == ("needs a person", answer)
    assert check("--format", "github").stdout.startswith("::notice file=registry/models/churn/stages/staging")
    # A new commit takes all of it back.
    assert run("promote", "churn@1.1.0", "staging", "--reason", "on second thought").exit_code == 0
    assert check().exit_code == 3


def test_whoever_proposes_it_does_not_decide_it_unless_policy_lets_them(
    forge: Forge, clone: Repository
) -> None:
    a_gated_promotion(clone, count=1)
    (ada,) = ids(forge, "ada")
    forge.approve(1, "ada")  # GitHub itself refuses this
    result = check()
    told = (
        f"  = waits for 1 approval from anyone who may merge, not its author; ada ({ada}) has a part in it\n"
    )
    assert (result.exit_code, told in result.stdout) == (3, True)


def test_where_authors_may_decide_to_propose_it_is_to_say_so(forge: Forge, clone: Repository) -> None:
    a_gated_promotion(clone, **{"count": 1, "from": ["@ADA"], "author_may_approve": True})
    (ada,) = ids(forge, "ada")
    result = check()
    assert (result.exit_code, f"  = proposed by ada ({ada})\n" in result.stdout) == (0, True)


def test_whom_the_forge_cannot_know_is_said_to_be_nobody_there(forge: Forge, clone: Repository) -> None:
    a_gated_promotion(clone, **{"count": 1, "from": ["bob@example.org"]})
    forge.approve(1, "bob")
    (bob,) = ids(forge, "bob")
    result = check()
    assert result.exit_code == 3
    assert (
        f"  = waits for 1 approval from bob@example.org, not its author; bob ({bob}) approved, and is none of them; "
        "the forge does not know who bob@example.org is: policy has to name an @account or a @team/name\n"
    ) in result.stdout


def test_a_team_that_may_not_be_read_is_an_error_and_no_verdict(forge: Forge, clone: Repository) -> None:
    a_gated_promotion(clone, **{"count": 1, "from": ["@acme/secret"]})
    forge.approve(1, "bob")
    result = check()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: who is in the team @acme/secret cannot be read: GET ")


def test_approvals_count_for_nothing_but_the_head_that_was_seen(forge: Forge, clone: Repository) -> None:
    a_gated_promotion(clone, count=1)
    head, other = clone.commit(BRANCH), clone.commit("main")
    result = run("check", "--base", "origin/main", "--head", "main", "--pull-request", "1")
    assert said(result) == (
        6,
        "",
        (
            f"error: the head of pull request 1 is {head}, and {other} is judged\n"
            " hint: fetch it, and judge that: approvals count for nothing else\n"
        ),
    )
    assert forge.hub.asked


def test_a_pull_request_is_judged_against_a_commit() -> None:
    result = run("check", "--pull-request", "1")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: a pull request is judged by the commit that it would change\n hint: give --base REV\n",
    )


def test_a_review_shows_who_has_approved_and_who_is_missing(forge: Forge, clone: Repository) -> None:
    risk = a_team(forge, "bob", "carol")
    a_gated_promotion(clone, **{"count": 2, "from": [risk]})
    args = ("review", "--head", BRANCH, "--pull-request", "1", "--format", "json")
    bob, carol = ids(forge, "bob", "carol")

    def asked() -> tuple[str, dict[str, str]]:
        shown = json.loads(run(*args).stdout)
        (gate,) = [one for one in shown["sections"][0]["gates"] if "approval" in one["gate"]]
        return shown["verdict"], {name: gate[name] for name in ("found", "state")}

    waits = f"waits for 2 approvals from {risk}, not its author"
    assert asked() == ("needs a person", {"found": waits, "state": "approve"})
    forge.approve(1, "bob")
    waits = f"waits for 1 more approval from {risk}, not its author; approved by bob ({bob}) of {risk}"
    assert asked() == ("needs a person", {"found": waits, "state": "approve"})
    forge.approve(1, "carol")
    given = f"approved by bob ({bob}) of {risk}, approved by carol ({carol}) of {risk}"
    assert asked() == ("passes", {"found": given, "state": "passes"})
    told = run(*args[:-2]).stdout
    assert f"Approved by bob ({bob}) of {risk}" in told
    assert "asked of the forge" not in told


PROTECTED = {
    "required_status_checks": {"strict": False, "contexts": ["registry"]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "restrictions": None,
}


def test_from_the_proposal_to_the_proof_that_it_was_approved(
    forge: Forge, clone: Repository, tmp_path: Path
) -> None:
    a_gated_promotion(clone, **{"count": 1, "from": ["@bob", "@carol"]})
    forge.call("PUT", "/branches/main/protection", PROTECTED)
    report = tmp_path / "report.md"

    def judge(code: int) -> None:
        """Do what CI does: judge, comment, and let the required check say how it ended."""
        asked = ("--base", "origin/main", "--head", BRANCH, "--pull-request", "1", "--format", "markdown")
        result = run("check", *asked)
        assert result.exit_code == code
        report.write_text(result.stdout, "utf-8")
        assert run("forge", "comment", "--pull-request", "1", str(report)).exit_code == 0
        done = {"name": "registry", "head_sha": clone.commit(BRANCH), "status": "completed"}
        forge.call("POST", "/check-runs", {**done, "conclusion": "failure" if code else "success"})

    judge(3)
    with pytest.raises(RuntimeError, match="Required status checks have not succeeded"):
        forge.merge(1)
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert "waits for 1 approval from @&#8203;bob, @&#8203;carol, not its author" in comment["body"]
    forge.approve(1, "carol")
    judge(0)
    (comment,) = forge.call("GET", "/issues/1/comments")
    assert f"approved by carol ({ids(forge, 'carol')[0]})" in comment["body"]
    merged = forge.merge(1, "carol")
    clone.run("pull", "--quiet", "origin", "main")
    assert run("audit", "record", "HEAD", "--ask").exit_code == 0
    proofs = json.loads(run("audit", "verify", "--no-bytes", "--json").stdout)["proofs"]
    found = {proof["commit"]: proof for proof in proofs}[merged]
    assert (found["approvers"], found["contradictions"]) == (["carol"], [])
    assert found["pull_request"] == f"{forge.url}/pull/1"


def test_of_a_squash_the_record_says_which_commit_was_reviewed(forge: Forge, clone: Repository) -> None:
    run(*PROMOTE)
    head = clone.commit(BRANCH)
    forge.call("PUT", "/pulls/1/merge", {"merge_method": "squash"}, "bob")
    merged = forge.fetch()
    clone.run("pull", "--quiet", "origin", "main")
    assert run("audit", "record", "HEAD", "--ask").exit_code == 0
    told = json.loads(clone.run("notes", "--ref=modelry", "show", merged))["predicate"]
    assert (told["head"], told["proposal"]["head"]) == (merged, head)
    assert clone.run("log", "-1", "--format=%P").split() == [clone.commit("HEAD^")]


@pytest.mark.parametrize("is_readable", [True, False])
def test_that_an_approver_was_in_the_team_is_on_record_where_it_may_be_known(
    forge: Forge, clone: Repository, *, is_readable: bool
) -> None:
    risk = a_team(forge, "bob")
    a_gated_promotion(clone, **{"count": 1, "from": [risk]})
    forge.approve(1, "bob")
    merged = forge.merge(1)
    clone.run("pull", "--quiet", "origin", "main")
    if not is_readable:
        forge.hub.fail("GET /orgs/acme/teams", *[403] * 3)  # the model's owners are a team as well
    assert run("audit", "record", "HEAD", "--ask").exit_code == 0
    proofs = json.loads(run("audit", "verify", "--no-bytes", "--json").stdout)["proofs"]
    (missing,) = [proof["missing"] for proof in proofs if proof["commit"] == merged]
    told = f"nothing here shows that bob is one of {risk}"
    assert (told in missing) is not is_readable
    (approver,) = json.loads(clone.run("notes", "--ref=modelry", "show", merged))["predicate"]["approvers"]
    assert approver.get("teams") == ([risk[1:]] if is_readable else None)
