"""mkdocs, run on a small tree: what the theme puts around our pages, and the few pages that somebody wrote by hand."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from modelry.errors import RegistryError
from modelry.model.files import Files
from modelry.storage import folders

_TAB = re.compile(r"[\w./+-]*index\.md")


def tabs(configuration: bytes) -> frozenset[str]:
    """Give the folders of the pages that the navigation leads to."""
    nav = configuration.decode().partition("\nnav:")[2]
    return frozenset(page.removesuffix("index.md") for page in _TAB.findall(nav))


def index(configuration: bytes, found: Iterable[Sequence[str]]) -> Files:
    """Give what the theme's search reads, where it has one: address, title and description of each page."""
    if b"\n  - search\n" not in configuration:
        return {}
    pages = [{"location": place, "title": title, "text": text} for place, title, text in found]
    told = {
        "config": {"lang": ["en"], "separator": "[\\s\\-]+", "pipeline": ["stopWordFilter"]},
        "docs": pages,
    }
    return {"search/search_index.json": json.dumps(told, sort_keys=True).encode()}


def built(sources: Files, home: Path, when: datetime) -> Files:
    """Give what mkdocs makes of a small tree, in a folder of its own in `home`. Raises `RegistryError` for what it warns of."""
    with folders.own(home, ".modelry-theme-") as folder:
        folders.write(sources, folder / "tree")
        run(folder / "tree", folder / "site", when)
        paths = sorted(path for path in (folder / "site").rglob("*") if path.is_file())
        return {path.relative_to(folder / "site").as_posix(): path.read_bytes() for path in paths}


def run(tree: Path, site: Path, when: datetime) -> None:
    """Let mkdocs build a tree into a folder. Raises `RegistryError` for what it warns of."""
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
