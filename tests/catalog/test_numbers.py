"""Numbers, stages and other people's text, as pages show them."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

import builders
from catalog.registries import MOMENT, a_rich_one, measured, registry
from modelry.catalog import charts, comparisons, escaping, gathering, numbers, stages
from modelry.catalog.entries import ModelEntry
from modelry.catalog.numbers import MINUS, Difference, Goal
from modelry.model import comparison
from modelry.model.policy import Policy


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.98741, "0.9874"),
        (-0.5, f"{MINUS}0.5000"),
        (12.345, "12.35"),
        (1234567.8, "1,234,568"),
        (0.00012, f"1.20e{MINUS}04"),
    ],
)
def test_a_metric_has_as_many_digits_as_say_something(value: float, text: str) -> None:
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("before", "after", "goal", "told"),
    [
        (0.90, 0.93, "maximize", Difference("+0.0300", "better")),
        (0.93, 0.90, "maximize", Difference(f"{MINUS}0.0300", "worse")),
        (14.0, 12.5, "minimize", Difference(f"{MINUS}1.50", "better")),
        (0.9, 0.9, "maximize", Difference("±0", "same")),
        (0.9, 0.90001, "maximize", Difference("±0", "same")),
        (1.0, 2.0, None, Difference("+1.0000", "")),
    ],
)
def test_a_difference_says_which_way_is_better(
    before: float, after: float, goal: Goal, told: Difference
) -> None:
    assert numbers.difference(before, after, goal) == told


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (48_213_000, "48.2 MB"), (7 * 10**15, "7000 TB")],
)
def test_a_size_is_told_in_thousands(count: int, text: str) -> None:
    assert numbers.size(count) == text


def test_the_best_of_one_or_of_equals_is_none() -> None:
    assert numbers.best([1.0, 2.0], "minimize") == 1.0
    assert numbers.best([1.0, 2.0], None) is None
    assert numbers.best([1.0], "maximize") is None
    assert numbers.best([1.0, 1.0], "maximize") is None


def test_a_line_says_in_words_what_it_shows() -> None:
    line = charts.line("auc", [("1.0.0", 0.9), ("1.1.0", 0.95)], "1.1.0")
    assert line is not None
    assert line.words == "auc over 2 versions: 0.9000 in 1.0.0, 0.9500 in 1.1.0"
    assert line.path == "4,24 116,4"
    assert [point.marked for point in line.points] == [False, True]
    assert charts.line("auc", [("1.0.0", 0.9)], None) is None


def test_a_flat_line_runs_through_the_middle() -> None:
    line = charts.line("auc", [("1.0.0", 0.9), ("1.1.0", 0.9)], None)
    assert line is not None
    assert line.path == "4,14 116,14"


@given(st.text())
def test_text_shows_as_it_is_but_for_what_nobody_sees(text: str) -> None:
    encoded = str(escaping.encode(text))
    assert unescape(encoded) == escaping.visible(text)
    assert not set(encoded) & set("<>\"'`{}[]*~!\\|\n")


def test_what_we_made_is_not_encoded_again() -> None:
    assert escaping.finish(Markup("<b>")) == "<b>"
    assert escaping.finish(3) == "3"


def test_hidden_characters_go_and_line_breaks_stay() -> None:
    assert escaping.visible("a\u200b\u202e\ufeff\U000e0041\x00b\r\nc\u2028d\te") == "ab\nc\nd\te"


def test_known_stages_keep_their_colours_and_others_get_one() -> None:
    assert (stages.tone("production"), stages.tone("staging"), stages.tone("eu-canary")) == (
        "green",
        "amber",
        "pink",
    )


def test_a_stage_says_what_it_demands() -> None:
    policy = Policy.model_validate(builders.a_document("registry"))
    assert [stages.demands(stage) for stage in policy.stages] == [
        ("auc is at least 0.8000",),
        (
            "has held staging for 2d",
            "auc on customers-2026 is at most 0.005 worse than in production",
            "p99_ms is at most 40.00",
            "is licensed for customers",
            "has the evaluation fairness",
            "its record fills training.environment",
            "1 approval of @acme/risk",
            "is looked at again after 26w",
        ),
    ]


def test_gates_that_ask_for_a_signature_or_a_scan_are_told() -> None:
    document = builders.a_document(
        "registry",
        stages=[
            {
                "name": "live",
                "gates": [{"signed": True}, {"scan": "clean"}, {"metric": "auc", "no_worse_than": "live"}],
                "approvals": {"count": 2},
            }
        ],
    )
    (stage,) = Policy.model_validate(document).stages
    assert stages.demands(stage) == (
        "is signed",
        "its scan found nothing",
        "auc is no worse than in live",
        "2 approvals",
    )


def churn() -> ModelEntry:
    catalog = gathering.of(registry(a_rich_one()), MOMENT)
    return next(model for model in catalog.models if model.name == "churn")


def test_a_table_marks_the_best_of_what_is_not_yanked() -> None:
    table = comparisons.table(churn())
    assert [metric.title for metric in table.metrics] == ["AUC", "p99_ms"]
    best = {entry.number: [cell.is_best for cell in cells if cell] for entry, _, cells in table.rows}
    assert best == {
        "2.0.0-rc.1": [True, True],
        "1.2.0": [False, False],
        "1.1.0": [False, False],
        "1.0.0": [False, False],
    }
    changes = {
        entry.number: [cell.change.text for cell in cells if cell and cell.change]
        for entry, _, cells in table.rows
    }
    assert changes == {
        "2.0.0-rc.1": ["+0.0200", f"{MINUS}2.00"],
        "1.2.0": [f"{MINUS}0.0100", f"{MINUS}1.50"],
        "1.1.0": ["+0.0300", f"{MINUS}1.50"],
        "1.0.0": [],
    }


def test_results_compare_only_on_the_same_edition_of_the_data() -> None:
    files = a_rich_one()
    other = measured(0.5, 1.0)
    other[0]["dataset"]["version"] = "2"
    files |= builders.a_version("churn", "1.2.0", evaluations=other)
    catalog = gathering.of(registry(files), MOMENT)
    model = next(model for model in catalog.models if model.name == "churn")
    entry = model.version("1.2.0")
    assert entry is not None
    (result,) = comparisons.results(model, entry, model.before(entry), model.main)
    assert [(row.before, row.champion) for row in result.rows] == [(None, None), (None, None)]
    assert model.result(entry, "auc") is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (0.1, "0.1"), (1e-7, "1e-07"), (0.1 + 0.2, "0.30000000000000004"), ((1, "a"), "1, a"), ((), "(none)"), ({"a": 1}, "a: 1"), ({}, "(none)"), ("x", "x")],
)  # fmt: skip
def test_a_parameter_is_told_on_one_line(value: object, text: str) -> None:
    assert comparison.plain(value) == text


def test_a_long_value_is_cut_where_it_is_compared() -> None:
    assert comparison._short("x" * 200) == "x" * 119 + "…"
    assert comparison.shape(()) == "scalar"
