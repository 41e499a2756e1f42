"""The published JSON Schemas: fresh, sound, and of one mind with modelry on what is a document."""

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema.formats import FormatOptions  # type: ignore[import-untyped]
from check_jsonschema.parsers import yaml as other_yaml  # type: ignore[import-untyped]
from check_jsonschema.regex_variants import (  # type: ignore[import-untyped]
    RegexImplementation,
    RegexVariantName,
)
from check_jsonschema.schema_loader import SchemaLoader  # type: ignore[import-untyped]
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.protocols import Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.errors import Exit, RegistryError
from modelry.model import examples, schema
from modelry.reports import documents as reports
from modelry.storage import documents, yaml

TOP = Path(__file__).parent.parent
KINDS = tuple(schema.KINDS)
NAN, INFINITY = 7_777_777.25, 8_888_888.25
"""Stand for what `yaml.dump` refuses to write; put into its text afterwards."""


@cache
def validator(kind: str) -> Validator:
    """Give the validator that check-jsonschema would use."""
    regex = RegexImplementation(RegexVariantName.default)
    loader = SchemaLoader(str(TOP / "schemas" / kind / "v1.json"))
    return loader.get_validator("", {}, FormatOptions(regex_impl=regex), regex, fill_defaults=False)


@cache
def other_reader() -> Callable[[BytesIO], Any]:
    """Give the YAML reader that check-jsonschema would use."""
    reader: Callable[[BytesIO], Any] = other_yaml.impl2loader(other_yaml.construct_yaml_implementation())
    return reader


def test_the_schemas_in_the_tree_are_fresh() -> None:
    result = CliRunner().invoke(group, ["schema", str(TOP), "--check"])

    assert (result.exit_code, result.output) == (Exit.DONE, "")


