"""GitLab's client against what GitLab's documentation says, and its push options on a real server."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

import builders
import gitlabapi
from githost import Host
from gitlabapi import Asked
from modelry import forges, proposals
from modelry.cli import group
from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.forges import Said, asking, gitlab
from modelry.forges.asking import UnsureError
from modelry.forges.gitlab import MARK, GitLab, Unasked
from modelry.git import Repository
from modelry.model import names
from modelry.model.evidence import Approver, Check, Given, Proposed, Someone
from modelry.model.policy import Policy
from modelry.model.requests import PullRequest
from modelry.proposals import Proposal
from modelry.storage import commits, folders

BRANCH = "promote/churn/staging/1.1.0"
TITLE = "Promote churn@1.1.0 to staging"
PROJECT = "/projects/acme%2Fmodels"


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Iterator[gitlabapi.GitLab]:
    """A GitLab that Ada may ask."""
    with gitlabapi.running() as server:
        monkeypatch.setenv("GITLAB_HOST", server.url)
        monkeypatch.setenv("GITLAB_TOKEN", "ada-token")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


def a_policy(repository: str, **more: str) -> Policy:
    found = builders.registry_of(builders.a_policy(repository=repository, **more)).policy.value
    assert found is not None
    return found


def a_proposal(repository: Repository, reason: str = "better") -> Proposal:
    registry = commits.registry(repository, repository.base)
    return proposals.promote(registry, registry.find(names.reference("churn@1.1.0")), "staging", reason)


def push_to(repository: Repository, url: str) -> None:
    """Let origin be called so, and lie where it did."""
    folder = repository.run("remote", "get-url", "origin").strip()
    repository.run("remote", "set-url", "origin", url)
    repository.run("config", f"url.{folder}.insteadOf", url)


def forge(repository: Repository, lab: gitlabapi.GitLab, source: str = "acme/models") -> forges.Forge:
    push_to(repository, f"{lab.url}/{source}.git")
    return forges.chosen(a_policy(f"{lab.url}/acme/models"), repository)


def connected(lab: gitlabapi.GitLab) -> GitLab:
    return gitlab.connected(f"{lab.url}/acme/models")


def listed(branch: str = BRANCH) -> str:
    asked = f"per_page=100&page=1&state=opened&source_branch={branch.replace('/', '%2F')}&target_branch=main"
    return f"{PROJECT}/merge_requests?{asked}"


def test_a_proposal_is_one_merge_request_which_is_brought_up_to_date_in_place(
    a_repo: Repository, lab: gitlabapi.GitLab
) -> None:
    chosen, proposal = forge(a_repo, lab), a_proposal(a_repo)
    first = chosen.propose(proposal, a_repo, ["promotion"])
    assert (first.url, first.is_news) == (f"{lab.url}/acme/models/-/merge_requests/1", True)
    asked = {
        "title": TITLE,
        "description": proposal.body,
        "source_branch": BRANCH,
        "target_branch": "main",
        "labels": "promotion",
    }
    assert lab.asked == [Asked("GET", listed(), None), Asked("POST", f"{PROJECT}/merge_requests", asked)]
    lab.asked.clear()
    assert chosen.propose(proposal, a_repo, ["promotion"]) == replace(first, is_news=False)
    assert lab.asked == [Asked("GET", listed(), None)]
    lab.asked.clear()
    other = a_proposal(a_repo, "much better")
    second = chosen.propose(other, a_repo, ["promotion", "urgent"])
    news = {"description": other.body, "add_labels": "urgent"}
    assert lab.asked[1:] == [Asked("PUT", f"{PROJECT}/merge_requests/1", news)]
    assert (second.url, len(lab.merge_requests), lab.merge_requests[0]["labels"]) == (
        first.url,
        1,
        ["promotion", "urgent"],
    )


def test_from_a_fork_it_is_asked_for_there_and_kept_where_the_registry_is(
    a_repo: Repository, lab: gitlabapi.GitLab
) -> None:
    chosen, proposal = forge(a_repo, lab, "ada/models"), a_proposal(a_repo)
    lab.merge_requests.append(
        {"iid": 1, "state": "opened", "source_branch": BRANCH, "target_branch": "main"}
        | {"source_project_id": 1, "target_project_id": 1}
    )
    assert chosen.propose(proposal, a_repo).url == f"{lab.url}/acme/models/-/merge_requests/2"
    made = next(each for each in lab.asked if each.method == "POST")
    assert (made.path, made.body["target_project_id"]) == ("/projects/ada%2Fmodels/merge_requests", 1)
    assert chosen.propose(proposal, a_repo).is_news is False


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("fault", [(502, {"message": "Bad Gateway"}), None], ids=["a 502", "a lost answer"])
def test_a_lost_answer_does_not_make_a_second_merge_request(
    a_repo: Repository, lab: gitlabapi.GitLab, fault: gitlabapi.Answer | None
) -> None:
    chosen = forge(a_repo, lab)
    lab.faults = [(200, []), fault]
    assert chosen.propose(a_proposal(a_repo), a_repo).url == f"{lab.url}/acme/models/-/merge_requests/1"
    assert len(lab.merge_requests) == 1


def test_what_passes_is_asked_again_and_what_stays_is_told_without_the_token(
    lab: gitlabapi.GitLab, waits: list[float]
) -> None:
    lab.faults = [(429, {"message": "Too Many Requests"}), (503, {"message": "Unavailable"})]
    assert connected(lab).api.ask("GET", "/projects/1") == {"id": 1}
    assert len(waits) == 2
    lab.faults = [(500, {"message": "ada-token is broken"})] * 5
    with pytest.raises(RegistryError, match=r"500: \*\*\* is broken") as caught:
        connected(lab).api.ask("GET", "/projects/1")
    assert "ada-token" not in repr(caught.value) + repr(connected(lab))
    lab.faults = [(403, {"message": "403 Forbidden"})]
    with pytest.raises(RegistryError, match="403 Forbidden"):
        connected(lab).api.ask("GET", "/projects/1")
    with pytest.raises(NotFoundError, match="404 Not Found"):
        connected(lab).api.ask("GET", "/nothing")


def test_a_redirect_is_not_followed_since_the_token_would_go_along(lab: gitlabapi.GitLab) -> None:
    with gitlabapi.running() as elsewhere:
        lab.faults = [(302, f"{elsewhere.url}/api/v4/user")]
        with pytest.raises(RegistryError, match="a redirect, which is not followed"):
            connected(lab).api.ask("GET", "/projects/1")
        assert elsewhere.asked == []


def test_a_report_is_one_note_and_a_note_of_another_with_our_mark_is_left(lab: gitlabapi.GitLab) -> None:
    lab.note(3, 2, f"{MARK}\nforged")
    first = connected(lab).comment(3, "all is well\n/merge\n  /approve")
    page = f"{lab.url}/acme/models/-/merge_requests/3#note_{lab.notes[3][1]['id']}"
    assert first == Said(page, "opened")
    assert lab.notes[3][1]["body"] == f"{MARK}\nall is well\n\\/merge\n  \\/approve"
    assert connected(lab).comment(3, "all is well\n/merge\n  /approve") == Said(page, "says so already")
    assert connected(lab).comment(3, "not so well") == Said(page, "edited")
    assert [note["body"] for note in lab.notes[3]] == [f"{MARK}\nforged", f"{MARK}\nnot so well"]


def test_an_issue_is_one_for_each_label_until_it_is_closed(lab: gitlabapi.GitLab) -> None:
    url = f"{lab.url}/acme/models/-/issues/1"
    assert connected(lab).issue("audit", "Drift", "much") == Said(url, "opened")
    assert connected(lab).issue("audit", "Drift", "much") == Said(url, "says so already")
    assert connected(lab).issue("audit", "Drift", "more") == Said(url, "edited")
    assert connected(lab).close("audit") == Said(url, "closed")
    assert connected(lab).close("audit") == Said("", "none is open")
    assert [(each["description"], each["state"]) for each in lab.issues] == [("more", "closed")]


HEAD, MERGED = "b" * 40, "c" * 40


@pytest.fixture
def merged(lab: gitlabapi.GitLab) -> str:
    """A merge request of Ada's, with a pipeline and two versions; give its page."""
    page = f"{lab.url}/acme/models/-/merge_requests/1"
    made = {"iid": 1, "state": "merged", "source_branch": BRANCH, "target_branch": "main", "sha": HEAD}
    made |= {"author": lab.user(1), "web_url": page, "head_pipeline": {"id": 5, "project_id": 1}}
    lab.merge_requests = [{**made, "merge_commit_sha": MERGED, "squash_commit_sha": None}]
    lab.versions[1] = [
        {"head_commit_sha": HEAD, "created_at": "2026-03-01T11:00:00.000Z"},
        {"head_commit_sha": "a" * 40, "created_at": "2026-03-01T09:00:00.000Z"},
    ]
    lab.commits[1] = [{"id": HEAD, "author_name": "Ada", "author_email": "ada@acme.example"}]
    lab.jobs[5] = [{"name": "check", "status": "success"}, {"name": "evidence", "status": "failed"}]
    lab.roles = {1: 40, 2: 30, 3: 20, 7: 30}
    return page


