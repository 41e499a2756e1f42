"""Whole processes, measured side by side: wall-clock seconds and peak memory, medians over the rounds."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

LAUNCHER = Path(__file__).with_name("launcher.py")
# The user's settings would be measured as well; and nobody should be told of these runs.
_ENVIRONMENT = {
    "DVC_NO_ANALYTICS": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "NO_COLOR": "1",
}


class MeasureError(Exception):
    """A command that was to be measured failed; the message is its complaint."""


class Command(NamedTuple):
    """One process to measure."""

    title: str
    argv: tuple[str, ...]
    remove: tuple[Path, ...] = ()
    """What is removed before each run, so that the work is to be done again."""


class Measure(NamedTuple):
    """What a command took."""

    command: Command
    seconds: float
    mib: float


def measure(commands: Sequence[Command], folder: Path, rounds: int) -> list[Measure]:
    """Run commands in a folder, in turn, after a round that is not counted; raises `MeasureError` when one fails."""
    asked = {
        "folder": str(folder),
        "rounds": rounds,
        "commands": [
            {"argv": command.argv, "remove": list(map(str, command.remove))} for command in commands
        ],
    }
    # pytest and coverage would be started in every child as well; and installed programs have their bytecode.
    dropped = ("COV_", "COVERAGE_", "PYTEST_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCHER)],
        input=json.dumps(asked),
        env=kept | _ENVIRONMENT | bytecode,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MeasureError(" / ".join(done.stderr.strip().splitlines()[-3:]))
    return [
        Measure(command, median(seconds for seconds, _ in runs), median(kib for _, kib in runs) / 1024)
        for command, runs in zip(commands, json.loads(done.stdout), strict=True)
    ]
