"""Snapshots of earlier sites, published a while longer: who holds the address of one still finds all that it names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from modelry.catalog import canonical, documents
from modelry.model.files import Files
from modelry.storage import folders

KEPT = 3
"""How many earlier snapshots a site has."""

_ROOT = "api/v1"
_SNAPSHOT, _DOCUMENT = re.compile(r"s/[0-9a-f]{64}\.json"), re.compile(r"o/[0-9a-f]{64}\.json")


class _Found(NamedTuple):
    """A snapshot that is whole."""

    registry: str
    row: documents.Kept
    files: Files
    """What of it the fresh site has to be given."""


def keep(old: Path, fresh: Path) -> None:
    """Let the fresh site have the snapshots of the old one, and list them, newest first.

    Each document is taken by its hash: what of the old site is not what its name says is left out, and the
    snapshot that needs it with it. A first build lists nothing, and so is the same wherever it is made.
    """
    mine = next(_found(fresh, fresh), None)
    if mine is None:
        return
    earlier: dict[int, _Found] = {}
    for each in _found(old, fresh):
        if each.registry == mine.registry and each.row.sequence < mine.row.sequence:
            earlier.setdefault(each.row.sequence, each)
    newest = [earlier[sequence] for sequence in sorted(earlier, reverse=True)[:KEPT]]
    if not newest:
        return
    for each in newest:
        folders.write(each.files, fresh)
    listed = documents.Snapshots(schema_="snapshots/v1", snapshots=[mine.row, *(each.row for each in newest)])
    folders.write({f"{_ROOT}/snapshots.json": canonical.dump(listed)}, fresh)


def _found(site: Path, fresh: Path) -> Iterator[_Found]:
    """Give the snapshots of a site that are whole: its own, then those that it keeps."""
    index, listed = (_json(folders.content(site / _ROOT / name)) for name in ("index.json", "snapshots.json"))
    own, rows = index.get("snapshot"), listed.get("snapshots")
    paths = [
        row.get("path") for row in [own, *(rows if isinstance(rows, list) else ())] if isinstance(row, dict)
    ]
    for path in dict.fromkeys(path for path in paths if isinstance(path, str)):
        if (found := _whole(site, path, fresh)) is not None:
            yield found


def _whole(site: Path, path: str, fresh: Path) -> _Found | None:
    """Give a snapshot with those of its documents that the fresh site has not; None where it lacks one."""
    data = _addressed(site, path, _SNAPSHOT)
    try:
        said = documents.Snapshot.model_validate_json(data or b"")
    except ValueError:
        return None
    if said.commit is None or data is None:
        return None
    files = {} if (fresh / _ROOT / path).exists() else {path: data}
    for name in {each.document for model in said.models.values() for each in model.versions.values()}:
        if _DOCUMENT.fullmatch(name) and (fresh / _ROOT / name).exists():
            continue
        document = _addressed(site, name, _DOCUMENT)
        if document is None:
            return None
        files[name] = document
    row = documents.Kept(
        path=path,
        sha256=canonical.sha256(data),
        size=len(data),
        commit=said.commit,
        sequence=said.sequence,
        when=said.generated_at,
    )
    return _Found(said.registry, row, {f"{_ROOT}/{name}": content for name, content in files.items()})


def _addressed(site: Path, path: str, shape: re.Pattern[str]) -> bytes | None:
    """Give a document whose name is its hash; None where it is missing or something else."""
    data = folders.content(site / _ROOT / path) if shape.fullmatch(path) else b""
    return data if data and path[2:-5] == canonical.sha256(data) else None


def _json(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
