"""What GitHub knows of a pull request: approvals that are in force at its head, checks that ran on that."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from modelry.errors import NotFoundError, RegistryError
from modelry.forges.github_api import Api
from modelry.model.evidence import Approver, Check, Given, Proposed, Someone
from modelry.model.requests import PullRequest

_FORGE = "github"
_MAY_WRITE = {"admin", "maintain", "write", "push"}
_DECIDES = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}
"""States of a review that end what its author said before; a comment does not."""


def request(api: Api, repository: str, number: int) -> PullRequest:
    """Give what GitHub knows of a pull request and its approvals now."""
    path = f"/repos/{repository}"
    found = api.ask("GET", f"{path}/pulls/{number}")
    head = found["head"]["sha"]
    commits = api.all(f"{path}/pulls/{number}/commits", by="sha")
    given = Given(
        proposal=Proposed(branch=found["head"]["ref"], number=number, url=found["html_url"], head=head),
        author=_someone(found["user"]) if found["user"] is not None else None,
        approvers=tuple(_approvers(api, path, number, head)),
    )
    writers = {each["author"]["id"]: each["author"] for each in commits if each["author"]}
    proposer = found["user"]
    counts = proposer is not None and _counts(api, path, proposer)
    return PullRequest(
        given,
        head,
        found["merge_commit_sha"] if found["merged_at"] is not None else None,
        tuple(_someone(each) for each in writers.values()),
        Approver.model_validate(_someone(proposer).model_dump()) if counts else None,
    )


def evidence(api: Api, repository: str, number: int) -> PullRequest:
    """Give that with the checks that ran on its head."""
    found = request(api, repository, number)
    checks = tuple(_checks(api, f"/repos/{repository}", found.head))
    return replace(found, given=found.given.model_copy(update={"checks": checks}))


def merged_as(api: Api, repository: str, commit: str, main: str) -> int:
    """Give the number of the pull request that became a commit of main; raises `NotFoundError` where none did."""
    for each in api.all(f"/repos/{repository}/commits/{commit}/pulls"):
        is_it = each["merged_at"] is not None and each["merge_commit_sha"] == commit
        if is_it and each["base"]["ref"] == main:
            return int(each["number"])
    raise NotFoundError(
        f"{repository} has no pull request that became {commit}",
        hint="name the commit by which main got it: git log --first-parent",
    )


def members(api: Api, team: str) -> frozenset[str]:
    """Give the ids of a team's accounts, as `ORGANIZATION/TEAM` names it; raises `RegistryError` where the token may not know."""
    organization, _, name = team.partition("/")
    try:
        found = list(api.all(f"/orgs/{organization}/teams/{name}/members"))
    except RegistryError as error:
        raise RegistryError(
            f"who is in the team @{team} cannot be read: {error}",
            hint="take a token that may read the organization's members (GITHUB_TOKEN of a workflow never may), or name "
            "accounts in the policy's approvals",
        ) from error
    return frozenset(str(each["id"]) for each in found)


def _approvers(api: Api, path: str, number: int, head: str) -> Iterator[Approver]:
    """Give the people whose last word on this very head is yes, and who may write to the repository."""
    said: dict[int, Any] = {}
    for review in api.all(f"{path}/pulls/{number}/reviews"):
        if review["user"] is not None and review["state"] in _DECIDES:
            said[review["user"]["id"]] = review
    for review in said.values():
        account = review["user"]
        is_yes = review["state"] == "APPROVED" and review["commit_id"] == head
        if is_yes and _counts(api, path, account):
            person = _someone(account).model_dump(exclude_none=True)
            yield Approver.model_validate({**person, "when": review["submitted_at"]})


def _counts(api: Api, path: str, account: Any) -> bool:  # noqa: ANN401 - JSON
    """Say whether somebody's yes counts at all: no machine's, and in a public repository anybody can say it."""
    if account["type"] != "User":
        return False
    return api.ask("GET", f"{path}/collaborators/{account['login']}/permission")["permission"] in _MAY_WRITE


def _checks(api: Api, path: str, head: str) -> Iterable[Check]:
    for each in api.all(f"{path}/commits/{head}/check-runs", key="check_runs"):
        # What has not ended has no conclusion yet; its status says so.
        ended = each["conclusion"] or each["status"]
        yield Check(name=each["name"], conclusion=ended, tool=(each["app"] or {}).get("slug"))
    for each in api.all(f"{path}/commits/{head}/status", key="statuses"):
        yield Check(name=each["context"], conclusion=each["state"])


def _someone(account: Any) -> Someone:  # noqa: ANN401 - JSON
    return Someone(name=account["login"], forge=_FORGE, id=str(account["id"]))
