"""What was seen of registries on the web: how far each had come, and its last answers. It only ever goes forward."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from modelry.client import fields, private
from modelry.client.fields import Fields
from modelry.errors import IntegrityError, RegistryError, StaleError
from modelry.storage.bodies import shown


class Moment(NamedTuple):
    """How far a registry had come when it was last seen."""

    registry: str
    """Its id."""
    sequence: int
    """The highest place on its main line that was ever shown."""
    commit: str
    """The commit there."""
    repository: str | None
    """Where git finds it, as it says itself."""
    by: str = "site"
    """Who showed it so far on: `site` or `git`."""


class Answer(NamedTuple):
    """A model's document as it was last seen."""

    document: Fields
    etag: str | None
    """What the server calls it; None where git told it."""
    age: int
    """Seconds since somebody last said that it holds."""


_here: dict[str, bytes] = {}
"""What cannot be written down is at least not forgotten while this process lives."""


def name(url: str) -> str:
    """Give an address as it is remembered: whatever page of it was named, and by whom."""
    return shown(url.partition("?")[0].partition("#")[0].rstrip("/"))


def moment(url: str) -> Moment | None:
    """Give how far the registry at an address had come; None where it was never seen."""
    data = _get(_memory(url), url)
    if data is None:
        return None
    try:
        kept = Fields(json.loads(data), "what was seen")
        kept.exactly("schema", "seen/v1")
        kept.exactly("url", url)
        return told(kept, kept.text("by", fields.SLUG))
    except (ValueError, RecursionError, RegistryError):  # whatever it was, it is no memory of ours
        return None


def told(document: Fields, by: str = "site") -> Moment:
    """Give the moment that a document shows."""
    return Moment(
        document.text("registry", fields.SLUG),
        document.count("sequence"),
        document.text("commit", fields.COMMIT),
        document.optional("repository", fields.URL),
        by,
    )


def learn(url: str, new: Moment) -> None:
    """Remember that the registry at an address shows this moment.

    Raises `StaleError` where it was seen further on, or showed something else at the same place; `IntegrityError` where
    the address belonged to another registry.
    """
    place = _memory(url)
    before = moment(url)
    if _after(before, new, url) == before:
        return
    with _alone(place):
        after = _after(moment(url), new, url)._asdict()
        _put(place, url, json.dumps({"schema": "seen/v1", "url": url, **after}).encode())


def forget(url: str) -> bool:
    """Forget how far the registry at an address had come, and what it answered; say whether there was something."""
    found = _here.pop(url, None) is not None
    for kept in [kept for kept in _here if kept.startswith(f"{url} ")]:
        del _here[kept]
    place, answers = _memory(url), _answer(url, "any")
    for path in (place, *(answers.parent.glob("*.json") if answers is not None else ())):
        if path is not None and path.exists():
            path.unlink()
            found = True
    return found


def answer(url: str, model: str) -> Answer | None:
    """Give the last answer on a model, whole as it was kept; None where there is none."""
    place = _answer(url, model)
    head, _, body = (_get(place, f"{url} {model}") or b"").partition(b"\n")
    try:
        facts: Any = json.loads(head)
        if facts["schema"] != "answer/v1" or facts["sha256"] != sha256(body).hexdigest():
            return None
        document = Fields(json.loads(body), f"the last answer of {url}")
        return Answer(document, facts["etag"], max(0, int(time.time() - _when(place))))
    except (ValueError, RecursionError, LookupError, TypeError, RegistryError):
        return None


def keep(url: str, model: str, etag: str | None, body: bytes) -> None:
    """Keep an answer on a model instead of the last."""
    head = {"schema": "answer/v1", "url": url, "etag": etag, "sha256": sha256(body).hexdigest()}
    place = _answer(url, model)
    with _alone(place):
        _put(place, f"{url} {model}", json.dumps(head).encode() + b"\n" + body)


def confirm(url: str, model: str) -> None:
    """Remember that the last answer on a model holds still."""
    place = _answer(url, model)
    if place is not None:
        with suppress(OSError):
            os.utime(place)


def _after(before: Moment | None, new: Moment, url: str) -> Moment:
    """Give what is to be remembered after two moments; raises as `learn`."""
    if before is None:
        return new
    forget = f"modelry cache forget {url}"
    if before.registry != new.registry:
        raise IntegrityError(
            f"{url} was the registry {before.registry}, and now says that it is {new.registry}",
            hint=f"if that is meant: {forget}",
        )
    if new.sequence < before.sequence:
        raise StaleError(
            f"{url} answers as of commit {new.sequence} on main; {before.sequence} was seen already",
            hint=f"somebody published an old catalog, or stands between it and you; if main was begun anew: {forget}",
        )
    if new.sequence == before.sequence and new.commit != before.commit:
        raise StaleError(
            f"{url} says that commit {new.sequence} on main is {new.commit}; it was {before.commit}",
            hint=f"main was rewritten, or is not shown to everybody alike: ask who keeps it; if it is meant: {forget}",
        )
    same = new.sequence == before.sequence and "site" in {new.by, before.by}
    return new._replace(repository=new.repository or before.repository, by="site" if same else new.by)


def _memory(url: str) -> Path | None:
    home = private.memory()
    return home and home / "seen" / f"{_digest(url)}.json"


def _answer(url: str, model: str) -> Path | None:
    home = private.cache()
    return home and home / "answers" / _digest(url) / f"{model}.json"


def _digest(url: str) -> str:
    return sha256(url.encode()).hexdigest()[:32]


def _when(place: Path | None) -> float:
    try:
        return place.stat().st_mtime if place is not None else time.time()
    except OSError:
        return time.time()


@contextmanager
def _alone(place: Path | None) -> Iterator[None]:
    with ExitStack() as held:
        if place is not None:
            with suppress(OSError):  # where nothing can be written, nobody is in the way
                held.enter_context(private.alone(place))
        yield


def _get(place: Path | None, name: str) -> bytes | None:
    return _here.get(name) or (private.read(place) if place is not None else None)


def _put(place: Path | None, name: str, data: bytes) -> None:
    _here[name] = data
    if place is not None:
        with suppress(OSError):
            private.write(place, data)
            del _here[name]
