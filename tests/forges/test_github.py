"""GitHub's client against an emulated GitHub: what it asks for, whole, and what is there afterwards."""

import json
import logging
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import builders
from client.serving import Web, answer
from emulator import Forge
from modelry import forges, proposals
from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.forges import addresses, github, local
from modelry.forges.addresses import Address
from modelry.forges.github import GitHub, Unasked
from modelry.forges.github_api import Api
from modelry.git import Repository
from modelry.model import names
from modelry.model.policy import Policy
from modelry.proposals import Proposal
from modelry.storage import commits

BRANCH = "promote/churn/staging/1.1.0"
TITLE = "Promote churn@1.1.0 to staging"


@pytest.fixture
def clone(a_repo: Repository, forge: Forge) -> Repository:
    """Give a clone whose origin is a repository on GitHub, by its address, as its policy says."""
    push_to(a_repo, f"{forge.url}.git", forge.git.path)
    return a_repo


def push_to(repository: Repository, url: str, folder: Path) -> None:
    repository.run("remote", "set-url", "origin", url)
    repository.run("config", f"url.{folder}.insteadOf", url)


def a_policy(repository: str) -> Policy:
    found = builders.registry_of(builders.a_policy(repository=repository)).policy.value
    assert found is not None
    return found


def a_proposal(repository: Repository, reason: str = "better") -> Proposal:
    registry = commits.registry(repository, repository.base)
    return proposals.promote(registry, registry.find(names.reference("churn@1.1.0")), "staging", reason)


def asked(forge: Forge, start: int = 0) -> list[tuple[str, str, Any]]:
    """Give what was asked of the repository, by the path below it."""
    prefix = f"/repos/{forge.name}"
    return [(method, path.removeprefix(prefix), body) for method, path, body in forge.hub.requests(start)]


def connected(forge: Forge) -> GitHub:
    return github.connected(forge.url)


LISTED = f"/pulls?base=main&head=acme%3A{BRANCH.replace('/', '%2F')}&page=1&per_page=100&state=open"


def test_a_proposal_is_one_pull_request_which_is_brought_up_to_date_in_place(
    clone: Repository, forge: Forge
) -> None:
    proposal = a_proposal(clone)
    chosen = forges.chosen(a_policy(forge.url), clone)
    first = chosen.propose(proposal, clone, ["promotion"])
    assert first == forges.Proposed(
        BRANCH, clone.commit(BRANCH), True, f"{forge.git.path}", f"{forge.url}/pull/1"
    )
    assert asked(forge) == [
        ("GET", LISTED, None),
        (
            "POST",
            "/pulls",
            {"title": TITLE, "body": proposal.body, "head": BRANCH, "base": "main"},
        ),
        ("POST", "/issues/1/labels", {"labels": ["promotion"]}),
    ]
    assert {one.headers["Authorization"] for one in forge.hub.asked} == {"token ada-token"}
    start = len(forge.hub.asked)
    assert chosen.propose(proposal, clone, ["promotion"]) == replace(first, is_news=False)
    assert asked(forge, start) == [("GET", LISTED, None)]
    start = len(forge.hub.asked)
    other = a_proposal(clone, "much better")
    second = chosen.propose(other, clone, ["promotion"])
    assert second == replace(first, commit=clone.commit(BRANCH))
    assert second.commit != first.commit
    assert asked(forge, start) == [("GET", LISTED, None), ("PATCH", "/pulls/1", {"body": other.body})]
    (pull,) = forge.call("GET", "/pulls?state=all")
    assert (pull["number"], pull["title"], pull["body"].strip()) == (1, TITLE, other.body.strip())


def test_a_lost_answer_does_not_make_a_second_pull_request(
    clone: Repository, forge: Forge, waits: list[float]
) -> None:
    def carried_out_and_lost(handler: BaseHTTPRequestHandler) -> None:
        said = {"title": TITLE, "body": "", "head": BRANCH, "base": "main"}
        forge.follow()
        forge.call("POST", "/pulls", said)
        answer(b"{}", 502)(handler)

    forge.hub.fail("POST .*/pulls$", carried_out_and_lost)
    done = forges.chosen(a_policy(forge.url), clone).propose(a_proposal(clone), clone)
    assert done.url == f"{forge.url}/pull/1"
    assert [path for method, path, _ in asked(forge) if method == "POST"] == ["/pulls"]
    assert len(forge.call("GET", "/pulls?state=all")) == 1
    assert waits == [1.25]


