"""`modelry bisect` as a user sees it: real promotions, real artifacts, a command of the user's own."""

import json
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.reports import documents
from modelry.storage import folders

NUMBERS = tuple(f"1.{minor}.0" for minor in range(8))


@pytest.fixture(autouse=True)
def here(a_repo: Repository, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight versions that held production one after the other; one stands in an empty folder."""
    files = builders.a_model("churn", NUMBERS)
    folders.write(builders.store(files), store)
    land(a_repo, files)
    for before, after in pairwise(NUMBERS):
        promote(a_repo, after, before)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("MODELRY_REGISTRY", str(a_repo.top))


def land(repository: Repository, files: dict[str, bytes], removed: tuple[str, ...] = ()) -> str:
    base = repository.commit("main")
    made = repository.record(repository.write(base, files, removed), [base], "A change\n")
    repository.run("push", "--quiet", "origin", f"{made}:main")
    repository.run("reset", "--quiet", "--hard", made)
    return made


def promote(repository: Repository, version: str, previous: str) -> str:
    reason = f"{version} is better"
    files = builders.an_assignment("churn", version, "production", previous=previous, reason=reason)
    return land(repository, files)


def run(command: str, *args: str) -> Result:
    asked = ["bisect", "churn", "production", "--run", command, *args]
    return CliRunner().invoke(group, asked, catch_exceptions=False)


def runs(script: str) -> str:
    """Give a command that writes down the version it was run for, and does this."""
    return f'echo "$MODELRY_VERSION" >>runs; {script}'


def ran() -> list[str]:
    return Path("runs").read_text("utf-8").split()


def in_json(command: str, *args: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(run(command, *args, "--json").stdout)
    Draft202012Validator(documents.of("bisect")).validate(document)
    return document


BROKEN_SINCE_5 = 'case "$MODELRY_VERSION" in 1.[567].0) exit 7;; esac'


def test_it_names_the_promotion_what_differs_and_the_way_back(a_repo: Repository) -> None:
    result = run(runs(BROKEN_SINCE_5))
    assert ran() == ["1.7.0", "1.0.0", "1.3.0", "1.5.0", "1.4.0"]
    assert result.stderr.splitlines() == [
        "churn@1.7.0: bad (exit 7)",
        "churn@1.0.0: good",
        "6 holders left, about 3 steps",
        "churn@1.3.0: good",
        "3 holders left, about 2 steps",
        "churn@1.5.0: bad (exit 7)",
        "1 holder left, about 1 step",
        "churn@1.4.0: good",
    ]
    commit = a_repo.run("log", "--format=%H", "--skip=2", "-1").strip()
    assert result.exit_code == 0
    head, _, rest = result.stdout.partition("\n\n")
    assert head == "churn@1.5.0 is the first bad holder of production"
    assert "promoted        churn@1.5.0 to production, was 1.4.0\n         1.5.0 is better\n" in rest
    assert f"by Ada Test  {commit[:10]}\n\nchurn@1.4.0 to churn@1.5.0\n" in rest
    assert "\n  auc     0.914  ->  0.914  +0  same\n" in rest
    assert "\n  -# churn 1.4.0\n  +# churn 1.5.0\n" in rest
    assert rest.endswith(
        "\nto go back: modelry rollback churn production --to 1.4.0 "
        "--reason 'bisect: 1.5.0 is bad, 1.4.0 is good'\n"
    )


def test_the_way_back_that_it_names_works() -> None:
    told = run(BROKEN_SINCE_5).stdout.splitlines()[-1].removeprefix("to go back: modelry ")
    result = CliRunner().invoke(group, shlex.split(told), catch_exceptions=False)
    assert (result.exit_code, result.stdout) == (0, "rollback/churn/production/1.4.0\n")


def test_programs_are_told_as_json(a_repo: Repository) -> None:
    document = in_json(BROKEN_SINCE_5)
    commit = a_repo.run("log", "--format=%H", "--skip=2", "-1").strip()
    culprit = document["culprit"]
    assert culprit == document["suspects"][0]  # type: ignore[index]
    assert (culprit["commit"], culprit["version"], culprit["previous"]) == (commit, "1.5.0", "1.4.0")  # type: ignore[index]
    assert culprit["proposed_by"] == ["Ada Test <ada@example.org>"]  # type: ignore[index]
    assert (document["commit"], document["good"], document["bad"]) == (
        a_repo.commit("main"),
        "1.4.0",
        "1.5.0",
    )
    assert document["tested"] == [
        {"version": version, "verdict": verdict, "exit": code}
        for version, verdict, code in [
            ("1.7.0", "bad", 7),
            ("1.0.0", "good", 0),
            ("1.3.0", "good", 0),
            ("1.5.0", "bad", 7),
            ("1.4.0", "good", 0),
        ]
    ]
    assert document["difference"]["schema"] == "diff/v1"  # type: ignore[index]


def test_the_command_finds_the_artifact_and_all_that_is_known_of_it(a_repo: Repository) -> None:
    names = ("REFERENCE", "MODEL", "STAGE", "VERSION", "SHA256", "COMMIT", "PATH")
    shown = " ".join(f'"$MODELRY_{name}"' for name in names)
    run(f'echo {shown} >>told; sha256sum <"$MODELRY_PATH" >>sums; {BROKEN_SINCE_5}')
    told = [line.split() for line in Path("told").read_text("utf-8").splitlines()]
    sums = [line.split()[0] for line in Path("sums").read_text("utf-8").splitlines()]
    newest = told[0]
    assert newest[:4] == ["churn@1.7.0", "churn", "production", "1.7.0"]
    assert newest[5] == a_repo.commit("main")
    assert [one[4] for one in told] == sums
    assert {Path(one[6]).name for one in told} == {"model.onnx"}
    assert not any(Path(one[6]).parent.exists() for one in told)


def test_what_the_command_prints_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    document = in_json(f"echo loud; {BROKEN_SINCE_5}")
    assert document["bad"] == "1.5.0"
    assert capfd.readouterr().err.count("loud\n") == 5


def test_without_pulling_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.setenv("MODELRY_PATH", "/somewhere/else")
    store.rename(store.with_name("gone"))
    document = in_json(f'test -z "$MODELRY_PATH" || exit 130; {BROKEN_SINCE_5}', "--no-pull")
    assert document["bad"] == "1.5.0"


def test_what_cannot_be_tested_widens_the_answer() -> None:
    result = run(f'test "$MODELRY_VERSION" != 1.4.0 || exit 125; {BROKEN_SINCE_5}')
    assert result.exit_code == 1
    head, _, rest = result.stdout.partition("\n\n")
    assert head == "one of these broke production of churn; what lies between could not be tested"
    assert "churn@1.5.0 to production, was 1.4.0" in rest
    assert "churn@1.4.0 to production, was 1.3.0" in rest
    assert "churn@1.6.0" not in rest
    assert "\nchurn@1.3.0 to churn@1.5.0\n" in rest
    document = in_json(f'test "$MODELRY_VERSION" != 1.4.0 || exit 125; {BROKEN_SINCE_5}')
    assert (document["culprit"], [one["version"] for one in document["suspects"]]) == (  # type: ignore[attr-defined]
        None,
        ["1.4.0", "1.5.0"],
    )


def test_what_cannot_be_fetched_is_skipped_and_told(store: Path) -> None:
    for path in store.rglob("*"):
        if path.is_file() and path.read_bytes() == builders.artifact("churn", "1.4.0"):
            path.write_bytes(b"x" * path.stat().st_size)
    result = run(runs(BROKEN_SINCE_5))
    assert (result.exit_code, "1.4.0" in ran()) == (1, False)
    assert "\nchurn@1.4.0: skipped: cannot fetch churn@1.4.0: " in result.stderr


def test_a_version_that_held_the_stage_often_is_run_once(a_repo: Repository) -> None:
    promote(a_repo, "1.3.0", "1.7.0")
    promote(a_repo, "1.6.0", "1.3.0")
    result = run(runs('case "$MODELRY_VERSION" in 1.[67].0) exit 1;; esac'))
    assert sorted(set(ran())) == sorted(ran())
    assert "promoted        churn@1.6.0 to production" in result.stdout
    assert result.exit_code == 0


def test_a_rollback_may_be_what_broke_it(a_repo: Repository) -> None:
    promote(a_repo, "1.2.0", "1.7.0")
    result = run('test "$MODELRY_VERSION" != 1.2.0', "--good", "1.7.0")
    assert "rolled back     churn production to 1.2.0, was 1.7.0\n" in result.stdout
    assert "to go back: modelry rollback churn production --to 1.7.0 " in result.stdout


def test_ends_that_are_named_are_believed() -> None:
    document = in_json(runs(BROKEN_SINCE_5), "--good", "1.3.0", "--bad", "1.6.0")
    assert ran() == ["1.4.0", "1.5.0"]
    assert document["tested"] == [
        {"version": "1.3.0", "verdict": "good", "exit": None},
        {"version": "1.6.0", "verdict": "bad", "exit": None},
        {"version": "1.4.0", "verdict": "good", "exit": 0},
        {"version": "1.5.0", "verdict": "bad", "exit": 7},
    ]


def test_neighbours_that_are_named_need_no_run() -> None:
    assert in_json(runs("true"), "--good", "1.3.0", "--bad", "1.4.0")["bad"] == "1.4.0"
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            ["true"],
            1,
            (
                "error: 1.7.0, the newest holder, is good: there is nothing to look for\n"
                " hint: see that the command fails where it should, or name a bad one: --bad VERSION\n"
            ),
        ),
        (
            ["false"],
            1,
            (
                "error: 1.0.0, the oldest holder, is bad as well: no holder is known to be good\n"
                " hint: see that the command passes where it should, or name a good one: --good VERSION\n"
            ),
        ),
        (
            ["exit 125"],
            1,
            (
                "error: 1.7.0, the newest holder, cannot be tested\n"
                " hint: name one that is known to be bad: --bad VERSION\n"
            ),
        ),
        (
            ["exit 128"],
            1,
            (
                "error: the command ended by exit code 128, which means to stop\n"
                " hint: 0 is good, 125 cannot be tested, any other code below 128 is bad\n"
            ),
        ),
        (
            ["kill -9 $$"],
            1,
            (
                "error: the command ended by signal 9, which means to stop\n"
                " hint: 0 is good, 125 cannot be tested, any other code below 128 is bad\n"
            ),
        ),
        (
            ["true", "--good", "1.9.0"],
            5,
            f"error: 1.9.0 never held the stage\n hint: it was held by {', '.join(NUMBERS)}\n",
        ),
        (
            ["true", "--good", "1.4.0", "--bad", "1.2.0"],
            2,
            (
                "error: 1.4.0 did not hold the stage before 1.2.0\n"
                " hint: --good names a version from before the fault, --bad one from after it\n"
            ),
        ),
    ],
)
def test_what_cannot_be_found_is_told_with_the_mend(args: list[str], code: int, said: str) -> None:
    result = run(args[0], *args[1:])
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.endswith(said)


@pytest.mark.parametrize(
    ("model", "stage", "said"),
    [
        (
            "churn",
            "canary",
            "error: there is no stage canary\n hint: see what there is: modelry list\n",
        ),
        ("chum", "production", "error: there is no model chum\n hint: did you mean churn?\n"),
    ],
)
def test_a_stage_or_model_that_never_was_is_named(model: str, stage: str, said: str) -> None:
    result = CliRunner().invoke(group, ["bisect", model, stage, "--run", "true"], catch_exceptions=False)
    assert (result.exit_code, result.stdout, result.stderr) == (5, "", said)


def test_where_a_good_version_holds_the_stage_again_nothing_is_to_be_undone(a_repo: Repository) -> None:
    promote(a_repo, "1.4.0", "1.7.0")
    result = run(BROKEN_SINCE_5, "--bad", "1.7.0")
    assert result.stdout.endswith("\nproduction is held by 1.4.0 now, which is good\n")
    assert in_json(BROKEN_SINCE_5, "--bad", "1.7.0")["rollback"] is None


def test_nobody_is_sent_back_to_a_version_that_was_withdrawn(a_repo: Repository) -> None:
    tombstone = builders.text("yank", builders.a_document("yank"))
    land(a_repo, {layout.version("churn", "1.4.0", "yanked.yaml"): tombstone})
    result = run(BROKEN_SINCE_5)
    assert result.exit_code == 0
    assert result.stdout.endswith("\nthere is no way back to churn@1.4.0: promote a version that is mended\n")


def test_a_bare_repository_is_enough(origin: Path) -> None:
    assert in_json(BROKEN_SINCE_5, "--registry", str(origin))["bad"] == "1.5.0"


def test_a_shallow_clone_says_from_where_on_it_can_tell(a_repo: Repository, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    a_repo.run("clone", "--quiet", "--depth=5", f"file://{a_repo.top}", str(shallow))
    result = run(BROKEN_SINCE_5, "--registry", str(shallow))
    assert result.stderr.startswith(
        "note: this clone is shallow: nobody can tell from it what happened up to "
    )
    assert result.stdout.startswith("churn@1.5.0 is the first bad holder of production\n")
