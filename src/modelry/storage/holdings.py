"""What the remotes of a registry hold of its versions: which objects, how large, with which bytes."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path

from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.files import REGULAR, Tree
from modelry.model.policy import Policy
from modelry.model.registry import Version
from modelry.storage import contents, remotes
from modelry.storage.access import Access
from modelry.storage.contents import Artifact, File, Part, Source, Tick

_ADDRESS = re.compile(rb"\b[0-9a-f]{32}(?:\.dir)?")


class Holdings:
    """The remotes that policy allows; one inside the repository is read from `tree`, so that a change's objects count."""

    def __init__(self, policy: Policy, tree: Tree, top: Path, access: Access) -> None:
        self._stores: dict[str, _Inside | _Outside] = {
            name: _Inside(tree, f"{layout.ROOT}/{remote.url}")
            if remote.is_inside
            else _Outside(remotes.location(remote.url, top / layout.ROOT), access)
            for name, remote in policy.remotes.items()
        }

    def expect(self, addresses: Callable[[], Collection[str]]) -> None:
        """Say which objects will be asked for, so that remotes far away are asked for all of them at once."""
        far = [store for store in self._stores.values() if isinstance(store, _Outside) and store.is_far]
        asked = addresses() if far else ()
        if len(asked) > 1:
            for store in far:
                store.expect(asked)

    def size(self, md5: str) -> int | None:
        """Give the size of the object of an address; None where no remote has it.

        Raises `RegistryError` where none has it and one of them could not be asked.
        """
        unasked: RegistryError | None = None
        for store in self._stores.values():
            try:
                found = store.size(md5)
            except RegistryError as error:
                unasked = unasked or error
            else:
                if found is not None:
                    return found
        if unasked is not None:
            raise unasked
        return None

    def bytes(self, versions: Sequence[Version], part: Part) -> int:
        """Say how many bytes there are to read of a part of these versions."""
        artifacts = set(_artifacts(versions).values())
        files = [file for artifact in artifacts for file in artifact.files or (artifact.whole,)]
        return len(self._stores) * sum(file.size for file in files if part.has(file))

    def faults(self, versions: Sequence[Version], tick: Tick, part: Part) -> Mapping[str, Sequence[str]]:
        """Read a part of these versions' bytes in every remote, and say of each, by its label, what is wrong with them."""
        recorded = _artifacts(versions)
        sources = [Source(name, store.open) for name, store in self._stores.items()]
        found = contents.faults(recorded.values(), sources, tick, part)
        return {label: found[artifact] for label, artifact in recorded.items()}


class _Inside:
    """A remote in the registry's own folder."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder

    def size(self, md5: str) -> int | None:
        found = self._read(md5)
        return None if found is None else len(found)

    @contextmanager
    def open(self, md5: str) -> Iterator[remotes.Body]:
        found = self._read(md5)
        if found is None:
            raise remotes.AbsentError(f"{remotes.address(self._folder, md5)} is not there")
        yield _Bytes(found)

    def _read(self, md5: str) -> bytes | None:
        path = remotes.address(self._folder, md5)
        entry = self._tree.entries.get(path)
        return self._tree.read(path) if entry is not None and entry.mode == REGULAR else None


class _Bytes(BytesIO):
    """An object that git holds."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size: int | None = len(data)


class _Outside:
    """A remote in a folder, on the web or in a cloud."""

    def __init__(self, location: str, access: Access) -> None:
        self._location = location
        self._access = access
        self._known: Mapping[str, int | None] | RegistryError | None = None

    @property
    def is_far(self) -> bool:
        """Whether it is asked over a network; a folder answers one by one as quickly."""
        return "://" in self._location

    def expect(self, addresses: Collection[str]) -> None:
        try:
            self._known = remotes.sizes(self._location, addresses, self._access)
        except RegistryError as error:
            self._known = error  # another remote may have all of them

    def size(self, md5: str) -> int | None:
        if isinstance(self._known, RegistryError):
            raise self._known
        if self._known is not None:
            return self._known.get(md5)
        return remotes.size(remotes.address(self._location, md5), self._access)

    def open(self, md5: str) -> AbstractContextManager[remotes.Body]:
        return remotes.open_object(remotes.address(self._location, md5), self._access)


def addressed(tree: Tree) -> frozenset[str]:
    """Give the addresses that pointers of a tree may have, by a look that is much quicker than to read them."""
    pointers = (
        path for path, entry in tree.entries.items() if path.endswith(".dvc") and entry.mode == REGULAR
    )
    return frozenset(found.decode() for path in pointers for found in _ADDRESS.findall(tree.read(path)))


def _artifacts(versions: Sequence[Version]) -> Mapping[str, Artifact]:
    """Give what is recorded of versions; nothing of those that cannot be read, of which other rules speak."""
    made = {}
    for version in versions:
        pointer = version.pointers[0].value if len(version.pointers) == 1 else None
        if version.record.value is not None and pointer is not None:
            its = version.record.value.artifact
            files = (
                None
                if its.files is None
                else tuple(File(one.path, one.size, one.sha256) for one in its.files)
            )
            made[version.label] = Artifact(pointer.out.md5, File(its.path, its.size, its.sha256), files)
    return made
