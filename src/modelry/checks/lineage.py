"""Where a version comes from, and when: its parents and its times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from modelry.checks.base import Context, Problem, rule
from modelry.model import names
from modelry.model.registry import Document, Model, Version

_ADDRESS = re.compile(r"[:/]")
"""What `model@version` never holds, and every address does."""


@rule("unknown-parent")
def unknown_parent(context: Context) -> Iterator[Problem]:
    """A version names a parent that this registry does not have.

    Lineage is what tells whom a fault reaches: a parent that cannot be found, or that moves, tells nothing.
    Write `model@version` of a version that exists, or the address of what lies elsewhere.
    """
    for version in context.versions:
        record = version.record
        if record.value is None or not context.is_new(record.path):
            continue
        for index, parent in enumerate(record.value.parents or ()):
            fault = None if _ADDRESS.search(parent) else _fault(context, version.label, parent)
            if fault is not None:
                yield Problem(
                    record.path,
                    fault,
                    record.locate(["parents", index]),
                    "write model@version, or an address such as https://example.org/model",
                )


def leans(model: Model) -> bool:
    """Say whether a version names a version of another model, so that what holds of it depends on what is there."""
    records = (version.record.value for version in model.versions.values())
    parents = (parent for record in records if record is not None for parent in record.parents or ())
    return any(not _ADDRESS.search(parent) and parent.partition("@")[0] != model.name for parent in parents)


def _fault(context: Context, label: str, parent: str) -> str | None:
    model, _, number = parent.partition("@")
    if parent == label:
        return f"{label} is its own parent"
    if not names.is_model(model) or not names.is_version(number):
        return f"{parent} is neither model@version nor an address"
    known = context.after.models.get(model)
    return None if known is not None and number in known.versions else f"there is no {parent}"


@rule("time-in-future")
def time_in_future(context: Context) -> Iterator[Problem]:
    """A version or an evaluation was made later than a day from now.

    A time that cannot be is a wrong clock or a slip of the finger, and everything that is ordered by
    time is wrong with it. Write the time at which it was made; a day is left for clocks and zones.
    """
    now = context.now or datetime.combine(context.today, time.max, UTC)
    for version in context.versions:
        for document in _dated(version):
            made = document.value.created if document.value is not None else None
            if made is not None and made > now + timedelta(days=1) and context.is_new(document.path):
                yield Problem(
                    document.path,
                    f"`created` is {made:%Y-%m-%d %H:%M %Z}, which is to come",
                    document.locate(["created"]),
                    "write the time at which it was made",
                )


def _dated(version: Version) -> Iterator[Document[Any]]:
    yield version.record
    yield from version.evaluations.values()
