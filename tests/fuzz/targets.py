"""The parsers, each as a function of bytes: what a stranger wrote goes in, a value or a `RegistryError` comes out."""

import io
import json
import tempfile
from collections.abc import Callable, Mapping
from http.client import HTTPMessage
from pathlib import Path
from typing import Any
from unittest.mock import patch

import builders
from modelry.catalog import cards
from modelry.checks import expression_faults, extras, json_places, queries
from modelry.client import locking, seen, site
from modelry.errors import RegistryError
from modelry.model import documents as kinds
from modelry.model import landings, layout, names, notes, uris
from modelry.model.fields import Part
from modelry.model.pointer import Pointer
from modelry.model.policy import Policy
from modelry.model.scaffold import Scaffold
from modelry.storage import access, documents, facts, lists, web, yaml

TYPES: Mapping[str, type[Part]] = {
    "registry": Policy,
    "model": kinds.ModelInfo,
    "version": kinds.VersionRecord,
    "evaluation": kinds.Evaluation,
    "yank": kinds.Yank,
    "unyank": kinds.Unyank,
    "assignment": kinds.Assignment,
    "waiver": kinds.Waiver,
    "pointer": Pointer,
    "scaffold": Scaffold,
}


def _document(kind: str) -> Callable[[bytes], object]:
    def parse(data: bytes) -> object:
        value, faults = documents.parse(data, TYPES[kind])
        assert (value is None) == bool(faults)
        assert all(fault.message.isprintable() and fault.position >= (1, 1) for fault in faults)
        return value

    return parse


def _yaml(data: bytes) -> object:
    parsed = yaml.parse(data)
    assert (parsed.value is None) == bool(parsed.faults)
    return parsed.value


class _Body(io.BytesIO):
    status = 200
    headers = HTTPMessage()


def _site(data: bytes) -> object:
    """Resolve from a catalog whose every document is these bytes."""
    url = "https://models.example.org"
    with patch.object(web, "Download", lambda *_: _Body(data)):
        said = site.ask(url, "churn")
    assert said is not None
    found: Any = site.resolve(names.Reference("churn", None, "production"), url, said.document)
    assert found.model == "churn"
    assert len(found.sha256) == 64
    return found


def _seen(data: bytes) -> object:
    """Read back what was kept of an answer, and of how far a registry had come, from bytes that somebody altered."""
    with patch.object(seen, "_get", lambda *_: data):
        return seen.answer("https://models.example.org", "churn") or seen.moment("https://models.example.org")


def _lock(data: bytes) -> object:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        return locking.read(Path(file.name))


def _reference(data: bytes) -> object:
    return names.reference(data.decode("utf-8", "surrogateescape"))


def _place(data: bytes) -> object:
    return layout.place(data.decode("utf-8", "surrogateescape"))


def _card(data: bytes) -> object:
    return cards.html(data.decode("utf-8", "replace"))


def _expression(data: bytes) -> object:
    text = data.decode("utf-8", "replace")
    policy, _ = documents.parse(builders.a_policy()[layout.POLICY], Policy)
    assert policy is not None
    found = expression_faults.of(text, policy)
    assert all(0 <= wrong.start <= len(text) for wrong in found)
    return None if found else text


def _schema(data: bytes) -> object:
    path = layout.schema("tabular-classification")
    try:
        return extras._validator(builders.tree_of({path: data}), path)
    except extras._SchemaError:
        return None


def _facts(data: bytes) -> object:
    return facts.evaluations(facts.Given("facts.yaml", data), "a@1")


def _facts_in_json(data: bytes) -> object:
    return facts._json(Path("facts.json"), data)


def _list(data: bytes) -> object:
    found = lists.parsed(data, ["a/b"])
    assert list(found) == ["a/b"]
    return found


def _note(data: bytes) -> object:
    found = notes.read(data)
    assert all(fault.isprintable() for fault in found.faults)
    return found


def _message(data: bytes) -> object:
    message = data.decode("utf-8", "replace")
    landings._pull_request(message, "https://github.com/acme/models")
    return landings.claim(message, merges=True)


def _query(data: bytes) -> object:
    known = {"stages": ["production"], "metrics": {"auc": 0.9}, "version": "1.2.0"}
    return queries.Query(data.decode("utf-8", "replace")).means(known.__getitem__)


def _places(data: bytes) -> object:
    try:
        found = json.loads(data.decode())
    except (ValueError, RecursionError):
        return None  # whoever asks for places has read it before
    assert json_places.Places(data.decode()).of(("a", 0)) >= (1, 1)
    return found


TARGETS: Mapping[str, Callable[[bytes], object]] = {
    "yaml": _yaml,
    **{kind: _document(kind) for kind in TYPES},
    "reference": _reference,
    "place": _place,
    "site": _site,
    "seen": _seen,
    "lock": _lock,
    "card": _card,
    "expression": _expression,
    "schema": _schema,
    "facts": _facts,
    "facts in JSON": _facts_in_json,
    "list of a folder": _list,
    "note of evidence": _note,
    "message of a commit": _message,
    "settings of DVC": lambda data: list(access.remotes(data)),
    "query": _query,
    "places in JSON": _places,
    "address": lambda data: uris.uri(data.decode("utf-8", "replace")),
}


def feed(target: str, data: bytes) -> object:
    """Give what a target makes of bytes; None where it refuses them in our own words."""
    try:
        return TARGETS[target](data)
    except RegistryError as error:
        if not str(error).isprintable():
            raise
        return None