def test_evidence_is_who_proposed_and_approved_it_and_how_its_jobs_ended(
    lab: gitlabapi.GitLab, merged: str
) -> None:
    lab.approvals[1] = [{"user": lab.user(2), "approved_at": "2026-03-01T12:00:00.000Z"}]
    bob = {"name": "bob", "forge": "gitlab", "id": "2", "when": "2026-03-01T12:00:00Z"}
    found = connected(lab).evidence(1)
    assert found == PullRequest(
        Given(
            proposal=Proposed(branch=BRANCH, number=1, url=merged, head=HEAD),
            author=Someone(name="ada", forge="gitlab", id="1"),
            approvers=(Approver.model_validate(bob),),
            checks=(
                Check(name="check", conclusion="success"),
                Check(name="evidence", conclusion="failed"),
            ),
        ),
        HEAD,
        MERGED,
        (Someone(name="Ada", email="ada@acme.example", forge="gitlab", id="1"),),
        Approver(name="ada", forge="gitlab", id="1"),
    )
    assert connected(lab).merged_as(MERGED, "main") == 1
    with pytest.raises(NotFoundError, match="no merge request that became"):
        connected(lab).merged_as(HEAD, "main")


def test_an_approval_counts_of_a_person_who_may_write_and_of_what_the_request_is_now(
    lab: gitlabapi.GitLab, merged: str
) -> None:
    assert merged
    approved = "approved this merge request"

    def approvers(*numbers: int) -> list[str]:
        lab.approvals[1] = [{"user": lab.user(number)} for number in numbers]
        return [each.name for each in connected(lab).evidence(1).given.approvers]

    for number in (2, 3, 4, 7):
        lab.note(1, number, approved, system=True, when="2026-03-01T12:00:00.000Z")
    assert approvers(2, 3, 4, 7) == ["bob"]  # a reporter, a stranger and a bot are no approvers
    lab.notes[1].clear()
    lab.note(1, 2, approved, system=True, when="2026-03-01T10:00:00.000Z")
    lab.note(1, 2, approved, when="2026-03-01T12:00:00.000Z")  # written by himself
    assert approvers(2) == []  # of an earlier commit
    lab.note(1, 2, "unapproved this merge request", system=True, when="2026-03-01T12:30:00.000Z")
    assert approvers(2) == []
    lab.note(1, 2, approved, system=True, when="2026-03-01T13:00:00.000Z")
    assert approvers(2) == ["bob"]


