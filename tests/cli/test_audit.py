"""`modelry audit` as a user sees it: what is put on record, what is proved, what is exported."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model.evidence import Approver, Check, Proposed, Someone
from modelry.reports import documents
from modelry.storage import evidence, folders


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str, given: str | None = None) -> Result:
    return CliRunner().invoke(group, args, input=given, catch_exceptions=False)


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def promoted(a_repo: Repository) -> str:
    """The commit that promoted churn 1.1.0 to staging."""
    run("promote", "churn@1.1.0", "staging", "--reason", "better")
    assert run("merge", "promote/churn/staging/1.1.0", "--offline").exit_code == 0
    return a_repo.commit("origin/main")


PULL_REQUEST = (
    "--pull-request",
    "12",
    "--url",
    "https://github.com/acme/models/pull/12",
    "--author",
    "ada=1001",
    "--approver",
    "bob=1002",
    "--check",
    "registry / validate=success",
)


def test_ci_records_the_pull_request_of_a_merge_and_saying_it_again_changes_nothing(
    a_repo: Repository, promoted: str
) -> None:
    assert said(run("audit", "record", "HEAD", *PULL_REQUEST)) == (0, f"{promoted}\n", "recorded\n")
    notes = a_repo.run("ls-remote", "origin", evidence.REF)
    assert said(run("audit", "record", "HEAD", *PULL_REQUEST)) == (
        0,
        f"{promoted}\n",
        "it is on record already\n",
    )
    assert a_repo.run("ls-remote", "origin", evidence.REF) == notes
    found = evidence.read(a_repo)[promoted]
    assert found.proposal == Proposed(
        branch="promote/churn/staging/1.1.0", number=12, url="https://github.com/acme/models/pull/12"
    )
    assert found.approvers == (Approver(name="bob", forge="github", id="1002"),)
    assert found.author == Someone(name="Ada Test", email="ada@example.org", forge="github", id="1001")
    assert Check(name="registry / validate", conclusion="success") in found.checks


def test_the_same_is_taken_as_json(a_repo: Repository, promoted: str) -> None:
    told = {
        "proposal": {"number": 12},
        "author": {"name": "ada", "forge": "github", "id": "1001"},
        "approvers": [{"name": "bob", "forge": "github", "id": "1002", "when": "2026-03-01T12:00:00Z"}],
        "checks": [{"name": "ci", "conclusion": "success", "tool": "GitHub Actions"}],
    }
    given = json.dumps(told)
    url = "https://github.com/acme/models/pull/12"
    assert run("audit", "record", promoted, "--from", "-", "--url", url, given=given).exit_code == 0
    found = evidence.read(a_repo)[promoted]
    assert (found.proposal.number, found.proposal.url) == (12, url)
    assert [approver.who for approver in found.approvers] == [("github", "1002")]


def test_a_dry_run_shows_the_statement_and_records_nothing(a_repo: Repository, promoted: str) -> None:
    before = a_repo.run("ls-remote", "origin", evidence.REF)
    result = run("audit", "record", "HEAD", "--branch", "b", "--dry-run")
    assert json.loads(result.stdout)["predicate"]["proposal"] == {"branch": "b"}
    assert json.loads(result.stdout)["predicate"]["commit"] == promoted
    assert a_repo.run("ls-remote", "origin", evidence.REF) == before


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("HEAD^2",), "error: HEAD^2 is no commit of main's first-parent line\n"),
        (
            ("HEAD", "--approver", "bob=7"),
            "error: on which forge is bob=7?\n hint: say --forge, or give --url\n",
        ),
        (("HEAD", "--check", "ci"), "error: name: String should have at least 1 character\n"),
        (("HEAD", "--url", "ftp://x"), "error: url: String should match pattern"),
        (("HEAD", "--from", "-"), "error: Invalid JSON: "),
    ],
)
@pytest.mark.usefixtures("promoted")
def test_what_cannot_be_meant_is_refused(args: tuple[str, ...], told: str) -> None:
    result = run("audit", "record", *args, given="no json")
    assert (result.exit_code, result.stderr[: len(told)]) == (2, told)


def test_a_shallow_clone_hides_what_was_merged(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = Path(a_repo.run("remote", "get-url", "origin").strip())
    a_repo.run("commit", "--quiet", "--allow-empty", "--message", "second")
    a_repo.run("push", "--quiet")
    Repository(tmp_path).run("clone", "--quiet", "--depth=1", f"file://{origin}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    assert said(run("audit", "record", "HEAD")) == (
        1,
        "",
        "error: this clone is shallow, and hides what was merged\n hint: git fetch --unshallow\n",
    )


@pytest.mark.usefixtures("promoted")
def test_verify_tells_each_move_and_what_it_is_worth(promoted: str) -> None:
    result = run("audit", "verify")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    when = lines[0].split(", ")[2]
    assert lines == [
        f"cannot be proven: promotion of churn production, nothing to 1.0.0, {when}, {lines[0][-12:]}",
        "  missing: no evidence is recorded",
        "  missing: there was no policy to judge it by: the registry begins with it",
        f"cannot be proven: promotion of churn staging, nothing to 1.2.0, {when}, {lines[0][-12:]}",
        "  missing: no evidence is recorded",
        "  missing: there was no policy to judge it by: the registry begins with it",
        f"proven: promotion of churn staging, 1.2.0 to 1.1.0, {lines[6].split(', ')[2]}, {promoted[:12]}",
    ]
    assert result.stderr.splitlines()[0] == ("3 decisions: 1 proven, 0 contradicted, 2 cannot be proven")
    assert run("audit", "verify", "--strict").exit_code == 3


@pytest.mark.usefixtures("promoted")
def test_verify_answers_a_program_by_its_schema() -> None:
    told = json.loads(run("audit", "verify", "--json", "--model", "churn", "--no-bytes").stdout)
    Draft202012Validator(documents.of("audit")).validate(told)
    assert (told["proven"], told["contradicted"], told["unproven"]) == (1, 0, 2)


def test_verify_ends_in_3_where_records_contradict_each_other(a_repo: Repository) -> None:
    folders.write(builders.an_assignment("churn", "1.1.0", "staging", previous="1.0.0"), a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "I know better")
    a_repo.run("push", "--quiet")
    result = run("audit", "verify")
    assert result.exit_code == 3
    assert (
        "  contradicted: stale-promotion: `previous` is 1.0.0, but 1.2.0 holds staging on main\n"
        in result.stdout
    )


def test_a_merge_is_signed_where_a_key_is_given(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(pem)
    run("promote", "churn@1.1.0", "staging", "--reason", "better")
    branch = "promote/churn/staging/1.1.0"
    assert run("merge", branch, "--offline", "--sign", str(tmp_path / "key.pem")).exit_code == 0
    monkeypatch.setenv("SIGNING_KEY", pem.decode())
    commit = a_repo.commit("origin/main")
    assert run("audit", "record", commit, "--branch", branch, "--sign", "env:SIGNING_KEY").exit_code == 0
    assert [each.envelope is not None for each in evidence.read(a_repo)[commit].recorded] == [True, True]


def test_export_tells_the_registry_at_a_moment(promoted: str) -> None:
    told = json.loads(run("audit", "export", "--format", "json").stdout)
    before = json.loads(run("audit", "export", "--format", "json", "--at", f"{promoted}~1").stdout)
    (stage,) = (held for held in told["models"][0]["stages"] if held["stage"] == "staging")
    assert (stage["version"], stage["since"]["commit"], stage["since"]["told_by"]) == (
        "1.1.0",
        promoted,
        "evidence",
    )
    assert [held["version"] for held in before["models"][0]["stages"]] == ["1.0.0", "1.2.0"]
    assert run("audit", "export").stdout.startswith("model,version,stage,held_since,")


def test_export_of_a_moment_that_was_not_is_told() -> None:
    result = run("audit", "export", "--at", "2001-01-01")
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr.startswith("error: main has nothing from before 2001-01-01\n")
