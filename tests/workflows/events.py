"""What happens on GitHub, as a workflow is told: refs in the origin, and the event's payload."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from modelry.git import Repository, merging
from modelry.model.files import Files
from modelry.storage import folders
from workflows.runner import SLUG

BRANCH = "change"


class Request(NamedTuple):
    """A pull request: the commit that GitHub would test, and what an event says."""

    number: int
    merge: str
    payload: Mapping[str, Any]


def commit(repository: Repository, files: Files, branch: str = BRANCH) -> None:
    """Commit files on a new branch of the clone, and come back to main."""
    repository.run("switch", "--quiet", "--force-create", branch, "main")
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "Change the registry")
    repository.run("switch", "--quiet", "main")


def opened(
    repository: Repository, branch: str = BRANCH, number: int = 7, slug: str = SLUG, *, fork: bool = False
) -> Request:
    """Ask to merge a branch of the clone; of a fork, origin gets no branch but only what GitHub would merge."""
    base, head = repository.commit("main"), repository.commit(branch)
    merge = repository.record(
        merging.merge(repository, base, head), [base, head], f"Merge {head} into {base}"
    )
    pushed = [] if fork else [f"+{head}:refs/heads/{branch}"]
    repository.run("push", "--quiet", "origin", *pushed, f"+{merge}:refs/pull/{number}/merge")
    owner = f"mallory/{slug.partition('/')[2]}" if fork else slug
    told = {
        "number": number,
        "head": {"sha": head, "ref": branch, "repo": {"full_name": owner}},
        "base": {"sha": base, "ref": "main", "repo": {"full_name": slug}},
        "user": {"login": "mallory" if fork else "ada"},
    }
    return Request(number, merge, {"number": number, "pull_request": told})


def queued(repository: Repository, request: Request) -> Mapping[str, Any]:
    """Give the event of a merge queue that holds this request alone."""
    branch = f"gh-readonly-queue/main/pr-{request.number}"
    repository.run("push", "--quiet", "origin", f"+{request.merge}:refs/heads/{branch}")
    group = {
        "head_sha": request.merge,
        "head_ref": f"refs/heads/{branch}",
        "base_sha": repository.commit("main"),
        "base_ref": "refs/heads/main",
    }
    return {"action": "checks_requested", "merge_group": group}


def pushed(repository: Repository, before: str) -> Mapping[str, Any]:
    """Give the event of a push to main."""
    return {"ref": "refs/heads/main", "before": before, "after": repository.commit("main")}