def test_a_fork_pushes_there_and_asks_here(
    a_repo: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_to(a_repo, f"{forge.hub.url}/dave/models.git", forge.git.path)
    chosen = forges.chosen(a_policy(forge.url), a_repo)
    assert isinstance(chosen, GitHub)
    assert (chosen.name, chosen.head) == (forge.name, "dave:")
    monkeypatch.delenv("GITHUB_TOKEN")
    assert forges.chosen(a_policy(forge.url), a_repo) == Unasked(forge.url, "dave:")


def test_without_a_token_the_address_that_opens_the_pull_request_is_told_and_nothing_is_asked(
    clone: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    done = forges.chosen(a_policy(forge.url), clone).propose(a_proposal(clone), clone)
    address = f"{forge.url}/compare/main...{BRANCH}?quick_pull=1&title=Promote+churn%401.1.0+to+staging"
    assert done == forges.Proposed(BRANCH, clone.commit(BRANCH), True, str(forge.git.path), None, address)
    assert forge.hub.asked == []
    assert forge.git.commit(BRANCH) == done.commit


@pytest.mark.parametrize(
    ("url", "policy", "expected"),
    [
        ("https://github.com/acme/models.git", "https://github.com/acme/models", ""),
        ("https://me:secret@github.com/acme/models", "https://github.com/acme/models", ""),
        ("git@github.com:acme/models.git", "https://github.com/acme/models", ""),
        ("ssh://git@ssh.github.com:443/acme/models.git", "https://github.com/acme/models", ""),
        ("work:acme/models.git", "https://github.com/acme/models", ""),
        ("git@github.com:dave/models.git", "https://github.com/acme/models", "dave:"),
        ("https://github.com/acme/others.git", "https://github.com/acme/models", None),
        ("git@gitlab.com:acme/models.git", "https://github.com/acme/models", None),
        ("https://git.acme.example/acme/models.git", "https://git.acme.example/acme/models", None),
        ("https://evil.example/acme/models.git", "https://evil.example/acme/models", None),
        ("/srv/git/models.git", "https://github.com/acme/models", None),
        ("../models.git", "https://github.com/acme/models", None),
    ],
)
def test_github_is_asked_where_policy_and_origin_both_say_so(
    a_repo: Repository, url: str, policy: str, expected: str | None
) -> None:
    a_repo.run("config", "remote.origin.url", url)
    chosen = github.at(a_policy(policy), a_repo, {"GH_TOKEN": "t0ken"})
    wanted = GitHub(Api("https://api.github.com", "t0ken"), "acme/models", expected or "")
    assert chosen == (None if expected is None else wanted)
    if expected is None:
        assert forges.chosen(a_policy(policy), a_repo) is local


def test_an_enterprise_server_is_known_by_its_api_and_then_github_com_is_not(a_repo: Repository) -> None:
    there = {"GITHUB_API_URL": "https://git.acme.example/api/v3/", "GITHUB_TOKEN": "t0ken"}
    a_repo.run("config", "remote.origin.url", "https://git.acme.example/acme/models.git")
    found = github.at(a_policy("https://git.acme.example/acme/models"), a_repo, there)
    assert found == GitHub(Api("https://git.acme.example/api/v3", "t0ken"), "acme/models")
    a_repo.run("config", "remote.origin.url", "https://github.com/acme/models.git")
    assert github.at(a_policy("https://github.com/acme/models"), a_repo, there) is None
    tenant = {"GITHUB_API_URL": "https://api.acme.ghe.com", "GITHUB_TOKEN": "t0ken"}
    assert github.connected("https://acme.ghe.com/acme/models", tenant).api.url == "https://api.acme.ghe.com"


def test_an_enterprise_servers_api_is_asked_below_its_path(
    clone: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_API_URL", f"{forge.hub.url}/api/v3")
    done = forges.chosen(a_policy(forge.url), clone).propose(a_proposal(clone), clone)
    assert done.url == f"{forge.url}/pull/1"
    assert [one.path for one in forge.hub.asked] == [
        f"/api/v3/repos/{forge.name}{LISTED}",
        f"/api/v3/repos/{forge.name}/pulls",
    ]


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"GITHUB_TOKEN": ""}, "no token to ask GitHub with"),
        ({"GITHUB_TOKEN": "two words"}, "the token has signs that no token has"),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": "http://api.github.com"}, "GITHUB_API_URL is no https"),
        ({"GITHUB_TOKEN": "t", "GITHUB_API_URL": "https://ghe.example"}, "is no address of GitHub"),
    ],
)
def test_nobody_is_asked_without_a_token_that_may_be_sent_there(
    environment: dict[str, str], message: str
) -> None:
    with pytest.raises(RegistryError, match=message):
        github.connected("https://github.com/acme/models", environment)


