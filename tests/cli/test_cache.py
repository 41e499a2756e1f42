"""`modelry cache`: what is kept is shown, and goes when it is told to."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from cli.test_export import published  # noqa: F401 - a fixture
from client.serving import Web, answer
from client.test_site import CHURN, a_document
from modelry.cli import group
from modelry.client import cache as caches
from modelry.client import keeping
from modelry.reports import documents


def run(*args: str) -> Result:
    return CliRunner().invoke(group, list(args), catch_exceptions=False)


def test_a_registry_that_was_begun_anew_is_forgotten_first(web: Web) -> None:
    url = f"{web.url}/site"
    resolve = ("resolve", "churn", "--registry", url)
    web.put(CHURN, a_document())
    assert run(*resolve).exit_code == 0
    web.put(CHURN, a_document(sequence=1))
    assert run(*resolve).exit_code == 7
    done = run("cache", "forget", f"{url}/")
    assert (done.exit_code, done.stdout) == (0, f"forgot {url}/\n")
    assert run(*resolve).exit_code == 0


def test_what_was_never_seen_cannot_be_forgotten() -> None:
    done = run("cache", "forget", "https://models.example/")
    assert (done.exit_code, done.stderr) == (5, "error: nothing was seen of https://models.example/\n")


@pytest.fixture
def pulled(published: Web, tmp_path: Path) -> Web:  # noqa: F811
    """A published registry of which two versions were pulled."""
    for version in ("1.0.0", "1.1.0"):
        done = run("pull", f"churn@{version}", str(tmp_path / version), "--registry", published.url)
        assert (done.exit_code, done.stderr) == (0, "")
    return published


def test_what_is_kept_is_listed(pulled: Web, tmp_path: Path) -> None:
    run("lock", "churn@1.0.0", "--registry", pulled.url, "--output", str(tmp_path / "lock"))
    done = run("cache", "list")
    rows = [line.split("  ") for line in done.stdout.splitlines()]
    sizes = sorted(len(builders.artifact("churn", version)) for version in ("1.0.0", "1.1.0"))
    assert sorted((int(size), held) for _, size, _, held in rows) == [(sizes[0], "-"), (sizes[1], "held")]
    assert done.stderr.startswith(f"2 files, {sum(sizes)} of ")
    told = json.loads(run("cache", "list", "--json").stdout)
    Draft202012Validator(documents.of("cache")).validate(told)
    assert [[row["sha256"], str(row["size"]), row["used"]] for row in told["files"]] == [
        row[:3] for row in rows
    ]


def test_what_was_altered_is_found_and_let_go(pulled: Web) -> None:
    assert run("cache", "verify").exit_code == 0
    one, _ = keeping.listed(caches.must().root)
    one.path.chmod(0o644)
    one.path.write_bytes(b"x" * one.size)
    done = run("cache", "verify")
    assert (done.exit_code, done.stdout.startswith(f"{one.path} has sha256 ")) == (4, True)
    assert [left.sha256 == one.sha256 for left in keeping.listed(caches.must().root)] == [False]
    assert pulled.asked


def test_all_goes_but_what_a_lock_holds(pulled: Web, tmp_path: Path) -> None:
    run("lock", "churn@1.0.0", "--registry", pulled.url, "--output", str(tmp_path / "lock"))
    size = len(builders.artifact("churn", "1.1.0"))
    done = run("cache", "clear")
    assert (done.exit_code, done.stdout) == (0, f"1 files, {size} bytes\n")
    assert [one.is_held for one in keeping.listed(caches.must().root)] == [True]


def test_where_nothing_is_kept_there_is_nothing_to_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELRY_CACHE", "")
    done = run("cache", "list")
    assert (done.exit_code, done.stderr) == (
        1,
        "error: nothing is kept: MODELRY_CACHE is empty\n hint: unset it\n",
    )


def test_when_all_is_gone_what_was_pulled_once_is_pulled_offline(pulled: Web, tmp_path: Path) -> None:
    pulled.answers.clear()
    pulled.put("/api/v1/models/churn.json", answer(status=403))
    asked = len(pulled.asked)
    where = tmp_path / "offline.onnx"
    done = run("pull", "churn@production", str(where), "--registry", pulled.url, "--offline", "--json")
    told = json.loads(done.stdout)["resolution"]
    assert (done.exit_code, told["source"], told["stale"], len(pulled.asked)) == (0, "cache", True, asked)
    assert where.read_bytes() == builders.artifact("churn", "1.0.0")
    assert done.stderr.startswith("warning: nobody is asked offline; the answer is what was seen ")
    run("cache", "clear")
    where.unlink()
    done = run("pull", "churn@production", str(where), "--registry", pulled.url, "--offline")
    assert (done.exit_code, where.exists()) == (1, False)
    assert (
        "churn@1.0.0 is not all on this machine: model.onnx (216 bytes)\n hint: fetch it once" in done.stderr
    )


def test_a_link_is_given_where_it_was_asked(pulled: Web, tmp_path: Path) -> None:
    where = tmp_path / "linked.onnx"
    assert run("pull", "churn@1.0.0", str(where), "--registry", pulled.url, "--link").exit_code == 0
    assert (where.stat().st_nlink, where.stat().st_mode & 0o777) == (2, 0o444)


def test_without_a_cache_nothing_is_kept(published: Web, tmp_path: Path) -> None:  # noqa: F811
    where = tmp_path / "m.onnx"
    assert run("pull", "churn@1.0.0", str(where), "--registry", published.url, "--no-cache").exit_code == 0
    assert keeping.listed(caches.must().root) == []
