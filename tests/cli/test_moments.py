"""What was in a stage on a day, and who approved it: one command, in a bare clone, with nothing but git's objects."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.reports import documents
from modelry.storage import folders

ADA = "Ada Test <ada@example.org>"
GRACE = "Grace Hopper <grace@example.org>"


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


@pytest.fixture
def bare(a_repo: Repository, tmp_path: Path) -> Path:
    """A bare clone whose staging passed to 1.1.0 on 10 March, approved by Grace, and back on 20 March, unapproved."""
    approved = f"Proposed-by: {ADA}\nApproved-by: {GRACE}\nChecked-by: modelry 0.1.0\n"
    steps = [
        (
            "2026-03-10",
            "1.1.0",
            "1.2.0",
            "better",
            f"Promote churn@1.1.0 to staging (#7)\n\nwhy\n\n{approved}",
        ),
        ("2026-03-20", "1.2.0", "1.1.0", "worse after all", "Roll back (#8)"),
    ]
    a_repo.run("commit", "--quiet", "--amend", "--no-edit", extra=_dates("2026-03-01"))
    main = a_repo.commit("main")
    for day, version, previous, reason, message in steps:
        files = builders.an_assignment("churn", version, "staging", previous=previous, reason=reason)
        tree = a_repo.write(main, files)
        side = a_repo.record(tree, [main], "proposed")
        parents = [main, side] if "Approved-by" in message else [main]
        args = [part for parent in parents for part in ("-p", parent)]
        main = a_repo.run("commit-tree", tree, *args, "-m", message, extra=_dates(day)).strip()
    a_repo.run("update-ref", "refs/heads/main", main)
    a_repo.run("clone", "--quiet", "--bare", str(a_repo.top), str(tmp_path / "bare.git"))
    return tmp_path / "bare.git"


def _dates(day: str) -> dict[str, str]:
    return {f"GIT_{role}_DATE": f"{day}T12:00:00Z" for role in ("AUTHOR", "COMMITTER")}


@pytest.mark.parametrize("standing", [True, False])
def test_what_was_in_staging_on_a_day_and_who_approved_it(
    bare: Path, standing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare if standing else bare.parent)
    where = [] if standing else ["--registry", str(bare)]
    text = run("show", "churn@staging", "--at", "2026-03-15", *where).stdout
    commit = Repository(bare).commit("main~1")[:10]
    assert text.startswith("churn@1.1.0\n")
    assert text.endswith(
        f"in staging since 2026-03-10 12:00 UTC, by Ada Test, approved by Grace Hopper, #7, {commit}\n  better\n"
    )
    assert run("show", "churn@staging", "--at", "2026-03-09", *where).stdout.startswith("churn@1.2.0\n")
    now = run("show", "churn@staging", *where).stdout
    assert "since 2026-03-20 12:00 UTC, by Ada Test, approval: not on record, #8," in now


def test_a_list_of_a_stage_says_so_of_every_model(bare: Path) -> None:
    where = ["--registry", str(bare)]
    assert run("list", "--stage", "staging", "--at", "2026-03-15", *where).stdout == (
        "model  version  since       proposed by  approved by   PR  why\n"
        "churn  1.1.0    2026-03-10  Ada Test     Grace Hopper  #7  better\n"
    )
    now = run("list", "--stage", "staging", *where).stdout
    assert now.endswith("churn  1.2.0    2026-03-20  Ada Test     not on record  #8  worse after all\n")
    rows = json.loads(run("list", "--stage", "staging", "--at", "2026-03-15", *where, "--json").stdout)[
        "models"
    ]
    assert [(row["model"], row["stages"]["staging"], row["since"]["approved_by"]) for row in rows] == [
        ("churn", "1.1.0", [GRACE])
    ]
    assert "staging=1.2.0" in run("list", *where).stdout


def test_the_same_for_a_program(bare: Path) -> None:
    told = run("show", "churn@staging", "--at", "2026-03-15", "--registry", str(bare), "--json").stdout
    event = json.loads(told)["stages"]["staging"]
    assert (event["when"], event["approved_by"], event["told_by"]) == (
        "2026-03-10T12:00:00+00:00",
        [GRACE],
        "merge",
    )


def test_history_tells_a_month_in_days(bare: Path) -> None:
    where = ["--registry", str(bare)]
    text = run("history", "--since", "2026-03-02", "--until", "2026-03-31", *where).stdout
    last, before = (Repository(bare).commit(name)[:10] for name in ("main", "main~1"))
    assert text == (
        "2026-03-20\n"
        "  12:00  rolled back     churn staging to 1.2.0, was 1.1.0\n"
        "         worse after all\n"
        f"         by Ada Test  #8  {last}\n"
        "2026-03-10\n"
        "  12:00  promoted        churn@1.1.0 to staging, was 1.2.0\n"
        "         better\n"
        f"         by Ada Test, approved by Grace Hopper  #7  {before}\n"
    )
    document = json.loads(run("history", "churn", "--stage", "staging", *where, "--json").stdout)
    Draft202012Validator(documents.of("history")).validate(document)
    assert [event["what"] for event in document["events"]] == ["rolled back", "promoted", "promoted"]
    assert run("history", "--since", "2026-04-01", *where).stdout == ""


def test_an_unknown_model_and_a_shallow_clone_are_told(bare: Path, tmp_path: Path) -> None:
    result = run("history", "chum", "--registry", str(bare))
    assert (result.exit_code, result.stderr) == (
        5,
        "error: there is no model chum\n hint: did you mean churn?\n",
    )
    Repository(tmp_path).run("clone", "--quiet", "--depth", "1", bare.as_uri(), str(tmp_path / "shallow"))
    result = run("history", "--registry", str(tmp_path / "shallow"))
    commit = Repository(bare).commit("main")[:10]
    assert (result.stdout, result.stderr) == (
        "",
        f"note: this clone is shallow: nobody can tell from it what happened up to {commit} of 2026-03-20; git fetch --unshallow\n",
    )


def test_what_is_in_no_repository_holds_its_stages_since_nobody_knows_when(tmp_path: Path) -> None:
    folders.write(builders.a_registry(1, 2), tmp_path)
    told = run("show", "churn@production", "--registry", str(tmp_path)).stdout
    assert told.endswith("\nin production\n")


def test_names_and_reasons_cannot_steer_the_terminal(a_repo: Repository) -> None:
    who = {"GIT_AUTHOR_NAME": "Ada\x1b[2J", "GIT_COMMITTER_NAME": "Ada"}
    tree = a_repo.write("main", builders.a_policy(title="Other"))
    made = a_repo.run("commit-tree", tree, "-p", "main", "-m", "Change\x1b]0;title\x07 it", extra=who).strip()
    a_repo.run("push", "--quiet", "origin", f"{made}:main")
    text = run("history", "--registry", str(a_repo.top)).stdout
    assert text.replace("\n", "").isprintable()
    assert "by Ada\N{REPLACEMENT CHARACTER}[2J" in text
