"""What an auditor is given: the registry at a commit, the same bytes each time, in forms that others read."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry import auditing
from modelry.git import Repository
from modelry.model import layout
from modelry.reports import documents, ledgers
from modelry.storage import commits, folders

TOP = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
THEN = "0606b67"
"""A commit of our own main; what it was does not change."""


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Our own repository as everybody can clone it, without notes."""
    source = Repository(TOP)
    if not source.succeeds("cat-file", "-e", f"{THEN}^{{commit}}") or source.run(
        "rev-parse", "--is-shallow-repository"
    ).startswith("true"):
        pytest.skip("this clone does not have all of main: git fetch --unshallow")
    bare = tmp_path_factory.mktemp("ours") / "ours.git"
    source.run("clone", "--quiet", "--bare", "--shared", str(source.top), str(bare))
    return Repository(bare)


@pytest.mark.parametrize(("name", "file"), [("csv", "ours.csv"), ("json", "ours.json")])
def test_the_record_of_our_own_registry_is_what_it_was(ours: Repository, name: str, file: str) -> None:
    assert ledgers.FORMATS[name](auditing.ledger(ours, THEN)) == (GOLDEN / file).read_text("utf-8"), (
        f"modelry audit export --at {THEN} --format {name}"
    )


def test_the_table_says_of_our_own_registry_who_holds_each_stage(ours: Repository) -> None:
    rows = list(csv.DictReader(io.StringIO(ledgers.as_csv(auditing.ledger(ours, THEN)))))
    registry = commits.registry(ours, THEN)
    holders = {
        (model.name, stage, document.must.version, document.must.sha256)
        for model in registry.models.values()
        for stage, document in model.stages.items()
    }
    assert {
        (row["model"], row["stage"], row["version"], row["sha256"]) for row in rows if row["stage"]
    } == holders
    assert {(row["model"], row["version"]) for row in rows} == {
        (model.name, number) for model in registry.models.values() for number in model.versions
    }


def test_the_bill_of_our_own_registry_is_cyclonedx(ours: Repository) -> None:
    text = ledgers.as_cyclonedx(auditing.ledger(ours, THEN))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    found = json.loads(text)["components"]
    assert [each["bom-ref"] for each in found] == [
        f"{model.name}@{number}"
        for model in commits.registry(ours, THEN).models.values()
        for number in model.versions
    ]


def test_the_ledger_is_a_document_by_its_schema(ours: Repository) -> None:
    told = json.loads(ledgers.as_json(auditing.ledger(ours, THEN)))
    Draft202012Validator(documents.of("audit-export")).validate(told)


@pytest.mark.parametrize("name", ledgers.FORMATS)
def test_neither_zone_nor_hash_seed_changes_a_byte(ours: Repository, name: str) -> None:
    command = [sys.executable, "-c", "from modelry.cli import main; main()", "audit", "export"]
    told = {
        subprocess.run(
            [*command, "--format", name, "--at", THEN, "--registry", str(ours.path)],
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for zone, seed in (("UTC", "0"), ("Asia/Kolkata", "1"))
    }
    assert told == {ledgers.FORMATS[name](auditing.ledger(ours, THEN)).encode()}


def a_commit(repository: Repository, files: dict[str, bytes]) -> None:
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "More")
    repository.run("push", "--quiet", "origin", "main")


def test_what_a_spreadsheet_would_compute_is_text(a_repo: Repository) -> None:
    formula = '=HYPERLINK("https://evil.example")'
    a_commit(a_repo, builders.an_assignment("churn", "1.1.0", "staging", previous="1.2.0", reason=formula))
    rows = list(csv.DictReader(io.StringIO(ledgers.as_csv(auditing.ledger(a_repo)))))
    (row,) = (row for row in rows if row["version"] == "1.1.0")
    assert (row["reason"], row["owners"]) == (f"'{formula}", "'@alice; @acme/growth")


def test_folders_yanks_intervals_and_deprecations_are_told(a_repo: Repository) -> None:
    files = [{"path": "a/w.bin", "size": 3, "sha256": "1" * 64}]
    measured = {
        "dataset": {"name": "held-out", "version": "2"},
        "metrics": {"auc": 0.9},
        "slices": {"old": {"auc": 0.8}},
        "intervals": {"auc": {"low": 0.88, "high": 0.92}},
    }
    artifact = {"path": "model", "format": "onnx", "size": 3, "sha256": "2" * 64, "files": files}
    made = builders.a_version("churn", "2.0.0", artifact=artifact, evaluations=[measured])
    yank = builders.text("yank", builders.a_document("yank", reason="leaks", replacement=None))
    deprecated = {"reason": "old", "replacement": None}
    info = builders.text("model", builders.a_document("model", profile=None, deprecated=deprecated))
    a_commit(
        a_repo,
        made | {layout.version("churn", "2.0.0", "yanked.yaml"): yank, layout.model("churn"): info},
    )
    ledger = auditing.ledger(a_repo)
    text = ledgers.as_cyclonedx(ledger)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    last = json.loads(text)["components"][-1]
    told = [(each["name"], each["value"]) for each in last["properties"]]
    assert ("modelry:yanked", "leaks") in told
    assert ("modelry:deprecated", "old") in told
    assert "hashes" not in last
    assert last["components"] == [
        {"type": "file", "name": "a/w.bin", "hashes": [{"alg": "SHA-256", "content": "1" * 64}]}
    ]
    assert last["modelCard"]["quantitativeAnalysis"]["performanceMetrics"] == [
        {
            "type": "auc",
            "value": "0.9",
            "slice": "held-out 2",
            "confidenceInterval": {"lowerBound": "0.88", "upperBound": "0.92"},
        },
        {"type": "auc", "value": "0.8", "slice": "held-out 2, old"},
    ]
    rows = list(csv.DictReader(io.StringIO(ledgers.as_csv(ledger))))
    assert (rows[-1]["yanked"], rows[-1]["deprecated"]) == ("leaks", "old")
