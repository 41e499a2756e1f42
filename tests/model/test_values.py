"""Files, digests, comparisons and documents: the smaller values of the model."""

import hashlib
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import builders
from modelry.model import comparison, digests, documents, examples, fields, files, schema
from modelry.model.comparison import Difference, Result
from modelry.model.files import Edit, Entry, Tree
from modelry.model.pointer import Pointer
from modelry.model.policy import Policy, Remote

TREES = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(Entry, st.sampled_from(["100644", "100755"]), st.sampled_from("12"))
)


def a_tree(entries: dict[str, Entry]) -> Tree:
    return Tree(dict(sorted(entries.items())), lambda path: path.encode())


@given(TREES)
def test_nothing_lies_between_a_tree_and_itself(entries: dict[str, Entry]) -> None:
    assert files.between(a_tree(entries), a_tree(entries)) == ()


@given(TREES, TREES)
def test_edits_lead_from_one_tree_to_the_other(old: dict[str, Entry], new: dict[str, Entry]) -> None:
    edits = files.between(a_tree(old), a_tree(new))
    made = {**old, **{edit.path: edit.after for edit in edits}}

    assert {path: entry for path, entry in made.items() if entry is not None} == new
    assert [edit.path for edit in edits] == sorted({edit.path for edit in edits})
    assert files.between(a_tree(new), a_tree(old)) == tuple(
        Edit(path, after, before) for path, before, after in edits
    )


def test_an_edit_says_how() -> None:
    entry, other = Entry("100644", "1"), Entry("100644", "2")

    assert [Edit("a", None, entry).how, Edit("a", entry, None).how, Edit("a", entry, other).how] == [
        "added",
        "removed",
        "changed",
    ]


LISTS = st.lists(
    st.tuples(st.text("aé/.\U0001f600\uffff", min_size=1), st.integers(0, 9), st.just("0" * 64)),
    unique_by=lambda file: file[0],
)


@given(LISTS, st.randoms())
def test_the_digest_of_a_folder_knows_no_order(listed: list[tuple[str, int, str]], random: Any) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)

    assert digests.of_folder(shuffled) == digests.of_folder(listed)


def test_the_digest_of_a_folder_can_be_had_from_sort_and_sha256sum(tmp_path: Path) -> None:
    listed = [
        (name, 1, hashlib.sha256(name.encode()).hexdigest())
        for name in ("b", "a/z", "a.txt", "é", "\U0001f600", "\uffff")
    ]
    lines = tmp_path / "lines"
    lines.write_text("".join(f"{sha256}  {size}  {path}\n" for path, size, sha256 in listed), "utf-8")
    told = subprocess.run(
        ["sh", "-c", f"LC_ALL=C sort -t' ' -k5 {lines} | sha256sum"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert digests.of_folder(listed) == told.stdout.split()[0]
    assert digests.of_folder([]) == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("kind", schema.KINDS)
def test_the_example_of_a_kind_is_valid_and_frozen(kind: str) -> None:
    value = schema.KINDS[kind].model_validate(examples.OF[kind])

    assert value.model_dump(mode="json", by_alias=True)["schema"] == f"{kind}/v1"
    with pytest.raises(ValidationError):
        value.schema_ = "other/v1"  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_field_without_a_default_is_required_and_none_is_unknown(kind: str) -> None:
    model = schema.KINDS[kind]
    for name, field in model.model_fields.items():
        without = {key: value for key, value in examples.OF[kind].items() if key != (field.alias or name)}
        if field.is_required():
            with pytest.raises(ValidationError):
                model.model_validate(without)
        else:
            assert model.model_validate(without) is not None
    with pytest.raises(ValidationError):
        model.model_validate(examples.OF[kind] | {"one_more": 1})


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        float("-inf"),
        True,
        False,
        "0.9",
        "",
        None,
        [0.9],
        {},
        1e300,
        -1e300,
        10**400,
    ],
)
def test_no_other_thing_passes_for_a_number(value: object) -> None:
    with pytest.raises(ValidationError):
        documents.Measurement.model_validate(
            {"dataset": {"name": "d", "version": "1"}, "metrics": {"auc": value}}
        )


