"""Pull requests as GitHub shows them to a workflow: refs in the origin, and the event's payload."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from modelry.git import Repository
from modelry.model.files import Files
from modelry.storage import folders
from workflows.runner import SLUG

NUMBER = 7


class Request(NamedTuple):
    """A pull request: the commit that GitHub would test, and what an event says."""

    merge: str
    head: str
    payload: Mapping[str, Any]


def opened(repository: Repository, files: Files, owner: str = SLUG) -> Request:
    """Commit files on a branch of the clone, push it, and merge it with main for the test."""
    base = repository.commit("main")
    repository.run("switch", "--quiet", "--force-create", "change", "main")
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "Change the registry")
    head = repository.commit("HEAD")
    repository.run("switch", "--quiet", "main")
    tree = repository.run("rev-parse", f"{head}^{{tree}}").strip()
    merge = repository.record(tree, [base, head], f"Merge {head} into {base}")
    branch = [f"{head}:refs/heads/change"] if owner == SLUG else []
    repository.run("push", "--quiet", "origin", *branch, f"+{merge}:refs/pull/{NUMBER}/merge")
    told = {
        "number": NUMBER,
        "head": {"sha": head, "ref": "change", "repo": {"full_name": owner}},
        "base": {"sha": base, "ref": "main", "repo": {"full_name": SLUG}},
        "user": {"login": "ada"},
    }
    return Request(merge, head, {"number": NUMBER, "pull_request": told})


def queued(repository: Repository, request: Request) -> Mapping[str, Any]:
    """Give the event of a merge queue that holds this request alone."""
    branch = f"gh-readonly-queue/main/pr-{NUMBER}"
    repository.run("push", "--quiet", "origin", f"+{request.merge}:refs/heads/{branch}")
    group = {
        "head_sha": request.merge,
        "head_ref": f"refs/heads/{branch}",
        "base_sha": repository.commit("main"),
        "base_ref": "refs/heads/main",
    }
    return {"action": "checks_requested", "merge_group": group}