@pytest.mark.parametrize(
    ("name", "email", "known"),
    [
        ("Bob", "bob@home.example", "2"),
        ("B.", "Bob@acme.example", "2"),
        ("B.", "2-bob@users.noreply.gitlab.com", "2"),
        ("Somebody", "else@acme.example", None),
    ],
)
def test_who_wrote_a_commit_is_known_by_name_or_address(
    lab: gitlabapi.GitLab, merged: str, name: str, email: str, known: str | None
) -> None:
    assert merged
    lab.approvals[1] = [{"user": lab.user(2), "approved_at": "2026-03-01T12:00:00.000Z"}]
    lab.commits[1] = [{"id": HEAD, "author_name": name, "author_email": email}]
    lab.merge_requests[0]["head_pipeline"] = None
    (committer,) = connected(lab).evidence(1).committers
    assert committer.id == known


def test_what_a_hidden_fork_ran_is_not_known(lab: gitlabapi.GitLab, merged: str) -> None:
    assert merged
    lab.merge_requests[0]["head_pipeline"] = {"id": 5, "project_id": 99}
    assert connected(lab).evidence(1).given.checks == ()


def test_who_is_in_a_group_is_asked_and_a_group_that_is_hidden_is_no_empty_one(lab: gitlabapi.GitLab) -> None:
    lab.groups["acme/risk"] = [1, 2]
    assert connected(lab).members("acme/risk") == {"1", "2"}
    with pytest.raises(RegistryError, match="who is in the group @acme/hidden cannot be read"):
        connected(lab).members("acme/hidden")


