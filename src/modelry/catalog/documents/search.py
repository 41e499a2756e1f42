"""Documents by which models are searched: small ones, of which a search fetches the few that it needs."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Page, Part

Gaps = list[int]
"""Places of models in `names`, rising: the first one, then how far each is from the one before."""


class Measured(Part):
    """A metric by which models can be sorted."""

    name: str
    title: str
    """What people call it."""
    unit: str
    """Empty where it has none."""
    goal: Literal["maximize", "minimize"] | None
    """Which way is better, if anyone said so."""


class Search(Page):
    """Where a search begins: every model's name, when it last changed, and what it can be chosen by."""

    schema_: Literal["search/v1"] = Field("search/v1", alias="schema")
    names: list[str]
    """All models by name; other documents mean a model by its place here."""
    digest: str
    """SHA-256 of the names, one a line. A document with another one means other places: fetch both anew."""
    updated: list[int]
    """The day of each model's last event or newest version, counted from 1970; 0 for none."""
    facets: dict[str, dict[str, Gaps]]
    """By facet, by value, the models that have it."""
    metrics: list[Measured]
    """Those that matter most first; each has a document `search/metrics/<name>.json`."""
    words: list[str]
    """The parts that words are kept in, by first letter; each is a document `search/words/<part>.json`."""
    ignored: list[str]
    """Words that are not looked for, since they say nothing."""
    size: int
    """How many models a document `search/rows/<number>.json` has: the model at place P is in P ÷ size, rounded down."""


class Places(Part):
    """A document that means models by their places; it changes only with what it says, not with every commit."""

    digest: str
    """That of the list of names that it means."""


class SearchWords(Places):
    """The words of titles and summaries that begin with one letter: lower case, without accents."""

    schema_: Literal["search-words/v1"] = Field("search-words/v1", alias="schema")
    titles: dict[str, Gaps]
    """By word, the models that have it in their title."""
    summaries: dict[str, Gaps]
    """By word, the models that have it in their summary."""


class SearchMetric(Places):
    """One metric of all models: of the version that counts, on the data set that its model is compared on."""

    schema_: Literal["search-metric/v1"] = Field("search-metric/v1", alias="schema")
    metric: str
    models: Gaps
    values: list[float]
    """The value of each of these models."""


class Trace(Part):
    """A metric over versions, to be drawn 120 wide and 28 high."""

    points: list[tuple[float, float]]
    marked: int | None
    """Which point is the version that counts."""
    words: str
    """What it shows, for who cannot see it."""


class Key(Part):
    """The metric that matters most of a model."""

    metric: str
    value: float
    line: Trace | None


class SearchRow(Part):
    """A model, as a list shows it."""

    title: str
    summary: str
    task: str
    tags: list[str]
    owners: list[str]
    formats: list[str]
    license: str | None
    """Of the version that counts."""
    size: int | None
    """Bytes of that version's artifact."""
    versions: int
    """How many it has."""
    updated: str | None
    """The day of its last event or newest version."""
    stages: dict[str, str]
    """Version by stage."""
    latest: str | None
    deprecated: bool
    key: Key | None


class SearchRows(Part):
    """Some models, as a list shows them."""

    schema_: Literal["search-rows/v1"] = Field("search-rows/v1", alias="schema")
    models: dict[str, SearchRow]
