"""Feeds: what a reader needs to tell news from what it has seen, whatever people wrote."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import builders
from catalog.registries import HOSTILE, MOMENT, a_hostile_one, a_rich_one, events, registry
from modelry import catalog
from modelry.catalog import feeds
from modelry.model.events import Event
from modelry.model.files import Files

ATOM = "{http://www.w3.org/2005/Atom}"


def made(files: Files, told: tuple[Event, ...]) -> Files:
    return catalog.files(registry(files), replace(MOMENT, events=told))


def entries(data: bytes) -> list[ET.Element]:
    return ET.fromstring(data).findall(f"{ATOM}entry")  # noqa: S314 - we wrote it


def test_a_feed_tells_the_newest_first_and_each_has_an_id_of_its_own() -> None:
    found = made(a_rich_one(), events())
    told = entries(found["docs/feed.xml"])
    assert [entry.findtext(f"{ATOM}title") for entry in told] == [
        feeds.headline(event) for event in reversed(events())
    ]
    assert len({entry.findtext(f"{ATOM}id") for entry in told}) == len(told)
    assert told[-1].findtext(f"{ATOM}title") == "churn@1.0.0 registered"
    link = told[-1].find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"] == "https://acme.github.io/models/models/churn/1.0.0/"


def test_a_model_and_a_stage_have_their_own() -> None:
    found = made(a_rich_one(), events())
    assert len(entries(found["docs/models/churn/feed.xml"])) == len(events())
    assert entries(found["docs/models/attrition/feed.xml"]) == []
    moves = [event for event in events() if event.stage == "production"]
    assert len(entries(found["docs/stages/production/feed.xml"])) == len(moves)


def test_an_event_keeps_its_id_when_more_happens() -> None:
    before = entries(made(a_rich_one(), events()[:-1])["docs/feed.xml"])
    after = entries(made(a_rich_one(), events())["docs/feed.xml"])
    ids = [[entry.findtext(f"{ATOM}id") for entry in told] for told in (before, after)]
    assert ids[1][1:] == ids[0]


def test_a_long_history_is_cut_and_the_whole_is_elsewhere() -> None:
    told = tuple(
        event._replace(landing=event.landing._replace(commit=f"{at:040x}"))
        for at, event in enumerate(events() * 20)
    )
    found = made(a_rich_one(), told)
    assert len(entries(found["docs/feed.xml"])) == feeds.LONGEST
    assert len(json.loads(found["docs/feed.json"])["items"]) == feeds.LONGEST
    assert len(json.loads(found["docs/api/v1/activity.json"])["events"]) == len(told)


def test_hostile_words_are_words() -> None:
    told = tuple(
        event._replace(
            reason=f"{words}\x00\x1b[31m\u202e", landing=event.landing._replace(proposed_by=(words,))
        )
        for event, words in zip(events(), HOSTILE, strict=False)
    )
    for path, data in made(a_hostile_one(), told).items():
        if path.endswith("feed.xml"):
            for entry in entries(data):
                assert len(entry.findall(f".//{ATOM}link")) == 1
                assert "\x1b" not in (entry.findtext(f"{ATOM}summary") or "")


def test_without_git_a_feed_is_empty_and_still_one() -> None:
    found = made(builders.a_registry(), ())
    assert entries(found["docs/feed.xml"]) == []
    assert json.loads(found["docs/feed.json"])["version"] == "https://jsonfeed.org/version/1.1"
