"""GitHub, and GitHub Enterprise: a proposal is a pull request; asked twice for the same, there is still only one."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from modelry.errors import RegistryError, UsageError
from modelry.forges import addresses, asking, github_evidence, local
from modelry.forges.addresses import Address
from modelry.forges.base import Forge, Proposed, Said
from modelry.forges.github_api import Api
from modelry.git import Repository
from modelry.model.policy import Policy
from modelry.model.requests import PullRequest
from modelry.proposals import Proposal

API = "https://api.github.com"
MARK = "<!-- modelry report -->"
"""Begins the comment that is ours; nobody sees it."""

_LARGEST = 65_000
"""How many characters of a comment are sent; GitHub takes 65,536."""


def at(policy: Policy, repository: Repository, environment: Mapping[str, str] = os.environ) -> Forge | None:
    """Give GitHub, if what policy names is there and origin is that, or a fork of it; else None."""
    place, origin = _place(policy.repository, environment), addresses.origin(repository)
    if place is None or origin is None or not addresses.is_on(origin, place):
        return None
    head = "" if origin.path.lower() == place.path.lower() else f"{origin.owner}:"
    if head.lower() == f"{place.owner}:".lower():
        return None  # another repository of the same owner is no fork
    if (api := _api(environment)) is not None:
        return GitHub(api, place.path, head)
    return Unasked(f"{urlsplit(policy.repository).scheme}://{place.host}/{place.path}", head)


def connected(repository: str, environment: Mapping[str, str] = os.environ) -> "GitHub":
    """Give GitHub to ask of a repository, by its page; raises `RegistryError` where nobody may ask, or it is none of GitHub's."""
    place = _place(repository, environment)
    if place is None:
        raise UsageError(
            f"{repository} is no address of GitHub",
            hint="policy's `repository` says where; for GitHub Enterprise set GITHUB_API_URL as well",
        )
    if find_spec("github") is None:
        raise RegistryError("PyGithub is not installed", hint="pip install 'modelry[github]'")
    if (api := _api(environment)) is None:
        raise RegistryError(
            "no token to ask GitHub with",
            hint="set GITHUB_TOKEN, or GH_TOKEN: with gh, to what `gh auth token` says",
        )
    return GitHub(api, place.path)


def of_ci(environment: Mapping[str, str] = os.environ) -> str | None:
    """Give the page of the repository that a workflow of GitHub Actions works for; None elsewhere."""
    name = environment.get("GITHUB_REPOSITORY")
    return f"{environment.get('GITHUB_SERVER_URL') or 'https://github.com'}/{name}" if name else None


def _place(page: str, environment: Mapping[str, str]) -> Address | None:
    """Give a repository of the one GitHub that we know: a token is sent nowhere else, whatever a policy says."""
    found = addresses.of(page)
    known = urlsplit(environment.get("GITHUB_API_URL") or API).netloc.lower().removeprefix("api.")
    return found if found is not None and found.host == known else None


def _api(environment: Mapping[str, str]) -> Api | None:
    """Give the API with the environment's token; None without one, or without PyGithub."""
    token = asking.token(environment, "GH_TOKEN", "GITHUB_TOKEN")
    if token is None or find_spec("github") is None:
        return None
    url = (environment.get("GITHUB_API_URL") or API).rstrip("/")
    return Api(asking.safe(url, "GITHUB_API_URL"), token)


