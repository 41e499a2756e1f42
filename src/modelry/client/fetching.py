"""Fetching the files of an artifact: from the cache, else from the first remote that has them right, each byte verified."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Event, Lock, RLock
from typing import NamedTuple, TypeVar

from modelry.client import placement, receiving
from modelry.client.cache import Cache
from modelry.client.receiving import Told
from modelry.client.resolution import File, Resolution
from modelry.client.verification import Tick
from modelry.errors import IntegrityError, RegistryError
from modelry.storage import lists, remotes
from modelry.storage.access import Access

T = TypeVar("T")

WORKERS = 8
"""How many files of a folder are fetched at a time over a network."""

_SHOWN = 5


class Means(NamedTuple):
    """By what bytes are had."""

    access: Access | None = None
    """How remotes let one in; None for what the environment says."""
    cache: Cache | None = None
    """Where bytes that came over a network are kept; None for nowhere."""
    offline: bool = False
    """Whether no network may be asked."""


def is_far(address: str) -> bool:
    """Whether an address is reached over a network."""
    return "://" in address and not address.startswith("file://")


class Fetch:
    """The bytes of one resolution."""

    def __init__(self, resolution: Resolution, tick: Tick, means: Means) -> None:
        self.resolution = resolution
        self.means = means
        self.access = means.access or Access()
        # What lies on this machine anyway is not kept a second time.
        near = bool(resolution.addresses) and not is_far(resolution.addresses[0])
        self.cache = None if means.cache is None or near else means.cache.before(resolution.size)
        self.warnings: list[str] = []
        self.over = Event()
        """That nobody waits for what is still being fetched."""
        self._grew = False
        self._tick = tick
        self._lock = Lock()
        self._listing = RLock()
        self.addresses = tuple(
            address for address in resolution.addresses if not (means.offline and is_far(address))
        )

    def tick(self, count: int) -> None:
        """Tell how many bytes more have come."""
        with self._lock:
            self._tick(count)

    def into(self, fresh: Path) -> None:
        """Make the file or folder that the artifact is; raises as `pull`."""
        of = self.resolution
        if self.means.offline and not self.addresses:
            self._all_here()
        if of.files is None:
            (file,) = self._files
            self._object(file, fresh, lambda: self.addresses)
        else:
            self._folder(fresh, of.files)

    def _all_here(self) -> None:
        """Require that what no network may bring lies in the cache."""
        of = self.resolution
        gone = [file for file in self._files if self.cache is None or not self.cache.has(file)]
        if gone:
            told = ", ".join(f"{file.path} ({file.size:,} bytes)" for file in gone[:_SHOWN])
            more = f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else ""
            raise RegistryError(
                f"{of.label} is not all on this machine: {told}{more}",
                hint=f"fetch it once where the network is: modelry pull {of.label}",
            )

    def done(self) -> None:
        """Take note that what was made has got its final name."""
        if self.cache is not None:
            self.cache.after(self._files, grew=self._grew)

    @property
    def _files(self) -> tuple[File, ...]:
        of = self.resolution
        return (File(of.path, of.size, of.sha256),) if of.files is None else of.files

    def _folder(self, fresh: Path, files: tuple[File, ...]) -> None:
        """Make the folder that the artifact is, on stable storage but for its own name."""
        fresh.mkdir()
        for parent in {(fresh / file.path).parent for file in files}:
            parent.mkdir(parents=True, exist_ok=True)

        def one(file: File) -> None:
            self._object(file, fresh / file.path, lambda: self._places(file))

        if len(files) > 1 and any(map(is_far, self.addresses)):
            self._together(one, files)
        else:
            for file in files:
                one(file)
        for folder, _, _ in os.walk(fresh):
            os.chmod(folder, 0o755)  # noqa: PTH101, S103 - what is served is read by others
            placement.sync(Path(folder))

    def _places(self, file: File) -> Sequence[str]:
        with self._listing:
            return [remotes.beside(address, self._md5s[file.path]) for address in self.addresses]

    @cached_property
    def _md5s(self) -> Mapping[str, str]:
        """What DVC's list of the folder calls each file; nobody asks for it where all of them are in the cache."""
        files = self.resolution.files or ()
        return self._first(self.addresses, lambda address: _listed(address, files, self.access))

    def _together(self, one: Callable[[File], None], files: Sequence[File]) -> None:
        from concurrent.futures import ThreadPoolExecutor, as_completed  # noqa: PLC0415 - of one file, and of a folder, none is needed

        with ThreadPoolExecutor(WORKERS) as pool:
            try:
                for fetched in as_completed([pool.submit(one, file) for file in files]):
                    fetched.result()
            finally:
                self.over.set()
                pool.shutdown(wait=False, cancel_futures=True)

    def _object(self, file: File, into: Path, places: Callable[[], Sequence[str]]) -> None:
        """Make one file."""

        def fetch(fresh: Path) -> None:
            # What is only kept is verified when it is taken: if power goes, it is fetched again.
            told = Told(self.tick, self.over, settled=fresh == into)
            self._first(places(), lambda address: receiving.receive(address, file, fresh, self.access, told))

        def copy(place: Path, fresh: Path) -> None:
            receiving.receive(str(place), file, fresh, self.access, Told(lambda _: None, self.over))

        if self.cache is None:
            fetch(into)
        elif self.cache.give(file, into, copy, fetch):
            self._grew = True
        else:
            self.tick(file.size)

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


def _listed(address: str, files: tuple[File, ...], access: Access) -> Mapping[str, str]:
    """Give the MD5 of each file of a folder, by DVC's list of it, which must name the same files as the record."""
    with remotes.open_object(address, access) as body:
        data = lists.read(body)
    try:
        return lists.parsed(data, (file.path for file in files))
    except IntegrityError as error:
        raise IntegrityError(f"{remotes.shown(address)} {error}") from error
