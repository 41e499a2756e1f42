"""Files as values: what is read comes as a `Tree`, what is made is `Files`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Files = Mapping[str, bytes]
"""Everything that we make: path, with forward slashes, to content. Text is UTF-8 with LF."""

REGULAR = "100644"
"""The one mode that a file of the registry may have, as git writes it."""


class Entry(NamedTuple):
    """One path of a tree, unread."""

    mode: str
    """Git's mode: 100644, 100755, 120000 (a symbolic link), 160000 (a submodule)."""
    id: str
    """Git's blob id; equal ids are equal bytes."""


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
