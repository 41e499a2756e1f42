"""Folders: read as a tree, and written so that nobody ever sees half of it."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.files import Entry, Files, Tree


def tree(top: Path) -> Tree:
    """Read the registry below `top` as it lies on the disk; ignores what git would not keep of versions."""
    entries = dict(_entries(top))
    return Tree(dict(sorted(entries.items())), lambda path: (top / path).read_bytes())


def _entries(top: Path) -> Iterator[tuple[str, Entry]]:
    for folder, _, files in os.walk(top / layout.ROOT):
        for name in files:
            path = Path(folder, name)
            relative = path.relative_to(top).as_posix()
            if layout.place(relative) is None and "/versions/" in relative:
                continue  # an artifact that was pulled beside its pointer
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                yield relative, Entry("120000", "")
            else:
                yield relative, Entry("100755" if mode & 0o100 else "100644", _blob_id(path.read_bytes()))


def _blob_id(data: bytes) -> str:
    # Git's own id, so that a file on the disk can be held against one in a commit.
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def write(files: Files, top: Path) -> None:
    """Write files below a folder, each whole; folders are made as needed."""
    for path, data in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


_IGNORED = """\
# Of a version, git keeps the facts; the bytes lie in the DVC remote. With this rule `dvc add`
# writes no .gitignore of its own beside a pointer.
/registry/models/*/versions/*/*
!/registry/models/*/versions/*/version.yaml
!/registry/models/*/versions/*/*.dvc
!/registry/models/*/versions/*/card.md
!/registry/models/*/versions/*/yanked.yaml
!/registry/models/*/versions/*/evaluations/
/site/_build/
"""


def scaffold(top: Path, remote: str, url: str) -> Files:
    """Give DVC's configuration and git's ignore rules for a new registry; what is there is kept, and added to."""
    location = url if "://" in url or url.startswith("/") else f"../{layout.ROOT}/{url}"
    config = f"[core]\n    analytics = false\n    check_update = false\n    remote = {remote}\n"
    config += f"['remote \"{remote}\"']\n    url = {location}\n"
    ignored = (top / ".gitignore").read_text("utf-8") if (top / ".gitignore").is_file() else ""
    made = {".gitignore": (ignored + ("" if _IGNORED in ignored else _IGNORED)).encode()}
    if not (top / ".dvc/config").exists():
        made[".dvc/config"] = config.encode()
        made[".dvc/.gitignore"] = b"/config.local\n/tmp\n/cache\n"
    return made


def differs(path: Path, data: bytes) -> bool:
    """Say whether a file is missing or holds anything else."""
    return not path.is_file() or path.read_bytes() != data


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a fresh folder beside `target` that takes its place when the block ends well.

    Whatever happens, `target` is the old folder, the new one, or, for the blink between two renames,
    absent; the next call puts back an old folder that a killed process left aside.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.old")
    if aside.exists() and not target.exists():
        aside.rename(target)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        shutil.rmtree(aside, ignore_errors=True)
        if target.exists():
            target.rename(aside)
        fresh.rename(target)
    except OSError as error:
        raise RegistryError(f"cannot write {target}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(aside, ignore_errors=True)
