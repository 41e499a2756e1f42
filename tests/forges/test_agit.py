"""Gitea's and Forgejo's way, on a real git server: a push for main is the pull request."""

import pytest

import builders
from githost import Host
from modelry import forges, proposals
from modelry.forges import local
from modelry.forges.agit import AGit
from modelry.git import Repository
from modelry.model import names
from modelry.model.policy import Policy
from modelry.proposals import Proposal
from modelry.storage import commits

BRANCH = "promote/churn/staging/1.1.0"


def a_policy(repository: str, **more: str) -> Policy:
    found = builders.registry_of(builders.a_policy(repository=repository, **more)).policy.value
    assert found is not None
    return found


def a_proposal(repository: Repository, reason: str = "better") -> Proposal:
    registry = commits.registry(repository, repository.base)
    return proposals.promote(registry, registry.find(names.reference("churn@1.1.0")), "staging", reason)


def test_a_push_for_main_is_one_pull_request_brought_up_to_date_in_place(
    a_repo: Repository, git_host: Host
) -> None:
    hosted = git_host.repository(speaks="agit")
    a_repo.run("push", "--quiet", hosted.url("merge-bot"), "main")
    a_repo.run("remote", "set-url", "origin", hosted.url("ada"))
    chosen = forges.chosen(a_policy(hosted.page, forge="forgejo"), a_repo)
    first = chosen.propose(a_proposal(a_repo), a_repo)
    assert (first.url, first.is_news) == (f"{hosted.page}/pulls/1", True)
    assert chosen.propose(a_proposal(a_repo), a_repo).is_news is False
    second = chosen.propose(a_proposal(a_repo, "much better"), a_repo)
    assert second.url == first.url
    options = [f"topic={BRANCH}", "title=Promote churn@1.1.0 to staging", "force-push=true"]
    assert hosted.requests == [
        {"number": 1, "source": f"ada/{BRANCH}", "author": "ada", "target": "main"}
        | {"head": second.commit, "options": options}
    ]
    assert hosted.git.commit("refs/pull/1/head") == second.commit
    assert hosted.git.resolves(BRANCH) is None  # nobody needs to be let write branches


def test_a_server_that_takes_none_gets_a_branch_and_no_odd_ref(a_repo: Repository, git_host: Host) -> None:
    hosted = git_host.repository(protected=False)
    a_repo.run("remote", "set-url", "origin", hosted.url("ada"))
    a_repo.run("push", "--quiet", "origin", "main")
    done = forges.chosen(a_policy(hosted.page, forge="gitea"), a_repo).propose(a_proposal(a_repo), a_repo)
    assert (done.url, done.opens) == (None, f"{hosted.page}/compare/main...{BRANCH}")
    refs = hosted.git.run("for-each-ref", "--format=%(refname)").split()
    assert refs == ["refs/heads/main", f"refs/heads/{BRANCH}"]


@pytest.mark.parametrize(
    ("page", "said", "is_agit"),
    [
        ("https://codeberg.org/acme/models", {}, True),
        ("https://gitea.acme.example/acme/models", {}, True),
        ("https://git.acme.example/acme/models", {}, False),
        ("https://git.acme.example/acme/models", {"forge": "forgejo"}, True),
        ("https://codeberg.org/acme/models", {"forge": "local"}, False),
    ],
)
def test_a_server_is_taken_for_one_where_it_is_called_so_or_policy_says_so(
    a_repo: Repository, page: str, said: dict[str, str], is_agit: bool
) -> None:
    a_repo.run("remote", "set-url", "origin", f"{page}.git")
    assert forges.chosen(a_policy(page, **said), a_repo) == (AGit(page) if is_agit else local)
