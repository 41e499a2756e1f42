"""The workflow `check`, run by act: a bad and a good pull request, a fork, a merge queue, and one that would judge itself."""

import json

import pytest

import builders
from emulator import Forge
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import folders
from modelry.storage.access import CONFIG
from seaweedfs import Bucket
from workflows import events
from workflows.events import opened, queued
from workflows.runner import Runner

ACTION = ".github/actions/modelry/action.yml"
STAGE = layout.stage("churn", "staging")
PINS = "python -m pip install --quiet --require-hashes --requirement "
WRITTEN = {"report": "success", "scanning": "success"}
TOOL = "python -m pip install --quiet --no-deps --requirement "
NEW = builders.a_version("churn", "1.3.0")


def test_a_bad_request_is_red_with_annotations_on_its_lines(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    events.commit(equipped, {STAGE: (equipped.top / STAGE).read_bytes().replace(b"1.2.0", b"1.9.0")})
    runner.on(forge)
    request = opened(equipped, forge, fork=True)
    done = runner.run("pull_request", "check", request.merge, request.payload)
    assert (done.code, done.results) == (1, {"judge": "failure", "registry": "failure"})
    assert done.annotations == [
        ("error", STAGE, "3", "unknown-version"),
        ("error", STAGE, "5", "stale-promotion"),
    ]
    assert done.summary.startswith("## ❌ fails: promotion (2 errors)\n")
    assert done.summary == (done.artifacts / "registry-report/review.md").read_text("utf-8")
    sarif = json.loads((done.artifacts / "registry-report/registry.sarif").read_text("utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == [
        "unknown-version",
        "stale-promotion",
    ]


@pytest.mark.xdist_group("s3")
def test_a_good_request_is_green_when_a_role_that_may_only_read_finds_the_bytes(
    equipped: Repository, runner: Runner, bucket: Bucket, forge: Forge
) -> None:
    keep_in(bucket, equipped, runner)
    runner.variables = {
        "MODELRY_READ_ROLE": "reader",
        "MODELRY_AWS_REGION": "us-east-1",
        "MODELRY_CODE_SCANNING": "true",
    }
    events.commit(equipped, NEW)
    runner.on(forge)
    request = opened(equipped, forge)
    missing = runner.run("pull_request", "check", request.merge, request.payload)
    assert missing.results == {**WRITTEN, "judge": "success", "verify": "failure"}
    assert missing.annotations == [
        ("error", layout.version("churn", "1.3.0", "model.onnx.dvc"), "2", "artifact-unreachable")
    ]
    bucket.fill(builders.store(NEW))
    done = runner.run("pull_request", "check", request.merge, request.payload)
    assert (done.code, done.annotations) == (0, [])
    assert done.results == {**WRITTEN, "judge": "success", "verify": "success", "registry": "success"}
    assert done.summary.startswith("## ✅ passes: new version\n")
    (comment,) = forge.call("GET", f"/issues/{request.number}/comments")
    assert comment["body"].startswith(f"<!-- modelry report -->\n{done.summary[:40]}")
    assert (done.artifacts / f"scanned-{request.merge}").exists()


def keep_in(bucket: Bucket, equipped: Repository, runner: Runner) -> None:
    """Let main keep its artifacts in S3, which lets in who has a role, and nobody else."""
    policy = builders.a_policy(remotes={"models": {"url": bucket.url}})
    settings = f"['remote \"models\"']\n    url = {bucket.url}\n    endpointurl = {bucket.server.url}\n"
    folders.write({**policy, CONFIG: settings.encode()}, equipped.top)
    equipped.run("commit", "--quiet", "--all", "--message", "Keep artifacts in S3")
    equipped.run("push", "--quiet", "origin", "main")
    keys = {name: value for name, value in bucket.server.environment.items() if name != "AWS_ENDPOINT_URL"}
    (runner.home / "roles").mkdir()
    (runner.home / "roles/reader").write_text("".join(f"{name}={value}\n" for name, value in keys.items()))


def test_a_fork_is_judged_without_rights_and_without_evidence(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    runner.variables = {"MODELRY_READ_ROLE": "reader"}
    events.commit(equipped, NEW)
    runner.on(forge)
    request = opened(equipped, forge, fork=True)
    done = runner.run("pull_request", "check", request.merge, request.payload)
    assert (done.code, done.results) == (0, {"judge": "success", "registry": "success"})
    assert "evidence: skipped, from a fork: true" in done.log
    assert "Take the role" not in done.log


def test_a_queue_is_judged_from_its_base_and_needs_the_bytes(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    events.commit(equipped, NEW)
    runner.on(forge)
    request = opened(equipped, forge, fork=True)
    done = runner.run("merge_group", "check", request.merge, queued(equipped, request))
    assert done.results == {"judge": "success", "verify": "failure"}
    assert [(level, rule) for level, _, _, rule in done.annotations] == [("error", "artifact-unreachable")]


def test_a_request_that_brings_its_own_judge_is_judged_by_mains(
    equipped: Repository, runner: Runner, forge: Forge
) -> None:
    evaluations = [{"dataset": {"name": "churn-2026q3", "version": "1"}, "metrics": {"auc": 0.3}}]
    folders.write(builders.a_version("churn", "1.3.0", evaluations=evaluations), equipped.top)
    equipped.run("add", "--all")
    equipped.run("commit", "--quiet", "--message", "Register something weak")
    equipped.run("push", "--quiet", "origin", "main")
    pwned = runner.home / "pwned"
    own = {
        ACTION: (equipped.top / ACTION).read_bytes() + f"        touch {pwned}\n".encode(),
        ".github/requirements.txt": b"mallory==1.0\n",
        ".github/requirements-modelry.txt": b"mallory==1.0\n",
        **builders.a_policy(stages=[{"name": "staging"}, {"name": "production"}]),
        **builders.an_assignment(version="1.3.0", previous="1.2.0"),
    }
    events.commit(equipped, own)
    runner.on(forge)
    request = opened(equipped, forge, fork=True)
    done = runner.run("pull_request", "check", request.merge, request.payload)
    assert done.results == {"judge": "failure", "registry": "failure"}
    assert ("error", STAGE, "3", "metric-misses-gate") in done.annotations
    assert not pwned.exists()
    assert [line.startswith(begin) for line, begin in zip(runner.installed, (PINS, TOOL), strict=True)] == [
        True,
        True,
    ]
    assert runner.pins == b"# the tests' own\n# modelry itself\n"
