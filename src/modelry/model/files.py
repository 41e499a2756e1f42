"""Files as values: what is read comes as a `Tree`, what is made is `Files`."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

Files = Mapping[str, bytes]
"""Everything that we make: path, with forward slashes, to content. Text is UTF-8 with LF."""

REGULAR = "100644"
"""The one mode that a file of the registry may have, as git writes it."""


FOLDER = "040000"
"""The mode of a folder, as git lists it."""


class Entry(NamedTuple):
    """One path of a tree, unread."""

    mode: str
    """Git's mode: 100644, 100755, 120000 (a symbolic link), 160000 (a submodule)."""
    id: str
    """Git's blob id; equal ids are equal bytes."""


Folder = Mapping[str, Entry]
"""What lies in one folder, by name; of folders in it, with the mode `FOLDER`, it says no more than that."""


class Paths(Mapping[str, Entry]):
    """All paths of a tree, where a folder is listed when one asks about what is in it, and all when one asks for all."""

    def __init__(
        self, folder: Callable[[str], Folder], everything: Callable[[], Mapping[str, Entry]]
    ) -> None:
        self._folder = folder
        self._everything = everything
        self._folders: dict[str, Folder] = {}

    def folder(self, path: str) -> Folder:
        """Give what lies in a folder; nothing where there is none."""
        if path not in self._folders:
            parent, _, name = path.rpartition("/")
            above = self.folder(parent).get(name) if path else None
            is_one = not path or (above is not None and above.mode == FOLDER)
            self._folders[path] = self._folder(path) if is_one else {}
        return self._folders[path]

    @cached_property
    def _all(self) -> Mapping[str, Entry]:
        return self._everything()

    def __getitem__(self, path: str) -> Entry:
        if "_all" in self.__dict__:
            return self._all[path]
        parent, _, name = path.rpartition("/")
        entry = self.folder(parent)[name]
        if entry.mode == FOLDER:
            raise KeyError(path)
        return entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


@dataclass(frozen=True)
class Tree:
    """A folder at one moment, read only where it is asked: from a commit or from a disk."""

    entries: Mapping[str, Entry]
    """All paths below the top, ordered."""
    read: Callable[[str], bytes]
    """Give the bytes at a path of `entries`."""
    commit: str | None = None
    """The commit it was read from."""
    since: "Since | None" = None
    """Another tree and what leads from it to this one, where whoever read this one knows."""

    @cached_property
    def paths(self) -> Sequence[str]:
        """All paths in order, so that what is in a folder stands together."""
        return sorted(self.entries)

    def folder(self, path: str) -> Folder:
        """Give what lies in a folder; nothing where there is none."""
        if isinstance(self.entries, Paths):
            return self.entries.folder(path)
        inside = ((name.partition("/"), self.entries[path_]) for path_, name in self._inside(path))
        return {name: Entry(FOLDER, "") if slash else entry for (name, slash, _), entry in inside}

    def below(self, path: str) -> Iterator[str]:
        """Give all paths below a folder, in no order."""
        if not isinstance(self.entries, Paths):
            yield from (inside for inside, _ in self._inside(path))
            return
        for name, entry in self.entries.folder(path).items():
            if entry.mode == FOLDER:
                yield from self.below(f"{path}/{name}")
            else:
                yield f"{path}/{name}"

    def _inside(self, folder: str) -> Iterator[tuple[str, str]]:
        begin = f"{folder}/"
        for at in range(bisect_left(self.paths, begin), len(self.paths)):
            if not self.paths[at].startswith(begin):
                return
            yield self.paths[at], self.paths[at].removeprefix(begin)


class Edit(NamedTuple):
    """One path at which two trees differ."""

    path: str
    before: Entry | None
    after: Entry | None

    @property
    def how(self) -> str:
        """Say what was done: added, removed or changed."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


class Since(NamedTuple):
    """Where a tree comes from."""

    before: Tree
    edits: tuple[Edit, ...]
    """All that differs from there, by path."""


def between(before: Tree, after: Tree) -> tuple[Edit, ...]:
    """Give the edits that lead from one tree to the other, by path; none between equal trees."""
    if before is after:
        return ()
    if after.since is not None and after.since.before is before:
        return after.since.edits
    old, new = before.entries, after.entries
    paths = {path for path, entry in new.items() if old.get(path) != entry}
    paths.update(path for path in old if path not in new)
    return tuple(Edit(path, old.get(path), new.get(path)) for path in sorted(paths))
