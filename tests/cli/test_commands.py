"""Each command's happy path and its one refusal, as a user sees them: exit code, stdout, stderr."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from modelry import checks, doctor
from modelry.cli import COMMANDS, group
from modelry.git import Repository
from modelry.model import layout, schema
from modelry.reports import documents
from modelry.storage import yaml

SHA = "sha256"


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str, given: str | None = None) -> Result:
    return CliRunner().invoke(group, args, input=given, catch_exceptions=False)


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def test_promote_puts_the_pointer_on_a_branch(a_repo: Repository) -> None:
    result = run(
        "promote", "churn@1.1.0", "staging", "--reason", "better", "--evidence", "https://acme.example/1"
    )
    origin = a_repo.run("remote", "get-url", "origin").strip()
    branch = "promote/churn/staging/1.1.0"
    told = f"pushed to {origin}; open a pull request there, or: modelry merge {branch}\n"
    assert said(result) == (0, f"{branch}\n", told)
    document = yaml.parse(a_repo.tree(f"origin/{branch}").read(layout.stage("churn", "staging"))).value
    assert document == {
        "schema": "assignment/v1",
        "version": "1.1.0",
        "sha256": yaml.parse(
            builders.an_assignment("churn", "1.1.0")[layout.stage("churn", "staging")]
        ).value[SHA],  # type: ignore[index]
        "previous": "1.2.0",
        "reason": "better",
        "evidence": ["https://acme.example/1"],
    }


def test_promote_refuses_before_there_is_a_branch(a_repo: Repository) -> None:
    result = run("promote", "churn@1.1.0", "production", "--reason", "in a hurry")
    assert result.exit_code == 3
    assert "error[stage-skipped]: churn@1.1.0 never held staging, which production asks for" in result.stderr
    assert result.stderr.endswith(
        "error: nothing was proposed: it would be refused\n hint: mend what the findings name, and run again\n"
    )
    assert a_repo.resolves("promote/churn/production/1.1.0") is None


def test_promote_says_when_there_is_nothing_to_do() -> None:
    result = run("promote", "churn@1.2.0", "staging", "--reason", "again")
    assert said(result) == (
        6,
        "",
        "error: churn@1.2.0 holds staging already\n hint: there is nothing to do\n",
    )


def test_a_dry_run_of_promote_shows_the_file_and_makes_no_branch(a_repo: Repository) -> None:
    result = run("promote", "churn@1.1.0", "staging", "--reason", "better", "--dry-run")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "branch: promote/churn/staging/1.1.0\ntitle: Promote churn@1.1.0 to staging\n"
    )
    assert f"--- {layout.stage('churn', 'staging')}\n# yaml-language-server: " in result.stdout
    assert a_repo.resolves("promote/churn/staging/1.1.0") is None


def test_rollback_goes_to_the_last_good_holder_without_any_gate() -> None:
    for version in ("1.1.0", "1.0.0"):
        run("promote", f"churn@{version}", "staging", "--reason", "try")
        assert run("merge", f"promote/churn/staging/{version}", "--offline").exit_code == 0
    result = run("rollback", "churn", "staging", "--reason", "worse")
    assert (result.exit_code, result.stdout) == (0, "rollback/churn/staging/1.1.0\n")
    assert run("merge", "rollback/churn/staging/1.1.0", "--offline").exit_code == 0
    assert run("resolve", "churn@staging").stdout.startswith("churn@1.1.0 ")


def test_rollback_to_a_version_that_never_held_the_stage_is_a_promotion() -> None:
    result = run("rollback", "churn", "production", "--to", "1.2.0", "--reason", "worse")
    assert said(result) == (
        3,
        "",
        (
            "error: churn@1.2.0 never held production before\n"
            " hint: it was held by no other; for another: modelry promote\n"
        ),
    )


def test_rollback_without_an_earlier_holder_says_so() -> None:
    result = run("rollback", "churn", "production", "--reason", "worse")
    assert said(result) == (
        5,
        "",
        "error: no other version held production of churn\n hint: promote another version instead\n",
    )


def test_yank_withdraws_a_version_that_holds_no_stage() -> None:
    assert (
        run("yank", "churn@1.1.0", "--reason", "leaks", "--replacement", "1.2.0").stdout
        == "yank/churn/1.1.0\n"
    )
    assert run("merge", "yank/churn/1.1.0", "--offline").exit_code == 0
    result = run("resolve", "churn@1.1.0")
    assert said(result) == (
        8,
        "",
        "error: churn@1.1.0 was withdrawn: leaks\n hint: take churn@1.2.0 instead, or add --allow-yanked to take it anyway\n",
    )


def test_yank_asks_to_move_the_stage_first() -> None:
    result = run("yank", "churn@1.2.0", "--reason", "leaks")
    assert said(result) == (
        3,
        "",
        "error: churn@1.2.0 holds staging\n hint: first: modelry rollback churn staging --reason …\n",
    )


def test_evaluate_adds_evidence_and_never_changes_it(tmp_path: Path) -> None:
    file = tmp_path / "fairness.json"
    file.write_text(
        json.dumps(
            {"dataset": {"name": "panel", "version": "1"}, "metrics": {"auc": 0.9}, "summary": "fair"}
        ),
        "utf-8",
    )
    assert (
        run("evaluate", "churn@1.1.0", str(file), "--name", "fairness").stdout
        == "evaluate/churn/1.1.0/fairness\n"
    )
    assert run("merge", "evaluate/churn/1.1.0/fairness", "--offline").exit_code == 0
    result = run("evaluate", "churn@1.1.0", str(file), "--name", "fairness")
    assert said(result) == (
        6,
        "",
        "error: churn@1.1.0 has an evaluation fairness\n hint: evidence is add-only: choose another --name\n",
    )


def test_evaluate_asks_what_the_results_show(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(
        json.dumps({"dataset": {"name": "panel", "version": "1"}, "metrics": {"auc": 0.9}}), "utf-8"
    )
    result = run("evaluate", "churn@1.1.0", str(file))
    assert said(result) == (
        2,
        "",
        f"error: {file} does not say what it shows\n hint: say so: --summary TEXT\n",
    )


def test_check_passes_what_lies_here() -> None:
    assert said(run("check")) == (0, "passes\n", "")


def test_check_tells_file_line_column_and_the_mend(a_repo: Repository) -> None:
    path = a_repo.top / layout.stage("churn", "staging")
    path.write_text(path.read_text("utf-8").replace("version: 1.2.0", "version: 1.9.0"), "utf-8")
    assert said(run("check", "--offline")) == (
        3,
        (
            "registry/models/churn/stages/staging.yaml:3:10: error[unknown-version]: churn has no version 1.9.0\n"
            "  3 | version: 1.9.0\n"
            "    |          ^\n"
            "  = it has 1.0.0, 1.1.0, 1.2.0\n"
            "\n"
            "skipped[artifact-unreachable]: the remotes were not asked: --offline, or there is none here\n"
            "\n"
            "fails (1 error)\n"
        ),
        "",
    )


def test_check_outside_of_a_registry_says_where_to_go(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("check", str(tmp_path / "empty"))
    assert result.exit_code == 5
    assert (
        "hint: go to a registry, name one with --registry PATH|URL, or begin one: modelry init DIR"
        in result.stderr
    )


def test_check_needs_a_clone_and_says_so() -> None:
    result = run("check", "--registry", "https://acme.example/models")
    assert said(result) == (
        2,
        "",
        (
            "error: https://acme.example/models is an address, and this command needs a clone\n"
            " hint: git clone it, and name the folder\n"
        ),
    )


def test_merge_shows_the_findings_that_stop_it() -> None:
    run("promote", "churn@1.1.0", "staging", "--reason", "one")
    run("promote", "churn@1.0.0", "staging", "--reason", "two")
    assert run("merge", "promote/churn/staging/1.1.0", "--offline").exit_code == 0
    result = run("merge", "promote/churn/staging/1.0.0", "--offline")
    assert result.exit_code == 6
    assert "conflicts with main in registry/models/churn/stages/staging.yaml" in result.stderr


def test_review_holds_the_challenger_against_the_champion() -> None:
    run("promote", "churn@1.1.0", "staging", "--reason", "better")
    asked = ("review", "--head", "promote/churn/staging/1.1.0", "--offline")
    text = run(*asked).stdout
    assert text.startswith("✅ passes: promotion\n===")
    assert "staging of churn: 1.2.0 to 1.1.0: auc as before; meets 1 gate." in text
    assert " + passes  auc at least 0.8  0.914  +0.114\n" in text
    assert "\nUndo: modelry rollback churn staging --to 1.2.0 --reason …\n" in text
    document = json.loads(run(*asked, "--format", "json").stdout)
    assert document["sections"][0]["gates"] == [
        {
            "gate": "auc at least 0.8",
            "found": "0.914",
            "margin": pytest.approx(0.114),
            "state": "passes",
            "waiver": "",
            "act": "",
        }
    ]
    assert "| passes | auc at least 0.8 | 0.914 | +0.114 |  |" in run(*asked, "--format", "markdown").stdout
    assert "<td" in run(*asked, "--format", "html").stdout


def test_review_shows_a_branch_that_git_cannot_merge() -> None:
    run("promote", "churn@1.1.0", "staging", "--reason", "one")
    run("promote", "churn@1.0.0", "staging", "--reason", "two")
    run("merge", "promote/churn/staging/1.1.0", "--offline")
    result = run("review", "--head", "promote/churn/staging/1.0.0", "--offline")
    assert result.exit_code == 0
    assert (
        "!! Cannot be merged: main has changed registry/models/churn/stages/staging.yaml as well."
        in result.stdout
    )
    assert "!! Stale: it was made when 1.2.0 held staging of churn, and 1.1.0 holds it now" in result.stdout


def test_list_show_and_history_say_what_there_is() -> None:
    assert run("list").stdout == (
        "model  latest  stages                          task                    title\n"
        "churn  1.2.0   staging=1.2.0 production=1.0.0  tabular-classification  Customer churn\n"
    )
    assert said(run("list", "--stage", "canary")) == (
        5,
        "",
        "error: there is no stage canary\n hint: see what there is: modelry list\n",
    )
    assert json.loads(run("list", "--json").stdout)["models"][0]["stages"] == {
        "production": "1.0.0",
        "staging": "1.2.0",
    }
    assert (
        "1.2.0  staging     2026-03-01  Trained on the first quarter as well." in run("show", "churn").stdout
    )
    assert run("show", "churn@production").stdout.startswith("churn@1.0.0\nsummary ")
    assert json.loads(run("show", "churn@1.1.0", "--json").stdout)["record"]["version"] == "1.1.0"
    happened = json.loads(run("history", "churn", "--json").stdout)["events"]
    assert [(event["what"], event["stage"], event["version"]) for event in happened] == [
        ("promoted", "staging", "1.2.0"),
        ("promoted", "production", "1.0.0"),
        ("registered", None, "1.2.0"),
        ("registered", None, "1.1.0"),
        ("registered", None, "1.0.0"),
    ]


def test_show_of_what_is_not_there_names_what_is_near() -> None:
    assert said(run("show", "chum")) == (5, "", "error: there is no model chum\n hint: did you mean churn?\n")


def test_explain_says_what_why_and_how_to_mend() -> None:
    result = run("explain", "stale-promotion")
    assert result.stdout.startswith(
        "stale-promotion (error)\n\nA promotion starts from another holder of the stage than the one that main has.\n"
    )
    assert [line.split()[0] for line in run("explain").stdout.splitlines()] == [
        *(rule.id for rule in checks.ALL),
        *(rule.id for rule in doctor.ALL),
    ]
    assert run("explain", "tag-movable").stdout == (
        "tag-movable (error)\n\nA tag can be moved or deleted.\n\n"
        "Tags tell GTO, DVC and people which commit a version is; one that moves gives another model under the same name. Protect all\n"
        "tags by a ruleset against update, deletion and force. (D21)\n"
    )
    assert said(run("explain", "nothing")) == (
        5,
        "",
        "error: there is no rule nothing\n hint: see them all: modelry explain\n",
    )


def test_schema_writes_what_is_stale_and_check_names_it(tmp_path: Path) -> None:
    assert run("schema", str(tmp_path)).stdout.split() == [*schema.files(), *documents.schemas()]
    assert said(run("schema", str(tmp_path), "--check")) == (0, "", "")
    (tmp_path / "schemas/yank/v1.json").write_text("{}", "utf-8")
    assert said(run("schema", str(tmp_path), "--check")) == (
        3,
        "",
        "error: stale: schemas/yank/v1.json\n hint: write them: modelry schema\n",
    )


def test_a_misspelt_command_is_met_with_the_nearest() -> None:
    result = run("regster")
    assert result.exit_code == 2
    assert "No such command 'regster'. Did you mean register?" in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str) -> None:
    text = run(command, "--help").stdout
    assert "Examples:\n" in text
    assert f"  modelry {command}" in text


def test_a_full_disk_ends_in_one_line_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("modelry.reports.overview.models_text", full)
    assert said(run("list")) == (1, "", "error: [Errno 28] No space left on device\n")


@pytest.fixture
def two_moments(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry whose staging moved on 10 March 2026, after it began on 1 March."""
    for day, version in (("01", None), ("10", "1.1.0")):
        for role in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{role}_DATE", f"2026-03-{day}T12:00:00Z")
        if version is None:
            a_repo.run("commit", "--quiet", "--amend", "--no-edit", "--date", "2026-03-01T12:00:00Z")
            a_repo.run("push", "--quiet", "--force")
        else:
            run("promote", f"churn@{version}", "staging", "--reason", "better")
            assert run("merge", f"promote/churn/staging/{version}", "--offline").exit_code == 0
    return a_repo


