"""A lock: what references meant once, kept in a file, so that a deployment needs nobody to tell it again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from modelry.client import fields
from modelry.client.fields import Fields
from modelry.client.resolution import Resolution, Source, artifact
from modelry.errors import NotFoundError, RegistryError

NAME = "modelry.lock"
"""What the file is called, unless told."""

_LARGEST = 8 << 20
_SOURCES: tuple[Source, ...] = get_args(Source)
# A withdrawn version is refused when it is locked; what is known of it later, a lock cannot know.
_OF_THE_MOMENT = {"schema", "yanked", "replacement", "age", "stale", "fallback"}


def text(resolutions: Sequence[Resolution]) -> str:
    """Give what a lock says, as a `lock/v1` document: the same answers make the same bytes."""
    entries = [_entry(found) for found in sorted(resolutions, key=lambda found: found.reference)]
    return json.dumps({"schema": "lock/v1", "locked": entries}, indent=2, ensure_ascii=False) + "\n"


def _entry(found: Resolution) -> dict[str, Any]:
    told = found.to_json()
    return {key: value for key, value in told.items() if key not in _OF_THE_MOMENT}


def read(path: Path) -> tuple[Resolution, ...]:
    """Read a lock; raises `NotFoundError` where there is none, `RegistryError` where it is something else."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no {path}", hint=f"modelry lock REF... --output {path}") from error
    try:
        value: Any = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise RegistryError(
            f"{path} is no lock: {error}",
            hint=f"remove it, and lock again: modelry lock REF... --output {path}",
        ) from error
    document = Fields(value, str(path))
    document.exactly("schema", "lock/v1")
    return tuple(_resolution(entry) for entry in document.each("locked"))


def _resolution(entry: Fields) -> Resolution:
    source = entry.text("source", fields.SLUG)
    return Resolution(
        reference=entry.text("reference", fields.REFERENCE),
        registry=entry.text("registry", fields.SLUG),
        model=entry.text("model", fields.MODEL),
        version=entry.text("version", fields.VERSION),
        stage=entry.optional("stage", fields.SLUG),
        **artifact(entry)._asdict(),
        md5=entry.text("md5", fields.OBJECT),
        addresses=entry.texts("addresses", fields.LINE),
        commit=entry.optional("commit", fields.COMMIT),
        sequence=None if entry.value.get("sequence") is None else entry.count("sequence"),
        source=next((known for known in _SOURCES if known == source), "folder"),
        yanked=None,
        replacement=None,
    )


def moved(before: Sequence[Resolution], after: Sequence[Resolution]) -> tuple[str, ...]:
    """Say for each reference what it means now, where that is not what it meant before."""
    old, new = ({found.reference: found for found in each} for each in (before, after))
    lines = []
    for reference in sorted(old.keys() | new.keys()):
        was, is_ = old.get(reference), new.get(reference)
        if was is None or is_ is None:
            lines.append(f"{reference}: {f'{was.version}, locked no more' if was else is_ and is_.version}")
        elif (was.registry, was.version, was.sha256) != (is_.registry, is_.version, is_.sha256):
            lines.append(f"{reference}: {was.version} -> {is_.version}")
    return tuple(lines)


def find(path: Path, reference: str) -> Resolution:
    """Give what a reference meant when it was locked; raises `NotFoundError` where that reference is not in it."""
    found = read(path)
    for one in found:
        if reference in {one.reference, one.label}:
            return one
    known = ", ".join(one.reference for one in found) or "nothing"
    raise NotFoundError(f"{path} does not lock {reference}", hint=f"it locks {known}")
