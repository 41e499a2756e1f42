"""What runs where, as whoever deploys reported it: a statement, and no proof."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import Field

from modelry.model.fields import ModelName, Part, Sha256, Slug, StageName, Time, Version, WebUrl
from modelry.model.registry import Registry


class Reported(Part):
    """One line of the notes in `refs/notes/modelry-deployed`: since when an environment runs a version."""

    schema_: Literal["deployment/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    environment: Slug
    """Where it runs."""
    model: ModelName
    """The model."""
    version: Version | None
    """The version that runs since; null where none does any more."""
    sha256: Sha256 | None
    """The digest of its bytes."""
    stage: StageName | None
    """The stage that the environment follows; null where it follows none."""
    when: Time
    """When that was reported, by the reporter's clock."""
    url: WebUrl | None = None
    """Where it can be looked at."""


class Deployment(NamedTuple):
    """What an environment runs of a model, as reported last."""

    environment: str
    model: str
    version: str
    """The version that runs."""
    since: datetime
    """When it was reported first, by the reporter's clock."""
    url: str | None
    """Where it can be looked at."""
    stage: str | None
    """The stage that it is to follow; None where it follows none."""
    commit: str
    """The commit of main that was the newest then."""


State = Literal["follows", "drifts", "free"]
"""Whether something runs what its stage says, another version, or follows no stage."""


def judged(registry: Registry, each: Deployment) -> tuple[str | None, State]:
    """Give the version that should run, where a stage says so, and how what runs stands to it."""
    if each.stage is None:
        return None, "free"
    model = registry.models.get(each.model)
    holder = model.holder(each.stage) if model is not None and each.stage in model.stages else None
    intended = holder.number if holder is not None else None
    return intended, "follows" if intended == each.version else "drifts"


def latest(reports: Iterable[tuple[str, Reported]], place: Mapping[str, int]) -> tuple[Deployment, ...]:
    """Give what runs where by reports and the commits that they are on; `place` orders main's commits.

    What is on a commit that has no place came later, and is not told. The order is main's; clocks decide among reports
    on one commit only.
    """
    known = [(place[commit], said.when, commit, said) for commit, said in reports if commit in place]
    found: dict[tuple[str, str], Deployment] = {}
    for _, when, commit, said in sorted(known, key=lambda each: each[:2]):
        key = (said.environment, said.model)
        if said.version is None:
            found.pop(key, None)
            continue
        before = found.get(key)
        since = before.since if before is not None and before.version == said.version else when
        found[key] = Deployment(
            said.environment, said.model, said.version, since, said.url, said.stage, commit
        )
    return tuple(found[key] for key in sorted(found))
