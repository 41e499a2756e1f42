"""Whether remotes hold the bytes that are recorded: each object is read once, to its end, and hashed."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Event, Lock
from typing import NamedTuple

from modelry.errors import IntegrityError, RegistryError, UsageError
from modelry.storage import lists
from modelry.storage.bodies import AbsentError, Body, IrregularError

WORKERS = 4
"""How many objects are read at a time."""

_CHUNK = 1 << 20
_MISSING = "is not there"

Tick = Callable[[int], None]
"""Told how many bytes were done since it was last told."""


class File(NamedTuple):
    """A file as it is recorded."""

    path: str
    size: int
    sha256: str


class Artifact(NamedTuple):
    """An artifact as it is recorded and addressed."""

    md5: str
    """Its address; ends in `.dir` for a folder."""
    whole: File
    files: tuple[File, ...] | None
    """The files of a folder; None for a file."""


class Source(NamedTuple):
    """A remote that can be read."""

    name: str
    open: Callable[[str], AbstractContextManager[Body]]
    """Opens the object of an address; raises as `remotes.open_object`."""


class Part(NamedTuple):
    """One of so many parts of what there is to read, by its digest: all parts together are all of it, each once."""

    number: int = 1
    of: int = 1

    def has(self, file: File) -> bool:
        """Whether a file is to be read in this part."""
        return int(file.sha256, 16) % self.of == self.number - 1


ALL = Part()


def parse(text: str) -> Part:
    """Give the part that is written `2/7`; raises `UsageError` for what is none."""
    found = re.fullmatch(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", text)
    made = Part(*map(int, found.groups())) if found else None
    if made is None or made.number > made.of:
        raise UsageError(f"{text} is no part of a whole", hint="write 1/7 for the first of seven, and so on")
    return made


_Objects = Sequence[tuple[str, File]]
"""The objects that make up an artifact: address and what is recorded."""


def faults(
    artifacts: Collection[Artifact],
    sources: Sequence[Source],
    tick: Tick = lambda _: None,
    part: Part = ALL,
) -> Mapping[Artifact, Sequence[str]]:
    """Say of each artifact what is wrong with it in the remotes that have it; nothing of a remote that has none of it.

    Only what is in a part is read. Memory does not grow with what is read. Raises `RegistryError` where a remote could not be asked.
    """
    reading = _Reading(tick)
    pairs = [(artifact, source) for artifact in dict.fromkeys(artifacts) for source in sources]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only who reads bytes pays

    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            objects = list(pool.map(lambda pair: _objects(pair[0], pair[1], part), pairs))
            wanted = {
                (source, *one): None
                for (_, source), found in zip(pairs, objects, strict=True)
                if not isinstance(found, str)
                for one in found
            }
            found = dict(zip(wanted, pool.map(lambda one: reading.fault(*one), wanted), strict=True))
        finally:
            reading.over.set()
            pool.shutdown(wait=False, cancel_futures=True)
    told: dict[Artifact, list[str]] = {artifact: [] for artifact in artifacts}
    for (artifact, source), its in zip(pairs, objects, strict=True):
        told[artifact] += _told(artifact, source, its, found)
    return told


def _objects(artifact: Artifact, source: Source, part: Part) -> _Objects | str:
    """Give the objects of a part that an artifact has in a remote, or what is wrong with the list of them."""
    if artifact.files is None:
        return [(artifact.md5, artifact.whole)] if part.has(artifact.whole) else []
    files = [file for file in artifact.files if part.has(file)]
    if not files and not part.has(artifact.whole):  # the folder's own digest says in which part its list is
        return []
    try:
        with source.open(artifact.md5) as body:
            data = lists.read(body)
        if f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}.dir" != artifact.md5:
            return "its list of files is not the one that the pointer means"
        md5s = lists.parsed(data, (file.path for file in artifact.files))
    except AbsentError:
        return []
    except IrregularError:
        return "its list of files is no file"
    except IntegrityError as error:
        return f"its list of files {error}"
    return [(md5s[file.path], file) for file in files]


def _told(
    artifact: Artifact,
    source: Source,
    objects: _Objects | str,
    found: Mapping[tuple[Source, str, File], str | None],
) -> Iterator[str]:
    if isinstance(objects, str):
        yield f"{source.name}: {artifact.whole.path}: {objects}"
        return
    for md5, file in objects:
        fault = found[source, md5, file]
        # Another remote may have it; of what none has, it is said elsewhere.
        if fault is not None and (fault != _MISSING or artifact.files is not None):
            yield f"{source.name}: {file.path} {fault}"


class _Reading:
    """Objects on their way past, until it is over."""

    def __init__(self, tick: Tick) -> None:
        self.over = Event()
        self._tick = tick
        self._lock = Lock()

    def fault(self, source: Source, md5: str, file: File) -> str | None:
        """Say what is wrong with an object; None when nothing is."""
        try:
            with source.open(md5) as body:
                if body.size not in {None, file.size}:
                    return f"has {body.size} bytes, expected {file.size}"
                size, sha256 = self._read(body, file.size)
        except AbsentError:
            return _MISSING
        except IrregularError:
            return "is no file"
        if size != file.size:
            return f"has {'more' if size > file.size else 'fewer'} bytes than {file.size}"
        return None if sha256 == file.sha256 else f"has sha256 {sha256}, expected {file.sha256}"

    def _read(self, body: Body, most: int) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        # One byte more than expected is enough to know.
        while size <= most and (chunk := body.read(min(_CHUNK, most + 1 - size))):
            if self.over.is_set():
                raise RegistryError("interrupted")
            digest.update(chunk)
            size += len(chunk)
            with self._lock:
                self._tick(len(chunk))
        return size, digest.hexdigest()
