"""`modelry register` with real git and real DVC: the remote holds the bytes, the branch holds the facts."""

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import documents, yaml

WEIGHTS = b"weights of churn 2.0.0\n" * 1000


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """What a training run left behind."""
    folder = tmp_path / "training"
    folder.mkdir()
    example = builders.a_document("version")
    (folder / "model.onnx").write_bytes(WEIGHTS)
    (folder / "metrics.json").write_text(json.dumps({"auc": 0.93}), "utf-8")
    (folder / "params.yaml").write_text("max_depth: 6\n", "utf-8")
    (folder / "data.yaml").write_text(
        "- name: customers\n  uri: s3://acme/customers\n  digest: sha256:" + "0" * 64 + "\n", "utf-8"
    )
    (folder / "signature.json").write_text(json.dumps(example["signature"]), "utf-8")
    (folder / "card.md").write_text("# churn\n", "utf-8")
    return folder


def flags(training: Path, **changed: str | None) -> list[str]:
    given: dict[str, str | None] = {
        "version": "2.0.0",
        "summary": "Trained on the spring as well",
        "license": "Apache-2.0",
        "metrics": str(training / "metrics.json"),
        "dataset": "customers@1",
        "params": str(training / "params.yaml"),
        "data": str(training / "data.yaml"),
        "signature": str(training / "signature.json"),
        "card": str(training / "card.md"),
        "created": "2026-03-01T12:00:00Z",
        **changed,
    }
    return [
        part
        for name, value in given.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", value)
    ]


def register(repository: Repository, artifact: Path, *args: str, model: str = "churn") -> Result:
    line = ["register", model, str(artifact), "--registry", str(repository.top), *args]
    return CliRunner().invoke(group, line, catch_exceptions=False)


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def test_a_version_lands_on_its_branch_and_its_bytes_in_the_remote(
    a_repo: Repository, training: Path, store: Path
) -> None:
    before = a_repo.run("status", "--porcelain=v2", "--branch"), (a_repo.top / ".git/index").read_bytes()
    result = register(a_repo, training / "model.onnx", *flags(training))
    assert (result.exit_code, result.stdout) == (0, "register/churn/2.0.0\n")
    assert (
        a_repo.run("status", "--porcelain=v2", "--branch"),
        (a_repo.top / ".git/index").read_bytes(),
    ) == before

    md5 = hashlib.md5(WEIGHTS).hexdigest()
    assert (store / f"files/md5/{md5[:2]}/{md5[2:]}").read_bytes() == WEIGHTS
    tree = a_repo.tree("origin/register/churn/2.0.0")
    changed = a_repo.run("diff", "--name-only", "origin/main", "origin/register/churn/2.0.0").split()
    assert changed == [
        layout.version("churn", "2.0.0", "card.md"),
        layout.version("churn", "2.0.0", "model.onnx.dvc"),
        layout.version("churn", "2.0.0"),
    ]
    assert tree.read(layout.version("churn", "2.0.0", "model.onnx.dvc")).decode() == (
        f"outs:\n- md5: {md5}\n  size: {len(WEIGHTS)}\n  hash: md5\n  path: model.onnx\n"
    )
    record: Any = yaml.parse(tree.read(layout.version("churn", "2.0.0"))).value
    assert record == {
        "schema": "version/v1",
        "model": "churn",
        "version": "2.0.0",
        "created": "2026-03-01T12:00:00Z",
        "authors": ["Ada Test"],
        "summary": "Trained on the spring as well",
        "artifact": {
            "path": "model.onnx",
            "format": "onnx",
            "size": len(WEIGHTS),
            "sha256": hashlib.sha256(WEIGHTS).hexdigest(),
        },
        "evaluations": [{"dataset": {"name": "customers", "version": "1"}, "metrics": {"auc": 0.93}}],
        "training": {
            "data": [{"name": "customers", "uri": "s3://acme/customers", "digest": "sha256:" + "0" * 64}],
            "params": {"max_depth": 6},
            "code": {"repository": "https://github.com/acme/models", "commit": a_repo.commit("HEAD")},
        },
        "signature": builders.a_document("version")["signature"],
        "license": "Apache-2.0",
        "tags": [],
    }


def test_registering_again_is_nothing_to_do(a_repo: Repository, training: Path) -> None:
    first = register(a_repo, training / "model.onnx", *flags(training, created=None))
    commit = a_repo.commit("register/churn/2.0.0")
    again = register(a_repo, training / "model.onnx", *flags(training, created=None))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "says so already: nothing to do" in again.stderr
    assert a_repo.commit("register/churn/2.0.0") == commit