def test_a_stale_schema_is_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    written = CliRunner().invoke(group, ["schema", str(tmp_path)])
    (tmp_path / "schemas/yank/v1.json").write_text("{}", "utf-8")
    result = CliRunner().invoke(group, ["schema", str(tmp_path), "--check"])

    assert written.output == "".join(f"schemas/{kind}/v1.json\n" for kind in (*KINDS, *reports.PUBLISHED))
    assert (result.exit_code, result.stdout, result.stderr) == (
        Exit.FINDINGS,
        "",
        "error: stale: schemas/yank/v1.json\n hint: write them: modelry schema\n",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_valid_and_says_who_it_is(kind: str) -> None:
    made = json.loads((TOP / "schemas" / kind / "v1.json").read_text("utf-8"))

    Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$id"] == f"https://modelry.github.io/modelry/schemas/{kind}/v1.json"
    assert made["title"] == f"{kind}/v1"
    assert made["description"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_of_a_schema_is_described(kind: str) -> None:
    made = schema.of(kind)
    parts = {"": made, **made.get("$defs", {})}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, inner in part.get("properties", {}).items()
        if not inner.get("description")
    ]

    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_schema_is_a_document_to_both(kind: str) -> None:
    (example,) = schema.of(kind)["examples"]

    assert example == examples.OF[kind]
    assert judged(kind, example) == (True, True)
    assert judged_as_text(kind, builders.text(kind, example)) == (True, True)


def judged(kind: str, document: dict[str, Any]) -> tuple[bool, bool]:
    """Say whether modelry takes a document, and whether the schema alone does."""
    return by_modelry(kind, text(document)), validator(kind).is_valid(real(document))


def judged_as_text(kind: str, data: bytes) -> tuple[bool, bool]:
    """Say the same, the schema being asked as check-jsonschema would: with its own YAML reader."""
    return by_modelry(kind, data), validator(kind).is_valid(other_reader()(BytesIO(data)))


def by_modelry(kind: str, data: bytes) -> bool:
    value, faults = documents.parse(data, schema.KINDS[kind])
    assert (value is None) == bool(faults)
    return value is not None


def text(document: dict[str, Any]) -> bytes:
    written = yaml.dump(document)
    return written.replace(str(NAN), ".nan").replace(str(INFINITY), ".inf").encode()


def real(value: Any) -> Any:
    """Give a value with NaN and infinity for what stands for them."""
    match value:
        case dict():
            return {name: real(inner) for name, inner in value.items()}
        case list():
            return [real(inner) for inner in value]
        case float() if value in {NAN, INFINITY}:
            return math.nan if value == NAN else math.inf
    return value


# Where the regular expressions of Rust, ECMAScript and Python, or the eyes of a reviewer, might differ.
ODD = "\t\n\r\x0b\x1c\x85\xa0\u1680\u2028\u2029\u3000\ufeff\u200b\u0661\uff11\u00e9\U0001f600"
SIGNS = "aZ09-_.+:/@#%&|<>`'\"\\ ,;=*?!()[]{}~^$"
_WORDS = """churn Churn latest v1 v1x production 1.2.0 1.2 v1.2.0 1.2.0-rc.1 1.2.0-01 1.2.0+b.1 01.2.0 1.10 1.2.3.4 @alice
    @acme/risk alice@acme.example a@@b Apache-2.0 MIT-or-so (MIT s3://a/b https://a.example/x?y=1 http://a ftp://a javascript:alert(1)
    file:///etc/passwd 2026-03-01 2026-02-29 2028-02-29 2026-02-30T00:00:00Z 2026-03-01T24:00:00Z 2026-03-01T12:00:00
    2026-03-01T12:00:00+24:00 2026-03-01T12:00:60Z 0000-01-01T00:00:00Z 2026-03-01t12:00:00z 2026-03-01T12:00:00.1234567Z
    2026-03-01T12:00:00-00:00 2026-W01-1 20260301 1900-02-29 2000-02-29 0d 7d 99999w 100000w 1.5d sha256:00 model.onnx .onnx
    ../x a/b a//b -x x- auc AUC p99_ms clean true null ~ 1e5 0x10 1_000 registry/v1 version/v1 assignment/v9 maximize"""
WORDS = st.sampled_from(_WORDS.split())
LONG = st.sampled_from(
    [63, 64, 65, 100, 101, 127, 128, 129, 200, 201, 500, 501, 1000, 1001, 10_000, 10_001]
).map("a".__mul__)
TEXTS = st.one_of(
    WORDS,
    LONG,
    st.text(ODD + SIGNS, max_size=6),
    st.sampled_from(["", " ", "MIT OR Apache-2.0", "(MIT)", "a b"]),
)
NUMBERS = st.sampled_from(
    [
        0,
        -1,
        1,
        2,
        3.0,
        0.5,
        1.0,
        -0.5,
        -0.0,
        1e-300,
        1e299,
        1e300,
        -1e300,
        2**53 - 1,
        2**53,
        -(2**53),
        2**63,
        10**30,
        NAN,
        INFINITY,
    ]
)
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)
GATES = st.fixed_dictionaries(
    {},
    optional={
        "metric": st.sampled_from(["auc", "AUC", 1]),
        "dataset": st.sampled_from(["customers-2026", None, ""]),
        "at_least": NUMBERS,
        "at_most": NUMBERS,
        "no_worse_than": st.sampled_from(["production", "latest", "v1"]),
        "tolerance": NUMBERS,
        "require": TEXTS,
        "message": TEXTS,
        "evaluation": TEXTS,
        "signed": st.sampled_from([True, False, 1, 1.0, "true", None]),
        "scan": st.sampled_from(["clean", "dirty", True, None]),
        "fields": st.lists(st.sampled_from(["training.seed", "Training", "a..b", ""]), max_size=2),
    },
)


def places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the paths of all values inside a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield (*above, key)
        yield from places(held, (*above, key))


