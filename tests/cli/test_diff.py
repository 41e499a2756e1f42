"""`modelry diff` as a user sees it: two versions, one reference at two moments, two moments."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.reports import documents


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def land(repository: Repository, files: dict[str, bytes], removed: tuple[str, ...] = ()) -> None:
    base = repository.commit("main")
    made = repository.record(repository.write(base, files, removed), [base], "A change")
    repository.run("push", "--quiet", "origin", f"{made}:main")
    repository.run("reset", "--quiet", "--hard", made)


def in_json(kind: str, *args: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(run("diff", *args, "--json").stdout)
    Draft202012Validator(documents.of(kind)).validate(document)
    return document


def test_two_versions_differ_in_results_facts_and_card(a_repo: Repository) -> None:
    training = builders.a_document("version")["training"]
    training |= {"params": training["params"] | {"depth": 9}}
    evaluations = builders.a_document("version")["evaluations"]
    evaluations[0]["metrics"] |= {"auc": 0.8, "extra": 1.0}
    files = builders.a_version("churn", "2.0.0", training=training, evaluations=evaluations)
    files[layout.version("churn", "2.0.0", "card.md")] += b"\x1b[31mred\n"
    land(a_repo, files)
    text = run("diff", "churn@1.0.0", "churn@2.0.0").stdout
    assert text.startswith("churn@1.0.0 to churn@2.0.0\n\n")
    assert "\n  auc     0.914  ->  0.8   -0.114  worse\n" in text
    assert "\n  extra   -      ->  1             not measured\n" in text
    assert "\nparams\n  depth  -  ->  9\n" in text
    assert "\ncard\n  --- churn@1.0.0\n  +++ churn@2.0.0\n" in text
    assert "  +\N{REPLACEMENT CHARACTER}[31mred\n" in text
    document = in_json("diff", "churn@1.0.0", "churn@2.0.0")
    assert document["results"][0] == {  # type: ignore[index]
        "dataset": document["results"][0]["dataset"],  # type: ignore[index]
        "slice": "",
        "metric": "auc",
        "goal": "maximize",
        "before": 0.914,
        "after": 0.8,
        "change": "worse",
    }
    back = in_json("diff", "churn@2.0.0", "churn@1.0.0")
    assert back["results"][0]["change"] == "better"  # type: ignore[index]


def test_a_version_does_not_differ_from_itself() -> None:
    text = run("diff", "churn@1.0.0", "churn@production").stdout
    assert text.endswith("\nthe records and the cards say the same\n")
    assert "worse" not in text


def test_a_reference_at_two_moments_is_two_versions(a_repo: Repository) -> None:
    land(a_repo, builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0"))
    text = run("diff", "churn@staging", "--at", "HEAD~1", "--at", "HEAD").stdout
    assert text.startswith("churn@1.2.0 to churn@1.1.0\n")
    assert run("diff", "churn@staging", "churn@1.2.0", "--at", "HEAD~1").stdout.startswith(
        "churn@1.2.0 to churn@1.2.0\n"
    )


@pytest.fixture
def later(a_repo: Repository) -> None:
    gone = layout.stage("churn", "production")
    waiver = builders.a_document("waiver")
    files = {
        **builders.a_policy(title="Other", stages=[{"name": "staging"}, {"name": "production"}]),
        **builders.a_model("other", ("1.0.0",), title="Another"),
        **builders.a_model("churn", (), title="Other words", deprecated={"reason": "Nobody churns."}),
        **builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0"),
        layout.version("churn", "1.0.0", "yanked.yaml"): builders.text("yank", builders.a_document("yank")),
        "registry/models/churn/waivers/late.yaml": builders.text("waiver", waiver),
        layout.evaluation("churn", "1.0.0", "fair"): builders.text(
            "evaluation", builders.a_document("evaluation")
        ),
        layout.schema("tabular-classification"): b"{}",
    }
    land(a_repo, files, (gone,))


@pytest.mark.usefixtures("later")
def test_two_moments_differ_in_models_versions_stages_yanks_waivers_and_policy() -> None:
    document = in_json("changes", "--at", "HEAD~1", "--at", "HEAD")
    found = [(one["what"], one["model"], one["name"]) for one in document["changes"]]  # type: ignore[attr-defined]
    assert [one for one in found if one[0] not in {"policy", "model"}] == [
        ("schema", None, "tabular-classification"),
        ("stage", "churn", "production"),
        ("stage", "churn", "staging"),
        ("evaluation", "churn", "1.0.0/fair"),
        ("yanked", "churn", "1.0.0"),
        ("waiver", "churn", "late"),
        ("model added", "other", ""),
        ("version added", "other", "1.0.0"),
    ]
    assert [one for one in found if one[0] == "model"] == [
        ("model", "churn", "deprecated"),
        ("model", "churn", "title"),
    ]
    assert ("policy", None, "registry title") in found
    text = run("diff", "--at", "HEAD~1", "--at", "HEAD").stdout
    assert "\n  stage       production  1.0.0 -> -\n  stage       staging     1.2.0 -> 1.1.0\n" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.usefixtures("later")
def test_the_way_back_is_told_as_well() -> None:
    text = run("diff", "--at", "HEAD", "--at", "HEAD~1").stdout
    assert "  unyanked    1.0.0       trained on rows of the test set -> -\n" in text
    assert "\nother\n  model removed         " in text


@pytest.mark.usefixtures("later")
def test_a_model_alone_is_told_without_the_others() -> None:
    assert run("diff", "other", "--at", "HEAD~1", "--at", "HEAD").stdout == (
        "other\n"
        "  model added           Another\n"
        "  version added  1.0.0  Trained on the first quarter as well.\n"
    )
    assert (
        run("diff", "churn", "--at", "HEAD", "--at", "HEAD").stdout
        == "nothing that the registry says differs\n"
    )


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["churn@1.0.0"], "error: nothing to compare with\n"),
        ([], "error: nothing to compare with\n"),
        (["--at", "HEAD", "--at", "HEAD", "--at", "HEAD"], "error: more than two moments\n"),
    ],
)
def test_what_cannot_be_compared_is_a_mistake_of_the_call(args: list[str], said: str) -> None:
    result = run("diff", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(said)


def test_a_model_that_never_was_is_named() -> None:
    result = run("diff", "chum", "--at", "HEAD", "--at", "HEAD")
    assert (result.exit_code, result.stderr) == (
        5,
        "error: there is no model chum\n hint: did you mean churn?\n",
    )


def test_a_bare_repository_is_enough(origin: Path) -> None:
    assert run("diff", "churn@1.0.0", "churn@1.1.0", "--registry", str(origin)).stdout.startswith(
        "churn@1.0.0 to churn@1.1.0\n"
    )
