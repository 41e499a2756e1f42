"""Take a picture of every kind of page, to be looked at: light and dark, on a phone and on a wide screen.

    python -m tests.pictures DIR [ADDRESS]

Without an address it builds the catalog that the tests look at, and serves it on loopback.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import Browser, sync_playwright

from catalog.conftest import serving
from catalog.registries import MOMENT, a_rich_one, events, registry
from catalog.test_browser import KINDS
from conftest import CHROMIUM, QUIET
from modelry import catalog
from modelry.storage import site

WIDTHS = (390, 1440)


@contextmanager
def served() -> Iterator[str]:
    """Build and serve what the tests look at."""
    with TemporaryDirectory() as folder:
        moment = replace(MOMENT, events=events())
        site.build(catalog.files(registry(a_rich_one()), moment), Path(folder) / "site", moment.when)
        with serving(Path(folder) / "site") as address:
            yield address


def take(browser: Browser, address: str, folder: Path) -> Iterator[Path]:
    """Take the pictures of a site, and give each one's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            context = browser.new_context(
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
            )
            page = context.new_page()
            for kind, path in KINDS.items():
                page.goto(address + path, wait_until="networkidle")
                picture = folder / f"{kind}-{width}-{scheme}.png"
                page.screenshot(path=picture, full_page=True)
                yield picture
            context.close()


def main(folder: str, address: str | None = None) -> None:
    """Take the pictures."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        if address:
            for picture in take(browser, address, Path(folder)):
                print(picture)  # noqa: T201 - that is what was asked for
            return
        with served() as here:
            for picture in take(browser, here, Path(folder)):
                print(picture)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
