"""Whether what lies on the disk is a version's bytes."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from modelry.client.resolution import File, Resolution
from modelry.errors import IntegrityError, RegistryError
from modelry.storage import remotes

Tick = Callable[[int], None]
"""Told how many bytes were done since it was last told."""

CHUNK = 1 << 20


def verify(resolution: Resolution, path: Path, tick: Tick = lambda _: None) -> None:
    """Require that a file or folder is the version's, byte for byte; raises `IntegrityError` with what differs.

    A link at `path` itself is followed, as for those who read there; links inside a folder are not.
    """
    if found := difference(resolution, path.resolve() if path.is_symlink() else path, tick):
        raise IntegrityError(
            f"{found}; it is not {resolution.label}", hint=f"fetch it: modelry pull {resolution.label}"
        )


def difference(resolution: Resolution, path: Path, tick: Tick = lambda _: None) -> str | None:
    """Say how what lies at a path differs from a version, by the first file that does; None if it does not.

    Raises `RegistryError` where it cannot be read.
    """
    try:
        if resolution.files is None:
            return of_file(path, resolution.size, resolution.sha256, tick)
        return _of_folder(path, resolution.files, tick)
    except OSError as error:
        raise RegistryError(f"cannot read {error.filename or path}: {error.strerror}") from error


def _of_folder(path: Path, files: Iterable[File], tick: Tick) -> str | None:
    if not path.is_dir():
        return f"{path} is no folder"
    expected = {file.path: file for file in files}
    for name in sorted(expected.keys() | _names(path), key=str.encode):
        if name not in expected:
            return f"{path / name} does not belong there"
        file = expected[name]
        if found := of_file(path / name, file.size, file.sha256, tick):
            return found
    return None


def _names(folder: Path) -> set[str]:
    """Give all that lies below a folder, relative to it, but for the folders themselves."""
    found: set[str] = set()
    for top, folders, files in os.walk(folder, onerror=_refuse):
        links = [name for name in folders if Path(top, name).is_symlink()]
        found.update(Path(top, name).relative_to(folder).as_posix() for name in (*files, *links))
    return found


def _refuse(error: OSError) -> None:
    raise error


def of_file(path: Path, size: int, sha256: str, tick: Tick = lambda _: None) -> str | None:
    """Say how a file differs from what it should be; None if it does not."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} is missing"
    if not stat.S_ISREG(status.st_mode):
        return f"{path} is {'a symbolic link' if stat.S_ISLNK(status.st_mode) else 'no regular file'}"
    if status.st_size != size:
        return f"{path} has {status.st_size} bytes, expected {size}"
    digest = hashlib.sha256()
    with remotes.open_file(str(path)) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            tick(len(chunk))
    found = digest.hexdigest()
    return None if found == sha256 else f"{path} has sha256 {found}, expected {sha256}"
