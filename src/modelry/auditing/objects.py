"""Whether the bytes that were promoted still are what was approved, where they can be read on this machine."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from modelry.checks.people import Doubts
from modelry.errors import RegistryError
from modelry.model import layout
from modelry.model.files import Tree
from modelry.model.policy import Policy
from modelry.model.registry import Version
from modelry.storage import remotes

_CHUNK = 1 << 20


class _ElsewhereError(Exception):
    """The bytes cannot be read here; the message says why."""


@dataclass
class Objects:
    """The remotes of a policy, as far as they are folders here or lie in the repository itself."""

    policy: Policy
    tree: Tree
    top: Path
    _known: dict[tuple[str, str], Doubts] = field(default_factory=dict)

    def of(self, version: Version) -> Doubts:
        """Hash a version's bytes, once, and hold them against its record."""
        record = version.record.value
        pointer = version.pointers[0].value if len(version.pointers) == 1 else None
        if record is None or pointer is None:
            return Doubts(contradictions=(f"{version.label} has no record and pointer that can be read",))
        artifact = record.artifact
        key = pointer.out.md5, artifact.sha256
        if key not in self._known:
            expected = (
                {file.path: file.sha256 for file in artifact.files}
                if artifact.files
                else {"": artifact.sha256}
            )
            self._known[key] = self._compare(version.label, pointer.out.md5, expected)
        return self._known[key]

    def _compare(self, label: str, md5: str, expected: dict[str, str]) -> Doubts:
        try:
            found = {name: self._sha256(one) for name, one in self._parts(md5)}
        except _ElsewhereError as error:
            return Doubts(missing=(f"the bytes of {label} cannot be read here: {error}",))
        except (ValueError, KeyError, TypeError):
            return Doubts(contradictions=(f"the remote's list of the files of {label} cannot be read",))
        if found == expected:
            return Doubts()
        name = next(name for name in sorted(expected.keys() | found) if found.get(name) != expected.get(name))
        told = f"sha256 {found.get(name, 'none')}, not {expected.get(name, 'none')}"
        return Doubts(
            contradictions=(f"the remote has other bytes for {label}{name and f', {name}'}: {told}",)
        )

    def _parts(self, md5: str) -> Iterator[tuple[str, str]]:
        if not md5.endswith(".dir"):
            yield "", md5
            return
        for file in json.loads(b"".join(self._open(md5))):
            yield str(file["relpath"]), str(file["md5"])

    def _sha256(self, md5: str) -> str:
        digest = hashlib.sha256()
        for chunk in self._open(md5):
            digest.update(chunk)
        return digest.hexdigest()

    def _open(self, md5: str) -> Iterator[bytes]:
        why = []
        for remote in self.policy.remotes.values():
            if remote.is_inside:
                path = remotes.address(f"{layout.ROOT}/{remote.url}", md5)
                if path in self.tree.entries:
                    yield self.tree.read(path)
                    return
                why.append(f"{path} is not in the repository")
            elif "://" in remote.url:
                why.append(f"{remotes.shown(remote.url)} is not asked, for verification is offline")
            else:
                where = remotes.address(remotes.location(remote.url, self.top / layout.ROOT), md5)
                try:
                    with remotes.open_object(where) as body:
                        while chunk := body.read(_CHUNK):
                            yield chunk
                except RegistryError as error:
                    why.append(str(error))
                else:
                    return
        raise _ElsewhereError("; ".join(why))