def test_registering_again_with_better_facts_updates_the_branch(a_repo: Repository, training: Path) -> None:
    register(a_repo, training / "model.onnx", *flags(training))
    register(a_repo, training / "model.onnx", *flags(training, summary="Said better"))
    tree = a_repo.tree("origin/register/churn/2.0.0")
    record: Any = yaml.parse(tree.read(layout.version("churn", "2.0.0"))).value
    assert record["summary"] == "Said better"
    assert a_repo.run("rev-list", "--count", "origin/main..origin/register/churn/2.0.0").strip() == "1"


def test_a_folder_is_recorded_file_by_file(a_repo: Repository, training: Path) -> None:
    folder = training / "reader"
    (folder / "sub").mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"net")
    (folder / "sub/labels.json").write_bytes(b"[]")
    result = register(a_repo, folder, *flags(training))
    assert result.exit_code == 0, result.output
    tree = a_repo.tree("origin/register/churn/2.0.0")
    record: Any = yaml.parse(tree.read(layout.version("churn", "2.0.0"))).value
    files = [
        {"path": "model.onnx", "size": 3, "sha256": hashlib.sha256(b"net").hexdigest()},
        {"path": "sub/labels.json", "size": 2, "sha256": hashlib.sha256(b"[]").hexdigest()},
    ]
    lines = "".join(f"{file['sha256']}  {file['size']}  {file['path']}\n" for file in files)
    assert record["artifact"] == {
        "path": "reader",
        "format": "onnx",
        "size": 5,
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "files": files,
    }


def test_the_first_version_brings_the_model(a_repo: Repository, training: Path) -> None:
    about = (
        "--title",
        "Fraud",
        "--purpose",
        "Finds fraud.",
        "--task",
        "tabular-classification",
        "--owner",
        "@ada",
    )
    result = register(a_repo, training / "model.onnx", *flags(training), *about, model="fraud")
    assert result.exit_code == 0, result.output
    assert yaml.parse(a_repo.tree("register/fraud/2.0.0").read(layout.model("fraud"))).value == {
        "schema": "model/v1",
        "title": "Fraud",
        "summary": "Finds fraud.",
        "owners": ["@ada"],
        "task": "tabular-classification",
        "tags": [],
    }


def test_what_is_missing_is_told_all_at_once(a_repo: Repository, training: Path) -> None:
    result = register(a_repo, training / "model.onnx", model="fraud")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: missing: --summary, --license, --metrics, --data, --signature, --card, --title, --purpose, --task, "
        "--owner, --version or --bump\n hint: give them; on a terminal they are asked for\n"
    )


def test_a_dry_run_prints_the_files_and_writes_nothing(
    a_repo: Repository, training: Path, store: Path
) -> None:
    before = sorted(store.rglob("*")), a_repo.run("for-each-ref")
    result = register(a_repo, training / "model.onnx", *flags(training), "--dry-run")
    assert result.exit_code == 0
    assert "--- registry/models/churn/versions/2.0.0/version.yaml\n" in result.stdout
    assert hashlib.sha256(WEIGHTS).hexdigest() in result.stdout
    assert (sorted(store.rglob("*")), a_repo.run("for-each-ref")) == before


def test_a_bump_counts_from_the_highest_version(a_repo: Repository, training: Path) -> None:
    result = register(a_repo, training / "model.onnx", *flags(training, version=None, bump="minor"))
    assert result.stdout == "register/churn/1.3.0\n"


def test_a_merged_version_is_never_registered_with_other_bytes(a_repo: Repository, training: Path) -> None:
    result = register(a_repo, training / "model.onnx", *flags(training, version="1.2.0"))
    assert (result.exit_code, result.stderr) == (
        6,
        (
            "error: main has churn@1.2.0 already, with other bytes\n"
            " hint: a merged version never changes: use --bump patch\n"
        ),
    )


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("metrics.json", '{"auc": NaN}', "metrics.json: NaN is no number"),
        ("metrics.json", '{"auc": 0.9, "auc": 0.8}', "metrics.json: auc is there twice"),
        ("metrics.json", '{"auc": }', "metrics.json:1:9: Expecting value"),
        (
            "metrics.json",
            '{"auc": true}',
            "the record: `evaluations.0.metrics.auc` is true, expected a number",
        ),
        ("params.yaml", "depth: 1.10\n", "params.yaml:1:8: "),
        ("params.yaml", "a: &x 1\nb: *x\n", "params.yaml:1:4: "),
        (
            "data.yaml",
            "- name: customers\n  uri: s3://a/b\n  digest: nothing\n",
            "`training.data.0.digest` is 'nothing'",
        ),
    ],
)
def test_a_bad_fact_is_told_with_its_place_and_nothing_is_written(
    a_repo: Repository, training: Path, store: Path, name: str, content: str, told: str
) -> None:
    (training / name).write_text(content, "utf-8")
    before = sorted(store.rglob("*")), a_repo.run("for-each-ref")
    result = register(a_repo, training / "model.onnx", *flags(training))
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert (sorted(store.rglob("*")), a_repo.run("for-each-ref")) == before


