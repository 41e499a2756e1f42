"""The way of a version whose bytes nobody pushed: judged by download, merged, copied into the remote by `modelry mirror`, pulled."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import builders
from client.serving import Answer, answer
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.reports import documents
from modelry.storage import folders, web
from public import HOST, Public

DATA = builders.artifact("churn", "2.0.0")
URL = f"https://{HOST}/churn-2.0.0.onnx"
ADDRESS = hashlib.md5(DATA).hexdigest()


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def commit(repository: Repository, *files: dict[str, bytes], branch: str | None = None) -> None:
    """Commit files, on main or on a branch from there."""
    for one in files:
        folders.write(one, repository.top)
    if branch:
        repository.run("switch", "--quiet", "--create", branch)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", "a moment")
    repository.run("push", "--quiet", "origin", "HEAD")
    if branch:
        repository.run("switch", "--quiet", "main")


def a_version(number: str = "2.0.0", url: str = URL, **more: Any) -> dict[str, bytes]:
    data = builders.artifact("churn", number)
    artifact = {
        "path": "model.onnx",
        "format": "onnx",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "source": {"url": url},
    }
    return builders.a_version("churn", number, artifact=artifact | more)


@pytest.fixture(autouse=True)
def here(a_repo: Repository, store: Path, public: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a registry whose policy allows the public web of the tests."""
    monkeypatch.chdir(a_repo.top)
    monkeypatch.setattr(web, "ATTEMPTS", 1)
    commit(a_repo, builders.a_policy(remotes={"store": {"url": str(store)}}, sources={"hosts": [HOST]}))
    public.put("/churn-2.0.0.onnx", DATA)


def judged(*more: str) -> Result:
    return run("check", "--base", "main", "--head", "proposal", *more)


def test_a_version_is_judged_by_download_merged_mirrored_and_pulled(
    a_repo: Repository, store: Path, public: Public, tmp_path: Path
) -> None:
    commit(a_repo, a_version(), branch="proposal")
    result = judged()
    assert (result.exit_code, result.stdout) == (0, "new version: passes\n")
    assert run("merge", "proposal").exit_code == 0
    assert public.asked == [f"{HOST}/churn-2.0.0.onnx"]  # judged twice, and fetched once

    lost = run("check")
    assert lost.exit_code == 3
    assert "model.onnx is in no remote of this registry" in lost.stdout
    assert "= copy it from its source: modelry mirror\n" in lost.stdout

    planned = run("mirror", "--dry-run")
    assert (planned.exit_code, planned.stdout) == (
        0,
        f"churn@2.0.0: would be copied to store from {URL} ({len(DATA)} bytes)\n",
    )
    assert not (store / f"files/md5/{ADDRESS[:2]}/{ADDRESS[2:]}").exists()

    made = run("mirror")
    assert (made.exit_code, made.stdout) == (
        0,
        f"churn@2.0.0: copied to store from {URL} ({len(DATA)} bytes)\n",
    )
    assert (store / f"files/md5/{ADDRESS[:2]}/{ADDRESS[2:]}").read_bytes() == DATA
    assert run("check").exit_code == 0

    public.answers.clear()  # from now on the remote has it, whatever becomes of the source
    again = run("mirror", "--json")
    assert (again.exit_code, json.loads(again.stdout)["versions"]) == (0, [])
    assert run("pull", "churn@2.0.0", str(tmp_path / "here.onnx")).exit_code == 0
    assert (tmp_path / "here.onnx").read_bytes() == DATA
    assert a_repo.run("status", "--porcelain") == ""


def test_a_reviewer_is_told_that_nobody_pushed_the_bytes(a_repo: Repository) -> None:
    commit(a_repo, a_version(), branch="proposal")

    said = " ".join(run("review", "--base", "main", "--head", "proposal").stdout.split())
    assert f"they lie in public at {URL}, and are copied from there after the merge" in said


