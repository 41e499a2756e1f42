"""A lock: what was meant once is pulled for ever, and nobody is asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from client.serving import Web
from modelry import client
from modelry.cli import group
from modelry.client import locking
from modelry.errors import NotFoundError, RegistryError
from modelry.git import Repository
from modelry.reports import documents
from modelry.storage import folders


def run(*args: object) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], catch_exceptions=False)


def said(result: Result) -> tuple[int, str, str]:
    return result.exit_code, result.stdout, result.stderr


def test_what_was_locked_is_pulled_without_a_registry(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "modelry.lock"
    asked = ("churn@production", "churn@staging")
    told = run("lock", *asked, "--output", lock, "--registry", a_repo.top)
    assert said(told) == (0, "churn@production: 1.0.0\nchurn@staging: 1.2.0\n", "")
    Draft202012Validator(documents.of("lock")).validate(json.loads(lock.read_bytes()))
    monkeypatch.chdir(tmp_path)
    done = run("pull", "churn@production", "here.onnx", "--locked", lock)
    assert said(done) == (0, "here.onnx\n", "")
    assert (tmp_path / "here.onnx").read_bytes() == builders.artifact("churn", "1.0.0")
    assert run("verify", "here.onnx", "churn@1.0.0", "--locked", lock).exit_code == 0
    assert run("verify", "here.onnx", "churn@staging", "--locked", lock).exit_code == 4


def test_a_lock_says_what_has_moved(a_repo: Repository, tmp_path: Path) -> None:
    lock = tmp_path / "modelry.lock"
    run("lock", "churn@production", "--output", lock, "--registry", a_repo.top)
    before = lock.read_bytes()
    assert said(run("lock", "--check", "--output", lock, "--registry", a_repo.top)) == (0, "", "")
    folders.write(builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0"), a_repo.top)
    moved = run("lock", "--check", "--output", lock, "--registry", a_repo.top)
    assert (said(moved), lock.read_bytes()) == ((3, "churn@production: 1.0.0 -> 1.2.0\n", ""), before)
    assert run("lock", "--output", lock, "--registry", a_repo.top).exit_code == 0
    assert client.resolve("churn@production", locked=lock).version == "1.2.0"
    other = run("lock", "churn@1.1.0", "--output", lock, "--registry", a_repo.top)
    assert other.stdout == "churn@1.1.0: 1.1.0\nchurn@production: 1.2.0, locked no more\n"


def test_the_same_answers_are_the_same_bytes(a_repo: Repository) -> None:
    found = [client.resolve(f"churn@{which}", str(a_repo.top)) for which in ("staging", "production")]
    assert locking.text(found) == locking.text(found[::-1])


def test_what_a_site_said_is_read_back(web: Web, tmp_path: Path) -> None:
    from client.test_site import resolve  # noqa: PLC0415 - a document as a catalog has it

    found = resolve(web, "churn@production")
    (tmp_path / "lock").write_text(locking.text([found]))
    assert locking.read(tmp_path / "lock") == (found,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no lock"),
        ("[" * 100_000, "is no lock"),
        ("[]", r"it is \[\], expected a mapping"),
        ('{"schema": "lock/v2"}', "`schema` is 'lock/v2', expected lock/v1"),
        ('{"schema": "lock/v1", "locked": [{}]}', "`locked.0.source` is missing, expected a word"),
    ],
)
def test_a_file_that_is_no_lock_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(text)
    with pytest.raises(RegistryError, match=message):
        locking.read(tmp_path / "lock")


@pytest.mark.parametrize("field", ["path", "sha256", "size", "md5", "version", "addresses", "sequence"])
def test_a_field_that_was_tampered_with_is_told(field: str, a_repo: Repository, tmp_path: Path) -> None:
    document: dict[str, Any] = json.loads(locking.text([client.resolve("churn", str(a_repo.top))]))
    document["locked"][0][field] = "../../etc/passwd\n"
    (tmp_path / "lock").write_text(json.dumps(document))
    with pytest.raises(RegistryError, match=rf"`locked\.0\.{field}` is "):
        locking.read(tmp_path / "lock")


def test_what_is_not_locked_is_told(a_repo: Repository, tmp_path: Path) -> None:
    lock = tmp_path / "modelry.lock"
    with pytest.raises(NotFoundError, match="there is no "):
        locking.find(lock, "churn")
    lock.write_text(locking.text([client.resolve("churn@production", str(a_repo.top))]))
    with pytest.raises(NotFoundError, match="does not lock churn@staging") as caught:
        locking.find(lock, "churn@staging")
    assert caught.value.hint == "it locks churn@production"
