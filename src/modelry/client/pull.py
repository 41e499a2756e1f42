"""Fetching a version's bytes straight from its remotes, each byte verified before anything has its final name."""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple, TypeVar

from modelry.client import placement, verification
from modelry.client.resolution import File, Resolution
from modelry.client.verification import CHUNK, Tick
from modelry.errors import IntegrityError, RegistryError
from modelry.storage import lists, remotes
from modelry.storage.access import Access

T = TypeVar("T")

WORKERS = 8
"""How many files of a folder are fetched at a time over a network."""


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
    access: Access | None = None,
) -> Pulled:
    """Fetch a version's bytes to exactly `destination`, or leave there what was there.

    Raises `IntegrityError` when all that could be had were wrong bytes, `RegistryError` when none could be
    had or something else lies there already and `force` does not say that it may go.
    """
    placement.sweep(destination)
    if _lies_there(resolution, destination, force=force):
        return Pulled(destination, fetched=False, warnings=())
    fetch = _Fetch(resolution, tick, access or Access())
    with placement.replacing(destination) as fresh:
        if resolution.files is None:
            fetch.file(fresh)
        else:
            fetch.folder(fresh, resolution.files)
        # Fetching takes a while: what came there meanwhile is not ours to replace either.
        _lies_there(resolution, destination, force=force)
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


class _Fetch:
    """Objects from the first remote that has them right."""

    def __init__(self, resolution: Resolution, tick: Tick, access: Access) -> None:
        self.resolution = resolution
        self.access = access
        self.warnings: list[str] = []
        self.over = Event()
        """That nobody waits for what is still being fetched."""
        self._tick = tick
        self._lock = Lock()

    def tick(self, count: int) -> None:
        """Tell how many bytes more have come."""
        with self._lock:
            self._tick(count)

    def file(self, fresh: Path) -> None:
        """Make the one file of the artifact."""
        of = self.resolution
        self._object(of.addresses, File(of.path, of.size, of.sha256), fresh)

    def folder(self, fresh: Path, files: tuple[File, ...]) -> None:
        """Make the folder that the artifact is, on stable storage but for its own name."""
        addresses = self.resolution.addresses
        md5s = self._first(addresses, lambda address: _listed(address, files, self.access))
        fresh.mkdir()
        for parent in {(fresh / file.path).parent for file in files}:
            parent.mkdir(parents=True, exist_ok=True)

        def one(file: File) -> None:
            places = [remotes.beside(address, md5s[file.path]) for address in addresses]
            self._object(places, file, fresh / file.path)

        if len(files) > 1 and any("://" in address for address in addresses):
            self._together(one, files)
        else:
            for file in files:
                one(file)
        for folder, _, _ in os.walk(fresh):
            os.chmod(folder, 0o755)  # noqa: PTH101, S103 - what is served is read by others
            placement.sync(Path(folder))

    def _together(self, one: Callable[[File], None], files: Sequence[File]) -> None:
        from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - of one file, and of a folder, none is needed

        with ThreadPoolExecutor(WORKERS) as pool:
            try:
                for fetched in as_completed([pool.submit(one, file) for file in files]):
                    fetched.result()
            finally:
                self.over.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _object(self, addresses: Sequence[str], file: File, into: Path) -> None:
        self._first(addresses, lambda address: _download(address, file, into, self))

    def _first(self, addresses: Sequence[str], attempt: Callable[[str], T]) -> T:
        """Give what the first remote gives that does not fail; what failed before it becomes warnings."""
        failures: list[RegistryError] = []
        for address in addresses:
            try:
                made = attempt(address)
            except RegistryError as error:
                failures.append(error)
            else:
                self.warnings += map(str, failures)
                return made
        told = "; ".join(map(str, failures)) or "the registry names no remote"
        kind = (
            IntegrityError if any(isinstance(error, IntegrityError) for error in failures) else RegistryError
        )
        raise kind(
            f"cannot fetch {self.resolution.label}: {told}",
            hint=next((error.hint for error in failures if error.hint), ""),
        )


def _download(address: str, file: File, into: Path, fetch: _Fetch) -> None:
    """Write an object to a file on stable storage, verified; raises `IntegrityError` for any other bytes."""
    shown = remotes.shown(address)
    digest = hashlib.sha256()
    size = 0
    with remotes.open_object(address, fetch.access) as body, open(into, "wb", opener=_private) as written:
        if body.size not in {None, file.size}:
            raise IntegrityError(f"{shown} has {body.size} bytes, expected {file.size}")
        # One byte more than expected is enough to know.
        while chunk := body.read(min(CHUNK, file.size + 1 - size)):
            if fetch.over.is_set():
                raise RegistryError("interrupted")
            size += len(chunk)
            if size > file.size:
                raise IntegrityError(f"{shown} has more than {file.size} bytes")
            digest.update(chunk)
            written.write(chunk)
            fetch.tick(len(chunk))
        if size < file.size:
            raise IntegrityError(f"{shown} has {size} bytes, expected {file.size}")
        if digest.hexdigest() != file.sha256:
            raise IntegrityError(f"{shown} has sha256 {digest.hexdigest()}, expected {file.sha256}")
        written.flush()
        os.fchmod(written.fileno(), 0o644)
        os.fsync(written.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _listed(address: str, files: tuple[File, ...], access: Access) -> Mapping[str, str]:
    """Give the MD5 of each file of a folder, by DVC's list of it, which must name the same files as the record."""
    with remotes.open_object(address, access) as body:
        data = lists.read(body)
    try:
        return lists.parsed(data, (file.path for file in files))
    except IntegrityError as error:
        raise IntegrityError(f"{remotes.shown(address)} {error}") from error