def test_a_folder_goes_the_same_way_file_by_file(a_repo: Repository, public: Public, tmp_path: Path) -> None:
    files = {"model.onnx": b"net" * 9, "vocabulary/words.txt": b"leave\nstay\n"}
    for name, data in files.items():
        public.put(f"/reader/{name}", data)
    folders.write({f"reader/{name}": data for name, data in files.items()}, tmp_path)
    example = builders.a_document("version")
    told = {name: example[name] for name in ("summary", "license", "evaluations", "training", "signature")}
    (tmp_path / "facts.json").write_text(json.dumps({**told, "training": {**told["training"], "data": []}}))
    (tmp_path / "card.md").write_text("# churn\n")

    named = ("--version", "2.0.0", "--source", f"https://{HOST}/reader/")
    known = ("--facts", str(tmp_path / "facts.json"), "--card", str(tmp_path / "card.md"))
    assert run("register", "churn", str(tmp_path / "reader"), *named, *known).exit_code == 0
    assert run("merge", "register/churn/2.0.0").exit_code == 0
    made = run("mirror")
    assert (made.exit_code, made.stdout) == (
        0,
        f"churn@2.0.0: copied to store from https://{HOST}/reader/ (38 bytes)\n",
    )
    assert run("mirror").stdout == ""
    assert run("pull", "churn@2.0.0", str(tmp_path / "there")).exit_code == 0
    assert {name: (tmp_path / "there" / name).read_bytes() for name in files} == files
    assert a_repo.run("status", "--porcelain") == ""


def test_what_cannot_be_copied_is_told_and_keeps_no_other_from_it(
    a_repo: Repository, store: Path, public: Public
) -> None:
    other = builders.artifact("churn", "3.0.0")
    numbers: dict[str, bytes | Answer] = {"2.0.0": b"other" * 10, "3.0.0": other, "4.0.0": answer(status=503)}
    for number, body in numbers.items():
        url = f"https://{HOST}/{number}"
        commit(a_repo, a_version(number, url))
        public.put(f"/{number}", body)

    result = run("mirror", "--json")
    report = json.loads(result.stdout)
    size = len(DATA)

    assert result.exit_code == 4
    assert (report["schema"], report["remote"], report["commit"]) == (
        "mirror/v1",
        "store",
        a_repo.commit("main"),
    )
    assert [(row["version"], row["state"], row.get("error")) for row in report["versions"]] == [
        ("churn@2.0.0", "failed", f"https://{HOST}/2.0.0 has 50 bytes, expected {size}"),
        ("churn@3.0.0", "copied", None),
        ("churn@4.0.0", "failed", f"https://{HOST}/4.0.0: HTTP 503 Service Unavailable (1 attempts)"),
    ]
    assert set(documents.of("mirror")["properties"]) == set(report)
    stored = {path.read_bytes() for path in (store / "files").rglob("*") if path.is_file()}
    assert other in stored
    assert b"other" * 10 not in stored
    assert list((a_repo.common / "modelry").iterdir()) == []
    told = run("mirror")
    assert told.stdout == ""
    assert (
        told.stderr.splitlines()[0]
        == f"churn@2.0.0: failed: https://{HOST}/2.0.0 has 50 bytes, expected {size}"
    )


def test_mirror_asks_nobody_whom_policy_no_longer_allows(
    a_repo: Repository, store: Path, public: Public
) -> None:
    commit(a_repo, a_version())
    commit(
        a_repo, builders.a_policy(remotes={"store": {"url": str(store)}}, sources={"hosts": ["cdn.example"]})
    )

    result = run("mirror")
    assert (result.exit_code, result.stderr) == (
        3,
        f"churn@2.0.0: failed: {HOST} is not on the list of policy\n",
    )
    assert public.resolved == []


def test_mirror_has_no_aim_where_all_remotes_lie_in_the_repository(a_repo: Repository) -> None:
    commit(a_repo, a_version())
    commit(a_repo, builders.a_policy(remotes={"examples": {"url": ".artifacts"}}))

    result = run("mirror")
    assert result.exit_code == 5
    assert result.stderr.startswith("error: all remotes of this registry lie in the repository")


def test_where_no_version_names_a_source_no_remote_is_asked_and_none_need_be_there(
    a_repo: Repository,
) -> None:
    commit(a_repo, builders.a_policy(remotes={"examples": {"url": ".artifacts"}}))

    result = run("mirror", "--json")
    report: dict[str, Any] = {
        "schema": "mirror/v1",
        "commit": a_repo.commit("main"),
        "remote": None,
        "versions": [],
    }
    assert (result.exit_code, json.loads(result.stdout)) == (0, report)