@dataclass(frozen=True)
class Unasked:
    """GitHub without a token, or without PyGithub: the branch is pushed, and a person opens the pull request."""

    pages: str
    """The repository's page."""
    head: str = ""
    """`OWNER:` of the fork that is pushed to."""

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Push the branch, and give the address that opens its pull request, with the title written."""
        done = local.propose(proposal, repository, labels)
        compared = f"{quote(repository.main)}...{quote(self.head + done.branch, safe='/:')}"
        return replace(
            done,
            opens=f"{self.pages}/compare/{compared}?{urlencode({'quick_pull': 1, 'title': proposal.title})}",
        )


@dataclass(frozen=True)
class GitHub:
    """A repository on GitHub, and who asks there."""

    api: Api
    name: str
    """OWNER/NAME."""
    head: str = ""
    """`OWNER:` of the fork that is pushed to; empty where it is this repository itself."""

    def dispatch(self, body: Mapping[str, Any]) -> None:
        """Begin the workflows that wait for such an event; sent again where nobody knows whether it came."""
        asking.repeated(lambda: self.api.ask("POST", f"/repos/{self.name}/dispatches", body))

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Push the branch, and open its pull request or bring the open one up to date, with these labels beside its own."""
        done = local.propose(proposal, repository, labels)
        try:
            url, is_news = self._requested(proposal, done.branch, repository.main, labels)
        except RegistryError as error:
            raise RegistryError(
                f"{done.branch} is pushed, but has no pull request: {error}",
                hint=f"{error.hint}; then run the command again" if error.hint else "run the command again",
            ) from error
        return replace(done, is_news=done.is_news or is_news, url=url)

    def _requested(
        self, proposal: Proposal, branch: str, base: str, labels: Sequence[str]
    ) -> tuple[str, bool]:
        """Give the page of a branch's one pull request, as the proposal says it, and whether that is news."""
        head = f"{self.head or self.name.partition('/')[0] + ':'}{branch}"
        said = {"title": proposal.title, "body": proposal.body}
        asked = {**said, "head": f"{self.head}{branch}", "base": base}
        found, is_new = asking.made(
            lambda: self._open(head, base), lambda: self._ask("POST", "/pulls", asked)
        )
        altered = self._edit(f"/pulls/{found['number']}", found, said)
        # Who works in a fork may not set labels.
        missing = sorted(set(labels) - {each["name"] for each in found["labels"]}) if not self.head else []
        if missing:
            self._ask("POST", f"/issues/{found['number']}/labels", {"labels": missing})
        return found["html_url"], is_new or altered or bool(missing)

    def comment(self, number: int, text: str) -> Said:
        """Put a report on a pull request, where it replaces ours of before."""
        path = f"/issues/{number}/comments"
        body = _fitting(f"{MARK}\n{text}")
        is_ours = self._ours()
        found, is_new = asking.made(
            lambda: next(filter(is_ours, self._all(path)), None),
            lambda: self._ask("POST", path, {"body": body}),
        )
        altered = self._edit(f"/issues/comments/{found['id']}", found, {"body": body})
        return Said(found["html_url"], _how(is_new=is_new, altered=altered))

    def issue(self, label: str, title: str, text: str) -> Said:
        """Open the one issue with a label, or bring the open one up to date."""
        said = {"title": title, "body": _fitting(text)}
        found, is_new = asking.made(
            lambda: self._issue(label), lambda: self._ask("POST", "/issues", {**said, "labels": [label]})
        )
        altered = self._edit(f"/issues/{found['number']}", found, said)
        return Said(found["html_url"], _how(is_new=is_new, altered=altered))

    def close(self, label: str) -> Said:
        """Close the issue with a label."""
        found = self._issue(label)
        if found is None:
            return Said("", "none is open")
        self._ask("PATCH", f"/issues/{found['number']}", {"state": "closed", "state_reason": "completed"})
        return Said(found["html_url"], "closed")

    def request(self, number: int) -> PullRequest:
        """Give who proposed a pull request and who approved its head, as GitHub knows it now."""
        return github_evidence.request(self.api, self.name, number)

    def evidence(self, number: int) -> PullRequest:
        """Give that with the checks that ran on its head."""
        return github_evidence.evidence(self.api, self.name, number)

    def merged_as(self, commit: str, main: str) -> int:
        """Give the number of the pull request that became a commit of main."""
        return github_evidence.merged_as(self.api, self.name, commit, main)

    def members(self, team: str) -> frozenset[str]:
        """Give the ids of a team's accounts."""
        return github_evidence.members(self.api, team)

    def _open(self, head: str, base: str) -> Any | None:  # noqa: ANN401 - JSON
        """Give the open pull request of a branch; what GitHub gives is looked at again, since a redirect loses the question."""
        asked = {"state": "open", "head": head, "base": base}
        return next(
            (
                each
                for each in self._all("/pulls", **asked)
                if each["head"]["label"].lower() == head.lower() and each["base"]["ref"] == base
            ),
            None,
        )

    def _issue(self, label: str) -> Any | None:  # noqa: ANN401 - JSON
        found = [
            each
            for each in self._all("/issues", state="open", labels=label, sort="created", direction="asc")
            if "pull_request" not in each and any(one["name"] == label for one in each["labels"])
        ]
        return found[0] if found else None

    def _ours(self) -> Callable[[Any], bool]:
        """Give what tells a comment of ours: anybody could write our mark, and have us edit what they can edit back."""
        try:
            me = self.api.ask("GET", "/user")["id"]
        except RegistryError:  # the token of a workflow, or of another app, is nobody's
            me = None
        return lambda each: (
            (each["body"] or "").startswith(MARK)
            and (each["user"]["type"] == "Bot" if me is None else each["user"]["id"] == me)
        )

    def _edit(self, path: str, found: Mapping[str, Any], said: Mapping[str, str]) -> bool:
        news = {name: value for name, value in said.items() if _lines(found[name]) != _lines(value)}
        if news:
            self._ask("PATCH", path, news)
        return bool(news)

    def _ask(self, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
        return self.api.ask(method, f"/repos/{self.name}{path}", body, **query)

    def _all(self, path: str, key: str | None = None, **query: str) -> Any:  # noqa: ANN401 - JSON
        return self.api.all(f"/repos/{self.name}{path}", key, **query)


def _how(*, is_new: bool, altered: bool) -> str:
    return "opened" if is_new else "edited" if altered else "says so already"


def _lines(text: str | None) -> str:
    """Give text as it compares: GitHub may send other ends of lines than it was given, and none at the end."""
    return (text or "").replace("\r\n", "\n").strip()


def _fitting(text: str) -> str:
    if len(text) <= _LARGEST:
        return text
    cut = text[:_LARGEST].rpartition("\n")[0]
    return f"{cut}\n\n(cut here: GitHub takes no longer text; the command that made it tells all)\n"
