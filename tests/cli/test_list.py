"""`modelry list`: versions by an expression, in an order, and what is due."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.checks import queries
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import folders

TOP = Path(__file__).parents[2]


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def measured(**metrics: float) -> list[dict[str, Any]]:
    return [{"dataset": {"name": "held-out", "version": "1"}, "metrics": metrics}]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four versions of two models that differ in everything that one may ask for; no git."""
    monkeypatch.chdir(tmp_path)
    training = builders.a_document("version")["training"]
    fraud = builders.a_version("fraud", "1.0.0", evaluations=measured(auc=0.8, recall=0.5), tags=["card"])
    folders.write(
        {
            **builders.a_policy(),
            **builders.a_model("churn", (), tags=["customers"]),
            **builders.a_version(
                "churn", "1.2.0", evaluations=measured(auc=0.91), created="2026-03-01T12:00:00Z"
            ),
            **builders.a_version(
                "churn", "1.10.0", evaluations=measured(auc=0.95), created="2026-04-01T12:00:00+02:00"
            ),
            **builders.a_version(
                "churn",
                "2.0.0",
                evaluations=measured(recall=0.7),
                training={**training, "params": {"trees": 300, "split.at": 0.5}},
                license="MIT",
            ),
            **builders.an_assignment("churn", "1.2.0", "production"),
            **builders.an_assignment("churn", "1.10.0", "staging"),
            **builders.a_model("fraud", (), task="anomaly-detection", owners=["@acme/risk"], tags=[]),
            **fraud,
            **builders.an_assignment("fraud", "1.0.0", "staging"),
            **builders.an_assignment("fraud", "1.0.0", "production"),
            layout.version("churn", "2.0.0", "yanked.yaml"): builders.text(
                "yank", builders.a_document("yank", replacement=None)
            ),
            layout.version("churn", "1.2.0", "evaluations/shift.yaml"): builders.text(
                "evaluation",
                builders.a_document(
                    "evaluation",
                    dataset={"name": "shift", "version": "1"},
                    metrics={"auc": 0.6, "drift": 0.1},
                ),
            ),
        },
        tmp_path,
    )


ALL = ["churn@1.2.0", "churn@1.10.0", "churn@2.0.0", "fraud@1.0.0"]


def found(*args: str) -> list[str]:
    result = run("list", *args, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    Draft202012Validator(json.loads((TOP / "schemas/versions/v1.json").read_text("utf-8"))).validate(answer)
    return [f"{one['model']}@{one['version']}" for one in answer["versions"]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("metrics.auc > 0.9", ALL[:2]),
        ('metrics.auc > 0.9 && stage == "production"', ALL[:1]),
        ('stage == "staging"', [ALL[1], ALL[3]]),
        ('stage == ""', [ALL[2]]),
        ('"production" in stages && "staging" in stages', [ALL[3]]),
        ("size(stages) == 0", [ALL[2]]),
        ("!(metrics.auc > 0.9)", [ALL[3]]),
        ("has(metrics.recall)", [ALL[2], ALL[3]]),
        ("metrics.auc > 0", [ALL[0], ALL[1], ALL[3]]),
        ('results["shift"].auc < 0.7', [ALL[0]]),
        ('results["held-out"].auc > 0.94', [ALL[1]]),
        ("metrics.drift < 0.2", [ALL[0]]),
        ("params.trees == 300", [ALL[2]]),
        ('params["split.at"] == 0.5', [ALL[2]]),
        ('model == "fraud"', [ALL[3]]),
        ('version == "1.10.0"', [ALL[1]]),
        ('"customers" in tags', ALL[:3]),
        ('tags.exists(tag, tag.startsWith("car"))', [ALL[3]]),
        ('task == "anomaly-detection"', [ALL[3]]),
        ('"@acme/risk" in owners', [ALL[3]]),
        ('license == "MIT"', [ALL[2]]),
        ("yanked", [ALL[2]]),
        ("deprecated || yanked", [ALL[2]]),
        ('created > timestamp("2026-03-15T00:00:00Z")', [ALL[1]]),
        ('format == "onnx" && size > 100', ALL),
        ('record.artifact.path == "model.onnx"', ALL),
        ('summary.contains("quarter") && "@alice" in authors', ALL),
        ("metrics.nobody_measured_this > 0", []),
    ],
)
def test_an_expression_finds_the_versions_of_which_it_holds(where: str, expected: list[str]) -> None:
    assert found("--where", where) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--sort", "metrics.auc"], [ALL[3], ALL[0], ALL[1], ALL[2]]),
        (["--sort", "metrics.auc", "--reverse"], [ALL[1], ALL[0], ALL[3], ALL[2]]),
        (["--sort", "metrics.auc", "--reverse", "--limit", "1"], [ALL[1]]),
        (["--sort", "version"], [ALL[3], *ALL[:3]]),
        (["--sort", "model", "--reverse"], [ALL[3], *ALL[:3]]),
        (["--sort", "size", "--where", 'model == "churn"'], [ALL[0], ALL[2], ALL[1]]),
        (["--sort", "results.held-out.recall"], [ALL[3], ALL[2], *ALL[:2]]),
        (["--sort", "params.split.at"], [ALL[2], ALL[0], ALL[1], ALL[3]]),
        (["--sort", "stages"], [ALL[2], ALL[0], ALL[1], ALL[3]]),
        (["--sort", "created", "--stage", "staging"], [ALL[3], ALL[1]]),
        (["--sort", "tags"], [ALL[3], *ALL[:3]]),
        (["--limit", "2"], ALL[:2]),
        (["--stage", "production", "--limit", "9"], [ALL[0], ALL[3]]),
    ],
)
def test_versions_come_in_the_order_that_is_asked_for_what_has_no_such_value_last(
    args: list[str], expected: list[str]
) -> None:
    assert found(*args) == expected


