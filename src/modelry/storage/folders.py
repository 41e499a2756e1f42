"""Folders: read as a tree, and written so that nobody ever sees half of it."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.files import FOLDER, REGULAR, Entry, Files, Folder, Paths, Tree


def tree(top: Path, *, identified: bool = True) -> Tree:
    """Read the registry below `top` as it lies on the disk, but for what git would not keep of a version.

    Unless `identified`, files carry no blob id, and none is read before it is asked for: enough for who
    judges the folder by itself, and compares it with nothing. Raises `RegistryError` for a folder that cannot be read.
    """
    prefix = f"{os.fspath(top)}/"

    def everything() -> Mapping[str, Entry]:
        with _reading():
            return dict(sorted(_entries(prefix, identified=identified)))

    def folder(path: str) -> Folder:
        with _reading():
            if path:
                return dict(_listed(prefix, path, identified=False))
            return {layout.ROOT: Entry(FOLDER, "")} if Path(prefix, layout.ROOT).is_dir() else {}

    entries = everything() if identified else Paths(folder, everything)
    # As git does, of a link the bytes are its target's name: nothing outside of the tree is ever read.
    return Tree(entries, lambda path: (_target if entries[path].mode == _LINK else _read)(prefix + path))


def whole(top: Path) -> Tree:
    """Read all that lies below `top`, git's own folder apart, each folder when it is asked for. Links are not followed."""
    prefix = f"{os.fspath(top)}/"

    def folder(path: str) -> Folder:
        with _reading():
            found = dict(_listed(prefix, path, identified=False))
        return {name: entry for name, entry in found.items() if path or name != ".git"}

    def everything() -> Mapping[str, Entry]:
        tops = sorted(entries.folder("").items())
        paths = (
            path for name, entry in tops for path in (tree.below(name) if entry.mode == FOLDER else [name])
        )
        return {path: entries[path] for path in sorted(paths)}

    entries = Paths(folder, everything)
    tree = Tree(entries, lambda path: _read(prefix + path))
    return tree


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RegistryError(f"cannot read {error.filename}: {error.strerror}") from error


def _entries(prefix: str, *, identified: bool) -> Iterator[tuple[str, Entry]]:
    waiting = [layout.ROOT] if Path(prefix, layout.ROOT).is_dir() else []
    while waiting:
        folder = waiting.pop()
        for name, entry in _listed(prefix, folder, identified=identified):
            if entry.mode == FOLDER:
                waiting.append(f"{folder}/{name}")
            else:
                yield f"{folder}/{name}", entry


def _listed(prefix: str, folder: str, *, identified: bool) -> Iterator[tuple[str, Entry]]:
    """Give what lies in one folder."""
    parts = folder.split("/")
    of_version = len(parts) == _VERSION and parts[1] == "models" and parts[3] == "versions"
    with os.scandir(prefix + folder) as found:
        for entry in found:
            if of_version and not _is_kept(entry):
                continue  # an artifact that was pulled beside its pointer
            if entry.is_dir(follow_symlinks=False):
                yield entry.name, _FOLDER
            elif entry.is_symlink():
                # A link to a folder too is an entry, as it is to git.
                yield entry.name, Entry(_LINK, blob_id(_target(entry.path)) if identified else "")
            elif entry.is_file(follow_symlinks=False):
                executable = entry.stat(follow_symlinks=False).st_mode & 0o100
                if identified:
                    data_id = blob_id(_read(entry.path))
                    yield entry.name, Entry(_EXECUTABLE if executable else REGULAR, data_id)
                else:
                    yield entry.name, _UNREAD[bool(executable)]


_LINK, _EXECUTABLE = "120000", "100755"
_FOLDER = Entry(FOLDER, "")
_UNREAD = (Entry(REGULAR, ""), Entry(_EXECUTABLE, ""))
"""Of a file that is not read: whether it may be executed is all that there is to say."""
_VERSION = 5
"""How many folders lead to a version's files: registry/models/<model>/versions/<version>."""


_KEPT = frozenset({"version.yaml", "card.md", "yanked.yaml"})


def _is_kept(entry: os.DirEntry[str]) -> bool:
    """Say what `.gitignore` tells git: these of a version's files and folders, and no others."""
    if entry.name == "evaluations":
        return entry.is_dir(follow_symlinks=False)
    return entry.name in _KEPT or entry.name.endswith(".dvc") or fnmatch(entry.name, "unyanked-*.yaml")


def _target(path: str) -> bytes:
    return os.fsencode(Path(path).readlink())


def _read(path: str) -> bytes:
    # A quarter of the time of pathlib, which counts where there are 30,000 files.
    try:
        file = os.open(path, _OPENED)
        try:
            parts = []
            while part := os.read(file, _AT_ONCE):
                parts.append(part)
            return b"".join(parts)
        finally:
            os.close(file)
    except OSError as error:
        raise RegistryError(f"cannot read {path}: {error.strerror}") from error


_OPENED = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_AT_ONCE = 64 * 1024
"""Bytes: most files are smaller."""


def content(path: Path) -> bytes:
    """Give a file's bytes; none where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def blob_id(data: bytes) -> str:
    """Give git's own id of a file's bytes, so that a file on the disk can be held against one in a commit."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def write(files: Files, top: Path) -> None:
    """Write files below a folder, each whole; folders are made as needed."""
    for path, data in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def add(new: Files, top: Path, changed: Files) -> None:
    """Write files that are not there yet, and others anew: all of them, or none. What is there is never written over."""
    made: list[Path] = []
    kept = {path: (top / path).read_bytes() for path in changed}
    try:
        for path, data in new.items():
            made += _folders_for(top / path)
            with (top / path).open("xb") as file:
                made.append(top / path)
                file.write(data)
        write(changed, top)
    except BaseException:
        for target in reversed(made):
            target.rmdir() if target.is_dir() else target.unlink()
        write(kept, top)
        raise


def _folders_for(target: Path) -> list[Path]:
    """Make the folders that a file needs, and give those that were not there, outermost first."""
    missing = [folder for folder in reversed(target.parents) if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def differs(path: Path, data: bytes) -> bool:
    """Say whether a file is missing or holds anything else."""
    return not path.is_file() or path.read_bytes() != data


@contextmanager
def own(home: Path, prefix: str) -> Iterator[Path]:
    """Give a folder of this process in `home`, gone when the block ends; those that killed processes left go first."""
    home.mkdir(parents=True, exist_ok=True)
    for left in home.iterdir():
        process = left.name.removeprefix(prefix).partition("-")[0]
        if left.name.startswith(prefix) and process.isdigit() and not _is_alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return error.errno != errno.ESRCH  # a process of somebody else's is alive too
    return True


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a fresh folder beside `target` that takes its place when the block ends well.

    Whatever happens, `target` is the old folder, the new one, or, for the blink between two renames,
    absent; the next call puts back an old folder that a killed process left aside.
    """
    aside = target.with_name(f".{target.name}.old")
    _put_back(aside, target)
    try:
        with own(target.parent, f".{target.name}.new-") as fresh:
            yield fresh
            fresh.chmod(0o755)
            if target.exists():
                target.rename(aside)
            fresh.rename(target)
    except OSError as error:
        raise RegistryError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        _put_back(aside, target)


def _put_back(aside: Path, target: Path) -> None:
    """Let the old folder stand again where no new one took its place; else it has served."""
    if aside.exists() and not target.exists():
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
