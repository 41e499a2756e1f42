"""The commands that are measured: ours, those of our peers, and what runs beside them."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.measuring import Command

BIN = Path(sys.executable).parent

BESIDE = ExitStack()
"""What runs while a case is measured, and ends with it."""


class Size(NamedTuple):
    """How large the synthetic registry is, and how often everything runs."""

    models: int
    versions: int
    rounds: int
    mib: int = 64
    """How many MiB a file has that is pulled."""


def ours(*args: str | Path, remove: tuple[Path, ...] = ()) -> Command:
    """Give a command of ours; what is removed before each run is work to be done again."""
    return Command("modelry", (str(BIN / "modelry"), *map(str, args)), remove)


def peer(title: str, *argv: str | Path, remove: tuple[Path, ...] = ()) -> Command:
    """Give a command of somebody else's, from beside ours where it is installed there."""
    first, *rest = map(str, argv)
    installed = BIN / first
    return Command(title, (str(installed) if installed.exists() else first, *rest), remove)