@pytest.mark.parametrize("url", ["/srv/models.git", "file:///srv/models.git", "C:\\models", "https://", ""])
def test_a_folder_is_on_no_server(url: str) -> None:
    assert addresses.of(url) in {None, Address("c", "\\models", by_ssh=True)}


def opened(forge: Forge, clone: Repository) -> int:
    """Open a pull request, and give its number."""
    done = forges.chosen(a_policy(forge.url), clone).propose(a_proposal(clone), clone)
    return int(str(done.url).rpartition("/")[2])


def test_a_report_is_one_comment_of_ours_edited_in_place(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    # Bob has written our mark: what he can edit later is no report of ours.
    forge.call("POST", f"/issues/{number}/comments", {"body": f"{github.MARK}\nall is well"}, "bob")
    forge.call("POST", f"/issues/{number}/comments", {"body": "When will it be ready?"})
    start = len(forge.hub.asked)
    url, how = connected(forge).comment(number, "❌ one error\n")
    listed = ("GET", f"/issues/{number}/comments?page=1&per_page=100", None)
    assert how == "opened"
    assert asked(forge, start) == [
        ("GET", "/user", None),
        listed,
        ("POST", f"/issues/{number}/comments", {"body": f"{github.MARK}\n❌ one error\n"}),
    ]
    start = len(forge.hub.asked)
    assert connected(forge).comment(number, "❌ one error\n") == (url, "says so already")
    assert connected(forge).comment(number, "✅ passes\n") == (url, "edited")
    (edited,) = [one for one in asked(forge, start) if one[0] != "GET"]
    mine = url.rpartition("-")[2]
    assert edited == ("PATCH", f"/issues/comments/{mine}", {"body": f"{github.MARK}\n✅ passes\n"})
    bodies = [one["body"] for one in forge.call("GET", f"/issues/{number}/comments")]
    assert bodies == [
        f"{github.MARK}\nall is well",
        "When will it be ready?",
        f"{github.MARK}\n✅ passes\n",
    ]


def test_a_workflows_token_knows_its_comment_by_being_a_bots(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    listed: list[dict[str, Any]] = [
        {"id": 1, "body": f"{github.MARK}\nforged", "user": {"id": 9, "type": "User"}, "html_url": "#1"},
        {"id": 2, "body": f"{github.MARK}\nold", "user": {"id": 8, "type": "Bot"}, "html_url": "#2"},
    ]
    forge.hub.fail("GET /user$", 403)
    forge.hub.fail("GET .*/comments", answer(json.dumps(listed).encode()))
    forge.hub.fail("PATCH .*/issues/comments/2$", answer(b"{}"))
    assert connected(forge).comment(number, "new") == ("#2", "edited")


def test_a_report_too_long_for_github_is_cut_at_a_line_and_says_so(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    connected(forge).comment(number, "a line of forty characters, or about that\n" * 3000)
    (comment,) = forge.call("GET", f"/issues/{number}/comments")
    assert len(comment["body"]) < 65_536
    assert comment["body"].endswith(
        "about that\n\n(cut here: GitHub takes no longer text; the command that made it tells all)\n"
    )


def test_there_is_one_open_issue_of_a_label_which_is_closed_when_all_is_well(forge: Forge) -> None:
    hub = connected(forge)
    url, how = hub.issue("registry-audit", "2 objects are missing", "- one\n- two\n")
    assert (url, how) == (f"{forge.url}/issues/1", "opened")
    assert hub.issue("registry-audit", "2 objects are missing", "- one\n- two\n") == (url, "says so already")
    assert hub.issue("registry-audit", "1 object is missing", "- two\n") == (url, "edited")
    assert asked(forge)[-1] == (
        "PATCH",
        "/issues/1",
        {"title": "1 object is missing", "body": "- two\n"},
    )
    assert hub.close("registry-audit") == (url, "closed")
    assert asked(forge)[-1] == ("PATCH", "/issues/1", {"state": "closed", "state_reason": "completed"})
    assert hub.close("registry-audit") == ("", "none is open")
    assert hub.issue("registry-audit", "again", "- three\n") == (f"{forge.url}/issues/2", "opened")


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"number": ')
    handler.close_connection = True


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


LIMITED = answer(b'{"message": "API rate limit exceeded"}', 403)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (answer(b"", 429, Retry_After="7"), [8.75]),
        (answer(b"{}", 502), [1.25]),
        (answer(b"<html>", 503, Retry_After="2"), [2.5]),
        (answer(b"{}", 403, Retry_After="3"), [3.75]),
        (LIMITED, [1.25]),
        (answer(b"{}", 403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1030"), [37.5]),
        (answer(b'[{"id": 1', 200), [1.25]),
        (half, [1.25]),
        (silent, [1.25]),
    ],
    ids=["429", "502", "503", "403-later", "403-limit", "403-reset", "half-json", "half-body", "hung-up"],
)
def test_what_passes_is_asked_again_after_as_long_as_github_says(
    forge: Forge, fault: Any, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda _, high: high)
    waited: list[float] = []
    api = Api(forge.hub.url, "ada-token", waited.append, lambda: 1000.0)
    forge.hub.fail("GET .*/issues", fault)
    assert list(api.all(f"/repos/{forge.name}/issues")) == []
    assert waited == expected
    assert len(forge.hub.asked) == 2


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (answer(b'{"message": "Bad credentials"}', 401), RegistryError, "401: Bad credentials"),
        (answer(b'{"message": "Resource not accessible"}', 403), RegistryError, "403: Resource not acc"),
        (answer(b'{"message": "Not Found"}', 404), NotFoundError, "404: Not Found"),
        (answer(b"{}", 429, Retry_After="3600"), RegistryError, "asks to wait for 3600 seconds"),
        (
            answer(b'{"message": "Validation Failed", "errors": [{"message": "no commits"}]}', 422),
            RegistryError,
            "422: Validation Failed; no commits",
        ),
    ],
)
def test_what_does_not_pass_is_told_at_once(
    forge: Forge, fault: Any, error: type[RegistryError], message: str, waits: list[float]
) -> None:
    forge.hub.fail("GET .*/issues", fault)
    with pytest.raises(error, match=message):
        connected(forge).close("audit")
    assert (waits, len(forge.hub.asked)) == ([], 1)


def test_a_server_that_stays_away_is_given_up_after_five_attempts(forge: Forge, waits: list[float]) -> None:
    forge.hub.fail("GET .*/issues", *[503] * 9)
    with pytest.raises(RegistryError, match="503: no more is said"):
        connected(forge).close("audit")
    assert waits == [1.25, 2.5, 5.0, 10.0]
    assert len(forge.hub.asked) == 5


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed_and_never_told_the_token(
    forge: Forge, web: Web, status: int
) -> None:
    elsewhere = web.url.replace("127.0.0.1", "localhost")
    forge.hub.fail("GET .*/issues", answer(b"", status, Location=f"{elsewhere}/stolen"))
    with pytest.raises(RegistryError, match="redirect"):
        connected(forge).close("audit")
    assert web.asked == []


def test_a_renamed_repository_that_answers_the_same_page_for_ever_is_named(forge: Forge) -> None:
    page = json.dumps([{"id": number, "labels": []} for number in range(100)]).encode()
    forge.hub.fail("GET .*/issues", answer(page), answer(page))
    with pytest.raises(RegistryError, match="the same page comes again"):
        connected(forge).close("audit")


def test_the_token_is_never_told(
    forge: Forge,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    waits: list[float],
) -> None:
    canary = "ghp_canaryCANARYcanary0123456789"
    monkeypatch.setenv("GITHUB_TOKEN", canary)
    hub = connected(forge)
    told = [repr(hub)]
    echo = json.dumps({"message": f"who is {canary}?"}).encode()
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "github"):
        for fault in (
            answer(echo, 401),
            answer(echo, 403),
            answer(b"", 302, Location=f"https://elsewhere.example/?t={canary}"),
            answer(b"", 301, Location=f"https://elsewhere.example/?t={canary}"),
        ):
            forge.hub.fail("GET .*/issues", fault)
            with pytest.raises(RegistryError) as caught:
                hub.close("audit")
            told += [str(caught.value), repr(caught.value), caught.value.hint, repr(caught.value.__cause__)]
        forge.hub.fail("GET .*/issues", *[answer(echo, 502)] * 5)
        with pytest.raises(RegistryError) as caught:
            hub.close("audit")
    told += [str(caught.value), *capfd.readouterr(), *(each.getMessage() for each in caplog.records)]
    assert len(waits) == 4
    assert "github.Requester" in {each.name for each in caplog.records}
    assert not [each for each in told if canary in each]
    with pytest.raises(UsageError) as wrong:
        github.connected(forge.url, {"GITHUB_API_URL": forge.hub.url, "GITHUB_TOKEN": f"{canary} x"})
    assert canary not in str(wrong.value) + wrong.value.hint


