"""Artifacts on their way into a remote: copied and hashed once, handed to DVC, read back and verified."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from modelry import formats
from modelry.errors import IntegrityError, RegistryError, UsageError
from modelry.model import digests, layout
from modelry.model.files import Files, Tree
from modelry.model.pointer import Out, Pointer
from modelry.model.policy import Remote
from modelry.storage import access, contents, documents, dvc, folders, remotes

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Hashed:
    """An artifact's bytes, counted and hashed."""

    path: str
    size: int
    sha256: str
    format: str | None
    """What its name says it is; None when that says nothing."""
    files: tuple[tuple[str, int, str], ...] | None
    """Path, size and SHA-256 of each file of a folder; None for a file."""

    def record(self, format_: str) -> dict[str, Any]:
        """Give the record's `artifact`."""
        made: dict[str, Any] = {
            "path": self.path,
            "format": format_,
            "size": self.size,
            "sha256": self.sha256,
        }
        if self.files is not None:
            made["files"] = [
                {"path": path, "size": size, "sha256": sha256} for path, size, sha256 in self.files
            ]
        return made


def hashed(source: Path, copy: Path | None = None) -> Hashed:
    """Hash an artifact, and copy it in the same pass, so that what is hashed is what is pushed.

    Raises `UsageError` for what cannot be an artifact: a link, a device, an empty folder.
    """
    if source.is_symlink() or not source.exists():
        raise UsageError(
            f"{source} is {'a symbolic link' if source.is_symlink() else 'not there'}",
            hint="name a file or a folder",
        )
    if source.is_file():
        size, sha256 = _file(source, copy)
        return Hashed(source.name, size, sha256, formats.guess([source.name]), None)
    files = tuple(
        (name, *_file(source / name, copy / name if copy else None))
        for name in sorted(_inside(source), key=str.encode)
    )
    if not files:
        raise UsageError(f"{source} is an empty folder", hint="name a file or a folder with files")
    size = sum(file[1] for file in files)
    return Hashed(
        source.resolve().name,
        size,
        digests.of_folder(files),
        formats.guess(name for name, _, _ in files),
        files,
    )


