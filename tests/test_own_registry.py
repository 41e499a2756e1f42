"""Our own registry passes our own checks, its numbers are true, and a fresh clone has its bytes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from modelry import checks, client, judging, proposals
from modelry.cli import group
from modelry.client import pull
from modelry.git import Repository
from modelry.model import layout, names
from modelry.model.registry import Registry, Version
from modelry.storage import commits, documents, folders

TOP = Path(__file__).parents[1]


def the_registry() -> Registry:
    return documents.registry(folders.tree(TOP))


def versions() -> list[Version]:
    return [version for model in the_registry().models.values() for version in model.versions.values()]


@pytest.fixture
def clone(tmp_path: Path) -> Repository:
    """A fresh clone, as a newcomer has it."""
    Repository(tmp_path).run("clone", "--quiet", "--no-hardlinks", str(TOP), str(tmp_path / "fresh"))
    return Repository(tmp_path / "fresh")


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def test_it_passes_every_rule() -> None:
    report = checks.run(checks.ALL, judging.folder(TOP))
    assert report.findings == ()
    assert [rule for rule, _ in report.skipped] == []


def test_it_holds_three_models_with_three_versions_or_more() -> None:
    counted = {model.name: len(model.versions) for model in the_registry().models.values()}
    assert counted == {"diabetes-progression": 3, "digit-reader": 4, "tumor-malignancy": 4}


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.label)
def test_what_a_version_claims_to_measure_is_what_it_measures(version: Version, tmp_path: Path) -> None:
    found = client.resolve(version.label, str(TOP), allow_yanked=True)
    artifact = tmp_path / found.path
    pull.pull(found, artifact)
    recorded = [
        *version.record.must.evaluations,
        *(document.must for document in version.evaluations.values()),
    ]
    script = TOP / layout.ROOT / "models" / version.model / "training/evaluate.py"
    for evaluation in recorded:
        done = subprocess.run(
            [sys.executable, str(script), str(artifact), "--dataset", evaluation.dataset.name],
            capture_output=True,
            text=True,
            check=True,
        )
        measured: dict[str, Any] = json.loads(done.stdout)
        assert measured["dataset"]["digest"] == evaluation.dataset.digest
        assert measured["metrics"] == pytest.approx(evaluation.metrics, abs=2e-6)


def test_a_gate_refuses_the_version_that_misses_tumors() -> None:
    repository = Repository(TOP)
    registry = commits.registry(repository, "HEAD")
    version = registry.find(names.reference("tumor-malignancy@1.3.0"))
    proposal = proposals.promote(registry, version, "production", "fewer false alarms")
    tree = repository.write("HEAD", documents.files(proposal.documents))
    report = checks.run(checks.ALL, judging.change(repository, "HEAD", tree))
    assert [(finding.rule, finding.message.partition("production: ")[2]) for finding in report.errors] == [
        ("metric-misses-gate", "recall on breast-cancer-held-out at least 0.8; found: 0.76"),
        (
            "metric-misses-gate",
            (
                "recall on breast-cancer-held-out no worse than production, by at most 0.01; "
                "found: 0.76, against 0.92 of 1.1.0"
            ),
        ),
        ("metric-misses-gate", "recall on breast-cancer-scanner-shift at least 0.85; found: not measured"),
    ]


def test_its_history_tells_of_a_promotion_that_was_rolled_back() -> None:
    held = judging.holders(Repository(TOP), "HEAD", "tumor-malignancy", "production")
    assert [one.version for one in held][-4:] == ["1.1.0", "1.2.0", "1.1.0", "1.0.0"]
    assert "another scanner" in held[-4].reason


def test_a_yanked_version_is_refused_and_its_replacement_named() -> None:
    result = run("resolve", "digit-reader@1.1.1", "--registry", str(TOP))
    assert result.exit_code == 8
    assert "digit-reader@1.1.1 was withdrawn: pixels are divided by 255" in result.stderr
    assert "take digit-reader@1.1.0 instead" in result.stderr


def test_a_fresh_clone_pulls_the_same_bytes_with_modelry_and_with_plain_dvc(
    clone: Repository, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "dvc", "pull", "--quiet"], cwd=clone.path, check=True)
    for version in versions():
        found = client.resolve(version.label, str(clone.path), allow_yanked=True)
        target = tmp_path / "pulled" / version.label / found.path
        target.parent.mkdir(parents=True)
        pull.pull(found, target)
        by_dvc = clone.path / layout.version(version.model, version.number, found.path)
        files = [path.relative_to(target) for path in target.rglob("*") if path.is_file()] or [Path()]
        assert [(target / file).read_bytes() for file in files] == [
            (by_dvc / file).read_bytes() for file in files
        ]
    assert clone.run("status", "--porcelain").strip() == ""


def test_one_altered_byte_in_the_remote_stops_a_pull_with_nothing_at_its_destination(
    clone: Repository, tmp_path: Path
) -> None:
    found = client.resolve("tumor-malignancy@production", str(clone.path))
    remote_object = Path(found.addresses[0])
    data = remote_object.read_bytes()
    remote_object.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    target = tmp_path / "out"
    target.mkdir()
    result = run(
        "pull", "tumor-malignancy@production", str(target / "model.onnx"), "--registry", str(clone.path)
    )
    assert result.exit_code == 4
    assert list(target.iterdir()) == []
