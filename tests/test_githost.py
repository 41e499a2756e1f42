"""The git server that tests push to is one: it asks who one is, protects main, and takes pull requests from pushes."""

import pytest

from githost import Host
from modelry.git import GitError, Repository


@pytest.mark.parametrize(("user", "is_let"), [("ada", False), ("merge-bot", True)])
def test_only_the_merge_bot_may_push_to_main(
    git_host: Host, a_repo: Repository, user: str, is_let: bool
) -> None:
    hosted = git_host.repository()
    a_repo.run("push", "--quiet", hosted.url(user), "main:refs/heads/topic")
    if is_let:
        a_repo.run("push", "--quiet", hosted.url(user), "main")
    else:
        with pytest.raises(GitError, match="main is protected: open a pull request"):
            a_repo.run("push", "--quiet", hosted.url(user), "main")
    assert (hosted.git.resolves("main") == a_repo.commit("main")) is is_let
    assert hosted.git.commit("topic") == a_repo.commit("main")


def test_nobody_is_let_in_without_the_password(git_host: Host, a_repo: Repository) -> None:
    url = git_host.repository().url().replace("secret", "guess")
    with pytest.raises(GitError, match="Authentication failed"):
        a_repo.run("push", "--quiet", url, "main:refs/heads/topic")


def test_a_push_for_a_branch_opens_a_pull_request_and_updates_it_in_place(
    git_host: Host, a_repo: Repository
) -> None:
    hosted = git_host.repository(speaks="agit")
    a_repo.run("push", "--quiet", hosted.url("merge-bot"), "main")
    for title in ("first", "second"):
        a_repo.run("commit", "--quiet", "--allow-empty", "--message", title)
        a_repo.run(
            "push", "--quiet", "-o", "topic=t", "-o", f"title={title}", hosted.url(), "HEAD:refs/for/main"
        )
    head = a_repo.commit("HEAD")
    request = {"number": 1, "source": "ada/t", "author": "ada", "target": "main", "head": head}
    assert hosted.requests == [request | {"options": ["topic=t", "title=second"]}]
    assert hosted.git.commit("refs/pull/1/head") == head
    a_repo.run("commit", "--quiet", "--amend", "--allow-empty", "--message", "another")
    with pytest.raises(GitError, match="request `force-push` push option"):
        a_repo.run("push", "--quiet", "-o", "topic=t", hosted.url(), "HEAD:refs/for/main")
