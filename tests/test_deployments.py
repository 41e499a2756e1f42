"""What runs where: reported by whoever deploys, pushed as notes, and shown beside what the stages say."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry import catalog
from modelry.cli import group
from modelry.forges import reporting
from modelry.git import Repository
from modelry.model import deployments
from modelry.model.deployments import Reported
from modelry.reports import documents
from modelry.storage import deployed, folders, moments

SHA256 = "0" * 64


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def listed() -> list[tuple[str, str, str, str]]:
    told = json.loads(run("list", "--deployed", "--json").stdout)
    Draft202012Validator(documents.of("running")).validate(told)
    return [
        (each["environment"], each["model"], each["version"], each["state"]) for each in told["deployments"]
    ]


def promoted(repository: Repository, version: str) -> None:
    """Let main say that another version is in production."""
    folders.write(builders.an_assignment("churn", version, "production", previous="1.0.0"), repository.top)
    repository.run("commit", "--quiet", "--all", "--message", f"Promote {version}")
    repository.run("push", "--quiet", "origin", "main")


def test_what_runs_is_told_to_everybody_and_what_lags_is_a_finding(
    a_repo: Repository, tmp_path: Path
) -> None:
    url = "https://churn.eu.acme.example"
    result = run("report-deployed", "churn@production", "--environment", "eu-west", "--url", url)
    assert (result.exit_code, result.stderr) == (0, "recorded\n")
    Draft202012Validator(documents.of("deployment")).validate(json.loads(result.stdout))
    assert run("report-deployed", "churn@1.2.0", "-e", "laboratory").exit_code == 0
    assert run("report-deployed", "churn@1.0.0", "-e", "production").exit_code == 0
    assert listed() == [
        ("eu-west", "churn", "1.0.0", "follows"),
        ("laboratory", "churn", "1.2.0", "free"),
        ("production", "churn", "1.0.0", "follows"),
    ]
    promoted(a_repo, "1.2.0")
    assert run("report-deployed", "churn@production", "-e", "production").exit_code == 0
    # Somebody else's clone hears of it with the next fetch of notes.
    other = tmp_path / "other"
    a_repo.run("clone", "--quiet", a_repo.run("remote", "get-url", "origin").strip(), str(other))
    Repository(other).run("fetch", "--quiet", "origin", "+refs/notes/modelry*:refs/notes/modelry*")
    result = run("list", "--deployed", "--registry", str(other))
    assert result.exit_code == 3
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[:5] for row in rows[1:]] == [
        ["eu-west", "churn", "1.0.0", "1.2.0", "(production)"],
        ["laboratory", "churn", "1.2.0", "-", rows[2][4]],
        ["production", "churn", "1.2.0", "1.2.0", "(production)"],
    ]
    assert (rows[1][5], rows[1][-1]) == ("DRIFTS", url)
    assert run("list", "--deployed", "--stage", "staging", "--json").exit_code == 0


def test_the_api_shows_intended_against_running(a_repo: Repository) -> None:
    run("report-deployed", "churn@production", "-e", "eu-west")
    promoted(a_repo, "1.2.0")
    made = catalog.files(*moments.of_commit(a_repo, "main"))
    (told,) = json.loads(made["docs/api/v1/deployments.json"])["deployments"]
    assert told | {"since": ""} == {
        "environment": "eu-west",
        "model": "churn",
        "version": "1.0.0",
        "stage": "production",
        "intended": "1.2.0",
        "state": "drifts",
        "since": "",
        "url": None,
    }
    # As main was before anything was deployed, nothing was.
    assert moments.of_commit(a_repo, "main^")[1].deployments != ()
    a_repo.run("commit", "--quiet", "--amend", "--no-edit", "--reset-author")
    assert (
        moments.of_commit(a_repo, "main")[1].deployments == moments.of_commit(a_repo, "main^")[1].deployments
    )


def test_the_same_told_twice_is_one_report(a_repo: Repository) -> None:
    assert run("report-deployed", "churn@1.0.0", "-e", "production").stderr == "recorded\n"
    notes = a_repo.run("ls-remote", "origin", deployed.NOTES.ref)
    assert run("report-deployed", "churn@1.0.0", "-e", "production").stderr == "on record already\n"
    assert (
        run("report-deployed", "churn@1.2.0", "-e", "production", "--dry-run").stderr == "would be recorded\n"
    )
    assert a_repo.run("ls-remote", "origin", deployed.NOTES.ref) == notes


def test_what_is_gone_runs_no_more() -> None:
    run("report-deployed", "churn@1.0.0", "-e", "production")
    assert run("report-deployed", "churn", "-e", "production", "--gone").exit_code == 0
    assert listed() == []
    again = run("report-deployed", "churn", "-e", "production", "--gone")
    assert (again.exit_code, again.stderr) == (
        5,
        "error: nobody reported that production runs churn\n hint: modelry list --deployed\n",
    )


def test_nobody_runs_what_main_does_not_have() -> None:
    assert run("report-deployed", "churn@6.6.6", "-e", "production").exit_code == 5
    assert run("report-deployed", "churn@1.0.0", "-e", "../production").exit_code == 2
    assert run("report-deployed", "churn@1.0.0", "-e", "production", "--url", "javascript:1").exit_code == 2


def test_two_who_report_at_once_are_both_heard(a_repo: Repository, tmp_path: Path) -> None:
    other = tmp_path / "other"
    a_repo.run("clone", "--quiet", a_repo.run("remote", "get-url", "origin").strip(), str(other))
    run("report-deployed", "churn@1.0.0", "-e", "eu-west")
    # The other one has not heard of it, and its first push is refused.
    told, _ = reporting.report(Repository(other), "churn@1.2.0", "us-east", None, gone=False, dry_run=False)
    assert told.version == "1.2.0"
    a_repo.run("fetch", "--quiet", "origin", "+refs/notes/modelry*:refs/notes/modelry*")
    assert [row[0] for row in listed()] == ["eu-west", "us-east"]


def test_lines_that_cannot_be_read_say_nothing(a_repo: Repository) -> None:
    run("report-deployed", "churn@1.0.0", "-e", "eu-west")
    note = ("notes", "--ref=modelry-deployed", "append", "-m")
    a_repo.run(*note, '{"schema": "deployment/v1"}', "HEAD")
    a_repo.run(*note, "[" * 10_000, "HEAD")
    assert [row[0] for row in listed()] == ["eu-west"]


def test_without_origin_the_notes_are_this_repositorys(a_repo: Repository) -> None:
    a_repo.run("remote", "remove", "origin")
    assert run("report-deployed", "churn@1.0.0", "-e", "eu-west").exit_code == 0
    assert [row[0] for row in listed()] == ["eu-west"]


@given(st.permutations([("a", "1.0.0", 3), ("b", "1.1.0", 1), ("b", "1.2.0", 2), ("lost", "6.6.6", 9)]))
def test_the_order_is_mains_and_clocks_decide_on_one_commit_only(told: list[tuple[str, str, int]]) -> None:
    reports = [
        (
            commit,
            Reported(
                schema="deployment/v1",
                environment="eu",
                model="churn",
                version=version,
                sha256=SHA256,
                stage=None,
                when=f"2026-03-0{day}T00:00:00Z",  # type: ignore[arg-type]  # as it is written
            ),
        )
        for commit, version, day in told
    ]
    (found,) = deployments.latest(reports, {"a": 0, "b": 1})
    assert (found.version, found.since, found.commit) == (
        "1.2.0",
        datetime.fromisoformat("2026-03-02T00:00:00Z"),
        "b",
    )
