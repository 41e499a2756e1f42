"""Hold the catalog against Lighthouse: at least 95 in each of its four categories, served compressed as a host would.

    python -m tests.lighthouse [ADDRESS]

Needs npm, which fetches Lighthouse; it is no part of the default run. Without an address it builds what the tests look at.
"""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from catalog.registries import MOMENT, a_rich_one, events, registry
from conftest import CHROMIUM
from modelry import catalog
from modelry.storage import site

LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = {"home": "", "catalog": "catalog/", "model": "models/churn/", "version": "models/churn/1.2.0/"}
LEAST = 0.95


class Compressed(SimpleHTTPRequestHandler):
    """Serve files as hosts do: compressed, over connections that stay, to be kept for a while."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Give a file, or a folder's page."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def served() -> Iterator[str]:
    """Build and serve what the tests look at."""
    with TemporaryDirectory() as folder:
        moment = replace(MOMENT, events=events())
        site.build(catalog.files(registry(a_rich_one()), moment), Path(folder) / "site", moment.when)
        handler = partial(Compressed, directory=str(Path(folder) / "site"))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


def scores(address: str) -> tuple[dict[str, float], list[str]]:
    """Give a page's scores by category, and what kept them from being higher."""
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    command = ["npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", "--output-path=stdout", flags]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": str(CHROMIUM)}
    )
    told = json.loads(done.stdout)
    missed = [
        f"{audit['id']} {audit.get('displayValue', '')}".strip()
        for category in told["categories"].values()
        for audit in (told["audits"][each["id"]] for each in category["auditRefs"] if each["weight"])
        if audit["score"] is not None and audit["score"] < LEAST
    ]
    return {name: category["score"] for name, category in told["categories"].items()}, missed


def main(address: str) -> bool:
    """Print each page's scores; say whether all are high enough."""
    good = True
    for page, path in PAGES.items():
        found, missed = scores(address + path)
        good = good and all(score >= LEAST for score in found.values())
        told = "  ".join(f"{name} {score:.0%}" for name, score in found.items())
        print(f"{page:8} {told}  {'; '.join(missed)}".rstrip())  # noqa: T201 - that is what was asked for
    return good


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(not main(sys.argv[1]))
    with served() as here:
        sys.exit(not main(here))
