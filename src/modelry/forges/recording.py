"""What a forge knows of a merge, put on record by its CI: the pull request, its approvers, its checks."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from modelry.errors import RegistryError, UsageError
from modelry.forges import landing
from modelry.forges.base import Connected
from modelry.git import Repository
from modelry.model import evidence as model
from modelry.model.changes import Changes
from modelry.model.evidence import Approver, Check, Given, Proposed, Statement
from modelry.storage import evidence, noted
from modelry.storage.evidence import Sign


def record(
    repository: Repository, revision: str, given: Given, sign: Sign | None, *, dry_run: bool
) -> tuple[Statement, bool]:
    """Put on record what is given of a commit of main, and say whether that is news.

    Raises `UsageError` for a commit that main did not get as one: nobody merged that.
    """
    if repository.is_shallow:
        raise RegistryError("this clone is shallow, and hides what was merged", hint="git fetch --unshallow")
    if repository.has_origin:
        evidence.fetch(repository)
    commit = repository.commit(revision)
    if commit not in repository.run("rev-list", "--first-parent", repository.base).split():
        raise UsageError(
            f"{revision} is no commit of main's first-parent line",
            hint="name the merge commit: git log --first-parent",
        )
    statement = evidence.statement(repository, commit, evidence.changed(repository, commit), given)
    text = model.line(statement)
    text = sign(text) if sign is not None else text
    is_news = not noted.has(repository, evidence.NOTES, commit, text)
    if is_news and not dry_run:
        landing.record(repository, {commit: text})
    return statement, is_news


def asked(hub: Connected, repository: Repository, revision: str, given: Given) -> Given:
    """Give what the forge knows of the pull request that became a commit; raises `UsageError` where something is told besides."""
    if given != Given():
        raise UsageError("--ask asks the forge for all of it", hint="leave the other options out")
    commit = repository.commit(revision)
    found = hub.evidence(hub.merged_as(commit, repository.main)).given
    teams = _teams(evidence.changed(repository, commit)) if found.approvers else set()
    return found.model_copy(update={"approvers": _with_teams(found.approvers, _members(hub, teams))})


def _teams(change: Changes) -> set[str]:
    """Give the teams that may have been asked: those of the policy, and of the owners of what is touched, as main had them."""
    policy, models = change.before.policy.value, change.before.models
    people = (
        [person for stage in policy.stages if stage.approvals for person in stage.approvals.from_]
        if policy
        else []
    )
    infos = [models[step.place.model].info.value for step in change.steps if step.place.model in models]
    people += [owner for info in infos if info is not None for owner in info.owners]
    return {person[1:] for person in people if person.startswith("@") and "/" in person}


def _members(hub: Connected, teams: Iterable[str]) -> dict[str, frozenset[str]]:
    """Give who is in these teams; of those that may not be read nothing is said, and an audit will say that."""
    found = {}
    for team in sorted(teams):
        with suppress(RegistryError):
            found[team] = hub.members(team)
    return found


def _with_teams(approvers: Iterable[Approver], members: Mapping[str, frozenset[str]]) -> tuple[Approver, ...]:
    found = {each: tuple(team for team in members if each.id in members[team]) for each in approvers}
    return tuple(each.model_copy(update={"teams": teams or None}) for each, teams in found.items())


def given(text: str | None, options: Mapping[str, Any]) -> Given:
    """Put together what a file and the options of a command give; raises `UsageError` for what cannot be meant."""
    try:
        told = Given.model_validate_json(text) if text is not None else Given()
        said = {name: options[name] for name in Proposed.model_fields if options.get(name) is not None}
        where = Proposed.model_validate({**told.proposal.model_dump(exclude_none=True), **said})
        forge = options["forge"] or _forge(where.url)
        return Given(
            proposal=where,
            author=_account(options["author"], forge) if options["author"] else told.author,
            approvers=(*told.approvers, *(_account(approver, forge) for approver in options["approvers"])),
            checks=(*told.checks, *(_check(check) for check in options["checks"])),
        )
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"{at}: {first['msg']}" if at else first["msg"],
            hint="see what may be given: modelry audit record --help",
        ) from error


def _forge(url: str | None) -> str | None:
    host = urlsplit(url or "").hostname or ""
    return next((forge for forge in ("github", "gitlab") if forge in host), None)


def _account(text: str, forge: str | None) -> Approver:
    name, sign, number = text.partition("=")
    if sign and forge is None:
        raise UsageError(f"on which forge is {text}?", hint="say --forge, or give --url")
    return Approver(name=name, forge=forge, id=number) if sign else Approver(name=name)


def _check(text: str) -> Check:
    name, _, conclusion = text.rpartition("=")
    return Check(name=name, conclusion=conclusion)
