"""Evidence as values: one line for one statement, and notes that join without loss."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
from modelry.model import evidence, layout, notes
from modelry.model.changes import between
from modelry.model.evidence import Approver, Check, Predicate, Proposed, Signature, Someone
from modelry.reports import documents

COMMIT = "1" * 40
WHEN = "2026-03-01T12:00:00+00:00"


def a_predicate(**overrides: Any) -> Predicate:
    made = {
        "registry": "acme-models",
        "commit": COMMIT,
        "head": "2" * 40,
        "proposal": {},
        "classes": ["policy"],
        "author": {"name": "Ada", "email": "ada@example.org"},
        "approvers": [],
        "merger": {"name": "Bob"},
        "merged_at": WHEN,
        "checks": [],
        "policy": None,
        "moves": [],
    }
    return Predicate.model_validate(made | overrides)


def a_line(**overrides: Any) -> str:
    return evidence.line(evidence.of(a_predicate(**overrides), {"churn@1.0.0": "0" * 64}))


def test_a_statement_is_read_as_it_was_written() -> None:
    statement = evidence.of(a_predicate(), {})
    (recorded,) = notes.read(f"{evidence.line(statement)}\n".encode()).recorded
    assert recorded == notes.Recorded(statement)


def test_what_is_not_known_is_left_out_and_what_is_none_is_said() -> None:
    held = json.loads(
        a_line(moves=[{"model": "churn", "stage": "a", "before": None, "after": "1.0.0", "sha256": None}])
    )
    assert held["predicate"] == {
        "registry": "acme-models",
        "commit": COMMIT,
        "head": "2" * 40,
        "proposal": {},
        "classes": ["policy"],
        "author": {"name": "Ada", "email": "ada@example.org"},
        "approvers": [],
        "merger": {"name": "Bob"},
        "merged_at": "2026-03-01T12:00:00Z",
        "checks": [],
        "policy": None,
        "moves": [{"model": "churn", "stage": "a", "before": None, "after": "1.0.0", "sha256": None}],
    }


def test_an_envelope_holds_the_very_bytes_that_are_signed() -> None:
    line = a_line()
    sealed = evidence.sealed(line, [Signature(keyid="k", sig="c2ln")])
    (recorded,) = notes.read(sealed.encode()).recorded
    assert recorded.envelope is not None
    data = line.encode()
    assert base64.b64decode(recorded.envelope.payload) == data
    assert recorded.envelope.signed == b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(data), data)
    assert evidence.line(recorded.statement) == line


def test_what_several_lines_say_is_put_together() -> None:
    ada = Approver(name="ada", forge="github", id="7")
    found = notes.read(
        notes.joined(
            [
                a_line(proposal={"branch": "promote/churn/staging/1.0.0"}, approvers=[ada]).encode(),
                a_line(
                    proposal={"number": 12}, approvers=[ada, {"name": "Bob", "email": "b@x.org"}]
                ).encode(),
                a_line(checks=[{"name": "ci", "conclusion": "success"}]).encode(),
            ]
        )
    )
    assert found.proposal == Proposed(branch="promote/churn/staging/1.0.0", number=12)
    assert found.approvers == (Approver(name="Bob", email="b@x.org"), ada)
    assert found.checks == (Check(name="ci", conclusion="success"),)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"\xff", "line 1 is no statement of evidence/v1: 'utf-8' codec"),
        (b"[" * 100_000, "line 1 is no statement of evidence/v1: "),
        (b"{}", "line 1 is no statement of evidence/v1: Field required"),
        (b"[]", "line 1 is no statement of evidence/v1: Input should be an object"),
        (b'{"payload": 1}', "line 1 is no statement of evidence/v1: "),
        (a_line().replace("acme-models", "acme models").encode(), "line 1 is no statement of evidence/v1: "),
    ],
)
def test_a_line_that_is_no_statement_is_told_and_the_others_are_read(line: bytes, fault: str) -> None:
    found = notes.read(line + b"\n\n" + a_line().encode())
    assert [each.statement.predicate for each in found.recorded] == [a_predicate()]
    assert [told[: len(fault)] for told in found.faults] == [fault]


NOTES = st.lists(st.sampled_from([b"a\n", b"b\n", b"a\nb\n", b"", b"\n", b"c"]), max_size=4)


@given(NOTES, NOTES)
def test_joining_loses_nothing_and_knows_no_order(ours: list[bytes], theirs: list[bytes]) -> None:
    joined = notes.joined([*ours, *theirs])
    assert joined == notes.joined([notes.joined(theirs), *ours, *ours])
    assert set(joined.split()) == {line for note in (*ours, *theirs) for line in note.split()}


def test_people_are_told_apart_by_account_then_address_then_name() -> None:
    assert Someone(name="ada", forge="github", id="7").who == ("github", "7")
    assert Someone(name="Ada", email="Ada@Example.org").who == Someone(name="A", email="ada@example.org").who
    assert Someone(name="Ada").who != Someone(name="Bob").who


def test_the_artifacts_of_a_change_are_those_that_it_touches_or_moves() -> None:
    before = {**builders.a_model(versions=["1.0.0", "1.1.0"]), **builders.a_policy()}
    after = before | builders.an_assignment("churn", "1.0.0") | builders.a_version("churn", "1.2.0")
    changes = between(builders.registry_of(before), builders.registry_of(after))
    assert list(evidence.artifacts(changes)) == ["churn@1.0.0", "churn@1.2.0"]
    assert [(move.before, move.after) for move in evidence.moved(changes)] == [(None, "1.0.0")]


def test_every_field_of_the_schema_is_described() -> None:
    schema = documents.of("evidence")
    parts = {"": schema, **schema["$defs"]}
    assert [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, inner in part.get("properties", {}).items()
        if not inner.get("description")
    ] == []


def test_an_artifact_that_is_gone_or_cannot_be_read_has_no_digest() -> None:
    before = {**builders.a_model(versions=["1.0.0", "1.1.0"]), **builders.a_policy()}
    broken = layout.version("churn", "1.1.0")
    after = {path: data for path, data in before.items() if "/1.0.0/" not in path} | {
        broken: b"schema: version/v9"
    }
    changes = between(builders.registry_of(before), builders.registry_of(after))
    assert evidence.artifacts(changes) == {}
