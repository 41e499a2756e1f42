"""What runs where beside what should: for a terminal or a program."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from json import dumps
from typing import Literal

from pydantic import Field

from modelry.model import deployments
from modelry.model.deployments import Deployment, State
from modelry.model.fields import Commit, ModelName, Part, Several, Slug, StageName, Time, Version
from modelry.model.registry import Registry
from modelry.reports.lines import shown
from modelry.reports.overview import table


class Running(Part):
    """What one environment runs of one model."""

    environment: Slug
    """Where it runs."""
    model: ModelName
    """The model."""
    version: Version
    """The version that runs, as reported last."""
    stage: StageName | None
    """The stage that the environment follows; null where it follows none."""
    intended: Version | None
    """The version that holds that stage; null where none does, or there is no stage."""
    state: State
    """Whether it runs what it should, another version, or follows no stage."""
    since: Time
    """When that version was reported first."""
    url: str | None
    """Where it can be looked at."""


class RunningReport(Part):
    """What `modelry list --deployed --json` answers."""

    schema_: Literal["running/v1"] = Field(alias="schema")
    """Which kind of document this is, in which edition."""
    commit: Commit
    """The commit of main that was looked at."""
    deployments: Several[Running]
    """What runs, by environment and model."""


def rows(registry: Registry, found: Iterable[Deployment], stage: str | None = None) -> list[Running]:
    """Give what runs beside what should; of one stage, what follows that."""
    return [_row(registry, each) for each in found if stage in {None, each.stage}]


def _row(registry: Registry, each: Deployment) -> Running:
    intended, state = deployments.judged(registry, each)
    return Running(
        environment=each.environment,
        model=each.model,
        version=each.version,
        stage=each.stage,
        intended=intended,
        state=state,
        since=f"{each.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",  # type: ignore[arg-type]  # as it is written
        url=each.url,
    )


def to_json(commit: str, found: Sequence[Running]) -> str:
    """Give what runs as JSON."""
    answer = RunningReport(schema="running/v1", commit=commit, deployments=tuple(found))
    return dumps(answer.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def text(found: Sequence[Running]) -> str:
    """Give what runs as a table."""
    head = ("environment", "model", "runs", "should", "", "since", "url")
    lines = [
        (
            each.environment,
            each.model,
            each.version,
            f"{each.intended or '-'} ({each.stage})" if each.stage else "-",
            "DRIFTS" if each.state == "drifts" else "",
            f"{each.since.astimezone(UTC):%Y-%m-%d %H:%M}",
            shown(each.url or "-"),
        )
        for each in found
    ]
    return table([head, *lines])
