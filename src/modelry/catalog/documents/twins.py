"""Small documents beside pages and pictures, which are no part of a snapshot."""

from typing import Literal

from pydantic import Field

from modelry.catalog.documents.parts import Part


class PagePointer(Part):
    """Beside a page that has no facts of its own: where the documents lie that it is made of."""

    schema_: Literal["page/v1"] = Field("page/v1", alias="schema")
    page: str
    """The page's folder, from `<site>/`."""
    documents: list[str]
    """Their addresses, from `<site>/`."""


class Badge(Part):
    """A badge, as the endpoint of shields.io takes it."""

    schemaVersion: Literal[1]  # noqa: N815 - shields' own name
    """Always 1."""
    label: str
    """The left side: the model and the stage."""
    message: str
    """The right side: the version."""
    color: str = Field(pattern="^[0-9a-f]{6}$")
    """Of the right side."""
    cacheSeconds: int = Field(ge=300)  # noqa: N815 - shields' own name
    """How long shields may keep it; it takes no less than 300."""
