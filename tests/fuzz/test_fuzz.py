"""No bytes make a parser fail in another way than by a `RegistryError`."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import builders
from corpus import inert, tables
from fuzz import targets
from modelry.catalog import cards
from modelry.model import examples

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))

SIGNS = list(
    "\x00\x07\t\n\r\x1b \"'!&*-|>%@`#?:,[]{}<>()/\\=+~^$_.;0123456789aAzZeExXnNüß\x7f\x85\xa0\u200b\u202e\u2028\ufeff\U0001f600"
)
WORDS = [
    *(
        "---\n",
        "...\n",
        "<<: ",
        "!!python/object:os.system ",
        "&a ",
        "*a",
        "null",
        "true",
        "yes",
        ".nan",
        ".inf",
    ),
    *(
        "1.10",
        "0o17",
        "1_000",
        "12:30:00",
        "2026-03-01",
        "schema: ",
        "version/v1",
        "- ",
        "  ",
        ": ",
        "outs:\n",
    ),
    *(
        "churn",
        "@",
        "#",
        "latest",
        "v1",
        "1.2.0",
        "registry/models/",
        "../",
        ".dvc",
        "<script>",
        "](javascript:",
    ),
    *("<!--", "-->", "```\n", "\n\n", "|---|\n", "# ", '"', "\\u0000", "\\ud800", "{{", "}}", "{:", "--8<--"),
]
TEXTS = st.lists(st.sampled_from([*SIGNS, *WORDS]), max_size=60).map("".join)
SOUND = {
    **{kind: builders.text(kind, document) for kind, document in examples.OF.items()},
    "pointer": builders.a_version()["registry/models/churn/versions/1.0.0/model.onnx.dvc"],
    "seen": json.dumps(
        {
            "schema": "seen/v1",
            "url": "https://models.example.org",
            "registry": "acme-models",
            "sequence": 12,
            "commit": "c0" * 20,
            "by": "git",
        }
    ).encode(),
    "lock": b'{"schema": "lock/v1", "locked": []}',
    "card": builders.CARD.encode(),
    "expression": b"champion == null || version.tags.exists(t, t == 'a') && metrics.auc - 0.01 > champion.metrics['auc']",
    "facts": b"- dataset: {name: test, version: '1'}\n  metrics: {auc: 0.9}\n  intervals: {auc: [0.8, 0.95]}\n",
    "facts in JSON": b'{"auc": 0.9, "confusion": [[1, 2], [3, 4]], "when": "now"}',
    "list of a folder": b'[{"md5": "aa16f36ee03dbd5a8e1cd3ce0b3a1e7e", "relpath": "a/b"}]',
    "note of evidence": b'{"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": []}\n{}\n',
    "message of a commit": b"Merge pull request #7 from ada/churn\n\nWhy.\n\nProposed-by: A <a@b.c>\nApproved-by: B <b@b.c>\n",
    "settings of DVC": b"[core]\n    remote = store\n['remote \"store\"']\n    url = s3://acme/models\n",
    "query": b"metrics.auc > 0.9 && stages.exists(s, s == 'production') || version != '2.0.0'",
    "places in JSON": b'{"a": [1, {"b": "c"}], "a": null, "d": "\\u0041"}',
    "address": b"modelry+http://models.example.org/a/churn@production?sha256=" + b"0" * 64,
    "schema": b'{"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"type": "string", "pattern": "^x+$"}}}',
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("schema", "model", "registry", "commit", "sequence", "versions", "stages", "latest", "remotes")
DOCUMENTS = st.fixed_dictionaries(
    {"schema": st.just("model-document/v1"), "model": st.just("churn")},
    optional=dict.fromkeys(FIELDS[2:], JSON),
).map(lambda document: json.dumps(document).encode("utf-8", "surrogatepass"))


@st.composite
def bent(draw: st.DrawFn, sound: bytes) -> bytes:
    """Give a sound file with a few pieces cut out, doubled or replaced."""
    data = sound
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        piece = draw(
            st.one_of(
                TEXTS.map(lambda text: text.encode()), st.binary(max_size=8), st.just(data[start:end] * 2)
            )
        )
        data = data[:start] + piece + data[end:]
    return data


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Give bytes, text made of what parsers stumble over, and sound files that were bent."""
    found = [st.binary(max_size=200), TEXTS.map(lambda text: text.encode())]
    found += [bent(SOUND[target])] if target in SOUND else []
    found += [DOCUMENTS] if target == "site" else []
    return st.one_of(found)


def run(target: str, how: settings) -> None:
    @how
    @given(inputs(target))
    @example(b"")
    @example(b"\xff\xfe")
    @example(b"\x00")
    def feed(data: bytes) -> None:
        made = targets.feed(target, data)
        if target == "card":
            assert inert.acts(str(made)) == []

    feed()


@pytest.mark.parametrize("target", targets.TARGETS)
def test_whatever_is_fed_is_read_or_refused(target: str) -> None:
    run(target, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("target", targets.TARGETS)
def test_whatever_is_fed_at_length_is_read_or_refused(target: str) -> None:
    run(target, MANY)


@pytest.mark.parametrize("target", targets.TARGETS)
def test_every_pointer_and_card_of_the_corpus_is_fed_to_every_parser(target: str) -> None:
    for kind in ("pointers", "cards", "paths"):
        for given_ in tables.read(kind):
            held = json.loads(given_)
            if isinstance(held, str):
                targets.feed(target, held.encode("utf-8", "surrogateescape"))


def test_every_sound_file_is_read_by_its_own_parser() -> None:
    assert [target for target, data in SOUND.items() if targets.feed(target, data) is None] == []


def test_a_card_shows_the_same_each_time() -> None:
    assert cards.html(builders.CARD) == cards.html(builders.CARD)
