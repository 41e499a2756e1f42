"""Killing a command, or failing it, at each system call by which it touches a folder: real processes, by strace.

`calls` runs the command once and gives the calls that touch the folder; `fail` runs it again and lets one
of them fail. A test sweeps over all of them, and says after each run what must be true.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

KILL = "signal=SIGKILL"
FULL = "error=ENOSPC"
BROKEN = "error=EIO"

STEPS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,ftruncate"
"""The calls between which a folder looks different."""

CHANGES = f"{STEPS},chmod,fchmod,fchmodat,close"
"""All calls that may fail where something is changed."""

_STRACE = shutil.which("strace")
_LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$")
_SECONDS = 60


class Call(NamedTuple):
    """One system call of a command that does the same each time."""

    name: str
    number: int
    """Which of this name it is in the whole run, from 1."""
    text: str
    """What strace saw, for the message of a test that fails."""

    def __str__(self) -> str:
        return f"{self.name} {self.number}: {self.text}"


@cache
def why_not() -> str:
    """Say why no sweep can run here; nothing when one can."""
    if _STRACE is None:
        return "strace is not installed"
    tried = subprocess.run([_STRACE, "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return f"strace may not trace here: {tried.stderr.strip()}" if tried.returncode else ""


needed = pytest.mark.skipif(bool(why_not()), reason=why_not())
"""Marks a test that cannot run without strace."""


def run(
    command: Sequence[str], *options: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command under strace, so that it does the same each time."""
    return subprocess.run(
        [_STRACE or "strace", "-f", *options, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
    )


def calls(command: Sequence[str], folder: Path, names: str = CHANGES) -> list[Call]:
    """Run a command, which must end well, and give the calls that touch what lies below a folder."""
    with tempfile.NamedTemporaryFile(mode="r", encoding="utf-8", errors="replace") as log:
        # -y tells which file a descriptor means; -z would hide the failed calls, which count as well.
        done = run(command, "-y", "-s", "256", "-o", log.name, "-e", f"trace={names}")
        lines = log.read().splitlines()
    assert done.returncode == 0, done.stderr
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        if match := _LINE.match(line):
            name, text = match.groups()
            seen[name] += 1
            # What is written may name the folder too; where it is written to is the first argument.
            where = text.partition(">, ")[0] if "write" in name else text
            if re.search(rf"{re.escape(str(folder))}(?:[/>\"]|$)", where):
                found.append(Call(name, seen[name], text))
    assert found, "the command touched nothing there"
    return found


def fail(command: Sequence[str], call: Call, fault: str) -> subprocess.CompletedProcess[str]:
    """Run a command in which one call fails, or kills it."""
    return run(
        command,
        "-o",
        os.devnull,
        "-e",
        f"trace={call.name}",
        "-e",
        f"inject={call.name}:{fault}:when={call.number}",
    )