@st.composite
def bent(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Give a document of a kind with one to three things done to it."""
    document = builders.a_document(kind)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        *above, key = draw(st.sampled_from(list(places(document))))
        holder: Any = document
        for step in above:
            holder = holder[step]
        if isinstance(holder[key], str) and draw(st.booleans()):
            holder[key] = draw(st.one_of(TEXTS, slips(holder[key])))
        elif isinstance(holder, dict):
            bend_mapping(draw, holder, key)
        else:
            bend_list(draw, holder, key)
    return document


def slips(text: str) -> st.SearchStrategy[str]:
    """Give a text with one character more, or another in its place."""
    places = st.tuples(st.integers(0, len(text)), st.sampled_from(ODD + SIGNS), st.integers(0, 1))
    return places.map(lambda slip: text[: slip[0]] + slip[1] + text[slip[0] + slip[2] :])


def bend_mapping(draw: st.DrawFn, holder: dict[str | int, Any], key: str | int) -> None:
    match draw(st.sampled_from(["drop", "replace", "replace", "rename", "add"])):
        case "drop" if len(holder) > 1:
            del holder[key]
        case "rename":
            holder[draw(TEXTS)] = holder.pop(key)
        case "add":
            holder[draw(TEXTS)] = draw(VALUES)
        case _:
            holder[key] = draw(VALUES)


def bend_list(draw: st.DrawFn, holder: Any, index: str | int) -> None:
    match draw(st.sampled_from(["drop", "replace", "gate", "double"])):
        case "drop":
            del holder[index]
        case "replace":
            holder[index] = draw(VALUES)
        case "gate":
            holder[index] = draw(GATES)
        case "double":
            holder.append(draw(st.sampled_from([holder[index], None])))


def hold_against_each_other(
    kind: str, document: dict[str, Any], judge: Callable[[str, dict[str, Any]], tuple[bool, bool]]
) -> None:
    try:
        modelry_takes_it, schema_takes_it = judge(kind, document)
    except RegistryError:
        return  # no YAML can say it: a control character, a second key by another spelling
    note(f"modelry: {modelry_takes_it}, schema: {schema_takes_it}: {document}")
    assert modelry_takes_it == schema_takes_it


@pytest.mark.parametrize("kind", KINDS)
def test_modelry_and_the_schema_alone_take_the_same_documents(kind: str) -> None:
    @settings(
        max_examples=900,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(bent(kind))
    def law(document: dict[str, Any]) -> None:
        hold_against_each_other(kind, document, judged)

    law()


def test_the_real_check_jsonschema_agrees_file_by_file(tmp_path: Path) -> None:
    """Thirty records that people might write, in one process of the tool that they would use."""
    record = examples.OF["version"]
    artifact, training = record["artifact"], record["training"]
    good = [
        record,
        record | {"version": "2.0.0-rc.1+build.7"},
        record | {"created": "2028-02-29T23:59:59.999999-11:30"},
        record | {"evaluations": []},
        record | {"license": "MIT OR (Apache-2.0 AND BSD-3-Clause)"},
        record | {"artifact": artifact | {"size": 0}},
        record | {"artifact": artifact | {"size": 3.0}},
        record | {"training": training | {"params": {"deep": {"er": [[1, 2.5, None], {"a": True}]}}}},
        record | {"training": training | {"seed": -1}},
        record | {"authors": ["@acme/risk", "Ada Lovelace", "ada@acme.example"]},
        {name: value for name, value in record.items() if name not in {"parents", "extra"}},
        record | {"parents": None},
    ]
    bad = [
        record | {"schema": "version/v2"},
        record | {"version": "1.2"},
        record | {"version": 1.2},
        record | {"version": "v1.2.0"},
        record | {"model": "Churn"},
        record | {"created": "2026-02-30T00:00:00Z"},
        record | {"created": "2026-03-01T12:00:00"},
        record | {"created": "2026-03-01T24:00:00Z"},
        record | {"summary": " leading"},
        record | {"summary": "x" * 201},
        record | {"authors": []},
        record | {"authors": "@alice"},
        record | {"sumary": "misspelt"},
        record | {"artifact": artifact | {"size": True}},
        record | {"artifact": artifact | {"size": 1.5}},
        record | {"artifact": artifact | {"size": -1}},
        record | {"artifact": artifact | {"path": "../model.onnx"}},
        record | {"artifact": artifact | {"sha256": artifact["sha256"].upper()}},
        record | {"evaluations": [{"dataset": {"name": "d", "version": "1"}, "metrics": {"auc": "0.9"}}]},
        record | {"evaluations": [{"dataset": {"name": "d", "version": "1"}, "metrics": {"auc": NAN}}]},
        record | {"evaluations": [{"dataset": {"name": "d", "version": "1"}, "metrics": {}}]},
        record | {"training": training | {"params": {"rate": INFINITY}}},
        {name: value for name, value in record.items() if name != "artifact"},
    ]
    for folder, documents_ in (("good", good), ("bad", bad)):
        (tmp_path / folder).mkdir()
        for number, document in enumerate(documents_):
            (tmp_path / folder / f"{number:02}.yaml").write_bytes(text(document))
    files = sorted(tmp_path.rglob("*.yaml"))
    schemafile = str(TOP / "schemas/version/v1.json")
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--output-format",
        "json",
        "--schemafile",
        schemafile,
    ]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    refused = {Path(error["filename"]) for error in json.loads(done.stdout)["errors"]}

    assert refused == {path for path in files if path.parent.name == "bad"}
    assert refused == {path for path in files if not by_modelry("version", path.read_bytes())}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_modelry_and_check_jsonschema_take_the_same_files(kind: str) -> None:
    @settings(
        max_examples=5_000, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(bent(kind))
    def law(document: dict[str, Any]) -> None:
        hold_against_each_other(kind, document, lambda kind, document: judged_as_text(kind, text(document)))

    law()
