"""Model cards: somebody's Markdown, made into HTML that can do nothing but be read."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any

import nh3
import pyromark
from markupsafe import Markup, escape

from modelry.catalog import escaping

_TOP, _DEEPEST = 3, 6
"""A card's first level of headings comes below the page's h1 and the card's own h2."""

_NESTED = 32
"""Quotes and lists that lie deeper are shown at this depth: cleaning would take the square of it."""

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
_SIMPLE = {
    "Paragraph": "p",
    "HtmlBlock": "p",
    "BlockQuote": "blockquote",
    "Item": "li",
    "Emphasis": "em",
    "Strong": "strong",
    "Strikethrough": "del",
    "Table": "table",
    "TableHead": "tr",
    "TableRow": "tr",
}
_HEADINGS = ("h3", "h4", "h5", "h6")
_CLEANER = nh3.Cleaner(
    tags={*_SIMPLE.values(), *_HEADINGS, *["a", "br", "code", "div", "hr", "ol", "pre", "td", "th", "ul"]},
    attributes={
        **{heading: {"id"} for heading in _HEADINGS},
        "a": {"href"},
        "ol": {"start"},
        "div": {"class", "role", "tabindex", "aria-label"},
        "table": {"class"},
    },
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener",
)
_BREAKS = {"SoftBreak": "\n", "HardBreak": "<br>", "Rule": "<hr>"}
_WORDS = re.compile(r"[^a-z0-9]+")
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
_COMMENT_BYTES = re.compile(_COMMENT.pattern.encode(), re.DOTALL)


def html(markdown: str) -> Markup:
    """Give a card's HTML: no markup of its author's, no picture, no link but to the web or to a mailbox.

    Its headings begin below the page's, in order without a gap, each with an id that begins with `card-`.
    """
    events = list(pyromark.events(escaping.visible(markdown), options=_OPTIONS))
    return escaping.still(_CLEANER.clean("".join(_Writer(_joined(events)).write())))


def plain(markdown: str) -> str:
    """Give a card's Markdown without what no reader of its page sees: comments, definitions that no link uses, hidden signs."""
    text = escaping.visible(markdown)
    if "<!--" not in text and "]:" not in text:
        return text
    data, used, raw = text.encode(), set[str](), list[tuple[int, int]]()
    for event, span in pyromark.events_with_range(text, options=_OPTIONS):
        match event:
            case {"Start": {"Link": {"id": str(label)}} | {"Image": {"id": str(label)}}}:
                used.add(label.casefold())
            case {"Html": _} | {"InlineHtml": _}:
                begin = raw.pop()[0] if raw and raw[-1][1] == span["start"] else span["start"]
                raw.append((begin, span["end"]))
    cuts = [
        (begin + found.start(), begin + found.end())
        for begin, end in raw
        for found in _COMMENT_BYTES.finditer(data[begin:end])
    ]
    for label, definition in pyromark.reference_definitions(text, options=_OPTIONS).items():
        if label.casefold() not in used:
            cuts.append((definition["span"]["start"], definition["span"]["end"]))
    return _without(data, cuts).decode()


def _without(data: bytes, cuts: Iterable[tuple[int, int]]) -> bytes:
    kept, at = b"", 0
    for begin, end in sorted(cuts):
        kept, at = kept + data[at:begin], max(at, end)
    return kept + data[at:]


def _joined(events: list[Any]) -> list[Any]:
    """Join the lines of a block of raw HTML, so that a comment is found whole."""
    made: list[Any] = []
    for event in events:
        if "Html" in event and made and "Html" in made[-1]:
            made[-1] = {"Html": made[-1]["Html"] + event["Html"]}
        else:
            made.append(event)
    return made


class _Writer:
    """Turns the parser's events into HTML; keeps in mind where in the document it is."""

    def __init__(self, events: list[Any]) -> None:
        self._events = events
        self._levels = sorted({level for event in events if (level := _level(event))})
        self._depth = _TOP - 1
        self._open = 0
        self._ids: dict[str, int] = {}
        self._cell = "td"

    def write(self) -> Iterator[str]:
        for at, event in enumerate(self._events):
            match event:
                case {"Start": {"Heading": _}}:
                    yield self._heading(at)
                case {"End": {"Heading": _}}:
                    yield f"</h{self._depth}>"
                case {"Start": tag}:
                    self._open += 1
                    yield self._tag(tag, ends=False) if self._open <= _NESTED else ""
                case {"End": tag}:
                    yield self._tag(tag, ends=True) if self._open <= _NESTED else ""
                    self._open -= 1
                case str():
                    yield _BREAKS.get(event, "")
                case _:
                    yield _words(event)

    def _heading(self, at: int) -> str:
        rank = self._levels.index(_level(self._events[at]))
        self._depth = min(_TOP + rank, self._depth + 1, _DEEPEST)
        inner = takewhile(
            lambda event: "End" not in event or "Heading" not in event["End"],
            (self._events[index] for index in range(at + 1, len(self._events))),
        )
        words = [event[kind] for event in inner for kind in ("Text", "Code") if kind in event]
        slug = _WORDS.sub("-", "".join(words).lower()).strip("-")[:60] or "section"
        self._ids[slug] = count = self._ids.get(slug, 0) + 1
        return f'<h{self._depth} id="card-{slug}{f"-{count}" if count > 1 else ""}">'

    def _tag(self, tag: Any, *, ends: bool) -> str:  # noqa: ANN401 - as the parser gives it
        name, slash = _name(tag), "/" if ends else ""
        match name:
            case "Image":
                # A picture would ask another host; what it says in words stays.
                return ""
            case "TableHead" | "TableRow":
                self._cell = "th" if name == "TableHead" else "td"
            case "TableCell":
                return f"<{slash}{self._cell}>"
            case "CodeBlock":
                return "</code></pre>" if ends else "<pre><code>"
            case "Table":
                scroll = '<div class="mr-scroll" role="group" tabindex="0" aria-label="Table">'
                return "</table></div>" if ends else f'{scroll}<table class="mr-plain">'
            case "List":
                return self._list(tag["List"], ends=ends)
            case "Link":
                return "</a>" if ends else f'<a href="{escape(tag["Link"]["dest_url"])}">'
        return f"<{slash}{_SIMPLE[name]}>" if name in _SIMPLE else ""

    def _list(self, start: int | bool | None, *, ends: bool) -> str:  # noqa: FBT001 - as the parser gives it
        if ends:
            return "</ol>" if start else "</ul>"
        return "<ul>" if start is None else f'<ol start="{start}">'


def _words(event: dict[str, str]) -> str:
    ((kind, text),) = event.items()
    match kind:
        case "Code":
            return f"<code>{escape(text)}</code>"
        case "Html" | "InlineHtml":
            return escape(_COMMENT.sub("", text))
    return escape(text)


def _name(tag: Any) -> str:  # noqa: ANN401 - as the parser gives it
    return tag if isinstance(tag, str) else next(iter(tag))


def _level(event: Any) -> int:  # noqa: ANN401 - as the parser gives it
    match event:
        case {"Start": {"Heading": {"level": level}}}:
            return int(level[1:])
    return 0
