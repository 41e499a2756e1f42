"""What main's line told up to a commit, kept: a commit never changes, so what it tells need not be read again.

Evidence is no part of it: notes may come at any time, and are read each time.
"""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from modelry.git import Repository
from modelry.model.events import Event, Past
from modelry.model.landings import Landing, PullRequest
from modelry.storage import caches, events, line
from modelry.storage.events import Record

_TOOLS = ("yaml",)
"""Whose code decides, beside ours, what a commit tells."""


def told(repository: Repository, revision: str, model: str | None = None) -> Past:
    """Give what `events.told` gives of the registry or a model: by what is kept, and what came since."""
    folder, commit = caches.home(), repository.commit(revision)
    # Only where nothing is missing and nothing grafted does a commit's id say all that came before it.
    if folder is None or repository.is_shallow or Path(repository.common, "info/grafts").exists():
        return events.told(repository, commit, model=model)
    place = folder / f"{hashlib.sha256(b'line ' + os.fsencode(repository.common)).hexdigest()[:32]}.json"
    key = hashlib.sha256(caches.tool(*_TOOLS)).hexdigest()
    known = _read(place, key)
    if known is not None and repository.resolves(known.commit) is None:
        known = None  # main was rewritten, and what it was has been thrown away
    made = _already(repository, commit, known) if known else None
    if made is None:
        start = known if known and _goes_on(repository, commit, known) else None
        if start is None and model is not None:
            return events.told(repository, commit, model=model)  # quicker than all for the sake of one
        record = events.follow(repository, commit, start)
        _write(place, key, record)
        made = record.events
    return Past(commit, tuple(event for event in made if model in {None, event.model}))


def _already(repository: Repository, commit: str, known: Record) -> tuple[Event, ...] | None:
    """Give the events up to a commit that is known, or an earlier one of the same line; else None."""
    if commit == known.commit:
        return known.events
    later = line.between(repository, commit, known.commit)
    if later is None or events.home(repository, commit) != known.home:
        return None
    return tuple(event for event in known.events if event.commit not in later)


def _goes_on(repository: Repository, commit: str, known: Record) -> bool:
    is_later = line.between(repository, known.commit, commit) is not None
    return is_later and events.home(repository, commit) == known.home


def _read(place: Path, key: str) -> Record | None:
    """Give what is kept, if this tool wrote it and it is whole."""
    head, _, body = caches.read(place).partition(b"\n")
    if head != _head(key, body):
        return None
    said = json.loads(body)
    landed = [_landing(*row) for row in said["landings"]]
    made = tuple(
        Event(what, model, version, stage, previous, landed[at], reason, name)
        for what, model, version, stage, previous, at, reason, name in said["events"]
    )
    held = {(model, stage): versions for model, stage, versions in said["held"]}
    return Record(said["commit"], said["home"], made, held)


def _write(place: Path, key: str, record: Record) -> None:
    landed = {event.commit: event.landing for event in record.events}
    at = {commit: number for number, commit in enumerate(landed)}
    body = json.dumps(
        {
            "commit": record.commit,
            "home": record.home,
            "landings": [_row(landing) for landing in landed.values()],
            "events": [[*event[:5], at[event.commit], *event[6:]] for event in record.events],
            "held": [[*of, versions] for of, versions in record.held.items()],
        }
    ).encode()
    caches.write(place, b"%b\n%b" % (_head(key, body), body))


def _head(key: str, body: bytes) -> bytes:
    return json.dumps([key, hashlib.sha256(body).hexdigest()]).encode()


def _row(landing: Landing) -> list[Any]:
    commit, when, *rest, request = landing
    return [commit, when.isoformat(), *rest, request]


def _landing(  # noqa: PLR0913, PLR0917 - a row, as it was written
    commit: str,
    when: str,
    subject: str,
    proposed_by: list[str],
    merged_by: str | None,
    approved_by: list[str] | None,
    told_by: Any,  # noqa: ANN401
    request: list[Any] | None,
) -> Landing:
    return Landing(
        commit,
        datetime.fromisoformat(when),
        subject,
        tuple(proposed_by),
        merged_by,
        None if approved_by is None else tuple(approved_by),
        told_by,
        None if request is None else PullRequest(*request),
    )
