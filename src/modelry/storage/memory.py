"""What was found sound before: models that lie on the disk as they did then need not be judged again.

As git's index does, a file whose inode, size, mode and times are what they were is taken for unchanged; of what was
changed within the last moments nothing is believed, nor kept. The memory holds names and digests only, never a finding:
whatever a report says was read for it.
"""

import hashlib
import json
import os
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from modelry.checks import naming, sharing
from modelry.model import layout

_TOGETHER = 50
"""How many models are looked at before another process may take the next ones."""
_MOMENT = 2_000_000_000
"""Nanoseconds: no clock of a file system is coarser."""
_LARGEST = 64 * 1024 * 1024
_MOST = 20
"""How many registries are remembered; the one of which nothing was learnt for longest is forgotten."""
_TOOLS = ("pydantic", "yaml", "license_expression")
"""Whose code decides, beside ours, what is sound."""


class Stamp(NamedTuple):
    """What the file system says of all that is in a folder, without a look into a file."""

    digest: str
    newest: int
    """When anything of it was last changed, in nanoseconds."""


@dataclass(frozen=True)
class Memory:
    """The models of one folder that lie there as they did when they were found sound."""

    place: Path
    """Where it is kept."""
    key: str
    """By which tool, which policy and on which day."""
    stamps: Mapping[str, Stamp]
    """How the models' folders lie there, seen before anything was judged."""
    known: Mapping[str, Sequence[str]]
    """The models that are sound, each with the MD5s of its pointers."""
    began: int
    """When the stamps were taken."""

    def keep(self, sound: Mapping[str, Sequence[str]], faulty: Collection[str]) -> None:
        """Remember these models as well, and forget those; where that cannot be done, it is done the next time."""
        still = {name: md5s for name, md5s in self.known.items() if name not in faulty}
        settled = {
            name: md5s
            for name, md5s in sound.items()
            if name in self.stamps and name not in faulty and self.stamps[name].newest + _MOMENT < self.began
        }
        if not settled and still == self.known:
            return
        models = {name: [self.stamps[name].digest, *md5s] for name, md5s in {**still, **settled}.items()}
        with suppress(OSError):
            _write(self.place, json.dumps({"key": self.key, "models": models}).encode())


def home() -> Path | None:
    """Give the folder for memories; None where nothing is to be kept, as in CI, where every verdict is a fresh one."""
    asked = os.environ.get("MODELRY_CACHE")
    if os.environ.get("CI") or asked == "" or sys.platform == "win32":
        return None
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser(), "modelry")
    return Path(asked) if asked else default


def recall(top: Path, *judged_by: bytes) -> Memory | None:
    """Give what is remembered of the registry below `top`, by what it is judged by; None where nothing is kept."""
    folder, models = home(), Path(os.path.abspath(top), layout.MODELS)  # noqa: PTH100 - links stay
    # What a link leads to is no part of the registry, whatever was found there before.
    if folder is None or models.is_symlink() or models.parent.is_symlink():
        return None
    began = time.time_ns()
    place = folder / f"{hashlib.sha256(os.fsencode(models)).hexdigest()[:32]}.json"
    key = hashlib.sha256(b"\0".join((_tool(), *judged_by))).hexdigest()
    try:
        with os.scandir(models) as found:
            names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in found}
        stamps = _stamps(models, sorted(name for name, is_folder in names.items() if is_folder))
    except OSError:  # whoever reads the folder says it
        return None
    held = _read(place, key)
    same = {name: held[name][1:] for name, stamp in stamps.items() if held.get(name, [""])[0] == stamp.digest}
    return Memory(place, key, stamps, _alone(same, names), began)


def _alone(same: Mapping[str, Sequence[str]], names: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Give the models on which no other's verdict depends: by a name that is theirs to some systems, or by an MD5."""
    spelled = Counter(naming.folded(name) for name in names)
    holders = Counter(md5 for addresses in same.values() for md5 in set(addresses))
    return {
        name: addresses
        for name, addresses in same.items()
        if spelled[naming.folded(name)] == 1 and all(holders[md5] == 1 for md5 in addresses)
    }


def _tool() -> bytes:
    """Say which code judges: a working copy changes without its version."""
    origins = [spec.origin for name in _TOOLS if (spec := find_spec(name)) is not None and spec.origin]
    used = [(origin, _facts(os.stat(origin))) for origin in origins]  # noqa: PTH116 - a name, and no path
    return repr([sys.version, _stamp(str(Path(__file__).parents[1]), "__pycache__"), used]).encode()


def _stamps(models: Path, names: Sequence[str]) -> Mapping[str, Stamp]:
    parts = [names[at : at + _TOGETHER] for at in range(0, len(names), _TOGETHER)]

    def look(number: int) -> list[tuple[str, int]]:
        return [_stamp(f"{models}/{name}") for name in parts[number]]

    told = (stamp for part in sharing.each(look, len(parts), sharing.cores()) for stamp in part)
    return {name: Stamp(*stamp) for name, stamp in zip(names, told, strict=True)}


def _stamp(folder: str, without: str = "") -> tuple[str, int]:
    rows: list[tuple[str, tuple[int, ...]]] = []
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for entry in found:
                if entry.is_dir(follow_symlinks=False):
                    waiting += [entry.path] if entry.name != without else []
                else:
                    rows.append((entry.path, _facts(entry.stat(follow_symlinks=False))))
    rows.sort()
    newest = max((facts[_CHANGED] for _, facts in rows), default=0)
    return hashlib.blake2b(repr(rows).encode("utf-8", "surrogateescape"), digest_size=20).hexdigest(), newest


def _facts(of: os.stat_result) -> tuple[int, ...]:
    return of.st_mode, of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino, of.st_dev


_CHANGED = 3
"""Which of these says when bytes or mode were changed last: unlike the time before it, nobody can set it."""


def _is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.getuid() and not found.st_mode & 0o077


def _read(place: Path, key: str) -> dict[str, list[str]]:
    """Give each model's stamp, and then its MD5s; nothing where somebody else may have written them."""
    try:
        if not _is_private(place.parent.lstat()):
            return {}
        with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            fits = stat.S_ISREG(found.st_mode) and _is_private(found) and found.st_size <= _LARGEST
            said = json.loads(file.read()) if fits else {}
        models = said["models"] if said["key"] == key else {}
        return models if all(_is_sound(models[name]) for name in models) else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


def _is_sound(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not stat.S_ISDIR(place.parent.lstat().st_mode) or not _is_private(place.parent.lstat()):
        return
    others = sorted(place.parent.glob("*.json"), key=lambda path: path.lstat().st_mtime_ns)
    for path in [other for other in others if other != place][: -(_MOST - 1)]:
        path.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(
        ".json", dir=place.parent
    )  # for its owner alone; if left behind, it is forgotten
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, place)  # noqa: PTH105 - a name, and no path
    except OSError:
        os.unlink(name)  # noqa: PTH108
        raise