def test_the_table_has_a_column_for_each_metric_that_is_asked_about() -> None:
    result = run("list", "--where", "metrics.auc > 0.7", "--sort", "metrics.recall")
    assert result.stdout.splitlines()[:2] == [
        "model  version  stages              created     auc   recall  summary",
        "fraud  1.0.0    staging production  2026-03-01  0.8   0.5     Trained on the first quarter as well.",
    ]
    assert " yanked " in run("list", "--limit", "9").stdout


def test_all_that_is_known_of_a_version_is_in_the_answer_for_programs() -> None:
    (answer,) = json.loads(run("list", "--where", 'version == "1.10.0"', "--json").stdout)["versions"]
    assert {**answer, "tags": [], "owners": []} == {
        "model": "churn",
        "version": "1.10.0",
        "stages": ["staging"],
        "yanked": False,
        "deprecated": False,
        "task": "tabular-classification",
        "owners": [],
        "created": "2026-04-01T12:00:00+02:00",
        "summary": "Trained on the first quarter as well.",
        "license": "Apache-2.0",
        "format": "onnx",
        "size": len(builders.artifact("churn", "1.10.0")),
        "tags": [],
        "metrics": {"auc": 0.95},
    }


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["--where", "metrix.auc > 0.9"], "there is no variable metrix", "did you mean metrics?"),
        (["--where", "stagee == 'a'"], "there is no variable stagee", "did you mean stage?"),
        (
            ["--limit", "2", "--reverse"],
            "--reverse goes with --sort",
            "say by what: --sort metrics.auc --reverse",
        ),
        (["--sort", "metric.auc"], "there is no variable metric", "did you mean metrics?"),
        (["--where", "zzz"], "there is no variable zzz", f"there are {', '.join(queries.VARIABLES)}"),
        (
            ["--where", "metrics.auc >"],
            "the expression cannot be read at character 14: it ends too early",
            'write CEL, for example: metrics.auc > 0.9 && stage == "production"',
        ),
        (
            ["--where", "metrics.auc"],
            "the expression says 0.91, which is neither true nor false",
            "compare it with something",
        ),
        (
            ["--where", 'metrics.auc > "high"'],
            "the expression cannot be judged: the operation is not defined for the given operand types",
            "see what each variable is: modelry list --help",
        ),
        (
            ["--where", "version.training.seed == 1"],
            "version is the number here",
            "its record is `record`, as in record.training.seed",
        ),
        (["--within", "3d"], "--within goes with --due", "modelry list --due --within 3d"),
        (["--due", "--within", "soon"], "'soon' is not a duration", "write for example 30m, 12h, 7d or 2w"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_is_nearest(
    args: list[str], message: str, hint: str, a_repo: Repository
) -> None:
    assert said(run("list", *args, "--registry", str(a_repo.top))) == (
        2,
        "",
        f"error: {message}\n hint: {hint}\n".replace("0.91,", "0.914,"),
    )


def test_a_version_that_cannot_be_read_is_listed_and_never_found_by_what_it_may_say(tmp_path: Path) -> None:
    (tmp_path / layout.version("churn", "1.2.0")).write_text("schema: [", "utf-8")
    assert found("--where", 'license == "Apache-2.0" || license != "Apache-2.0"') == ALL[1:]
    assert found("--where", 'model == "churn" && metrics.auc > 0.9') == ALL[1:2]
    assert found("--sort", "created")[-1] == ALL[0]
    assert "cannot be read" in run("list", "--limit", "1").stdout
    (tmp_path / layout.model("churn")).write_text("schema: [", "utf-8")
    assert found("--where", "!deprecated") == ALL[3:]


def test_the_guide_has_a_row_for_each_variable() -> None:
    page = (TOP / "site/docs/how-to/find.md").read_text("utf-8")
    rows = [f"| `{name}` | {meaning} |" for name, meaning in queries.VARIABLES.items()]
    assert [row for row in rows if row not in page] == []