def _inside(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if not stat.S_ISREG(path.lstat().st_mode):
                raise UsageError(f"{path} is not a regular file", hint="an artifact holds plain files only")
            yield path.relative_to(folder).as_posix()


def _file(source: Path, copy: Path | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as reader, _writer(copy) as writer:
            while chunk := reader.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if writer is not None:
                    writer.write(chunk)
    except OSError as error:
        raise RegistryError(f"cannot copy {source}: {error.strerror}") from error
    return size, digest.hexdigest()


@contextmanager
def _writer(path: Path | None) -> Iterator[BinaryIO | None]:
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        yield file


@dataclass(frozen=True)
class Deposit:
    """An artifact that lies in the remote, proved by reading it back; or that is still to be copied there."""

    artifact: Hashed
    pointer: Files
    """The `.dvc` file that DVC wrote, by its path."""
    objects: Files
    """The remote's new objects, where the remote lies inside the repository and so travels with git."""


@dataclass(frozen=True)
class Destination:
    """Where an artifact is to go."""

    top: Path
    """The repository's top, from which relative remotes are seen."""
    scratch: Path
    """A folder for the copy, on a disk with room for it."""
    base: Tree
    """The commit whose DVC configuration counts."""
    name: str
    """The remote, by its name in policy."""
    remote: Remote

    @property
    def location(self) -> str:
        """Where the remote's objects are read from."""
        return remotes.location(self.remote.url, self.top / layout.ROOT)

    @property
    def access(self) -> access.Access:
        """How one is let in there."""
        return access.of_main(self.base, lambda: access.on_disk(self.top / access.LOCAL))


def deposit(source: Path, model: str, version: str, to: Destination) -> Deposit:
    """Push an artifact and read it back.

    Works in a folder of its own: the user's work tree, DVC cache and index stay as they are. Raises
    `IntegrityError` when the remote does not hold afterwards what was pushed.
    """
    if access.CONFIG not in to.base.entries:
        raise RegistryError(f"main has no {access.CONFIG}", hint="begin the registry with: modelry init")
    config = to.base.read(access.CONFIG)
    if to.name not in dict(access.remotes(config)):
        raise RegistryError(
            f"{access.CONFIG} has no remote {to.name}, which registry.yaml names",
            hint=f"add it on main: dvc remote add {to.name} {to.remote.url}",
        )
    _knock(to)
    with folders.own(to.scratch, "register-") as work:
        inside = to.remote.is_inside
        location = remotes.location(to.remote.url, work / layout.ROOT) if inside else to.location
        dvc.scaffold(
            work, config, to.top / access.LOCAL, to.name, location if "://" not in location else None
        )
        home = layout.version(model, version, source.resolve().name)
        (work / home).parent.mkdir(parents=True)
        artifact = hashed(source, work / home)
        pointer = f"{home}.dvc"
        _push(work, home, to)
        data = (work / pointer).read_bytes()
        _read_back(_out(data), artifact, location, to.access)
        objects = _objects(work, to.remote.url, to.base) if inside else {}
        return Deposit(artifact, {pointer: data}, objects)


def _push(work: Path, home: str, to: Destination) -> None:
    try:
        dvc.run(work, ("add", home), ("push", "--remote", to.name, f"{home}.dvc"))
    except dvc.DvcError as error:
        if "://" not in to.location or error.hint.startswith("pip "):
            raise
        hint = "it can be read, and nothing was proposed: may this account write, and is its folder there?"
        raise dvc.DvcError(str(error), hint=hint) from error


def _knock(to: Destination) -> None:
    """Ask the remote for something before anything is copied; raises `RegistryError` where one is not let in.

    DVC would tell less of what is wrong, and does not look at whose key a server by SSH has.
    """
    if "://" in to.location:
        with suppress(remotes.ForbiddenError):  # to put something there, one need not be allowed to list
            remotes.size(remotes.address(to.location, "0" * 32), to.access)


def pointed(source: Path, model: str, version: str, scratch: Path) -> Deposit:
    """Give the `.dvc` file that DVC writes for an artifact; nothing is pushed, no remote and no key is asked for."""
    with folders.own(scratch, "register-") as work:
        dvc.scaffold(work, b"", work / access.LOCAL, "", None)
        home = layout.version(model, version, source.resolve().name)
        (work / home).parent.mkdir(parents=True)
        artifact = hashed(source, work / home)
        dvc.run(work, ("add", home))
        return Deposit(artifact, {f"{home}.dvc": (work / f"{home}.dvc").read_bytes()}, {})


def deposited(artifact: Hashed, proposed: Tree, pointer: str, to: Destination) -> Deposit | None:
    """Give what an earlier run deposited for a branch; None unless the remote still gives these very bytes."""
    if pointer not in proposed.entries or to.remote.is_inside:
        return None
    data = proposed.read(pointer)
    try:
        _read_back(_out(data), artifact, to.location, to.access)
    except RegistryError:
        return None
    return Deposit(artifact, {pointer: data}, {})


def _out(data: bytes) -> Out:
    pointer, faults = documents.parse(data, Pointer)
    if pointer is None:
        raise RegistryError(
            f"DVC wrote a pointer that we do not know: {faults[0].message}", hint="is this DVC 3?"
        )
    return pointer.out


def _read_back(out: Out, artifact: Hashed, location: str, how: access.Access) -> None:
    """Read every object of the artifact from the remote, and hold it against what was hashed."""
    where = remotes.address(location, out.md5)
    if remotes.size(where, how) is None:
        raise IntegrityError(
            f"{artifact.path} was pushed, but is not there: {where}", hint="is this its remote?"
        )
    files = None if artifact.files is None else tuple(contents.File(*file) for file in artifact.files)
    whole = contents.File(artifact.path, artifact.size, artifact.sha256)
    recorded = contents.Artifact(out.md5, whole, files)

    def opened(md5: str) -> AbstractContextManager[remotes.Body]:
        return remotes.open_object(remotes.address(location, md5), how)

    if found := contents.faults([recorded], [contents.Source("the remote", opened)])[recorded]:
        raise IntegrityError(
            f"{artifact.path} was pushed, but the remote gives back other bytes: {'; '.join(found)}",
            hint=f"DVC leaves out .dvc, .git and .hg; else remove the object and register again: {where}",
        )


def _objects(work: Path, url: str, base: Tree) -> Files:
    """Give the objects that a remote inside the repository gains."""
    top = work / layout.ROOT / url
    found = {path.relative_to(work).as_posix(): path for path in top.rglob("*") if path.is_file()}
    made = {}
    for path, file in sorted(found.items()):
        data = file.read_bytes()
        if path not in base.entries:
            made[path] = data
        elif base.read(path) != data:
            raise IntegrityError(
                f"{path} is taken by other bytes with the same MD5",
                hint="somebody made them collide: look at where both artifacts come from",
            )
    return made