def test_a_job_of_gitlab_asks_of_its_own_project(
    a_repo: Repository, lab: gitlabapi.GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_PROJECT_URL", f"{lab.url}/acme/models")
    monkeypatch.setenv("CI_API_V4_URL", f"{lab.url}/api/v4")
    monkeypatch.delenv("GITLAB_HOST")
    assert forges.connected(a_repo) == connected(lab)


def test_an_approval_on_gitlab_answers_what_policy_asks_of_people(
    a_repo: Repository, lab: gitlabapi.GitLab
) -> None:
    asked = {"name": "staging", "approvals": {"from": ["@acme/risk"]}}
    policy = builders.a_policy(
        repository=f"{lab.url}/acme/models",
        remotes={"store": {"url": "../store"}},
        stages=[asked, {"name": "production"}],
    )
    folders.write(policy, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Ask the risk team")
    a_repo.run("push", "--quiet", "origin", "main")
    forge(a_repo, lab).propose(a_proposal(a_repo), a_repo)
    head = a_repo.commit(BRANCH)
    lab.merge_requests[0] |= {"sha": head, "merge_commit_sha": None, "squash_commit_sha": None}
    lab.versions[1] = [{"head_commit_sha": head, "created_at": "2026-03-01T11:00:00.000Z"}]
    lab.commits[1] = [{"id": head, "author_name": "Ada", "author_email": "ada@acme.example"}]
    lab.groups["acme/risk"], lab.roles = [2], {1: 40, 2: 30}

    def check() -> tuple[int, bool, bool]:
        line = ["check", "--offline", "--base", "main", "--head", BRANCH, "--pull-request", "1"]
        done = CliRunner().invoke(group, [*line, "--registry", str(a_repo.top)], catch_exceptions=False)
        return done.exit_code, "waits for 1 approval" in done.stdout, "approved by bob (2)" in done.stdout

    assert check() == (3, True, False)
    lab.approvals[1] = [{"user": lab.user(2), "approved_at": "2026-03-01T12:00:00.000Z"}]
    assert check() == (0, False, True)


def test_what_nobody_knows_to_be_made_is_made_again_five_times_at_most() -> None:
    tries: list[int] = []

    def make() -> None:
        tries.append(1)
        raise UnsureError("lost")

    with pytest.raises(UnsureError, match="lost"):
        asking.made(lambda: None, make)
    assert len(tries) == asking.ATTEMPTS


def test_a_token_goes_to_the_gitlab_that_is_set_and_nowhere_else(
    a_repo: Repository, lab: gitlabapi.GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    push_to(a_repo, "https://gitlab.evil.example/acme/models.git")
    chosen = forges.chosen(a_policy("https://gitlab.evil.example/acme/models"), a_repo)
    assert chosen == Unasked("https://gitlab.evil.example/acme/models")
    with pytest.raises(UsageError, match="is not on the GitLab that we know"):
        gitlab.connected("https://gitlab.evil.example/acme/models")
    monkeypatch.setenv("GITLAB_HOST", "http://gitlab.acme.example")
    with pytest.raises(UsageError, match="is no https"):
        gitlab.connected("https://gitlab.acme.example/acme/models")
    monkeypatch.setenv("CI_API_V4_URL", f"{lab.url}/api/v4")
    assert connected(lab).api.ask("GET", "/projects/1") == {"id": 1}
    monkeypatch.delenv("GITLAB_TOKEN")
    monkeypatch.setenv("CI_JOB_TOKEN", "job-token")
    with pytest.raises(RegistryError, match="no token to ask GitLab with"):
        connected(lab)


def test_a_branch_that_is_pushed_without_its_merge_request_is_told(
    a_repo: Repository, lab: gitlabapi.GitLab
) -> None:
    chosen = forge(a_repo, lab)
    lab.faults = [(200, []), (403, {"message": "403 Forbidden"})]
    with pytest.raises(
        RegistryError, match=f"{BRANCH} is pushed, but has no merge request: POST .*403"
    ) as told:
        chosen.propose(a_proposal(a_repo), a_repo)
    assert told.value.hint.endswith("then run the command again")


def test_a_token_that_can_be_none_is_no_token(lab: gitlabapi.GitLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "two words")
    with pytest.raises(UsageError, match="signs that no token has"):
        connected(lab)


@pytest.mark.parametrize("speaks", ["gitlab", None], ids=["push options", "a server without them"])
def test_without_a_token_the_push_asks_for_the_merge_request(
    a_repo: Repository, git_host: Host, speaks: str | None
) -> None:
    hosted = git_host.repository(protected=False, speaks="gitlab" if speaks else None)
    a_repo.run("remote", "set-url", "origin", hosted.url())
    a_repo.run("push", "--quiet", "origin", "main")
    chosen = forges.chosen(a_policy(hosted.page, forge="gitlab"), a_repo)
    done = chosen.propose(a_proposal(a_repo), a_repo, ["promotion"])
    assert hosted.git.commit(BRANCH) == done.commit
    assert (done.is_news, done.pushed_to) == (True, f"{hosted.page}.git")
    new = f"{hosted.page}/-/merge_requests/new?merge_request%5Bsource_branch%5D={BRANCH.replace('/', '%2F')}"
    opens = f"{new}&merge_request%5Btarget_branch%5D=main&merge_request%5Btitle%5D=Promote+churn%401.1.0+to+staging"
    assert (done.url, done.opens) == (
        (f"{hosted.page}/-/merge_requests/1", None) if speaks else (None, opens)
    )
    told = ["create", "target=main", f"title={TITLE}", "label=promotion"]
    assert [each["options"] for each in hosted.requests] == (
        [[f"merge_request.{each}" for each in told]] if speaks else []
    )
    chosen.propose(a_proposal(a_repo, "much better"), a_repo)
    assert [each["head"] for each in hosted.requests] == ([a_repo.commit(BRANCH)] if speaks else [])
