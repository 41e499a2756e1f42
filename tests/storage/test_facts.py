"""Facts are read from what training left behind, and what is wrong with them is told at its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

import builders
from modelry.errors import UsageError
from modelry.model.documents import Evaluation
from modelry.storage import facts


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode("latin-1"))
        return path

    return make


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("params.json", '{"depth": 6, "rates": [0.1, 2]}', {"depth": 6, "rates": [0.1, 2]}),
        ("params.yaml", "depth: 6\n", {"depth": 6}),
        ("data.yaml", "- name: customers\n", [{"name": "customers"}]),
    ],
)
def test_json_and_yaml_are_read(
    file: Callable[[str, str], Path], name: str, text: str, value: object
) -> None:
    assert facts.read(file(name, text)) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '{"auc": NaN}', ": NaN is no number"),
        ("a.json", '{"auc": 1, "auc": 2}', ": auc is there twice"),
        ("a.json", '{"auc": 1,\n  }', ":2:3: Expecting property name enclosed in double quotes"),
        (
            "a.json",
            "\xff",
            " is no JSON: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        ),
        ("a.json", "[" * 100_000, " is no JSON: maximum recursion depth exceeded"),
        ("a.yaml", "auc: 1\nauc: 2\n", ":2:1: `auc` stands here a second time"),
        ("a.yaml", "- auc: 1\n  auc: 2\n", ":2:3: `auc` stands here a second time"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    file: Callable[[str, str], Path], name: str, text: str, message: str
) -> None:
    path = file(name, text)
    with pytest.raises(UsageError) as error:
        facts.read(path)
    assert str(error.value).startswith(f"{path}{message}")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Is a directory"):
        facts.read(tmp_path)
    with pytest.raises(UsageError, match=r"^cannot read .* as UTF-8 text"):
        facts.text(tmp_path)


def test_text_has_one_kind_of_line_end(file: Callable[[str, str], Path]) -> None:
    assert facts.text(file("card.md", "# churn\r\n")) == "# churn\n"


@pytest.mark.parametrize(
    ("text", "dataset", "value"),
    [
        ('{"auc": 0.9}', "customers@1", [{"dataset": {"name": "customers", "version": "1"}, "metrics": {"auc": 0.9}}]),
        ('{"dataset": "x", "metrics": {"auc": 0.9}}', None, [{"dataset": "x", "metrics": {"auc": 0.9}}]),
        (
            '[{"intervals": {"auc": [0.8, 0.9], "f1": {"low": 0, "high": 1}}}, {"intervals": 1}, 2]',
            None,
            [{"intervals": {"auc": {"low": 0.8, "high": 0.9}, "f1": {"low": 0, "high": 1}}}, {"intervals": 1}, 2],
        ),
    ],
)  # fmt: skip
def test_metrics_become_evaluations(
    file: Callable[[str, str], Path], text: str, dataset: str | None, value: object
) -> None:
    assert facts.evaluations(file("metrics.json", text), dataset) == value


@pytest.mark.parametrize("dataset", [None, "customers"])
def test_plain_metrics_need_their_data_set(file: Callable[[str, str], Path], dataset: str | None) -> None:
    with pytest.raises(UsageError) as error:
        facts.evaluations(file("metrics.json", '{"auc": 0.9}'), dataset)
    assert error.value.hint == "say so: --dataset NAME@VERSION"


def test_what_is_to_be_written_is_held_against_its_model() -> None:
    with pytest.raises(UsageError, match=r"^metrics.json: .*dataset"):
        facts.hold({"schema": "evaluation/v1"}, Evaluation, "metrics.json")
    facts.hold(builders.a_document("evaluation"), Evaluation, "metrics.json")


CUSTOMERS = [{"name": "customers", "rows": [1, 2]}, {"name": "plans"}]


@pytest.mark.parametrize(
    "text",
    [
        "- name: customers\n  rows: [1, 2]\n- name: plans\n",
        "# data\n\n---\n- name: customers\n  rows:\n  - 1\n  - 2\n- {name: plans}\n",
        "[{name: customers, rows: [1, 2]}, {name: plans}]\n",
        "[\n  {name: customers, rows: [1, 2]},\n  {name: plans},\n]\n",
        '[{"name": "customers", "rows": [1, 2]}, {"name": "plans"}]',
        "  - name: customers\n    rows: [1, 2]\n  - name: plans\n",
    ],
)
def test_a_list_is_read_however_yaml_writes_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text(text, "utf-8")
    assert facts.read(tmp_path / "data.yaml") == CUSTOMERS


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- name: a\n- b: yes\n", "2:6"),
        ("# x\n---\n- name: a\n- b: yes\n", "4:6"),
        ("[{a: 1},\n {b: yes}]\n", "2:6"),
        ("b: yes\n", "1:4"),
        ("- *a\n", "1:3"),
    ],
)
def test_what_is_wrong_in_a_list_is_told_at_its_own_place(text: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError) as error:
        facts.read(path)
    assert str(error.value).startswith(f"{path}:{place}: ")
