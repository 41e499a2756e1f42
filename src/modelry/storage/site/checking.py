"""Whether a built site is whole: it has all that it points to, asks no other host, and its API agrees with itself."""

import hashlib
import html
import json
import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from modelry.errors import RegistryError

_TAG = re.compile(
    r'<(a|link|script|img|iframe|source|object|embed|form)\b((?:[^>"]|"[^"]*")*)>', re.IGNORECASE
)
_ADDRESS = re.compile(r'\s(?:href|src|data|action)="([^"]*)"', re.IGNORECASE)
_OUTSIDE = ("#", "https://", "http://", "mailto:")
_SHOWN = 5


class Link(NamedTuple):
    """An address on a page."""

    page: str
    address: str
    is_loaded: bool
    """Whether a browser asks for it without being told to."""


def links(page: str, text: str) -> set[Link]:
    """Give what a page points to within the site, and all that it loads."""
    return {
        Link(page, html.unescape(address), tag.lower() != "a")
        for tag, attributes in _TAG.findall(text)
        if 'rel="canonical"' not in attributes
        for address in _ADDRESS.findall(attributes)
        if not (tag.lower() == "a" and address.startswith(_OUTSIDE))
    }


def target(link: Link) -> str:
    """Give the path in the site that a link means; empty for one that leads elsewhere."""
    parts = urlsplit(link.address)
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.page), unquote(parts.path)))


def broken(found: Iterable[Link], known: Collection[str]) -> Iterator[str]:
    """Say which links lead nowhere, or make a browser ask another host."""
    seen: set[tuple[str, str]] = set()
    for link in found:
        place = posixpath.dirname(link.page), link.address
        if place in seen:
            continue
        seen.add(place)
        parts = urlsplit(link.address)
        if parts.netloc or (parts.scheme and parts.scheme != "data"):
            if link.is_loaded:
                yield f"{link.page} asks another host for {link.address}"
        elif (
            (path := target(link))
            and path not in known
            and posixpath.normpath(f"{path}/index.html") not in known
        ):
            yield f"{link.page} points to {link.address}, which is not there"


def refuse(complaints: list[str]) -> None:
    """Raise `RegistryError` if there is any complaint."""
    if complaints:
        more = f", and {len(complaints) - _SHOWN} more" if len(complaints) > _SHOWN else ""
        raise RegistryError(f"the built site is not whole: {'; '.join(complaints[:_SHOWN])}{more}")


def check(site: Path) -> None:
    """Look at all of a site. Raises `RegistryError` unless it is whole."""
    known = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    complaints = [] if "index.html" in known else ["there is no index.html"]
    for page in sorted(path for path in known if path.endswith(".html") and path != "404.html"):
        complaints += broken(sorted(links(page, (site / page).read_text("utf-8"))), known)
    refuse([*complaints, *api(site / "api" / "v1", known)])


def api(root: Path, known: Collection[str]) -> Iterator[str]:
    """Say where the API disagrees with itself."""
    try:
        index = json.loads((root / "index.json").read_bytes())
        snapshot = (root / index["snapshot"]["path"]).read_bytes()
        versions = [
            version
            for model in json.loads(snapshot)["models"].values()
            for version in model["versions"].values()
        ]
    except (OSError, ValueError, KeyError) as error:
        yield f"api/v1/index.json leads to no snapshot: {error!r}"
        return
    if hashlib.sha256(snapshot).hexdigest() != index["snapshot"]["sha256"]:
        yield "the snapshot is not what api/v1/index.json says"
    for version in versions:
        if f"api/v1/{version['document']}" not in known:
            yield f"the snapshot names {version['document']}, which is not there"
