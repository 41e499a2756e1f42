"""Built catalogs on loopback, and what no page of theirs may do."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from catalog.registries import MOMENT, a_hostile_one, a_rich_one, events, registry
from modelry import catalog
from modelry.model.files import Files
from modelry.storage import site


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a built site on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def built(files: Files, factory: pytest.TempPathFactory) -> Path:
    """Build a catalog of these files, with a history."""
    folder = factory.mktemp("site") / "built"
    site.build(catalog.files(registry(files), replace(MOMENT, events=events())), folder, MOMENT.when)
    return folder


@pytest.fixture(scope="session")
def rich_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(a_rich_one(), tmp_path_factory)


@pytest.fixture(scope="session")
def rich(rich_folder: Path) -> Iterator[str]:
    with serving(rich_folder) as address:
        yield address


@pytest.fixture(scope="session")
def rich_below_a_path(rich_folder: Path) -> Iterator[str]:
    """The same site as on the Pages of a project: not at the root of its host."""
    with serving(rich_folder.parent) as address:
        yield f"{address}{rich_folder.name}/"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(built(a_hostile_one(), tmp_path_factory)) as address:
        yield address


def _note(seen: list[str], is_trouble: bool, what: str) -> None:
    if is_trouble:
        seen.append(what)


@pytest.fixture
def trouble(page: Page) -> list[str]:
    """What a page must never do: ask another host, complain, run somebody's script."""
    seen: list[str] = []
    page.add_init_script("window.alert = (said) => console.error('alert ' + said);")
    page.on(
        "request", lambda request: _note(seen, not request.url.startswith("http://127.0.0.1:"), request.url)
    )
    page.on("console", lambda message: _note(seen, message.type in {"error", "warning"}, message.text))
    page.on("response", lambda response: _note(seen, response.status >= 400, response.url))
    page.on("pageerror", lambda error: _note(seen, True, str(error)))
    return seen
