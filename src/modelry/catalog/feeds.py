"""What happened, for readers that come back: Atom for the registry, each model and each stage, and a JSON Feed."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from modelry.catalog import escaping
from modelry.catalog.entries import Catalog
from modelry.model.events import Event
from modelry.model.files import Files

LONGEST = 50
"""How many events a feed tells; `activity.json` has all of them."""

_ATOM = "http://www.w3.org/2005/Atom"


def files(catalog: Catalog) -> Files:
    """Give `feed.xml` and `feed.json` of the registry, and of each model and each stage its `feed.xml`."""
    events = catalog.moment.events
    title = catalog.policy.title
    made = {"feed.xml": _atom(catalog, "", title, events), "feed.json": _json(catalog, events)}
    of_model: dict[str, list[Event]] = {}
    of_stage: dict[str, list[Event]] = {}
    for event in events:
        of_model.setdefault(event.model, []).append(event)
        if event.stage is not None:
            of_stage.setdefault(event.stage, []).append(event)
    for model in catalog.models:
        path = f"models/{model.name}/"
        told = of_model.get(model.name, ())
        made[f"{path}feed.xml"] = _atom(catalog, path, f"{model.title} in {title}", told)
    for stage in catalog.stages:
        path = f"stages/{stage}/"
        made[f"{path}feed.xml"] = _atom(catalog, path, f"{stage} of {title}", of_stage.get(stage, ()))
    return made


def headline(event: Event) -> str:
    """Say in a line what happened."""
    subject = "@".join(part for part in (event.model, event.version) if part) or "the registry"
    into = {"emptied": "from", "rolled back": "in", "renewed": "in"}.get(event.what, "to")
    stage = f" {into} {event.stage}" if event.stage else ""
    before = event.previous if event.stage and event.previous != event.version else None
    return escaping.visible(f"{subject} {event.what}{stage}{f', after {before}' if before else ''}")


def _last(events: Sequence[Event]) -> Iterable[Event]:
    """Give the events that a feed tells, newest first."""
    return reversed(events[-LONGEST:])


def _home(catalog: Catalog) -> str:
    return f"{catalog.policy.url.rstrip('/')}/"


def _page(catalog: Catalog, event: Event) -> str:
    model = catalog.named.get(event.model)
    if model is None:
        return _home(catalog)
    number = f"{event.version}/" if event.version and model.version(event.version) else ""
    return f"{_home(catalog)}models/{event.model}/{number}"


def _id(catalog: Catalog, event: Event) -> str:
    """Give an event's identity: what it is about at its commit, so that it stays whatever else is told."""
    about = "/".join(
        part or "-" for part in (event.model, event.version, event.stage, event.what, event.name)
    )
    return _urn(catalog, f"{event.commit}/{about}")


def _urn(catalog: Catalog, about: str) -> str:
    digest = hashlib.sha256(f"{catalog.policy.id}/{about}".encode()).hexdigest()
    host = catalog.policy.url.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"tag:{host},2026:{digest[:32]}"


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _atom(catalog: Catalog, path: str, title: str, events: Sequence[Event]) -> bytes:
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _text(feed, "id", _urn(catalog, path))
    _text(feed, "title", escaping.visible(title))
    _text(feed, "updated", _time(events[-1].when if events else catalog.moment.when))
    _link(feed, f"{_home(catalog)}{path}", "alternate")
    _link(feed, f"{_home(catalog)}{path}feed.xml", "self")
    for event in _last(events):
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _text(entry, "id", _id(catalog, event))
        _text(entry, "title", headline(event))
        _text(entry, "updated", _time(event.when))
        _text(ET.SubElement(entry, f"{{{_ATOM}}}author"), "name", escaping.visible(event.who))
        _link(entry, _page(catalog, event), "alternate")
        _text(entry, "summary", escaping.visible(event.reason or event.subject))
    ET.indent(feed)
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _text(parent: ET.Element, name: str, value: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = value


def _link(parent: ET.Element, address: str, relation: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "href": address})


def _json(catalog: Catalog, events: Sequence[Event]) -> bytes:
    def items() -> Iterator[dict[str, object]]:
        for event in _last(events):
            yield {
                "id": _id(catalog, event),
                "url": _page(catalog, event),
                "title": headline(event),
                "content_text": escaping.visible(event.reason or event.subject),
                "date_published": _time(event.when),
                "authors": [{"name": escaping.visible(event.who)}],
                "tags": [part for part in (event.what, event.model, event.stage) if part],
            }

    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": escaping.visible(catalog.policy.title),
        "home_page_url": _home(catalog),
        "feed_url": f"{_home(catalog)}feed.json",
        "items": list(items()),
    }
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{text}\n".encode()
