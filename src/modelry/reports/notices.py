"""What reached main, told to programs as CloudEvents, to chats as text: the same event is always told by the same id."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from modelry.model import landings
from modelry.model.events import Event, What
from modelry.model.fields import Part, Sha256, Time
from modelry.model.registry import Registry
from modelry.model.uris import Uri
from modelry.model.webhooks import EventType
from modelry.reports import history
from modelry.reports.past import Happened

PREFIX = "io.github.modelry."
"""Begins the full name of every type."""

_TYPES: Mapping[What, EventType] = {
    "policy changed": "policy.changed",
    "registered": "version.registered",
    "removed": "version.removed",
    "evaluated": "evaluation.added",
    "waived": "waiver.added",
    "waiver ended": "waiver.ended",
    "promoted": "stage.changed",
    "rolled back": "stage.changed",
    "renewed": "stage.renewed",
    "emptied": "stage.changed",
    "yanked": "version.yanked",
    "unyanked": "version.unyanked",
    "deprecated": "model.deprecated",
    "undeprecated": "model.undeprecated",
}


class Told(Happened):
    """What an event is about: what `modelry history` says of it, and where it leads."""

    registry: str
    """The registry's id."""
    sha256: Sha256 | None
    """The digest of the version's bytes; null where no version is meant, or main has lost it since."""
    uri: str | None
    """The version's address, pinned by its digest: what `modelry pull` takes."""
    page: str
    """Its page in the catalog."""


class Notice(Part):
    """One event, as CloudEvents 1.0 has it."""

    specversion: Literal["1.0"]
    """The edition of CloudEvents."""
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """The same event has the same id, however often it is told; by it and `source` a receiver knows what it has seen."""
    source: str
    """The address of the registry's catalog."""
    type: Literal[tuple(f"{PREFIX}{name}" for name in get_args(EventType))]  # type: ignore[valid-type]  # made of them
    """What happened."""
    subject: str
    """What it is about: `churn`, `churn@1.2.0`, of a stage `churn#production`, or `registry`."""
    time: Time
    """When it was committed, as the committer's clock had it; the order is that of main."""
    datacontenttype: Literal["application/json"]
    """How `data` is written."""
    dataschema: str
    """The schema of all this."""
    data: Told
    """What is said of it."""


Message = Mapping[str, Any]
"""A notice as plain data."""


def told(events: Iterable[Event], registry: Registry, dataschema: str) -> Iterator[tuple[Event, Message]]:
    """Give each event's notice, oldest first; a model is registered by the first that is heard of it.

    `events` must be all that main's line tells: who leaves out the beginning makes an old model a new one.
    """
    known: set[str] = set()
    for event in events:
        if event.what == "registered" and event.model not in known:
            yield event, _notice(event, "model.registered", registry, dataschema)
        known.add(event.model)
        yield event, _notice(event, _TYPES[event.what], registry, dataschema)


def kind(message: Message) -> str:
    """Give a notice's type without what all begin with."""
    return str(message["type"]).removeprefix(PREFIX)


def body(message: Message) -> bytes:
    """Give a notice as it is sent: the same bytes each time."""
    return json.dumps(message, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _notice(event: Event, type_: EventType, registry: Registry, dataschema: str) -> Message:
    policy = registry.policy.must
    subject = _subject(event, type_)
    model = registry.models.get(event.model)
    version = model.versions.get(event.version or "") if model is not None else None
    record = version.record.value if version is not None else None
    sha256 = record.artifact.sha256 if record is not None and type_ != "model.registered" else None
    label = f"{event.model}@{event.version}"
    home = policy.url.rstrip("/")
    parts = (home, event.commit, type_, subject, event.name)
    return {
        "specversion": "1.0",
        "id": hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32],
        "source": home,
        "type": f"{PREFIX}{type_}",
        "subject": subject,
        "time": event.when.isoformat(),
        "datacontenttype": "application/json",
        "dataschema": dataschema,
        "data": {
            **history.told(event),
            "registry": policy.id,
            "sha256": sha256,
            "uri": str(Uri(home, label, sha256)) if sha256 else None,
            "page": _page(home, event, is_there=version is not None),
        },
    }


def _subject(event: Event, type_: EventType) -> str:
    if event.stage is not None:
        return f"{event.model}#{event.stage}"
    if event.version is not None and type_ != "model.registered":
        return f"{event.model}@{event.version}"
    return event.model or "registry"


def _page(home: str, event: Event, *, is_there: bool) -> str:
    if not event.model:
        return f"{home}/"
    return f"{home}/models/{event.model}/" + (f"{event.version}/" if is_there else "")


def slack(message: Message) -> Message:
    """Give a notice as a message to a chat: one line, which nothing that a stranger wrote can turn into a call or a link."""
    data, type_ = message["data"], kind(message)
    what = f"{message['subject']}: {type_}"
    if type_ == "model.registered":
        what = f"{data['model']} is a model now"
    elif data["stage"]:
        was = f", was {data['previous']}" if data["previous"] else ""
        what = f"{data['model']} {data['stage']}: {data['version'] or 'nobody'}{was} ({data['what']})"
    why = f": {data['reason']}" if data["reason"] and type_ != "model.registered" else ""
    who = ", ".join(map(landings.name, data["proposed_by"]))
    return {"text": f"<{data['page']}|{_plain(what)}>{_plain(why)} — {_plain(who)}"}


def _plain(text: str) -> str:
    """Give text in which Slack sees no markup of its own."""
    told = "".join(char if char.isprintable() else " " for char in text)
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\u2502")


def dispatch(message: Message) -> Message:
    """Give a notice as the body of GitHub's `repository_dispatch`, whose `event_type` workflows begin by."""
    return {"event_type": f"modelry.{kind(message)}", "client_payload": message}