@pytest.mark.usefixtures("two_moments")
def test_list_show_and_history_tell_how_it_was_on_a_day() -> None:
    assert "staging=1.1.0" in run("list").stdout
    assert "staging=1.2.0" in run("list", "--at", "2026-03-09").stdout
    assert "staging=1.1.0" in run("list", "--at", "2026-03-10").stdout
    assert "staging=1.2.0" in run("list", "--at", "2026-03-10T11:59:59Z").stdout
    assert "staging=1.2.0" in run("list", "--at", "HEAD~1").stdout
    assert run("show", "churn@staging", "--at", "2026-03-05").stdout.startswith("churn@1.2.0\n")
    happened = json.loads(
        run("history", "churn", "--stage", "staging", "--at", "2026-03-05", "--json").stdout
    )["events"]
    assert [(event["version"], event["when"]) for event in happened] == [
        ("1.2.0", "2026-03-01T12:00:00+00:00")
    ]


@pytest.mark.usefixtures("two_moments")
def test_a_day_before_the_registry_began_and_no_day_at_all_are_told() -> None:
    assert said(run("list", "--at", "2025-01-01")) == (
        5,
        "",
        "error: main has nothing from before 2025-01-01\n hint: see its beginning: git log --reverse\n",
    )
    absent = (5, "", "error: there is no stage stagin\n hint: did you mean staging?\n")
    assert said(run("list", "--stage", "stagin")) == said(run("history", "--stage", "stagin")) == absent
    assert said(run("list", "--due", "--stage", "stagin")) == absent
    assert run("list", "--at", "yesterday").stderr.startswith("error: there is no commit yesterday\n")
