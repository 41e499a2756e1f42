"""A repository elsewhere, of which only little is fetched: in bounded time, nobody asked for a password, nothing kept."""

import os
import signal
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from modelry.git import running
from modelry.git.repository import Repository
from modelry.git.running import GitError

ASKED = 20.0
"""Seconds in which a server must say what its main is."""

FETCHED = 120.0
"""Seconds in which a fetch must be done."""

_SLOWLY = ("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=10")
_ALONE = {"GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file", "GIT_ASKPASS": "true", "SSH_ASKPASS": "true"}
_BATCH = {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=10"}


def head(url: str) -> str:
    """Give the commit that a repository's main is at; raises `GitError` where it cannot be asked."""
    told = _run(Path("/"), ("ls-remote", "--exit-code", "--", url, "HEAD"), ASKED)
    return told.decode(errors="replace").partition("\t")[0]


def commits(url: str, into: Path) -> Repository:
    """Fetch the commits of a repository's main, and as little else as its server can leave out."""
    options = ("--quiet", "--bare", "--single-branch", "--no-tags", "--filter=tree:0", "--template=")
    _run(into.parent, ("clone", *options, "--", url, os.fspath(into)), FETCHED)
    return Repository(into)


def blobs(repository: Repository, folders: Sequence[str]) -> dict[str, str]:
    """Fetch all folders of main, and give the regular files below some of them: path and blob id."""
    asked = ("ls-tree", "-r", "-z", "HEAD", "--", *folders)
    told = _run(repository.path, asked, FETCHED).decode("utf-8", "surrogateescape")
    rows = (row.partition("\t") for row in told.split("\0") if row.startswith("100644 blob "))
    return {path: facts.rpartition(" ")[2] for facts, _, path in rows}


def bring(repository: Repository, ids: Iterable[str]) -> None:
    """Fetch blobs by their ids, all at once."""
    asked = (
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--filter=blob:none",
        "--stdin",
        "origin",
    )
    _run(repository.path, asked, FETCHED, "".join(f"{id_}\n" for id_ in sorted(set(ids))).encode())


def line(repository: Repository) -> Sequence[str]:
    """Give the commits of main along first parents, newest first."""
    return _run(repository.path, ("rev-list", "--first-parent", "HEAD"), ASKED).decode().split()


def _run(path: Path, args: Sequence[str], seconds: float, given: bytes = b"") -> bytes:
    """Run git, and what it starts, for so many seconds at most."""
    shell = {} if "GIT_SSH_COMMAND" in os.environ or "GIT_SSH" in os.environ else _BATCH
    try:
        process = subprocess.Popen(
            running.command(path, *_SLOWLY, *args),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=running.environment({**_ALONE, **shell}),
            start_new_session=True,  # what talks to the network is a child of git, and would outlive it
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed", hint="install git 2.38 or newer") from error
    with process:
        try:
            answer, said = process.communicate(given, timeout=seconds)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise GitError(f"git {args[0]}: not done after {seconds:g} s") from error
            raise
    if process.returncode:
        raise running.complaint(args, said.decode(errors="replace"))
    return answer
