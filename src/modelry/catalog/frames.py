"""One look: what the theme puts around an article, learned from probes that it built, and put around articles of ours.

A probe is a page that says nothing but marks. Where they stand in the HTML that the theme makes of it is where a page
of ours has its title, its description, its sections and its article; the rest is the same on every page.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from modelry.catalog import articles
from modelry.catalog.articles import Article, Heading
from modelry.model.files import Files

_DEEP = "mr-probe/a/b/"
"""Where the probes of pages lie that no tab leads to; their own folder is below."""
_ROOT = "../" * 4
_TITLE, _DESCRIPTION, _BEGIN, _END = "MRTITLE", "MRDESCRIPTION", "MRBEGIN", "MREND"
_SECTIONS = tuple(Heading(f"mrsection{number}", f"MRSECTION{number}") for number in "123")
_MARKS = re.compile(
    rf"({_TITLE}|{_DESCRIPTION}|<p>{_BEGIN}</p>|{'|'.join(mark for section in _SECTIONS for mark in section)})"
)
_ARTICLE = re.compile(rf"<p>{_BEGIN}</p>.*<p>{_END}</p>", re.DOTALL)


class Kind(NamedTuple):
    """Pages that the theme frames alike."""

    path: str
    """The page's folder, for one that a tab leads to: its tab is marked there; empty where none does."""
    is_tab: bool
    hide: tuple[str, ...]
    has_sections: bool


class Sections(NamedTuple):
    """A list of a page's sections, as the theme writes it."""

    between: str
    middle: str
    """What stands between a section's address and its words."""


Frame = tuple[str | Sections, ...]
"""Literals and marks in turn; a `Sections` is where a list of sections goes."""


def kind(path: str, article: Article, tabs: frozenset[str]) -> Kind:
    """Say how a page is framed."""
    is_tab = path in tabs
    return Kind(path if is_tab else "", is_tab, tuple(article.matter.get("hide", ())), bool(article.headings))


def probes(kinds: Iterable[Kind]) -> Files:
    """Give a page for each kind, for the theme to build."""
    return {f"{_place(kind)}index.md": _probe(kind).encode() for kind in kinds}


def _place(kind: Kind) -> str:
    if kind.is_tab:
        return kind.path
    return f"{_DEEP}{'-'.join((*kind.hide, 'sections' if kind.has_sections else 'plain'))}/"


def _probe(kind: Kind) -> str:
    hide = ", ".join(f'"{part}"' for part in kind.hide)
    sections = "".join(f"## {section.text}\n\n" for section in _SECTIONS) if kind.has_sections else ""
    matter = f'title: "{_TITLE}"\ndescription: "{_DESCRIPTION}"\nhide: [{hide}]\n'
    # The theme adds a heading of its own to a page that has none.
    return f"---\n{matter}---\n\n<div><h1>x</h1></div>\n\n<p>{_BEGIN}</p>\n\n{sections}<p>{_END}</p>\n"


def learned(kinds: Iterable[Kind], built: Files) -> Mapping[Kind, Frame]:
    """Read the frames out of what the theme made of the probes."""
    return {kind: _frame(kind, built[f"{_place(kind)}index.html"].decode()) for kind in kinds}


def _frame(kind: Kind, html: str) -> Frame:
    html = _ARTICLE.sub(f"<p>{_BEGIN}</p>", html.replace("<div><h1>x</h1></div>", ""))
    tokens = _MARKS.split(articles.slim(html))
    if not kind.is_tab:
        # Odd places are marks; what is relative to the page is a mark as well.
        at = re.compile(rf"({re.escape(_place(kind))}|{re.escape(_ROOT)}|{re.escape(_ROOT[:-1])})")
        tokens = [
            part for index, token in enumerate(tokens) for part in ([token] if index % 2 else at.split(token))
        ]
    return tuple(_listed(tokens))


def _listed(tokens: Sequence[str]) -> Iterable[str | Sections]:
    """Put one `Sections` where the theme listed the three of the probe."""
    marks = [mark for section in _SECTIONS for mark in section]
    at = 0
    while at < len(tokens):
        if list(tokens[at : at + 11 : 2]) == marks:
            yield Sections(between=tokens[at + 3], middle=tokens[at + 1])
            at += 11
        else:
            yield tokens[at]
            at += 1


def framed(frame: Frame, path: str, article: Article) -> bytes:
    """Give a page whole."""
    root = "../" * path.count("/")
    values = {
        _TITLE: article.matter["title"],
        _DESCRIPTION: article.matter.get("description", ""),
        f"<p>{_BEGIN}</p>": article.html,
        _SECTIONS[0].id: article.headings[0].id if article.headings else "",
        _ROOT: root,
        _ROOT[:-1]: root[:-1],
    }
    parts = []
    for index, token in enumerate(frame):
        if isinstance(token, Sections):
            parts.append(_sections(token, article.headings))
        else:
            parts.append(
                values.get(token, _quoted(path) if token.startswith(_DEEP) else token) if index % 2 else token
            )
    return "".join(parts).encode()


def _quoted(path: str) -> str:
    """Give a page's folder as it stands in an address: our folders have two signs that have to be spelled."""
    return path.replace("@", "%40").replace("+", "%2B")


def _sections(how: Sections, headings: Sequence[Heading]) -> str:
    return how.between.join(f"{heading.id}{how.middle}{heading.text}" for heading in headings)
