"""A page's Markdown as the HTML that any Markdown processor makes of it: our pages hold headings and blocks of HTML, no more."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_GAPS = re.compile(r"\s*\n\s*")
_OTHER = re.compile(r"[^\w\s-]")
_BETWEEN = re.compile(r"[-\s]+")


class Heading(NamedTuple):
    """A section's heading, and where a link to it leads."""

    id: str
    text: str


class Article(NamedTuple):
    """What a page says, without what is around it on every page."""

    matter: Mapping[str, Any]
    """Its front matter."""
    html: str
    headings: tuple[Heading, ...]


EMPTY = Article({"title": ""}, "", ())
"""Says nothing: what is then on a page is there on all."""


def article(page: str) -> Article:
    """Read a page of ours."""
    _, matter, body = page.split("---\n", 2)
    keys = (line.partition(": ") for line in matter.splitlines())
    headings: list[Heading] = []

    def heading(found: re.Match[str]) -> str:
        headings.append(Heading(_unique(found[1], headings), found[1]))
        return f'<h2 id="{headings[-1].id}">{found[1]}</h2>'

    html = slim(_HEADING.sub(heading, body).strip())
    return Article({key: json.loads(value) for key, _, value in keys}, html, tuple(headings))


def slim(html: str) -> str:
    """Give HTML without the blanks that its templates leave at line ends: no page of ours has a line break that is shown."""
    return _GAPS.sub("\n", html)


def _unique(text: str, taken: list[Heading]) -> str:
    # As Python-Markdown names them, so that an address with a section in it leads there whoever built the page.
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    slug = _BETWEEN.sub("-", _OTHER.sub("", plain).strip().lower())
    ids = {heading.id for heading in taken}
    number = 0
    while (found := f"{slug}_{number}" if number else slug) in ids:
        number += 1
    return found
