"""GitLab: a proposal is a merge request; asked twice for the same, there is still only one."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from modelry.errors import ConflictError, RegistryError, UsageError
from modelry.forges import addresses, asking, gitlab_evidence, local
from modelry.forges.addresses import Address
from modelry.forges.base import Forge, Proposed, Said
from modelry.forges.gitlab_api import Api
from modelry.git import GitError, Repository
from modelry.model.policy import Policy
from modelry.model.requests import PullRequest
from modelry.proposals import Proposal

MARK = "<!-- modelry report -->"
"""Begins the note that is ours; nobody sees it."""

_COMMANDS = re.compile(r"^(\s*)/(?=[A-Za-z])", re.MULTILINE)
"""What GitLab would run as a quick action, with the rights of whoever sends it: /merge, /approve …"""


def at(policy: Policy, repository: Repository, environment: Mapping[str, str] = os.environ) -> Forge | None:
    """Give GitLab, if policy or the address says that it is one and origin is there, or a fork of it; else None."""
    place, origin = addresses.of(policy.repository), addresses.origin(repository)
    if place is None or origin is None or not addresses.is_on(origin, place):
        return None
    known = policy.forge or ("gitlab" if is_known(policy.repository, environment) else "")
    if known != "gitlab":
        return None
    page = f"{urlsplit(policy.repository).scheme}://{place.host}/{place.path}"
    if (api := _api(place, environment)) is not None:
        return GitLab(api, place.path, origin.path)
    return Unasked(page, None if origin.path.lower() == place.path.lower() else place.path)


def connected(repository: str, environment: Mapping[str, str] = os.environ) -> "GitLab":
    """Give GitLab to ask of a project, by its page; raises `RegistryError` where nobody may ask."""
    place = addresses.of(repository)
    if place is None or place.host != urlsplit(_url(environment)).netloc.lower():
        raise UsageError(
            f"{repository} is not on the GitLab that we know, {_url(environment)}",
            hint="set GITLAB_HOST to its address: a token is sent nowhere else",
        )
    if find_spec("gitlab") is None:
        raise RegistryError("python-gitlab is not installed", hint="pip install 'modelry[gitlab]'")
    if (api := _api(place, environment)) is None:
        raise RegistryError(
            "no token to ask GitLab with",
            hint="set GITLAB_TOKEN to one with the scope api; CI_JOB_TOKEN may neither comment nor propose",
        )
    return GitLab(api, place.path, place.path)


def is_known(page: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether a page is on a GitLab, as far as its address tells, or the environment."""
    place = addresses.of(page)
    known = urlsplit(_url(environment)).netloc.lower()
    return place is not None and (place.host.startswith("gitlab.") or place.host == known)


def of_ci(environment: Mapping[str, str] = os.environ) -> str | None:
    """Give the page of the project that a job of GitLab's CI works for; None elsewhere."""
    return environment.get("CI_PROJECT_URL") if environment.get("GITLAB_CI") else None


def _url(environment: Mapping[str, str]) -> str:
    """Give the GitLab that we know: CI's own, or the one that is set; a token is sent nowhere else, whatever a policy says."""
    told = environment.get("CI_API_V4_URL", "").removesuffix("/api/v4") or environment.get("GITLAB_HOST", "")
    return (told if "://" in told else f"https://{told or 'gitlab.com'}").rstrip("/")


def _api(place: Address, environment: Mapping[str, str]) -> Api | None:
    """Give the API with the environment's token; None without one, without python-gitlab, or for another GitLab."""
    token, url = asking.token(environment, "GITLAB_TOKEN"), _url(environment)
    if token is None or find_spec("gitlab") is None or urlsplit(url).netloc.lower() != place.host:
        return None
    return Api(asking.safe(url, "GITLAB_HOST"), token)