@pytest.mark.parametrize("value", [0, 1, -1, 0.5, 2**53, 1e299, 5e-324, -0.0])
def test_a_finite_number_is_one(value: float) -> None:
    assert TypeAdapter(fields.Metrics).validate_python({"auc": value}) == {"auc": value}


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (3.0, 3), (2**53 - 1, 2**53 - 1)])
def test_a_count_is_a_whole_number(value: float, expected: int) -> None:
    made = TypeAdapter(fields.Count).validate_python(value)

    assert (made, type(made)) == (expected, int)


@pytest.mark.parametrize("value", [-1, 0.5, 2**53, True, "3", None, float("nan"), float("inf")])
def test_no_other_thing_passes_for_a_count(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(fields.Count, config=fields.Part.model_config | {"frozen": False}).validate_python(
            value, strict=True
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00.5Z", datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2028-02-29T00:00:00-00:00", datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_knows_its_zone(text: str, expected: datetime) -> None:
    assert TypeAdapter(fields.Time).validate_python(text) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00.1234567Z",
        "2026-02-29T12:00:00Z",
        "2026-02-30T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T12:00:00+24:00",
        "2026-03-01T12:00:00Z\n",
        "\u0662026-03-01T12:00:00Z",
        20260301,
        datetime(2026, 3, 1, tzinfo=UTC),
        None,
    ],
)
def test_no_other_thing_passes_for_a_time(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(fields.Time).validate_python(value)


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert TypeAdapter(fields.Date).validate_python(day.isoformat()) == day


@pytest.mark.parametrize(
    "value", ["2026-02-29", "2026-00-01", "20260301", "2026-3-1", "2026-W10-7", "0000-01-01", 7, None]
)
def test_no_other_thing_passes_for_a_date(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(fields.Date).validate_python(value)


GATES: list[tuple[dict[str, Any], str]] = [
    ({"metric": "auc", "at_least": 0.8}, "AtLeast"),
    ({"metric": "auc", "dataset": "d", "at_most": 0.8}, "AtMost"),
    ({"metric": "auc", "no_worse_than": "production", "tolerance": 0.1}, "NoWorseThan"),
    ({"require": "true", "message": "holds"}, "Require"),
    ({"evaluation": "fairness"}, "Evaluated"),
    ({"signed": True}, "Signed"),
    ({"scan": "clean"}, "Scanned"),
    ({"fields": ["training.seed"]}, "Filled"),
]


def with_gate(gate: object) -> Policy:
    return Policy.model_validate(
        builders.a_document("registry", stages=[{"name": "staging", "gates": [gate]}])
    )


@pytest.mark.parametrize(("gate", "kind"), GATES)
def test_a_gate_is_of_one_kind(gate: dict[str, Any], kind: str) -> None:
    policy = with_gate(gate)

    assert [type(made).__name__ for made in policy.stages[0].gates] == [kind]
    assert Policy.model_validate(policy) == policy
    assert policy.model_dump(mode="json", by_alias=True, exclude_unset=True)["stages"][0]["gates"] == [gate]


@pytest.mark.parametrize(
    ("one", "other"), [(one[0], other[0]) for one in GATES for other in GATES if one[1] < other[1]]
)
def test_a_gate_of_two_kinds_is_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        with_gate(one | other)


@pytest.mark.parametrize(
    "gate",
    [
        {},
        {"metric": "auc"},
        {"signed": False},
        {"signed": 1},
        {"scan": "dirty"},
        {"fields": []},
        {"metric": "auc", "no_worse_than": "latest"},
        {"metric": "auc", "no_worse_than": "a", "tolerance": -1},
        "signed",
        None,
        1,
        [],
    ],
)
def test_a_gate_of_no_kind_is_refused(gate: object) -> None:
    with pytest.raises(ValidationError):
        with_gate(gate)


def test_a_policy_knows_its_stages() -> None:
    policy = Policy.model_validate(examples.OF["registry"])
    found = policy.stage("production")

    assert found is not None
    assert (found.name, found.approvals and found.approvals.from_, policy.stage("canary")) == (
        "production",
        ("@acme/risk",),
        None,
    )


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        (".store", True),
        ("store/a", True),
        ("../store", False),
        ("a/../../b", False),
        ("/srv/store", False),
        ("s3://bucket", False),
    ],
)
def test_a_remote_is_inside_or_not(url: str, inside: bool) -> None:
    assert Remote(url=url).is_inside is inside


