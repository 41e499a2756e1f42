"""Documents that list models, and what happened to them."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Part, Shown


class Row(Part):
    """A model, in the catalog."""

    model: str
    title: str
    summary: str
    task: str
    tags: list[str]
    owners: list[str]
    formats: list[str]
    """Formats of its versions that are in a stage, or of its latest."""
    latest: str | None
    stages: dict[str, str]
    """Version by stage."""
    updated: str | None
    """When its newest version was made."""
    deprecated: bool


class CatalogDocument(Shown):
    """One row for each model, for lists and filters."""

    schema_: Literal["catalog/v1"] = Field("catalog/v1", alias="schema")
    models: list[Row]


class Happening(Part):
    """Something that reached main."""

    what: str
    """registered, promoted, rolled back, renewed, emptied, yanked, unyanked, evaluated, waived, deprecated and more."""
    model: str | None
    """The model it is about; null for the registry as a whole."""
    version: str | None
    """The version it is about; of a stage, the one that holds it since."""
    stage: str | None
    """The stage that moved, if one did."""
    previous: str | None
    """The version that held the stage before."""
    reason: str
    """Why, as the document says; the commit's first line where none does."""
    when: str
    """When it was committed, RFC 3339 in UTC. Order is by place in the list, never by this."""
    commit: str
    """The commit of main that brought it."""
    proposed_by: list[str]
    """Who proposed it, by name."""
    pull_request: str | None
    """The pull request's page, where it is known."""


class Activity(Shown):
    """All that happened, oldest first: a program that saw one commit goes on after it."""

    schema_: Literal["activity/v1"] = Field("activity/v1", alias="schema")
    events: list[Happening]


class Facets(Shown):
    """How many models have what, for lists and filters."""

    schema_: Literal["facets/v1"] = Field("facets/v1", alias="schema")
    facets: dict[str, dict[str, int]]
    """By facet (task, stage, format, tag, owner, license, deprecated), how many models have each value."""


class Running(Part):
    """What one environment runs of one model, as whoever deploys reported it last."""

    environment: str
    """Where it runs."""
    model: str
    """The model."""
    version: str
    """The version that runs."""
    stage: str | None
    """The stage that the environment follows; null where it follows none."""
    intended: str | None
    """The version that holds that stage; null where none does, or there is no stage."""
    state: Literal["follows", "drifts", "free"]
    """Whether it runs what the stage says, another version, or follows no stage."""
    since: str
    """When that version was reported first, RFC 3339 in UTC."""
    url: str | None
    """Where it can be looked at."""


class Deployments(Shown):
    """What runs where, beside what should."""

    schema_: Literal["deployments/v1"] = Field("deployments/v1", alias="schema")
    deployments: list[Running]
    """By environment and model; nobody has to report anything."""