@dataclass(frozen=True)
class Unasked:
    """GitLab without a token, or without python-gitlab: the push itself asks for the merge request."""

    page: str
    target: str | None = None
    """The project that it is for, where another one is pushed to."""

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Push the branch and let the server open its merge request; where it does not, give the address that does.

        The description is the commit's, as GitLab reads it there: what a push says beside its commits has one line.
        """
        done, words = local.pushed(proposal, repository, lambda *args: self._push(proposal, labels, *args))
        new = f"{self.page}/-/merge_requests/new"
        said = addresses.said(words, f"{self.page}/-/merge_requests")
        if said is not None and not said.startswith(new):
            return replace(done, url=said)
        asked = {"source_branch": done.branch, "target_branch": repository.main, "title": proposal.title}
        query = urlencode({f"merge_request[{name}]": value for name, value in asked.items()})
        return replace(done, opens=f"{new}?{query}")

    def _push(
        self,
        proposal: Proposal,
        labels: Sequence[str],
        repository: Repository,
        branch: str,
        theirs: str | None,
    ) -> Sequence[str]:
        told = {"target": repository.main, "title": proposal.title}
        told |= {"target_project": self.target} if self.target is not None else {}
        options = ["create", *(f"{name}={value}" for name, value in told.items())]
        options += [f"label={label}" for label in labels]
        try:
            return local.push(repository, branch, theirs, *(f"merge_request.{option}" for option in options))
        except GitError as error:
            if "does not support push options" not in str(error):
                raise
            return local.push(repository, branch, theirs)


@dataclass(frozen=True)
class GitLab:
    """A project on GitLab, and who asks there."""

    api: Api
    name: str
    """GROUP/PROJECT, or deeper."""
    source: str
    """The project that is pushed to: the same, or a fork of it."""

    def propose(self, proposal: Proposal, repository: Repository, labels: Sequence[str] = ()) -> Proposed:
        """Push the branch, and open its merge request or bring the open one up to date, with these labels beside its own."""
        done = local.propose(proposal, repository, labels)
        try:
            url, is_news = self._requested(proposal, done.branch, repository.main, labels)
        except RegistryError as error:
            raise RegistryError(
                f"{done.branch} is pushed, but has no merge request: {error}",
                hint=f"{error.hint}; then run the command again" if error.hint else "run the command again",
            ) from error
        return replace(done, is_news=done.is_news or is_news, url=url)

    def _requested(
        self, proposal: Proposal, branch: str, base: str, labels: Sequence[str]
    ) -> tuple[str, bool]:
        """Give the page of a branch's one merge request, as the proposal says it, and whether that is news."""
        said = {"title": proposal.title, "description": _inert(proposal.body)}
        source = self.api.ask("GET", f"/projects/{_path(self.source)}")["id"] if self._is_fork else None
        found, is_new = asking.made(
            lambda: self._open(branch, base, source),
            lambda: self._make(
                {**said, "source_branch": branch, "target_branch": base, "labels": ",".join(labels)}
            ),
        )
        news = {name: value for name, value in said.items() if _lines(found[name]) != _lines(value)}
        missing = sorted(set(labels) - set(found["labels"]))
        news |= {"add_labels": ",".join(missing)} if missing else {}
        if news:
            self._ask("PUT", f"/merge_requests/{found['iid']}", news)
        return str(found["web_url"]), is_new or bool(news)

    @property
    def _is_fork(self) -> bool:
        return self.source.lower() != self.name.lower()

    def _open(self, branch: str, base: str, source: int | None) -> Any | None:  # noqa: ANN401 - JSON
        """Give the open merge request of a branch, of whichever fork it is asked for."""
        asked = {"state": "opened", "source_branch": branch, "target_branch": base}
        for each in self._all("/merge_requests", **asked):
            if each["source_project_id"] == (each["target_project_id"] if source is None else source):
                return each
        return None

    def _make(self, said: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        body: dict[str, Any] = dict(said)
        if self._is_fork:  # it is asked for where it comes from
            body["target_project_id"] = self._ask("GET", "")["id"]
        try:
            return self.api.ask("POST", f"/projects/{_path(self.source)}/merge_requests", body)
        except ConflictError as error:
            raise asking.UnsureError(str(error), hint=error.hint) from error  # somebody was first: look again

    def comment(self, number: int, text: str) -> Said:
        """Put a report on a merge request, in place of ours of before."""
        path, body = f"/merge_requests/{number}", f"{MARK}\n{_inert(text)}"
        me = self.api.ask("GET", "/user")["id"]
        found, is_new = asking.made(
            lambda: next(
                (
                    each
                    for each in self._all(f"{path}/notes", sort="asc", order_by="created_at")
                    if each["body"].startswith(MARK) and each["author"]["id"] == me
                ),
                None,
            ),
            lambda: self._ask("POST", f"{path}/notes", {"body": body}),
        )
        altered = _lines(found["body"]) != _lines(body)
        if altered:
            self._ask("PUT", f"{path}/notes/{found['id']}", {"body": body})
        page = f"{self.api.url}/{self.name}/-/merge_requests/{number}#note_{found['id']}"
        return Said(page, _how(is_new=is_new, altered=altered))

    def issue(self, label: str, title: str, text: str) -> Said:
        """Open the one issue with a label, or bring the open one up to date."""
        said = {"title": title, "description": _inert(text)}
        found, is_new = asking.made(
            lambda: self._issue(label), lambda: self._ask("POST", "/issues", {**said, "labels": label})
        )
        news = {name: value for name, value in said.items() if _lines(found[name]) != _lines(value)}
        if news:
            self._ask("PUT", f"/issues/{found['iid']}", news)
        return Said(found["web_url"], _how(is_new=is_new, altered=bool(news)))

    def close(self, label: str) -> Said:
        """Close the issue with a label."""
        found = self._issue(label)
        if found is None:
            return Said("", "none is open")
        self._ask("PUT", f"/issues/{found['iid']}", {"state_event": "close"})
        return Said(found["web_url"], "closed")

    def request(self, number: int) -> PullRequest:
        """Give who proposed a merge request and who approved what it is now, as GitLab knows it."""
        return gitlab_evidence.request(self.api, self.name, number)

    def evidence(self, number: int) -> PullRequest:
        """Give that with the jobs of its last pipeline."""
        return gitlab_evidence.evidence(self.api, self.name, number)

    def merged_as(self, commit: str, main: str) -> int:
        """Give the number of the merge request that became a commit of main."""
        return gitlab_evidence.merged_as(self.api, self.name, commit, main)

    def members(self, team: str) -> frozenset[str]:
        """Give the ids of a group's accounts."""
        return gitlab_evidence.members(self.api, team)

    def _issue(self, label: str) -> Any | None:  # noqa: ANN401 - JSON
        asked = {"state": "opened", "labels": label, "order_by": "created_at", "sort": "asc"}
        return next(iter(self._all("/issues", **asked)), None)

    def _ask(self, method: str, path: str, body: object = None, **query: str) -> Any:  # noqa: ANN401 - JSON
        return self.api.ask(method, f"/projects/{_path(self.name)}{path}", body, **query)

    def _all(self, path: str, **query: str) -> Iterator[Any]:
        return self.api.all(f"/projects/{_path(self.name)}{path}", **query)


def _how(*, is_new: bool, altered: bool) -> str:
    return "opened" if is_new else "edited" if altered else "says so already"


def _path(name: str) -> str:
    return quote(name, safe="")


def _inert(text: str) -> str:
    """Give text in which no line is a command to GitLab; it looks the same."""
    return _COMMANDS.sub(r"\1\\/", text)


def _lines(text: str | None) -> str:
    """Give text as it compares: GitLab may send other ends of lines than it was given."""
    return (text or "").replace("\r\n", "\n").strip()
