"""What a follower remembers from one look to the next, and that one process at a time looks after a folder."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modelry.client import placement
from modelry.errors import LockedError, RegistryError

_STATE = "sync.json"
_LOCK = "sync.lock"


@dataclass(frozen=True)
class State:
    """What one round leaves to the next, in `sync.json`."""

    good: tuple[str, ...] = ()
    """The folders of versions that were well, oldest first."""
    bad: tuple[str, ...] = ()
    """Those that were not; they are not tried again before the stage has moved on."""
    registry: str | None = None
    """The registry's id."""
    sequence: int = 0
    """The highest place on its main line that was ever seen."""


def read(folder: Path) -> State:
    """Give what was remembered of a folder; raises `RegistryError` where that cannot be read."""
    path = folder / _STATE
    try:
        told: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        return State(
            tuple(map(str, told["good"])),
            tuple(map(str, told["bad"])),
            told["registry"],
            int(told["sequence"]),
        )
    except FileNotFoundError:
        return State()
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError(f"{path} is no state of ours: {error}", hint=f"remove it: rm {path}") from error


def keep(state: State, folder: Path) -> None:
    """Remember it, whole or not at all."""
    with placement.replacing(folder / _STATE) as fresh:
        fresh.write_text(json.dumps(asdict(state), indent=2) + "\n", "utf-8")


@contextmanager
def only(folder: Path) -> Iterator[None]:
    """Let one process at a time look after a folder; raises `LockedError` where another does."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LockedError(f"another process follows a stage in {folder}") from error
    finally:
        os.close(lock)
