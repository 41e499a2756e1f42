"""The built site: mkdocs run on a tree of our own making, looked through, then put in place whole."""

import hashlib
import html
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from modelry.errors import RegistryError
from modelry.model.files import Files
from modelry.storage import folders

_TAG = re.compile(
    r'<(a|link|script|img|iframe|source|object|embed|form)\b((?:[^>"]|"[^"]*")*)>', re.IGNORECASE
)
_ADDRESS = re.compile(r'\s(href|src|data|action)="([^"]*)"', re.IGNORECASE)
_SHOWN = 5


DEFAULT = "site/_build/catalog"
"""Where a registry's catalog is built unless told; git ignores it."""


def build(files: Files, destination: Path, when: datetime) -> None:
    """Build the catalog's tree into a folder, which is then the old site or the new one, never half of either.

    `when` is the only time that the site knows: the same files and time give the same bytes. Raises
    `RegistryError` when mkdocs warns of anything or the built site is not whole; the old one then stays.
    """
    with (
        folders.replacing(destination) as fresh,
        folders.own(destination.parent, f".{destination.name}.tree-") as tree,
    ):
        folders.write(files, tree)
        _mkdocs(tree, fresh, when)
        check(fresh)


def _mkdocs(tree: Path, site: Path, when: datetime) -> None:
    # A process of its own, for mkdocs keeps state in its modules; -P, for a file called mkdocs.py may lie around.
    command = [sys.executable, "-P", "-m", "mkdocs", "build", "--strict"]
    command += ["--config-file", os.fspath(tree / "mkdocs.yml"), "--site-dir", os.fspath(site)]
    extra = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": str(max(0, int(when.timestamp())))}
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **extra}, cwd=tree, check=False
    )
    if "No module named mkdocs" in done.stderr:
        raise RegistryError("mkdocs is not installed", hint="pip install 'modelry[registry]'")
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith(("INFO", "Aborted with"))]
        raise RegistryError(f"mkdocs: {' '.join(said)[-2000:] or 'failed'}")


def check(site: Path) -> None:
    """Raise `RegistryError` unless the site has all that it points to, asks no other host, and its API agrees."""
    broken = [] if (site / "index.html").is_file() else ["there is no index.html"]
    broken += _pages(site)
    broken += _api(site / "api" / "v1")
    if broken:
        more = f", and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise RegistryError(f"the built site is not whole: {'; '.join(broken[:_SHOWN])}{more}")


def _pages(site: Path) -> Iterator[str]:
    known = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    seen: set[tuple[str, str]] = set()
    for page in sorted(path for path in known if path.endswith(".html") and path != "404.html"):
        for tag, address in _addresses((site / page).read_text("utf-8")):
            if (posixpath.dirname(page), address) not in seen:
                seen.add((posixpath.dirname(page), address))
                if complaint := _complaint(page, tag, address, known):
                    yield complaint


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    for tag, attributes in _TAG.findall(text):
        if 'rel="canonical"' not in attributes:
            for _, address in _ADDRESS.findall(attributes):
                yield tag.lower(), html.unescape(address)


def _complaint(page: str, tag: str, address: str, known: set[str]) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return "" if tag == "a" else f"{page} asks another host for {address}"
    if not parts.path:
        return ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
    if target in known or posixpath.normpath(f"{target}/index.html") in known:
        return ""
    return f"{page} points to {address}, which is not there"


def _api(root: Path) -> Iterator[str]:
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
        if not (root / version["document"]).is_file():
            yield f"the snapshot names {version['document']}, which is not there"