def test_a_link_is_no_artifact(a_repo: Repository, training: Path) -> None:
    (training / "link.onnx").symlink_to(training / "model.onnx")
    result = register(a_repo, training / "link.onnx", *flags(training))
    assert result.exit_code == 2
    assert "is a symbolic link" in result.stderr


def test_bytes_that_the_remote_gives_back_otherwise_stop_the_registration(
    a_repo: Repository, training: Path, store: Path
) -> None:
    # DVC believes an object that is there: what stands under this name already is not what was hashed.
    md5 = hashlib.md5(WEIGHTS).hexdigest()
    target = store / f"files/md5/{md5[:2]}/{md5[2:]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(WEIGHTS[:-1] + b"!")
    target.chmod(0o444)  # as DVC leaves them; a writable one it would check, and replace
    result = register(a_repo, training / "model.onnx", *flags(training))
    assert result.exit_code == 4
    assert "the remote gives back other bytes" in result.stderr
    assert a_repo.resolves("register/churn/2.0.0") is None


def test_a_remote_that_policy_does_not_name_is_no_place(a_repo: Repository, training: Path) -> None:
    result = register(a_repo, training / "model.onnx", *flags(training, remote="elsewhere"))
    assert (result.exit_code, result.stderr) == (
        2,
        "error: the registry has no remote elsewhere\n hint: it has store\n",
    )


def test_what_a_killed_run_left_is_gone_after_the_next(a_repo: Repository, training: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = a_repo.common / f"modelry/register-{dead.pid}-left"
    left.mkdir(parents=True)
    alive = a_repo.common / f"modelry/register-{os.getpid()}-at-work"
    alive.mkdir()
    assert register(a_repo, training / "model.onnx", *flags(training)).exit_code == 0
    assert [path.name for path in (a_repo.common / "modelry").iterdir()] == [alive.name]


def test_a_proposed_version_is_judged_merged_pulled_by_dvc_and_read_as_registered(
    a_repo: Repository, training: Path
) -> None:
    register(a_repo, training / "model.onnx", *flags(training))
    merged = CliRunner().invoke(group, ["merge", "register/churn/2.0.0"], catch_exceptions=False)
    assert merged.exit_code == 0, merged.output
    version = documents.registry(a_repo.tree("HEAD")).model("churn").versions["2.0.0"]
    assert version.record.value is not None
    pointer = layout.version("churn", "2.0.0", "model.onnx.dvc")
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "pull", "--quiet", pointer],
        cwd=a_repo.top,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (a_repo.top / layout.version("churn", "2.0.0", "model.onnx")).read_bytes() == WEIGHTS
    assert a_repo.run("status", "--porcelain").strip() == ""


def test_on_a_terminal_only_what_is_missing_is_asked_for(a_repo: Repository, training: Path) -> None:
    given = flags(training, version=None, summary=None, license=None)
    command = [sys.executable, "-c", "from modelry.cli import main; main()", "register", "churn"]
    terminal, its_end = pty.openpty()
    process = subprocess.Popen(
        [*command, str(training / "model.onnx"), *given, "--dry-run"],
        cwd=a_repo.top,
        stdin=its_end,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(its_end)
    os.write(terminal, b"Said at the prompt\nApache-2.0\nmajor\n")
    stdout, stderr = process.communicate(timeout=60)
    os.close(terminal)
    assert process.returncode == 0, stderr
    asked = [line for line in stderr.split(": ") if line]
    assert asked[:2] == ["What is new in it, in one line", "Licence, as an SPDX expression"]
    assert "Which part to count up (major, minor, patch)" in stderr
    assert "summary: Said at the prompt\n" in stdout
    assert "branch: register/churn/2.0.0\n" in stdout
