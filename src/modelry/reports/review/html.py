"""A review as one page that needs nothing else: no script, no request, light or dark as its reader has it."""

from functools import cache
from typing import TYPE_CHECKING

from modelry.reports.findings import plain
from modelry.reports.review import story
from modelry.reports.review.facts import Review

if TYPE_CHECKING:
    from jinja2 import Template


def html(review: Review) -> str:
    """Give the page; everything in it is escaped, and its policy forbids what could still be active."""
    return (
        _template().render(parts=story.of(review), verdict=review.verdict, title=story.headline(review))
        + "\n"
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - the other formats need no templates

    environment = Environment(
        loader=PackageLoader("modelry.reports.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kind"] = lambda value, name: type(value).__name__ == name
    environment.filters["plain"] = plain
    return environment.get_template("review.html")