def account(forge: Forge, login: str) -> dict[str, str]:
    return {"name": login, "forge": "github", "id": str(forge.hub.call("GET", f"/users/{login}")["id"])}


def test_evidence_is_who_approved_this_very_head_and_what_ran_on_it(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    head = clone.commit(BRANCH)
    forge.approve(number, "bob", clone.commit("main"))  # an older head
    forge.approve(number, "ci")
    dismissed = forge.approve(number, "carol")
    forge.call("PUT", f"/pulls/{number}/reviews/{dismissed}/dismissals", {"message": "not yet"})
    said = {"event": "COMMENT", "body": "nice", "commit_id": head}
    forge.call("POST", f"/pulls/{number}/reviews", said, "ci")
    run = {"name": "registry", "head_sha": head, "status": "completed", "conclusion": "success"}
    forge.call("POST", "/check-runs", run)
    forge.call("POST", "/check-runs", {"name": "judge", "head_sha": head, "status": "in_progress"})
    forge.statuses[head] = {"scanner": "failure"}
    found = connected(forge).evidence(number)
    (when,) = [
        each["submitted_at"]
        for each in forge.call("GET", f"/pulls/{number}/reviews")
        if each["user"]["login"] == "ci" and each["state"] == "APPROVED"
    ]
    assert found.head == head
    assert found.merged_as is None
    assert [each.when for each in found.given.approvers] == [datetime.fromisoformat(when)]
    said = found.given.model_dump(
        mode="json", exclude_none=True, exclude={"approvers": {"__all__": {"when"}}}
    )
    assert said == {
        "proposal": {"branch": BRANCH, "number": number, "url": f"{forge.url}/pull/{number}", "head": head},
        "author": account(forge, "ada"),
        "approvers": [account(forge, "ci")],
        "checks": [
            {"name": "judge", "conclusion": "in_progress"},
            {"name": "registry", "conclusion": "success"},
            {"name": "scanner", "conclusion": "failure"},
        ],
    }


def test_an_approval_taken_back_or_by_somebody_who_may_not_write_or_by_a_machine_does_not_count(
    clone: Repository, forge: Forge
) -> None:
    number = opened(forge, clone)
    for login in ("bob", "carol"):
        forge.approve(number, login)
    said = {"event": "REQUEST_CHANGES", "body": "no", "commit_id": clone.commit(BRANCH)}
    forge.call("POST", f"/pulls/{number}/reviews", said, "bob")
    forge.hub.fail("GET .*/collaborators/carol/permission", answer(b'{"permission": "read"}'))
    assert connected(forge).evidence(number).given.approvers == ()
    reviews = forge.call("GET", f"/pulls/{number}/reviews")
    carols = [
        each | {"user": each["user"] | {"type": "Bot"}}
        for each in reviews
        if each["user"]["login"] == "carol"
    ]
    gone = {"id": 99, "user": None, "state": "APPROVED", "commit_id": clone.commit(BRANCH)}
    forge.hub.fail("GET .*/reviews", answer(json.dumps([*carols, gone]).encode()))
    assert connected(forge).evidence(number).given.approvers == ()


def test_a_new_commit_takes_all_approvals_back(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    forge.approve(number, "bob")
    hub = connected(forge)
    assert [each.name for each in hub.evidence(number).given.approvers] == ["bob"]
    forges.chosen(a_policy(forge.url), clone).propose(a_proposal(clone, "once more"), clone)
    found = hub.evidence(number)
    assert (found.head, found.given.approvers) == (clone.commit(BRANCH), ())


def test_the_pull_request_that_became_a_commit_is_found_and_no_other(clone: Repository, forge: Forge) -> None:
    number = opened(forge, clone)
    hub = connected(forge)
    merged = forge.merge(number)
    assert hub.merged_as(merged, "main") == number
    assert hub.evidence(number).merged_as == merged
    for commit, branch in ((clone.commit(BRANCH), "main"), (merged, "release"), ("0" * 40, "main")):
        with pytest.raises(NotFoundError, match=f"has no pull request that became {commit}"):
            hub.merged_as(commit, branch)


def test_a_teams_members_are_asked_for_and_a_token_that_may_not_know_is_told(forge: Forge) -> None:
    forge.hub.call("POST", "/orgs/acme/teams", {"name": "risk"})
    for login in ("bob", "carol"):
        forge.hub.call("PUT", f"/orgs/acme/teams/risk/memberships/{login}", {})
    hub = connected(forge)
    assert hub.members("acme/risk") == {account(forge, "bob")["id"], account(forge, "carol")["id"]}
    for status in (403, 404):
        forge.hub.fail("GET /orgs/acme/teams", status)
        with pytest.raises(RegistryError, match="who is in the team @acme/risk cannot be read") as error:
            hub.members("acme/risk")
        assert "GITHUB_TOKEN of a workflow never may" in error.value.hint


def test_pages_are_read_to_the_end(forge: Forge) -> None:
    pages = [[{"id": page * 100 + each} for each in range(100)] for page in range(2)] + [[{"id": 300}]]
    forge.hub.fail("GET .*/issues", *(answer(json.dumps(page).encode()) for page in pages))
    api = Api(forge.hub.url, "ada-token")
    assert len(list(api.all(f"/repos/{forge.name}/issues"))) == 201
    assert [one.path.partition("?")[2] for one in forge.hub.asked] == [
        f"page={page}&per_page=100" for page in (1, 2, 3)
    ]


def test_without_pygithub_a_person_opens_the_pull_request_and_ci_is_told_what_to_install(
    clone: Repository, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github, "find_spec", lambda _: None)
    assert forges.chosen(a_policy(forge.url), clone) == Unasked(forge.url)
    with pytest.raises(RegistryError, match="PyGithub is not installed") as caught:
        connected(forge)
    assert caught.value.hint == "pip install 'modelry[github]'"


def test_a_fork_that_is_pushed_to_is_named_in_the_pull_request_and_sets_no_labels(
    clone: Repository, forge: Forge
) -> None:
    proposal = a_proposal(clone)
    hub = replace(connected(forge), head="dave:")
    made = {"number": 7, "labels": [], "html_url": "#7", "title": TITLE, "body": proposal.body}
    forge.hub.fail("POST .*/pulls$", answer(json.dumps(made).encode()))
    assert hub.propose(proposal, clone, ["promotion"]).url == "#7"
    listed = LISTED.replace("acme%3A", "dave%3A")
    said = {"title": TITLE, "body": proposal.body, "head": f"dave:{BRANCH}", "base": "main"}
    assert asked(forge) == [("GET", listed, None), ("POST", "/pulls", said)]
