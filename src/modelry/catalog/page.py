"""A page before it is rendered: where it lies, what it is told, and what others are told of it."""

from typing import Any, NamedTuple


class Page(NamedTuple):
    """One page, before it is rendered."""

    path: str
    """Its folder in the site, with a slash at the end; empty for the home page."""
    title: str
    """Only ever made of safe names: Material prints it as HTML."""
    template: str
    values: dict[str, Any]
    description: str
    """What a search engine shows."""
    has_contents: bool = False
    """Whether its sections are listed beside it."""
    is_found: bool = True
    """Whether the site's own search finds it."""
