"""What happens on GitHub, as a workflow is told: refs in the origin, and the event's payload."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from emulator import Forge
from modelry.git import Repository, merging
from modelry.model.files import Files
from modelry.storage import folders

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
    repository: Repository,
    forge: Forge,
    branch: str = BRANCH,
    number: int | None = None,
    *,
    fork: bool = False,
) -> Request:
    """Ask to merge a branch of the clone, unless that request is there; `fork` is what the event says of it."""
    base, head = repository.commit("main"), repository.commit(branch)
    repository.run("push", "--quiet", "origin", f"+{head}:refs/heads/{branch}")
    forge.follow()
    if number is None:
        asked = {"title": "Change the registry", "head": branch, "base": "main"}
        number = int(forge.call("POST", "/pulls", asked)["number"])
    merge = repository.record(
        merging.merge(repository, base, head), [base, head], f"Merge {head} into {base}"
    )
    repository.run("push", "--quiet", "origin", f"+{merge}:refs/pull/{number}/merge")
    owner = f"mallory/{forge.name.partition('/')[2]}" if fork else forge.name
    told = {
        "number": number,
        "head": {"sha": head, "ref": branch, "repo": {"full_name": owner}},
        "base": {"sha": base, "ref": "main", "repo": {"full_name": forge.name}},
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