@pytest.mark.parametrize(
    ("md5", "folder"),
    [("d41d8cd98f00b204e9800998ecf8427e", False), ("d41d8cd98f00b204e9800998ecf8427e.dir", True)],
)
def test_a_pointer_knows_whether_it_is_of_a_folder(md5: str, folder: bool) -> None:
    pointer = Pointer.model_validate({"outs": [{"md5": md5, "size": 1, "hash": "md5", "path": "model"}]})

    assert (pointer.is_folder, pointer.out.path) == (folder, "model")


def a_record(**overrides: Any) -> documents.VersionRecord:
    return documents.VersionRecord.model_validate(builders.a_document("version", **overrides))


def test_a_record_does_not_differ_from_itself() -> None:
    assert comparison.differences(a_record(), a_record()) == ()


def test_facts_that_differ_are_told_in_order() -> None:
    old, training = examples.OF["version"], examples.OF["version"]["training"]
    after = a_record(
        artifact=old["artifact"] | {"size": 50_000},
        license="MIT",
        signature=old["signature"] | {"outputs": [{"name": "probability", "dtype": "float64", "shape": []}]},
        training=training
        | {
            "data": [{"name": "customers, 2024 to 2026", "uri": "s3://a/b", "digest": "md5:" + "0" * 32}],
            "params": {
                "max_depth": 7,
                "features": [],
                "nested": {"a": None, "b": True, "c": {}},
                "mixed": [{"d": 1.5}],
            },
            "code": training["code"] | {"commit": "0" * 40},
            "environment": None,
            "seed": 8,
        },
    )

    assert comparison.differences(a_record(), after) == (
        Difference("artifact", "size", "48,213 bytes", "50,000 bytes"),
        Difference("artifact", "license", "Apache-2.0", "MIT"),
        Difference("signature", "output probability", "float32 ?", "float64 scalar"),
        Difference("params", "max_depth", "6", "7"),
        Difference("params", "features", "tenure, plan", "(none)"),
        Difference("params", "nested.a", "", "null"),
        Difference("params", "nested.b", "", "true"),
        Difference("params", "nested.c", "", "(none)"),
        Difference("params", "mixed", "", "d: 1.5"),
        Difference(
            "data", "customers, 2024 to 2026", "sha256:60303ae22b99, 1,200,000 rows", "md5:000000000000000"
        ),
        Difference("code", "commit", "2fd4e1c67a2d", "000000000000"),
        Difference("training", "seed", "7", "8"),
        Difference("params", "learning_rate", "0.05", ""),
        Difference("data", "customers, 2024 to 2026: license", "LicenseRef-internal", ""),
        Difference("data", "customers, 2024 to 2026: personal data", "true", ""),
        Difference("environment", "python", "3.11", ""),
        Difference("environment", "scikit-learn", "1.9.1", ""),
    )


def test_of_two_lists_is_told_what_the_other_has_not() -> None:
    training = examples.OF["version"]["training"]
    params = training["params"] | {"features": ["plan", "age"]}
    assert comparison.differences(a_record(), a_record(training=training | {"params": params})) == (
        Difference("params", "features", "2 items, among them tenure", "2 items, among them age"),
    )


def test_results_stand_beside_those_on_the_same_data() -> None:
    one = {
        "dataset": {"name": "d", "version": "1"},
        "metrics": {"auc": 0.9, "f1": 0.5},
        "slices": {"new": {"auc": 0.8}},
    }
    two = {
        "dataset": {"name": "d", "version": "1"},
        "metrics": {"auc": 0.95},
        "slices": {"new": {"auc": 0.7}},
    }
    other = {"dataset": {"name": "d", "version": "2"}, "metrics": {"auc": 0.1}}
    versions = (
        builders.registry_of(
            builders.a_model(versions=())
            | builders.a_version(version="1.0.0", evaluations=[one])
            | builders.a_version(version="1.1.0", evaluations=[two, other])
        )
        .models["churn"]
        .versions
    )

    assert comparison.results(versions["1.0.0"], versions["1.1.0"]) == (
        Result("d@1", "", "auc", 0.9, 0.95),
        Result("d@1", "new", "auc", 0.8, 0.7),
        Result("d@2", "", "auc", None, 0.1),
        Result("d@1", "", "f1", 0.5, None),
    )
    assert comparison.results(None, versions["1.0.0"])[0] == Result("d@1", "", "auc", None, 0.9)


def test_a_record_without_a_source_names_no_public_address() -> None:
    artifact = examples.OF["version"]["artifact"]
    assert list(documents.Artifact.model_validate({**artifact, "source": None}).addresses) == []
