"""What runs where, put on record by whoever deploys, here and at origin."""

from datetime import UTC, datetime

from pydantic import ValidationError

from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.forges import landing
from modelry.git import Repository
from modelry.model import names
from modelry.model.deployments import Reported
from modelry.storage import commits, deployed, evidence


def report(
    repository: Repository, reference: str, environment: str, url: str | None, *, gone: bool, dry_run: bool
) -> tuple[Reported, bool]:
    """Put on record that an environment runs what a reference means, or none of it any more; say whether that is news.

    Raises `NotFoundError` for a version that main does not have: nobody can run it.
    """
    if repository.is_shallow:
        raise RegistryError("this clone is shallow, and hides what main had", hint="git fetch --unshallow")
    if repository.has_origin:
        evidence.fetch(repository)
    commit = repository.commit(repository.base)
    found = commits.registry(repository, commit)
    wanted = names.reference(reference)
    version = None if gone else found.find(wanted)
    stage = wanted.stage or (environment if found.policy.must.stage(environment) else None)
    known = {(each.environment, each.model): each for each in deployed.read(repository, commit)}
    before = known.get((environment, wanted.model))
    if gone and before is None:
        raise NotFoundError(
            f"nobody reported that {environment} runs {wanted.model}", hint="modelry list --deployed"
        )
    sha256 = version.record.must.artifact.sha256 if version is not None else None
    said = _said(
        environment, wanted.model, version.number if version is not None else None, sha256, stage, url
    )
    is_news = before is None or (before.version, before.stage, before.url) != (said.version, stage, url)
    if is_news and not dry_run:
        landing.record(repository, {commit: deployed.text(said)}, deployed.NOTES)
    return said, is_news


def _said(*told: str | None) -> Reported:
    """Give a report of now; raises `UsageError` for what can be no environment, or no address."""
    fields = ("environment", "model", "version", "sha256", "stage", "url")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    try:
        return Reported.model_validate(
            {"schema": "deployment/v1", "when": now, **dict(zip(fields, told, strict=True))}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"{first['input']!r} is no {first['loc'][0]}",
            hint="a name is lower-case, an address begins with https://",
        ) from error
