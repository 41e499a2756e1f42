"""Main's history in GTO's grammar: names, numbers and times, and that what happens later changes none of them."""

from datetime import UTC, datetime, timedelta

import pytest
from gto.tag import parse_name
from hypothesis import given
from hypothesis import strategies as st

from modelry.catalog import tags
from modelry.model.events import Event, What
from modelry.model.landings import Landing

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def an_event(
    what: What, version: str | None, stage: str | None = None, minute: int = 0, **other: str | None
) -> Event:
    when = START + timedelta(minutes=minute)
    previous, model = other.get("previous"), other.get("model") or "churn"
    commit = f"{minute:040}"
    return Event(what, model, version, stage, previous, Landing(commit, when, "subject", ("Ada",)), "reason")


def names(*events: Event) -> list[str]:
    return [tag.name for tag in tags.derived(events)]


def test_gto_counts_what_can_happen_again_by_model() -> None:
    told = names(
        an_event("registered", "1.0.0"),
        an_event("registered", "1.1.0"),
        an_event("promoted", "1.0.0", "staging"),
        an_event("registered", "2.0.0", model="other"),
        an_event("promoted", "2.0.0", "staging", model="other"),
        an_event("promoted", "1.1.0", "production", previous="1.0.0"),
        an_event("rolled back", "1.0.0", "production", previous="1.1.0"),
        an_event("evaluated", "1.1.0"),
        an_event("yanked", "1.1.0"),
        an_event("emptied", None, "production", previous="1.0.0"),
    )
    assert told == [
        "churn@v1.0.0",
        "churn@v1.1.0",
        "churn#staging#1",
        "other@v2.0.0",
        "other#staging#1",
        "churn#production#2",
        "churn#production#3",
        "churn@v1.1.0!",
        "churn#production!#4",
    ]
    assert all(parse_name(name) for name in told)


def test_a_tag_speaks_of_the_version_that_holds_the_stage_or_held_it_last() -> None:
    told = list(
        tags.derived(
            [
                an_event("registered", "1.0.0", minute=1),
                an_event("promoted", "1.0.0", "staging", minute=2),
                an_event("emptied", None, "staging", minute=3, previous="1.0.0"),
            ]
        )
    )
    assert [(tag.version, tag.registered.commit, tag.event.commit) for tag in told] == [
        ("churn@v1.0.0", f"{1:040}", f"{minute:040}") for minute in (1, 2, 3)
    ]
    assert told[1].message == f"reason\n\nModelry-Commit: {2:040}\n"


def test_times_grow_with_the_events_of_a_model_whatever_the_clocks_said() -> None:
    told = list(
        tags.derived(
            [
                an_event("registered", "1.0.0", minute=10),
                an_event("registered", "1.1.0", minute=10),
                an_event("promoted", "1.0.0", "staging", minute=10),
                an_event("promoted", "1.1.0", "staging", minute=3),
                an_event("promoted", "1.0.0", "staging", minute=60),
            ]
        )
    )
    start = int(START.timestamp())
    assert [tag.time - start for tag in told] == [600, 600, 601, 602, 3600]


def test_what_git_cannot_name_has_no_tag_and_takes_no_number_away() -> None:
    assert names(
        an_event("registered", "1.0.0-rc.lock"),
        an_event("promoted", "1.0.0-rc.lock", "staging"),
        an_event("promoted", "9.9.9", "staging"),
    ) == ["churn#staging#1"]


@pytest.mark.parametrize(
    "name",
    [
        "churn@v1.2.0",
        "churn@v1.2.0-rc.1+build.5",
        "churn@v1.2.0!",
        "churn#production#3",
        "churn#production!#4",
        "churn#production",
        "churn@deprecated",
        "models/eu=churn@v1.0.0#2",
        "churn@1.2.0",
        "v1.2.0",
        "release-1",
        "churn@v1",
    ],
)
def test_what_gto_takes_for_its_own_so_do_we(name: str) -> None:
    assert bool(tags.GRAMMAR.fullmatch(name)) == bool(parse_name(name, raise_on_fail=False))


VERSIONS = st.sampled_from(["1.0.0", "1.1.0", "2.0.0"])


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    what: st.SearchStrategy[What] = st.sampled_from(
        ["registered", "promoted", "rolled back", "emptied", "yanked", "evaluated"]
    )
    return [
        an_event(
            kind,
            None if kind == "emptied" else draw(VERSIONS),
            draw(st.sampled_from(["staging", "production"]))
            if kind in {"promoted", "rolled back", "emptied"}
            else None,
            draw(st.integers(0, 100)),
            previous=draw(VERSIONS),
            model=draw(st.sampled_from(["churn", "other"])),
        )
        for kind in draw(st.lists(what, max_size=30))
    ]


@given(histories(), st.integers(0, 30))
def test_no_later_event_changes_a_tag_and_no_two_tags_share_a_name(history: list[Event], cut: int) -> None:
    told, before = list(tags.derived(history)), list(tags.derived(history[:cut]))
    assert told[: len(before)] == before
    assert len({tag.name for tag in told}) == len(told)
    for model in ("churn", "other"):
        times = [tag.time for tag in told if tag.event.model == model and tag.event.what != "registered"]
        assert times == sorted(set(times))
