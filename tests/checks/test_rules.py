"""What no example can show: rules without a policy, a clock or a remote to ask."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

import builders
from modelry import checks
from modelry.checks import (
    cards,
    documents,
    expression_answers,
    expression_faults,
    expression_syntax,
    extras,
    gates,
    lineage,
    naming,
    numbering,
    pointers,
    profiles,
    promotions,
    prospects,
    queries,
    sizes,
    sources,
    stages,
    tree,
    waivers,
    yanks,
)
from modelry.checks.base import Context, Held, UnavailableError
from modelry.checks.json_places import Places
from modelry.model import changes, layout
from modelry.model.files import Files
from modelry.model.gates import Require, called
from modelry.model.places import Position
from modelry.reports import review

DAY = datetime(2026, 6, 1, tzinfo=UTC)
BASE = dict(builders.a_registry())
MOVED = {**BASE, **builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0")}


def a_context(**overrides: object) -> Context:
    before, after = builders.registry_of(BASE), builders.registry_of(MOVED)
    given: dict[str, object] = {
        "changes": changes.between(before, after),
        "policy": before.policy.value,
        "today": date(2026, 6, 1),
    }
    return Context(**(given | overrides))  # type: ignore[arg-type]


def test_without_a_policy_nothing_is_promoted_and_no_stage_is_unknown() -> None:
    assert list(promotions.promoted(a_context(policy=None))) == []
    assert list(stages.unknown_stage.look(a_context(policy=None))) == []


def test_a_rule_without_its_port_is_skipped_and_says_so() -> None:
    assert checks.run(checks.ALL, a_context()).skipped == (
        ("stage-skipped", "needs the history of main: give --base REV in a clone"),
    )


def test_the_command_that_takes_a_file_out_can_be_pasted_whatever_the_file_is_called() -> None:
    odd = {"registry/models/churn/two words": b"", "registry/models/churn/a;b.yaml": b""}
    brought = changes.between(builders.registry_of(BASE), builders.registry_of({**BASE, **odd}))
    assert {problem.hint for problem in tree.unexpected_file.look(a_context(changes=brought))} == {
        "take it out: git rm --cached 'registry/models/churn/two words'",
        "move it to its place, or delete it: rm 'registry/models/churn/a;b.yaml'",
    }


def test_a_soak_needs_a_clock() -> None:
    policy = builders.registry_of(
        BASE
        | builders.a_policy(
            stages=[{"name": "staging"}, {"name": "production", "after": ["staging"], "soak": "1d"}]
        )
    ).policy.must
    context = a_context(
        policy=policy, history=lambda _model, stage: [Held("1.1.0", DAY)] if stage == "staging" else []
    )

    with pytest.raises(UnavailableError, match=r"^needs the time of a commit: give --base REV in a clone$"):
        list(promotions.stage_skipped.look(context))


def test_a_policy_that_is_broken_by_the_change_is_told_once() -> None:
    before, after = (
        builders.registry_of(BASE),
        builders.registry_of({**BASE, layout.POLICY: b"schema: registry/v9\n"}),
    )
    report = checks.run(checks.ALL, a_context(changes=changes.between(before, after)))

    assert {finding.rule for finding in report.findings} == {"invalid-document"}
    assert (report.verdict, report.classes) == ("fails", ("policy",))


def test_a_rule_tells_its_title_and_why() -> None:
    for rule in checks.ALL:
        assert rule.title.endswith("."), rule.id
        assert len(rule.explanation) > 80, rule.id


def a_change(after: Files, *, before: Files = BASE, **overrides: object) -> Context:
    old = builders.registry_of(before)
    new = builders.registry_of({**before, **after})
    return a_context(**{"changes": changes.between(old, new), "policy": old.policy.value, **overrides})


def in_full(files: Files, **overrides: object) -> Context:
    registry = builders.registry_of(files)
    return a_context(changes=changes.between(registry, registry), everything=True, **overrides)


@pytest.mark.parametrize("license_", sorted(documents._USUAL))
def test_the_licences_that_are_not_looked_up_are_on_the_list_of_spdx(license_: str) -> None:
    assert documents._spdx().validate(license_, strict=True).errors == []


def test_without_a_policy_no_profile_and_no_artifact_size_is_asked_for() -> None:
    context = a_change(builders.a_version(version="1.2.0"), policy=None)

    assert list(sizes.too_large.look(context)) == []
    assert list(profiles.profile_field_missing.look(context)) == []
    assert list(profiles.unknown_profile.look(context)) == []


def test_training_code_may_have_a_mebibyte_a_file() -> None:
    path = "registry/models/churn/training/customers.csv"
    mebibyte = 1024 * 1024

    assert list(sizes.too_large.look(a_change({path: b"x" * mebibyte}))) == []
    found = list(sizes.too_large.look(a_change({path: b"x" * (mebibyte + 1)})))
    assert [(problem.path, problem.message) for problem in found] == [
        (path, "has 1,048,577 bytes, and 1,048,576 are allowed")
    ]


def test_a_file_that_is_removed_is_not_too_large() -> None:
    path = "registry/models/churn/training/customers.csv"
    old, new = builders.registry_of({**BASE, path: b"x"}), builders.registry_of(BASE)

    assert list(sizes.too_large.look(a_context(changes=changes.between(old, new)))) == []


def test_a_broken_record_is_told_by_one_rule_only() -> None:
    path = layout.version("churn", "1.2.0")
    report = checks.run(
        checks.ALL,
        a_change({**builders.a_version(version="1.2.0"), path: b"schema: version/v9\n"}, ever=frozenset),
    )

    assert {finding.rule for finding in report.findings} == {"invalid-document"}


def test_a_full_check_looks_at_all_names() -> None:
    training = "registry/models/churn/training"
    context = in_full({**BASE, f"{training}/a.py": b"", f"{training}/A.py": b"", f"{training}/nul": b""})

    assert [problem.path for problem in naming.case_collision.look(context)] == [
        f"{training}/A.py",
        f"{training}/a.py",
    ]
    assert [problem.path for problem in naming.unportable_name.look(context)] == [f"{training}/nul"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("churn", "churns", True),
        ("churn", "charn", True),
        ("churn", "chunr", True),
        ("churn", "churn-v2", False),
        ("churn-1", "churn-2", False),
        ("churn", "churn2", False),
        ("b1lling", "billing", True),
        ("log0", "logo", True),
        ("navvy", "nawy", True),
        ("cat", "car", False),
        ("churn", "retention", False),
        ("abcdef", "badcfe", False),
    ],
)
def test_names_are_confusable_by_a_slip_or_a_look(one: str, other: str, *, alike: bool) -> None:
    assert naming._is_alike(one, other) is alike
    assert naming._is_alike(other, one) is alike


def test_a_name_is_only_known_to_be_unused_by_the_history() -> None:
    context = a_change(builders.a_version(version="1.2.0"))

    with pytest.raises(UnavailableError, match=r"^needs the history of main: give --base REV in a clone$"):
        list(numbering.name_reused.look(context))
    with pytest.raises(UnavailableError, match=r"^needs main to search: give --base REV in a clone$"):
        list(pointers.md5_collision.look(context))


def test_a_full_check_finds_a_collision_and_tells_it_of_the_later_version() -> None:
    pointer = layout.version("churn", "1.0.0", "model.onnx.dvc")
    double = layout.version("retention", "1.0.0", "model.onnx.dvc")
    context = in_full({**BASE, **builders.a_model("retention"), double: BASE[pointer]})

    assert [(problem.path, problem.message) for problem in pointers.md5_collision.look(context)] == [
        (double, "has the MD5 of churn@1.0.0, and other bytes")
    ]


@pytest.mark.parametrize(
    "paths",
    [
        "registry/strange.dvc",
        "registry/models/gone/versions/1.0.0/model.onnx.dvc",
        "registry/models/churn/versions/7.0.0/model.onnx.dvc",
    ],
)
def test_a_pointer_that_is_no_version_s_collides_with_nothing(paths: str) -> None:
    files = builders.a_version(version="1.2.0")
    (md5,) = a_change(files).addresses

    assert list(pointers.md5_collision.look(a_change(files, pointing=lambda: {md5: [paths]}))) == []


def test_two_new_versions_of_one_change_collide() -> None:
    first, second = builders.a_version(version="1.2.0"), builders.a_version(version="1.3.0")
    pointer, double = (layout.version("churn", one, "model.onnx.dvc") for one in ("1.2.0", "1.3.0"))
    context = a_change({**first, **second, double: first[pointer]}, pointing=dict)

    assert [(problem.path, problem.message) for problem in pointers.md5_collision.look(context)] == [
        (double, "has the MD5 of churn@1.2.0, and other bytes")
    ]


def test_a_pointer_that_cannot_be_read_collides_with_nothing() -> None:
    path = layout.version("churn", "1.2.0", "model.onnx.dvc")
    context = a_change({**builders.a_version(version="1.2.0"), path: b"outs: []\n"}, pointing=dict)

    assert list(pointers.md5_collision.look(context)) == []


def test_what_is_new_is_not_sought_in_the_remotes_when_the_base_is_looked_at() -> None:
    asked: list[str] = []

    def objects(md5: str) -> None:
        asked.append(md5)

    context = in_full(BASE, objects=objects, history=lambda _model, _stage: [])
    assert (list(pointers.artifact_unreachable.look(context)), asked) == ([], [])


def test_without_a_clock_a_time_is_in_the_future_two_days_on() -> None:
    def found(day: str) -> int:
        files = builders.a_version(version="1.2.0", created=f"{day}T12:00:00Z")
        return len(list(lineage.time_in_future.look(a_change(files))))

    assert (found("2026-06-02"), found("2026-06-03")) == (0, 1)


def test_a_schema_on_main_that_cannot_be_used_is_told_as_skipped() -> None:
    task = builders.registry_of(BASE).models["churn"].info.must.task
    context = a_change(
        builders.a_version(version="1.2.0"),
        before={**BASE, layout.schema(task): b"[]"},
        pointing=dict,
    )

    with pytest.raises(UnavailableError, match=r"^registry/schemas/[a-z-]+\.json on main is no JSON object$"):
        list(extras.invalid_extra.look(context))


def test_a_schema_has_a_quarter_of_a_mebibyte_at_most() -> None:
    found = list(
        extras.invalid_extra_schema.look(
            a_change({layout.schema("x"): b'{"title": "' + b"x" * 2**18 + b'"}'})
        )
    )

    assert [problem.message for problem in found] == ["has 262,157 bytes, and 262,144 are allowed"]


def test_a_card_without_markup_in_its_headings_is_the_same_as_one_with() -> None:
    assert cards.headings("# One *two* `three`\n\ntext\n\nFour\n---\n") == {"one two three", "four"}


@pytest.mark.parametrize(
    ("card", "count"),
    [
        ("<!-- a --> <b>x</b>", 1),
        ("<!-- a\n<b>\n-->", 0),
        ("<!-- open\n<b>", 1),
        ("![x](//host/x.png) ![y](data:x) ![z](y/z.png)", 2),
        ("[x](\u00a0javascript:x)", 1),
        ("a < b and c > d", 0),
        ("<?php x ?>", 1),
    ],
)
def test_only_comments_and_plain_addresses_may_stay_in_a_card(card: str, count: int) -> None:
    files = {
        **builders.a_version(version="1.2.0"),
        layout.version("churn", "1.2.0", "card.md"): card.encode(),
    }

    assert len(list(cards.active_content_in_card.look(a_change(files)))) == count


@pytest.mark.parametrize(
    ("path", "filled"),
    [
        ("license", True),
        ("parents", False),
        ("training.data.licence", False),
        ("training.params.max_depth", True),
        ("training.params.nothing", False),
        ("training.nothing.at.all", False),
    ],
)
def test_a_field_is_filled_by_its_dotted_path(path: str, *, filled: bool) -> None:
    record = (
        builders.registry_of(
            builders.a_version(training={"data": [], "code": CODE, "params": {"max_depth": 6}})
        )
        .models["churn"]
        .versions["1.0.0"]
        .record.must
    )

    assert profiles.filled(record, path) is filled


CODE = {"repository": "https://github.com/acme/churn", "commit": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"}


def test_every_function_that_an_expression_may_use_is_one_that_cel_has() -> None:
    for expression in (
        'size("a") == 1 && "a".matches("a") && "a".startsWith("a") && "a".endsWith("a") && "a".contains("a")',
        'int("1") == 1 && uint(1) == 1u && double("1.5") == 1.5 && string(1) == "1" && bytes("a") == b"a"',
        'duration("1h") > duration("1m") && timestamp("2026-01-01T00:00:00Z").getFullYear() == 2026',
        "[1, 2].all(x, x > 0) && [1].exists(x, x == 1) && [1].map(x, x + 1).filter(x, x > 1) == [2]",
    ):
        assert expression_faults.of(expression, builders.registry_of(BASE).policy.must) == ()
        assert the_answer(expression).holds, expression


def the_answer(expression: str) -> expression_answers.Answer:
    version = builders.registry_of(BASE).models["churn"].versions["1.0.0"]
    return expression_answers.answer(Require(require=expression, message="no"), version, None, "production")


def test_without_a_policy_there_is_no_gate_to_miss() -> None:
    policy = builders.registry_of(BASE).policy.must
    version = builders.registry_of(BASE).models["churn"].versions["1.1.0"]

    assert gates.judge(a_context(policy=None), version, policy.stages[0]) == ()


WAIVER = "registry/models/churn/waivers/latency.yaml"
GATES = [
    {"metric": "p99_ms", "at_most": 5},
    {"metric": "p99_ms", "at_most": 100},
    {"metric": "auc", "at_least": 0.99},
    {"evaluation": "fairness", "name": "fair"},
    {"require": "false", "message": "never holds"},
    {"signed": True},
    {"scan": "clean"},
    {"fields": ["extra.review"]},
]


def a_promotion(waiver: dict[str, object]) -> Context:
    """1.1.0 goes to production, which has `GATES`, and main has a waiver."""
    policy = builders.a_policy(stages=[{"name": "staging"}, {"name": "production", "gates": GATES}])
    document = builders.a_document("waiver", version="1.1.0", gate=None, expires="2026-06-30") | waiver
    before = {**BASE, **policy, WAIVER: builders.text("waiver", document)}
    return a_change(
        builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0"), before=before
    )


@pytest.mark.parametrize(
    ("gate", "excused"),
    [
        (None, ["p99_ms", "auc", "fair", "require", "signed", "scan", "fields"]),
        ("p99_ms", ["p99_ms"]),
        ("fair", ["fair"]),
        ("require", ["require"]),
        ("signed", ["signed"]),
        ("scan", ["scan"]),
        ("fields", ["fields"]),
        ("fairness", []),
    ],
)
def test_a_waiver_excuses_the_gate_that_it_names_and_no_other(gate: str | None, excused: list[str]) -> None:
    context = a_promotion({"gate": gate} if gate else {})
    stage = context.before.policy.must.stages[1]
    verdicts = gates.judge(context, context.after.models["churn"].versions["1.1.0"], stage)
    missed = {"p99_ms", "auc", "fair", "require", "signed", "scan", "fields"}

    assert [
        called(gate) for gate, verdict in zip(stage.gates, verdicts, strict=True) if verdict.waived
    ] == excused
    assert {
        called(gate) for gate, verdict in zip(stage.gates, verdicts, strict=True) if not verdict.holds
    } == (missed - set(excused))
    assert {verdict.waived for verdict in verdicts} <= {"", "latency"}
    assert len(list(promotions.metric_misses_gate.look(context))) == len(missed) - len(excused)


def test_a_reviewer_is_told_which_gate_was_waived_and_by_what() -> None:
    context = a_promotion({"gate": "p99_ms"})
    (section,) = review.review(context).sections

    assert [
        (gate.gate, gate.state, gate.waiver) for gate in section.gates if gate.gate.startswith("p99_ms")
    ] == [
        ("p99_ms at most 5", "waived", "latency"),
        ("p99_ms at most 100", "passes", ""),
    ]


def test_without_a_policy_no_stage_and_no_gate_of_a_waiver_is_missing() -> None:
    document = builders.a_document("waiver", version="1.1.0", stage="nowhere", expires="2026-06-30")
    after = {WAIVER: builders.text("waiver", document), layout.POLICY: b"schema: registry/v9\n"}

    assert list(waivers.waiver_excuses_nothing.look(a_change(after, policy=None))) == []


def test_a_champion_is_no_excuse_for_what_nobody_measured() -> None:
    policy = builders.registry_of(
        BASE | builders.a_policy(stages=[{"name": "staging", "gates": [NO_WORSE, ELSEWHERE]}])
    ).policy.must
    context = a_change(builders.a_model("retention"))
    first = context.after.models["retention"].versions["1.0.0"]
    later = context.after.models["churn"].versions["1.1.0"]

    assert [type(verdict) for verdict in gates.judge(context, first, policy.stages[0])] == [
        gates.Unmeasured
    ] * 2
    assert [type(verdict) for verdict in gates.judge(context, later, policy.stages[0])] == [
        gates.Unmeasured
    ] * 2


NO_WORSE = {"metric": "nothing", "no_worse_than": "production"}
ELSEWHERE = {"metric": "auc", "dataset": "elsewhere", "no_worse_than": "production"}


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{\n  "a": 1,\n  "properties": {"x": {"type": "strin"}}\n}', 3, 32, "is no JSON Schema at properties.x.type: "),
        ('{"allOf": [{}, {"$ref": "#/$defs/a"}]}', 1, 25, "refers to #/$defs/a, which it does not have"),
        ('{"$ref": "file:///etc/passwd"}', 1, 10, "refers to file:///etc/passwd, which it does not have"),
        ('{"$dynamicRef": "#x"}', 1, 17, "refers to #x, which it does not have"),
        ('{"$schema": "http://json-schema.org/draft-07/schema#"}', 1, 13, "`$schema` is "),
        ('{"$id": "http://[", "allOf": [{"$ref": "#"}]}', 1, 1, "is no JSON Schema: Invalid URI reference"),
        ('{"a": {"b": 1, "c": [], "b": 2}}', 1, 25, "has this key twice"),
        ('{"minimum": NaN}', 1, 1, "is no JSON: NaN is no number"),
        ('{"pattern": "(a"}', 1, 13, 'is no JSON Schema at pattern: "(a" is not a "regex"'),
        ('{"patternProperties": {"(": {}}}', 1, 29, 'is no JSON Schema at patternProperties.(: "(" is not a "regex"'),
        ('{"properties": ' * 900 + "1" + "}" * 900, 1, 1, "is too deep"),
        ('{"not": ' * 600 + "{}" + "}" * 600, 1, 1, "is too deep"),
        ("[" * 100_000, 1, 1, "is too deep"),
        ('{"x": [1, {"y": "\\u00e9\\""}, true, null], "x": 1}', 1, 43, "has this key twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_schema_is_told_where_it_stands(
    text: str, line: int, column: int, message: str
) -> None:
    found = list(extras.invalid_extra_schema.look(a_change({layout.schema("x"): text.encode()})))

    assert [(problem.position, problem.message[: len(message)]) for problem in found] == [
        ((line, column), message)
    ]


def test_a_pattern_of_a_schema_takes_linear_time() -> None:
    schema = {"patternProperties": {"^(a+)+$": {"pattern": "^(b+)+$"}}, "additionalProperties": False}
    task = builders.registry_of(BASE).models["churn"].info.must.task
    before = {**BASE, layout.schema(task): json.dumps(schema).encode()}
    files = builders.a_version(version="1.2.0", extra={"a" * 63: "b" * 9_000 + "c"})

    found = list(extras.invalid_extra.look(a_change(files, before=before)))

    assert [problem.message[:81] for problem in found] == [f'`extra.{"a" * 63}`: "bbbbbbb']


def test_a_place_that_a_text_does_not_have_is_that_of_what_is_around_it() -> None:
    places = Places('{"a": {"b": 1}}')
    assert places.of(("a", "c", 0)) == places.of(("a",)) == Position(1, 7)


def test_a_version_whose_record_cannot_be_read_takes_no_stage() -> None:
    files = {
        **builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0"),
        layout.version("churn", "1.1.0"): b"schema: [",
    }
    (found,) = stages.unknown_version.look(a_change(files))
    assert (found.message, found.hint) == (
        "the record of churn@1.1.0 cannot be read",
        "promote a version whose record is sound",
    )


def test_a_yank_of_a_model_that_is_new_or_gone_is_no_lifted_one() -> None:
    unyank = builders.a_document("unyank")
    whole = {**builders.a_model("fraud"), layout.unyank("fraud", "1.0.0", 1): builders.text("unyank", unyank)}
    (found,) = yanks.unrecorded_unyank.look(a_change(whole))
    assert found.message == "takes fraud@1.0.0 back into use, but it is not yanked"
    yanked = {**BASE, **builders.a_model("fraud"), **builders.a_yank("fraud", "1.0.0")}
    gone = changes.between(builders.registry_of(yanked), builders.registry_of(BASE))
    assert list(yanks.unrecorded_unyank.look(a_context(changes=gone))) == []
    assert list(yanks.yank_lifted.look(a_context(changes=gone))) == []


def test_of_a_pointer_that_cannot_be_read_another_rule_speaks() -> None:
    record = builders.a_version(version="1.2.0")
    files = {path: b"outs: [" if path.endswith(".dvc") else data for path, data in record.items()}
    context = a_change(files)
    assert list(pointers.pointer_mismatch.look(context)) == []
    assert [one.path for one in documents.invalid_document.look(context)] == [
        path for path in files if path.endswith(".dvc")
    ]


def test_a_gate_is_asked_of_its_tasks_only() -> None:
    stage = {"name": "production", "gates": [{"metric": "auc", "at_least": 0.99, "tasks": ["vision"]}]}
    policy = builders.registry_of(BASE | builders.a_policy(stages=[stage])).policy.must
    context = a_context(policy=policy)
    version = context.after.models["churn"].versions["1.1.0"]
    assert gates.judge(context, version, policy.stages[0]) == ()


def test_what_stands_nowhere_in_a_value_is_none() -> None:
    assert (queries.at(["a"], "b"), queries.at({"a.b": {"c": 1}}, "a.b.c")) == (None, 1)


def test_an_expression_that_looks_past_the_end_of_a_list_is_an_answer() -> None:
    version = builders.registry_of(BASE).models["churn"].versions["1.0.0"]
    gate = Require(require='version.authors[99] == "ada"', message="ada made it")
    answer = expression_answers.answer(gate, version, None, "production")
    assert (answer.holds, answer.said) == (False, "cannot be judged: index out of bounds: 99")


def test_a_sign_that_nobody_sees_is_told_by_its_number() -> None:
    policy = builders.registry_of(BASE).policy.must
    (wrong,) = expression_faults.of("metrics.auc\u200b > 0.9", policy)
    assert wrong.message == "the expression cannot be read: the sign U+200B cannot stand here"


def test_a_complaint_that_names_no_place_has_none() -> None:
    assert expression_syntax.refused("1 +", "Nobody knows why") is None


def test_a_folder_of_a_public_source_is_bounded_and_its_address_ends_in_a_slash() -> None:
    policy = builders.a_policy(
        sources={"hosts": ["models.example.org"]},
        remotes={"store": {"url": "s3://acme/models"}},
    )
    files = [{"path": f"{at:04}.bin", "size": 1, "sha256": "0" * 64} for at in range(1001)]
    artifact = {"path": "model", "format": "onnx", "size": 1001, "sha256": "0" * 64, "files": files}
    artifact["source"] = {"url": "https://models.example.org/model"}
    context = a_change(builders.a_version(version="1.2.0", artifact=artifact), before={**BASE, **policy})

    assert [problem.message for problem in sources.source_not_allowed.look(context)] == [
        "a folder's address ends in a slash, a file's does not: it ends in no slash",
        "a source is asked for at most 1,000 files",
    ]


def test_a_soak_that_is_over_is_not_waited_for() -> None:
    wanted = [{"name": "test"}, {"name": "staging"}]
    wanted.append({"name": "production", "after": ["test", "staging"], "soak": "1d"})  # type: ignore[dict-item]
    policy = builders.registry_of(BASE | builders.a_policy(stages=wanted)).policy.must
    since = {"test": DAY - timedelta(days=2), "staging": DAY - timedelta(hours=1)}

    def history(_model: str, stage: str) -> list[Held]:
        return [Held("1.1.0", since[stage])] if stage in since else []

    files = {**BASE, **builders.an_assignment(version="1.1.0", stage="staging")}
    files |= builders.an_assignment(version="1.1.0", stage="test")
    after = builders.an_assignment(version="1.1.0", stage="production", previous="1.0.0")
    context = a_change(after, before=files, policy=policy, now=DAY, history=history)
    report = checks.run([promotions.stage_skipped], context)

    assert prospects.soaks_until(context, report) == DAY + timedelta(hours=23)
