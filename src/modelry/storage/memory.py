"""What was found sound before: models that lie on the disk as they did then need not be judged again.

As git's index does, a file whose inode, size, mode and times are what they were is taken for unchanged; of what was
changed within the last moments nothing is believed, nor kept. The memory holds names and digests only, never a finding:
whatever a report says was read for it.
"""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from modelry.checks import naming, sharing
from modelry.model import layout
from modelry.storage import caches

_TOGETHER = 50
"""How many models are looked at before another process may take the next ones."""
_MOMENT = 2_000_000_000
"""Nanoseconds: no clock of a file system is coarser."""
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
        caches.write(self.place, json.dumps({"key": self.key, "models": models}).encode())


def recall(top: Path, *judged_by: bytes) -> Memory | None:
    """Give what is remembered of the registry below `top`, by what it is judged by; None where nothing is kept."""
    folder, models = caches.home(), Path(os.path.abspath(top), layout.MODELS)  # noqa: PTH100 - links stay
    # What a link leads to is no part of the registry, whatever was found there before.
    if folder is None or models.is_symlink() or models.parent.is_symlink():
        return None
    began = time.time_ns()
    place = folder / f"{hashlib.sha256(os.fsencode(models)).hexdigest()[:32]}.json"
    key = hashlib.sha256(b"\0".join((caches.tool(*_TOOLS), *judged_by))).hexdigest()
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


def _stamps(models: Path, names: Sequence[str]) -> Mapping[str, Stamp]:
    parts = [names[at : at + _TOGETHER] for at in range(0, len(names), _TOGETHER)]

    def look(number: int) -> list[tuple[str, int]]:
        return [caches.stamp(f"{models}/{name}") for name in parts[number]]

    told = (stamp for part in sharing.each(look, len(parts), sharing.cores()) for stamp in part)
    return {name: Stamp(*stamp) for name, stamp in zip(names, told, strict=True)}


def _read(place: Path, key: str) -> dict[str, list[str]]:
    """Give each model's stamp, and then its MD5s; nothing where somebody else may have written them."""
    try:
        said = json.loads(caches.read(place))
        models = said["models"] if said["key"] == key else {}
        return models if all(_is_sound(models[name]) for name in models) else {}
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}


def _is_sound(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)
