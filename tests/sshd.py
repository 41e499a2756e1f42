"""A real OpenSSH server on loopback, with keys of its own: one that may write, one that may read, one that nobody knows."""

import getpass
import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import processes
from modelry.model.files import Files
from modelry.storage import folders

SSHD = Path("/usr/sbin/sshd")
PASSPHRASE = "canary-of-ssh"  # noqa: S105 - of a key that lives as long as the tests
KEYS = ("host", "writer", "reader", "stranger", "locked")

CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
Subsystem sftp internal-sftp
PermitRootLogin prohibit-password
MaxStartups 100
"""


class Folder(NamedTuple):
    """A remote of the server, empty and nobody else's."""

    url: str
    path: Path
    server: "Server"

    def fill(self, files: Files) -> None:
        """Put these into it."""
        folders.write(files, self.path)

    @property
    def settings(self) -> Mapping[str, str]:
        """What DVC is to be told, so that one is let in."""
        return {"url": self.url, "keyfile": str(self.server.key("writer"))}


class Server:
    """A server; what it serves and its keys lie in a folder."""

    def __init__(self, port: int, folder: Path, stop: Callable[[], None]) -> None:
        self.port = port
        self.root = folder
        self.stop = stop
        self._numbers = itertools.count(1)

    def key(self, name: str) -> Path:
        """Give where a private key lies."""
        return self.root / name

    def folder(self) -> Folder:
        """Make a folder that nobody else uses."""
        path = self.root / f"dvc-{next(self._numbers)}"
        path.mkdir()
        return Folder(f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}", path, self)

    def client(self, knows: str | None = "host") -> str:
        """Give a PATH on which `ssh` is the system's, with a configuration that knows this server by a key, or not at all.

        For `ssh` itself looks into the home that the system's list of users names, whatever HOME says.
        """
        own = self.root / f"bin-{knows}"
        own.mkdir(exist_ok=True)
        key = (self.root / f"{knows}.pub").read_text("utf-8") if knows is not None else ""
        (own / "known").write_text(f"[127.0.0.1]:{self.port} {key}\n" if key else "", "utf-8")
        (own / "config").write_text(f"UserKnownHostsFile {own}/known\n", "utf-8")
        (own / "ssh").write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {own}/config "$@"\n', "utf-8")
        (own / "ssh").chmod(0o755)
        return f"{own}{os.pathsep}{os.environ['PATH']}"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Run a server on a free port; skips the test where it is missing."""
    if not SSHD.exists() or shutil.which("ssh") is None:
        pytest.skip("sshd or ssh is missing: apt-get install openssh-server openssh-client")
    for name in KEYS:
        words = PASSPHRASE if name == "locked" else ""
        command = ("ssh-keygen", "-q", "-t", "ed25519", "-N", words, "-C", name, "-f", str(folder / name))
        subprocess.run(command, check=True)
    lines = [(folder / f"{name}.pub").read_text("utf-8") for name in ("writer", "reader", "locked")]
    lines[1] = f'command="internal-sftp -R" {lines[1]}'
    (folder / "authorized").write_text("".join(lines), "utf-8")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)

    def command_of(own: Path, port: int) -> list[str]:
        (own / "sshd_config").write_text(CONFIGURATION.format(port=port, folder=folder), "utf-8")
        return [str(SSHD), "-D", "-e", "-f", str(own / "sshd_config")]

    with processes.serving(command_of, folder / "server") as (port, stop):
        yield Server(port, folder, stop)
