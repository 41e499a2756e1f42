"""What GitLab knows of a merge request: who proposed it, whose approval of what it is now stands, how its jobs ended."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from modelry.errors import NotFoundError, RegistryError
from modelry.forges.gitlab_api import Api
from modelry.model.evidence import Approver, Check, Given, Proposed, Someone
from modelry.model.requests import PullRequest

_FORGE = "gitlab"
_DEVELOPER = 30
"""The role from which on somebody may write to a project."""
_APPROVED, _TAKEN_BACK = "approved this merge request", "unapproved this merge request"
"""What GitLab itself notes; nobody else can write a note of the system's."""


def request(api: Api, project: str, number: int) -> PullRequest:
    """Give what GitLab knows of a merge request and its approvals now.

    An approval counts if it is of the request as it is: where the project does not take approvals away at each push,
    GitLab keeps those of earlier commits as well.
    """
    path = f"/projects/{quote(project, safe='')}"
    return _request(api, path, api.ask("GET", f"{path}/merge_requests/{number}"))


def evidence(api: Api, project: str, number: int) -> PullRequest:
    """Give that with the jobs of its last pipeline."""
    path = f"/projects/{quote(project, safe='')}"
    found = api.ask("GET", f"{path}/merge_requests/{number}")
    made = _request(api, path, found)
    return replace(made, given=made.given.model_copy(update={"checks": tuple(_checks(api, found))}))


def _request(api: Api, path: str, found: Any) -> PullRequest:  # noqa: ANN401 - JSON
    author = _writer(api, path, found["author"]["id"])
    approvers = list(_approvers(api, path, found))
    commits = api.all(f"{path}/merge_requests/{found['iid']}/commits")
    people = [account for account, _ in approvers] + ([author] if author is not None else [])
    given = Given(
        proposal=Proposed(
            branch=found["source_branch"], number=found["iid"], url=found["web_url"], head=found["sha"]
        ),
        author=_someone(found["author"]),
        approvers=tuple(approver for _, approver in approvers),
    )
    return PullRequest(
        given,
        found["sha"],
        _became(found) if found["state"] == "merged" else None,
        tuple({each["author_email"]: _committer(each, people) for each in commits}.values()),
        Approver.model_validate(_someone(author).model_dump()) if author is not None else None,
    )


def merged_as(api: Api, project: str, commit: str, main: str) -> int:
    """Give the number of the merge request that became a commit of main; raises `NotFoundError` where none did."""
    path = f"/projects/{quote(project, safe='')}/repository/commits/{commit}/merge_requests"
    for each in api.all(path):
        if each["state"] == "merged" and each["target_branch"] == main and _became(each) == commit:
            return int(each["iid"])
    raise NotFoundError(
        f"{project} has no merge request that became {commit}",
        hint="name the commit by which main got it: git log --first-parent",
    )


def members(api: Api, group: str) -> frozenset[str]:
    """Give the ids of a group's accounts, and of those of the groups above; raises `RegistryError` where nobody may know."""
    try:
        found = list(api.all(f"/groups/{quote(group, safe='')}/members/all"))
    except RegistryError as error:
        raise RegistryError(
            f"who is in the group @{group} cannot be read: {error}",
            hint="take a token that may read the group's members, or name accounts in the policy's approvals",
        ) from error
    return frozenset(str(each["id"]) for each in found)


def _became(found: Any) -> str | None:  # noqa: ANN401 - JSON
    """Give the commit that main got: of a merge, of a squash, or, where main was only moved forward, the head."""
    commit = found["merge_commit_sha"] or found["squash_commit_sha"] or found["sha"]
    return str(commit) if commit else None


def _approvers(api: Api, path: str, found: Any) -> Iterator[tuple[Any, Approver]]:  # noqa: ANN401 - JSON
    """Give the accounts that approved it as it is, and may write here."""
    request = f"{path}/merge_requests/{found['iid']}"
    pushed = [each for each in api.all(f"{request}/versions") if each["head_commit_sha"] == found["sha"]]
    since = min((_time(each["created_at"]) for each in pushed), default=None)
    noted = _noted(api, request)
    for each in api.ask("GET", f"{request}/approvals")["approved_by"]:
        number = each["user"]["id"]
        when = _time(each["approved_at"]) if each.get("approved_at") else noted.get(number)
        if since is None or when is None or when < since:
            continue
        if (account := _writer(api, path, number)) is not None:
            person = _someone(account).model_dump(exclude_none=True)
            yield account, Approver.model_validate({**person, "when": when.isoformat()})


def _noted(api: Api, request: str) -> dict[int, datetime]:
    """Give when people approved last, by GitLab's own notes; older editions tell it nowhere else."""
    found: dict[int, datetime] = {}
    for note in api.all(f"{request}/notes", sort="asc", order_by="created_at"):
        if note["system"] and note["body"] == _APPROVED:
            found[note["author"]["id"]] = _time(note["created_at"])
        elif note["system"] and note["body"] == _TAKEN_BACK:
            found.pop(note["author"]["id"], None)
    return found


def _writer(api: Api, path: str, number: int) -> Any | None:  # noqa: ANN401 - JSON
    """Give the account of a person with the rights of a developer; of nobody else does an approval count at all."""
    try:
        role = api.ask("GET", f"{path}/members/all/{number}")["access_level"]
    except NotFoundError:
        return None
    account = api.ask("GET", f"/users/{number}")
    return account if role >= _DEVELOPER and not account.get("bot", False) else None


def _committer(commit: Any, people: Sequence[Any]) -> Someone:  # noqa: ANN401 - JSON
    """Give who wrote a commit; GitLab does not tell whose account that is, so it is looked for by name and address."""
    name, email = commit["author_name"], commit["author_email"]
    said = {name.casefold(), email.casefold(), email.partition("@")[0].partition("-")[2].casefold()} - {""}
    for account in people:
        known = (account["name"], account["username"], account.get("public_email"), account.get("email"))
        if said & {each.casefold() for each in known if each}:
            return Someone(name=name, email=email, forge=_FORGE, id=str(account["id"]))
    return Someone(name=name, email=email)


def _checks(api: Api, found: Any) -> Iterator[Check]:  # noqa: ANN401 - JSON
    """Give the jobs of the request's last pipeline; it may have run in the fork that it comes from."""
    pipeline = found.get("head_pipeline")
    if pipeline is None:
        return
    try:
        for job in api.all(f"/projects/{pipeline['project_id']}/pipelines/{pipeline['id']}/jobs"):
            yield Check(name=job["name"], conclusion=job["status"])
    except NotFoundError:  # a fork that nobody else may see
        return


def _someone(account: Any) -> Someone:  # noqa: ANN401 - JSON
    return Someone(name=account["username"], forge=_FORGE, id=str(account["id"]))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
