"""What a model card must not hold."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from modelry.checks.base import Context, Problem, rule
from modelry.model import layout
from modelry.model.places import Position

_SCHEMES = ("javascript:", "vbscript:", "data:")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}")
_COMMENT = re.compile(r"<!--(?!-?>).*?--!?>", re.DOTALL)
"""As browsers read it: `<!-->` is one that has ended already."""


class _Piece(NamedTuple):
    """One piece of a card's Markdown."""

    kind: str
    """Heading, Link, Image, Html, Text …"""
    value: Any
    start: int
    """Where it begins, in bytes."""


def _pieces(card: str) -> Iterator[_Piece]:
    import pyromark  # noqa: PLC0415 - only who is shown a new card pays

    html, begun = "", 0
    found: Any
    value: Any
    for found, span in pyromark.events_with_range(card):
        facts = found.get("Start", found) if isinstance(found, dict) else found
        kind, value = next(iter(facts.items())) if isinstance(facts, dict) else (facts, None)
        # A block of HTML comes line by line; a comment is known when it is whole.
        if kind == "Html":
            html, begun = html + value, begun if html else span["start"]
            continue
        if html:
            yield _Piece("Html", html, begun)
            html = ""
        yield _Piece(kind, value, span["start"])


def headings(card: str) -> frozenset[str]:
    """Give a card's headings, without markup and in small letters."""
    found: list[str] = []
    inside = False
    for piece in _pieces(card):
        if piece.kind in {"Heading", "End"}:
            # The end of what stands inside a heading, such as emphasis, is not its own.
            starts = piece.kind == "Heading"
            inside = starts or (inside and "Heading" not in piece.value)
            found += [""] if starts else []
        elif inside and piece.kind in {"Text", "Code"}:
            found[-1] += piece.value
    return frozenset(text.strip().casefold() for text in found)


# Control characters, those that turn the direction of reading, blanks without width, and tags. What joins emoji stays.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)


@rule("active-content-in-card")
def active_content_in_card(context: Context) -> Iterator[Problem]:
    """A card holds raw HTML, a link that runs something, a picture from another host, or signs that nobody sees.

    A card is read by many, in places that we do not make: what runs there runs with the reader's rights, and
    a picture from elsewhere tells its host who reads. The catalog drops all of it; what is left would not
    be what was reviewed. Write Markdown, link to pictures, and put markup that is meant to be seen between
    backticks; comments and plain addresses may stay.
    """
    for version in context.fresh:
        card = version.card or ""
        path = layout.version(version.model, version.number, "card.md")
        if hidden := _HIDDEN.search(card):
            sign = f"U+{ord(hidden[0]):04X}"
            where = _position(card, len(card[: hidden.start()].encode()))
            yield Problem(path, f"holds {sign}, which nobody sees", where, "remove it")
        for piece in _pieces(card):
            fault = _fault(piece)
            if fault:
                yield Problem(path, fault[0], _position(card, piece.start), fault[1])


def _fault(piece: _Piece) -> tuple[str, str] | None:
    match piece.kind:
        case "InlineHtml" | "Html":
            # Its other lines are said with its first.
            tag = _COMMENT.sub("", piece.value).strip().partition("\n")[0]
            return (
                (f"holds raw HTML: {tag[:60]}", "write Markdown, or put it between backticks")
                if tag
                else None
            )
        case "Link" | "Image" if _plain(piece.value["dest_url"]).startswith(_SCHEMES):
            scheme = _plain(piece.value["dest_url"]).partition(":")[0]
            return f"holds a {scheme}: link", "link to a page by https://"
        case "Image" if _ELSEWHERE.match(_plain(piece.value["dest_url"])):
            address = piece.value["dest_url"][:60]
            return f"holds a picture from another host: {address}", "link to it: [what it shows](address)"
    return None


def _plain(address: str) -> str:
    """Give an address as a browser reads it: without blanks and what nobody sees, in small letters."""
    return "".join(sign for sign in address if sign.isprintable() and not sign.isspace()).lower()


def _position(card: str, start: int) -> Position:
    before = card.encode()[:start].decode(errors="ignore")
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