def test_a_remote_that_cannot_be_asked_keeps_nobody_from_looking_at_the_source(a_repo: Repository) -> None:
    remotes = {"bucket": {"url": "http://127.0.0.1:9/dvc"}}
    commit(a_repo, builders.a_policy(remotes=remotes, sources={"hosts": [HOST]}))
    commit(a_repo, a_version(), branch="proposal")

    assert judged().exit_code == 0


def test_a_source_that_could_not_be_asked_is_no_verdict(a_repo: Repository, public: Public) -> None:
    commit(a_repo, a_version(), branch="proposal")
    public.put("/churn-2.0.0.onnx", answer(status=503))

    result = judged()
    assert (result.exit_code, result.stdout, result.stderr) == (
        1,
        "",
        f"error: could not look: {URL}: HTTP 503 Service Unavailable (1 attempts)\n",
    )


def test_offline_the_report_says_that_the_source_was_not_asked(a_repo: Repository, public: Public) -> None:
    commit(a_repo, a_version(), branch="proposal")

    result = judged("--offline", "--format", "json")
    assert result.exit_code == 0
    assert {
        "rule": "source-differs",
        "why": "the sources were not asked: --offline, or nobody could here",
    } in json.loads(result.stdout)["skipped"]
    assert public.asked == []


@pytest.mark.parametrize("more", [("--offline",), ("--verify",), ("--base", "")], ids="".join)
def test_what_needs_no_key_is_asked_of_a_change_alone(more: tuple[str, ...]) -> None:
    result = run("check", *([] if "--base" in more else ["--base", "main", *more]), "--public")

    assert (result.exit_code, result.stderr) == (
        2,
        (
            "error: --public asks the sources of a change, and no remote\n"
            " hint: give --base REV with it, and neither --offline nor --verify\n"
        ),
    )


def test_a_pointer_that_addresses_other_bytes_is_found_before_the_merge(a_repo: Repository) -> None:
    files = a_version()
    pointer = layout.version("churn", "2.0.0", "model.onnx.dvc")
    files[pointer] = files[pointer].replace(ADDRESS.encode(), b"ab" * 16)
    commit(a_repo, files, branch="proposal")

    result = judged()
    assert result.exit_code == 3
    assert f"model.onnx has the MD5 {ADDRESS}, and its pointer says {'ab' * 16}" in result.stdout


@pytest.mark.parametrize("pointer", [None, b"outs: 7\n"], ids=["none", "one that cannot be read"])
def test_without_a_pointer_nothing_is_fetched_and_that_is_told(
    a_repo: Repository, public: Public, pointer: bytes | None
) -> None:
    path = layout.version("churn", "2.0.0", "model.onnx.dvc")
    files = {name: data for name, data in a_version().items() if name != path}
    commit(a_repo, files | ({path: pointer} if pointer else {}), branch="proposal")

    result = judged()
    assert result.exit_code == 3
    assert f"error[{'invalid-document' if pointer else 'incomplete-version'}]" in result.stdout
    assert public.asked == []


def test_a_change_is_not_judged_by_the_hosts_that_it_brings(
    a_repo: Repository, store: Path, public: Public
) -> None:
    policy = builders.a_policy(
        remotes={"store": {"url": str(store)}}, sources={"hosts": [HOST, "elsewhere.example"]}
    )
    commit(a_repo, policy, a_version(url="https://elsewhere.example/x"), branch="proposal")

    result = judged()
    assert result.exit_code == 3
    assert "error[source-not-allowed]: elsewhere.example is not on the list of policy" in result.stdout
    assert public.resolved == []


def test_of_an_old_version_the_source_is_not_asked_again(a_repo: Repository, public: Public) -> None:
    commit(a_repo, a_version())
    public.answers.clear()
    commit(a_repo, builders.a_version("churn", "2.1.0"), branch="proposal")

    result = judged("--offline")
    assert (result.exit_code, public.asked) == (0, [])
