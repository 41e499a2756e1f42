"""Fetching a version's bytes straight from its remotes, each byte verified before anything has its final name."""

import os
from pathlib import Path
from typing import NamedTuple

from modelry.client import placement, verification
from modelry.client.fetching import Fetch, Means
from modelry.client.resolution import Resolution
from modelry.client.verification import Tick
from modelry.errors import RegistryError

_BY_ADDRESS = Means()


class Pulled(NamedTuple):
    """What a pull did."""

    path: Path
    """Where the bytes lie."""
    fetched: bool
    """False when they lay there already."""
    warnings: tuple[str, ...]
    """What was wrong at remotes that were tried before the right one."""


def target(resolution: Resolution, destination: str | None = None) -> Path:
    """Say where the bytes go: at the destination or, if that is a folder, in it under the artifact's own name.

    What ends in a slash means a folder, be it there or not. An artifact that is a folder goes at a folder of its own name, or one that it already is: so the same
    command twice means the same place.
    """
    if destination is None:
        return Path(resolution.path)
    where = Path(destination)
    if not where.is_dir():
        return where / resolution.path if destination.endswith("/") else where
    if resolution.files is not None and not where.is_symlink():
        same = where.absolute().name == resolution.path
        if same or verification.difference(resolution, where) is None:
            return where
    return where / resolution.path


def pull(
    resolution: Resolution,
    destination: Path,
    *,
    force: bool = False,
    tick: Tick = lambda _: None,
    means: Means = _BY_ADDRESS,
) -> Pulled:
    """Fetch a version's bytes to exactly `destination`, or leave there what was there.

    Raises `IntegrityError` when all that could be had were wrong bytes, `RegistryError` when none could be
    had or something else lies there already and `force` does not say that it may go.
    """
    placement.sweep(destination)
    if _lies_there(resolution, destination, force=force):
        return Pulled(destination, fetched=False, warnings=())
    fetch = Fetch(resolution, tick, means)
    with placement.replacing(destination) as fresh:
        fetch.into(fresh)
        # Fetching takes a while: what came there meanwhile is not ours to replace either.
        _lies_there(resolution, destination, force=force)
    fetch.done()
    return Pulled(destination, fetched=True, warnings=tuple(fetch.warnings))


def _lies_there(resolution: Resolution, destination: Path, *, force: bool) -> bool:
    """Whether the bytes lie at the destination; raises where something does that may not be replaced."""
    if not os.path.lexists(destination):
        return False
    is_folder = resolution.files is not None
    if destination.is_symlink() or not (destination.is_dir() if is_folder else destination.is_file()):
        kind = "folder" if is_folder else "file"
        raise RegistryError(f"{destination} is not a plain {kind}", hint="name another place, or remove it")
    found = verification.difference(resolution, destination)
    if found is not None and not force:
        raise RegistryError(f"{found}: something else lies there", hint="replace it with --force")
    return found is None
