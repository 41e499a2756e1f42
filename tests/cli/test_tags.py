"""`modelry tags`, read by the real GTO and the real DVC."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry import tagging
from modelry.cli import group
from modelry.errors import ConflictError
from modelry.git import Repository, refs
from modelry.model import layout
from modelry.storage import folders

TOP = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

FIRST = ["churn@v1.0.0", "churn@v1.1.0", "churn@v1.2.0", "churn#production#1", "churn#staging#2"]
"""What the one commit of `a_repo` is worth: three versions at once, which GTO by itself could not tell apart."""


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def peer(*args: str | Path) -> str:
    environment = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run(
        [BIN / args[0], *args[1:]], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def gto(*args: str) -> Any:
    return json.loads(peer("gto", *args, "--json"))


def landed(branch: str) -> None:
    assert run("merge", branch, "--offline").exit_code == 0


def yank(version: str) -> None:
    run("yank", f"churn@{version}", "--reason", "leaks")
    landed(f"yank/churn/{version}")


@pytest.fixture
def moved(a_repo: Repository) -> Repository:
    """The registry after a promotion and a rollback, each a merge."""
    run("promote", "churn@1.1.0", "staging", "--reason", "better on new customers")
    landed("promote/churn/staging/1.1.0")
    run("rollback", "churn", "staging", "--reason", "worse")
    landed("rollback/churn/staging/1.2.0")
    return a_repo


@pytest.mark.usefixtures("moved")
def test_gto_sees_what_the_files_say() -> None:
    assert run("tags").stdout.split() == [*FIRST, "churn#staging#3", "churn#staging#4"]
    assert gto("show") == {
        "churn": {
            "version": "v1.2.0",
            "stage": {"production": "v1.0.0", "staging": "v1.2.0"},
            "registered": True,
            "active": True,
        }
    }
    assert peer("gto", "show", "churn#staging", "--ref").split() == ["churn@v1.2.0"]
    assert peer("gto", "show", "churn@latest", "--ref").split() == ["churn@v1.2.0"]
    rows = [line.split("│")[1:4] for line in peer("gto", "show", "churn").splitlines() if "churn" in line]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["churn", "v1.2.0", "staging"],
        ["churn", "v1.1.0", ""],
        ["churn", "v1.0.0", "production"],
    ]


def test_gto_tells_the_history_with_who_and_why(moved: Repository) -> None:
    run("tags")
    told = [event for event in gto("history") if event["event"] == "assignment"]
    assert [(event["ref"], event["version"], event["stage"]) for event in told] == [
        ("churn#staging#4", "v1.2.0", "staging"),
        ("churn#staging#3", "v1.1.0", "staging"),
        ("churn#staging#2", "v1.2.0", "staging"),
        ("churn#production#1", "v1.0.0", "production"),
    ]
    commit = moved.commit("main~1")
    assert (told[1]["author"], told[1]["author_email"], told[1]["message"]) == (
        "Ada Test",
        "ada@example.org",
        f"better on new customers\n\nModelry-Commit: {commit}",
    )
    seen = gto("check-ref", "churn#staging#3")
    assert (seen["event"], seen["version"], seen["stage"]) == ("assignment", "v1.1.0", "staging")


@pytest.mark.usefixtures("moved")
def test_dvc_gets_the_bytes_of_a_stage_and_of_a_version(a_repo: Repository, tmp_path: Path) -> None:
    run("tags")
    for which, version in (
        (("--stage", "production"), "1.0.0"),
        (("--stage", "staging"), "1.2.0"),
        (("--rev", "v1.1.0"), "1.1.0"),
        ((), "1.2.0"),
    ):
        out = tmp_path / "-".join(("got", *which))
        peer("dvc", "artifacts", "get", a_repo.top, "churn", *which, "--out", out)
        assert out.read_bytes() == builders.artifact("churn", version)


def test_a_version_is_tagged_on_main_with_two_files_more(a_repo: Repository) -> None:
    run("tags")
    assert a_repo.commit("churn@v1.0.0~1") == a_repo.commit("main")
    assert a_repo.run("diff", "--name-only", "main", "churn@v1.0.0").split() == [".dvcignore", "dvc.yaml"]
    assert a_repo.run("show", "churn@v1.0.0:dvc.yaml") == (
        'artifacts:\n  "churn":\n'
        '    path: "registry/models/churn/versions/1.0.0/model.onnx"\n    type: model\n'
    )
    assert a_repo.commit("churn#production#1") == a_repo.commit("churn@v1.0.0")
    assert a_repo.run("branch", "--all", "--contains", "churn@v1.0.0") == ""


def test_files_of_main_that_dvc_reads_are_kept_and_added_to(a_repo: Repository, tmp_path: Path) -> None:
    own = "stages:\n  train:\n    cmd: echo\nartifacts:\n  other:\n    path: README.md\n"
    folders.write({"dvc.yaml": own.encode(), ".dvcignore": b"*.tmp", "README.md": b"Hello\n"}, a_repo.top)
    folders.write(builders.a_version(version="1.3.0"), a_repo.top)
    folders.write(builders.store(builders.a_version(version="1.3.0")), tmp_path / "store")
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Register churn@1.3.0")
    a_repo.run("push", "--quiet")
    run("tags")
    assert a_repo.run("show", "churn@v1.3.0:.dvcignore").splitlines()[:2] == ["*.tmp", "/registry/models/*"]
    assert a_repo.run("show", "churn@v1.3.0:dvc.yaml") == (
        f"{own}  churn:\n    path: registry/models/churn/versions/1.3.0/model.onnx\n    type: model\n"
    )
    peer("dvc", "artifacts", "get", a_repo.top, "churn", "--rev", "v1.3.0", "--out", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == builders.artifact("churn", "1.3.0")


def test_a_withdrawn_version_is_deregistered(a_repo: Repository) -> None:
    yank("1.1.0")
    assert run("tags").stdout.split() == [*FIRST, "churn@v1.1.0!"]
    assert [version["version"] for version in gto("show", "churn")] == ["v1.2.0", "v1.0.0"]
    assert run("tags", "--check").exit_code == 0
    assert a_repo.commit("churn@v1.1.0!") == a_repo.commit("churn@v1.1.0")


def test_a_stage_that_was_emptied_is_unassigned(a_repo: Repository) -> None:
    a_repo.run("rm", "--quiet", layout.stage("churn", "production"))
    a_repo.run("commit", "--quiet", "--message", "Nothing is in production")
    a_repo.run("push", "--quiet")
    assert run("tags").stdout.split() == [*FIRST, "churn#production!#3"]
    assert gto("show")["churn"]["stage"] == {"staging": "v1.2.0"}


def test_made_again_they_change_nothing_and_made_elsewhere_they_are_the_same(
    moved: Repository, origin: Path, tmp_path: Path
) -> None:
    run("tags")
    before = moved.run("for-each-ref", "refs/tags")
    assert (run("tags").output, moved.run("for-each-ref", "refs/tags")) == ("", before)
    moved.run("clone", "--quiet", str(origin), str(tmp_path / "other"))
    assert run("tags", "--registry", str(tmp_path / "other")).exit_code == 0
    assert Repository(tmp_path / "other").run("for-each-ref", "refs/tags") == before


def test_what_a_version_is_tagged_on_stays_the_same_from_release_to_release(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-03-01T12:00:00Z")
    folder = "registry/models/churn/versions/1.0.0"
    files = {"registry/registry.yaml": b"", f"{folder}/version.yaml": b"", f"{folder}/model.onnx.dvc": b""}
    first = a_repo.record(a_repo.write(None, files), [], "Begin\n")
    a_repo.run("update-ref", "refs/remotes/origin/main", first)
    run("tags")
    # Tags that users have made stay right by --check only as long as this does not change.
    assert a_repo.commit("churn@v1.0.0") == "6502ca7943e10d465797e83311a444db6f009bfe"


def test_push_gives_origin_what_it_lacks_and_nothing_twice(a_repo: Repository, origin: Path) -> None:
    result = run("tags", "--push", "--json")
    assert json.loads(result.stdout)["pushed"] == FIRST
    assert refs.tags(Repository(origin)) == refs.tags(a_repo)
    again = run("tags", "--push")
    assert (again.exit_code, again.output) == (0, "")
    run("promote", "churn@1.1.0", "staging", "--reason", "better")
    landed("promote/churn/staging/1.1.0")
    result = run("tags", "--push")
    assert (result.stdout, result.stderr) == ("churn#staging#3\n", "pushed 1 tags to origin\n")


def test_push_from_a_clone_without_tags_gets_them_first(
    a_repo: Repository, origin: Path, tmp_path: Path
) -> None:
    run("tags", "--push")
    a_repo.run("clone", "--quiet", "--no-tags", str(origin), str(tmp_path / "other"))
    result = run("tags", "--push", "--registry", str(tmp_path / "other"))
    assert (result.exit_code, result.output) == (0, "")


def test_a_dry_run_names_what_is_missing_and_makes_nothing(a_repo: Repository) -> None:
    assert run("tags", "--dry-run", "--push").stdout.split() == FIRST
    assert refs.tags(a_repo) == {}


def test_the_answer_for_programs_says_what_each_tag_tells(a_repo: Repository) -> None:
    answer = json.loads(run("tags", "--json").stdout)
    Draft202012Validator(json.loads((TOP / "schemas/tags/v1.json").read_text("utf-8"))).validate(answer)
    commit = a_repo.commit("main")
    assert answer["made"][3] == {
        "name": "churn#production#1",
        "model": "churn",
        "version": "1.0.0",
        "commit": commit,
    }
    assert {key: answer[key] for key in ("schema", "commit", "pushed", "faults")} == {
        "schema": "tags/v1",
        "commit": commit,
        "pushed": [],
        "faults": [],
    }


def test_check_finds_tags_that_say_another_thing(a_repo: Repository) -> None:
    run("tags")
    right, main = a_repo.commit("churn@v1.0.0"), a_repo.commit("main")
    a_repo.run("tag", "--delete", "churn@v1.1.0", "churn@v1.2.0")
    a_repo.run("tag", "churn@v1.2.0", "main")
    a_repo.run("tag", "--force", "--annotate", "--message", "mine", "churn@v1.0.0", "main")
    a_repo.run("tag", "--annotate", "--message", "by hand", "churn#production#9", "main")
    a_repo.run("tag", "--annotate", "--message", "no business of ours", "release-1", "main")
    result = run("tags", "--check")
    assert result.exit_code == 3
    faults = json.loads(run("tags", "--check", "--json").stdout)["faults"]
    assert [(fault["tag"], fault["fault"], fault["message"]) for fault in faults] == [
        (
            "churn@v1.0.0",
            "misplaced",
            f"is on {main[:12]}, expected {right[:12]}, made from {main[:12]} of main",
        ),
        ("churn@v1.1.0", "missing", "is not there"),
        ("churn@v1.2.0", "lightweight", "is not annotated: GTO does not see it"),
        ("churn#production#9", "foreign", f"main's history up to {main[:12]} knows nothing of it"),
    ]
    assert result.stdout.splitlines()[:2] == [
        f"churn@v1.0.0: misplaced: {faults[0]['message']}",
        f"  = {faults[0]['hint']}",
    ]
    assert faults[0]["hint"] == (
        "if nobody relies on it: git tag -d 'churn@v1.0.0'; git push origin ':refs/tags/churn@v1.0.0'; "
        "then: modelry tags"
    )
    for fault in faults[0], faults[2], faults[3]:
        a_repo.run("tag", "--delete", fault["tag"])
    run("tags")
    assert (run("tags", "--check").exit_code, a_repo.commit("churn@v1.0.0")) == (0, right)


def test_a_tag_that_is_there_is_never_moved_and_its_version_stays_one_to_gto(a_repo: Repository) -> None:
    a_repo.run("tag", "--annotate", "--message", "by GTO, before", "churn@v1.0.0", "main")
    before = refs.tags(a_repo)["churn@v1.0.0"]
    assert run("tags").stdout.split() == FIRST[1:]
    after = refs.tags(a_repo)
    assert (after["churn@v1.0.0"], after["churn#production#1"].commit) == (before, before.commit)
    assert gto("show")["churn"]["stage"]["production"] == "v1.0.0"


def test_a_tag_that_origin_has_otherwise_stops_the_push(a_repo: Repository, origin: Path) -> None:
    run("tags", "--push")
    a_repo.run("tag", "--force", "--annotate", "--message", "mine", "churn@v1.0.0", "main")
    result = run("tags", "--push")
    assert (result.exit_code, result.stdout, result.stderr) == (
        6,
        "",
        "error: a tag here is another than origin's\n hint: to take origin's: git fetch --tags --force origin\n",
    )
    assert refs.tags(Repository(origin))["churn@v1.0.0"] != refs.tags(a_repo)["churn@v1.0.0"]


def test_a_bare_repository_is_tagged_as_well(a_repo: Repository, origin: Path) -> None:
    assert run("tags", "--registry", str(origin)).stdout.split() == FIRST
    assert run("tags", "--check", "--registry", str(origin)).exit_code == 0
    assert refs.tags(a_repo) == {}


def test_two_who_make_the_same_tags_at_once_are_told(a_repo: Repository) -> None:
    found = tagging.state(a_repo, "main")
    tagging.make(found)
    with pytest.raises(ConflictError, match="somebody made one of the tags meanwhile"):
        tagging.make(found)


@pytest.mark.parametrize(("parents", "told"), [(2, "\nApproved-by: Bo <bo@example.org>"), (1, "")])
def test_the_approver_whom_the_merge_names_is_in_the_message_and_whom_a_squash_names_is_not(
    a_repo: Repository, parents: int, told: str
) -> None:
    run("promote", "churn@1.1.0", "staging", "--reason", "better")
    landed("promote/churn/staging/1.1.0")
    a_repo.run("fetch", "--quiet")
    message = a_repo.run("log", "-1", "--format=%B", "origin/main").replace(
        "\nModelry-Class", "\nApproved-by: Bo <bo@example.org>\nModelry-Class"
    )
    merged = [a_repo.commit("origin/main^1"), a_repo.commit("origin/main^2")][:parents]
    again = a_repo.record(a_repo.run("rev-parse", "origin/main^{tree}").strip(), merged, message)
    a_repo.run("update-ref", "refs/remotes/origin/main", again)
    run("tags")
    contents = a_repo.run("for-each-ref", "--format=%(contents)", "refs/tags/churn#staging#3").strip()
    assert contents == f"better\n\nModelry-Commit: {again}{told}"


def test_a_version_that_main_has_lost_keeps_its_tags(a_repo: Repository) -> None:
    run("tags")
    a_repo.run("rm", "--quiet", "-r", layout.version("churn", "1.1.0", ""))
    a_repo.run("commit", "--quiet", "--message", "Lose it")
    a_repo.run("push", "--quiet")
    assert (run("tags").output, run("tags", "--check").output) == ("", "")


def test_without_any_version_there_is_nothing_to_tell(tmp_path: Path) -> None:
    top = tmp_path / "young"
    top.mkdir()
    folders.write(builders.a_policy(), top)
    repository = Repository(top)
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Begin")):
        repository.run(*command)
    assert [run("tags", *also, "--registry", str(top)).output for also in ((), ("--check",))] == ["", ""]


def test_a_dvc_yaml_that_nobody_can_read_gives_way(a_repo: Repository) -> None:
    folders.write({"dvc.yaml": b"a: [\n"}, a_repo.top)
    folders.write(builders.a_version(version="1.3.0"), a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Register churn@1.3.0")
    a_repo.run("push", "--quiet")
    run("tags")
    assert a_repo.run("show", "churn@v1.3.0:dvc.yaml").startswith('artifacts:\n  "churn":\n')


def test_push_without_an_origin_is_told(a_repo: Repository) -> None:
    a_repo.run("remote", "remove", "origin")
    result = run("tags", "--push")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "error: git fetch: fatal: 'origin' does not appear to be a git repository"
    )
