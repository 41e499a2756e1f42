"""The commands that propose, as somebody uses them in a clone with a bare origin: refused early, merged once, undone as told."""

import hashlib
import json
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result

import builders
from modelry import judging
from modelry.cli import group
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import commits, folders, moments, yaml

SOAKED = {
    "name": "production",
    "after": ["staging"],
    "soak": "2d",
    "approvals": {"count": 1, "from": ["@acme/risk"], "author_may_approve": True},
    "gates": [
        {"metric": "auc", "at_least": 0.99},
        {"metric": "p99_ms", "at_most": 40},
        {"evaluation": "fairness"},
    ],
}


@pytest.fixture(autouse=True)
def here(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(a_repo.top)


def run(*args: str) -> Result:
    return CliRunner().invoke(group, args, catch_exceptions=False)


def land(*args: str) -> str:
    """Propose and merge; give the branch."""
    proposed = run(*args)
    assert proposed.exit_code == 0, proposed.stderr
    branch = proposed.stdout.strip()
    merged = run("merge", branch, "--approve", "--offline")
    assert merged.exit_code == 0, merged.stderr
    return branch


def refused(*args: str) -> tuple[int, str]:
    result = run(*args)
    return result.exit_code, result.stderr


def commit(repository: Repository, files: dict[str, bytes], message: str) -> None:
    """Let main have files, whoever brought them."""
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--message", message)
    repository.run("push", "--quiet")


def policy(repository: Repository, **overrides: Any) -> None:
    store = {"store": {"url": str(repository.top.parent / "store")}}
    commit(repository, builders.a_policy(remotes=store, **overrides), "Another policy")


def resolved(reference: str) -> tuple[int, str]:
    result = run("resolve", reference)
    return result.exit_code, result.stdout.partition(" ")[0]


def branches(repository: Repository) -> list[str]:
    return repository.run("for-each-ref", "--format=%(refname:short)", "refs/heads").split()


def events(repository: Repository) -> list[tuple[str, str | None, str | None, str]]:
    _, moment = moments.of_commit(repository, "origin/main")
    return [(event.what, event.version, event.stage, event.reason) for event in moment.events]


def standing_clock(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Self:
            return cls.fromtimestamp(moment.timestamp(), tz or UTC)

    return Clock


# promote


def test_what_a_promotion_lacks_is_told_all_at_once_before_there_is_a_branch(a_repo: Repository) -> None:
    policy(a_repo, stages=[{"name": "staging"}, SOAKED], formats={"production": ["safetensors", "skops"]})
    result = run("promote", "churn@1.2.0", "production", "--reason", "now")
    path = layout.stage("churn", "production")
    assert (result.exit_code, result.stdout) == (3, "")
    assert re.findall(r"^(\S+: )?(.+\[.+\]: .+)$", result.stderr, re.MULTILINE) == [
        (f"{path}:3:10: ", told)
        for told in (
            "needs a person[approval-needed]: churn@1.2.0 to production needs 1 approval from @acme/risk",
            "error[format-not-allowed]: churn@1.2.0 is onnx, and production accepts safetensors, skops",
            "error[metric-misses-gate]: churn@1.2.0 misses a gate of production: auc at least 0.99; found: 0.914",
            "error[metric-misses-gate]: churn@1.2.0 misses a gate of production: evaluation fairness; found: not on record",
            "error[stage-skipped]: churn@1.2.0 has not held staging for 2d yet",
        )
    ]
    since = datetime.fromisoformat(a_repo.run("log", "--format=%cI", "--reverse").split()[0])
    ends = since + timedelta(days=2)
    assert (
        "churn@1.2.0 to production meets\n"
        "  MISS  auc at least 0.99: 0.914\n"
        "  pass  p99_ms at most 40: 12.5\n"
        "  MISS  evaluation fairness: not on record\n"
        f"  MISS  held staging for 2d: until {ends:%Y-%m-%d %H:%M} UTC\n"
        "  MISS  format safetensors, skops: onnx\n"
    ) in result.stderr
    assert branches(a_repo) == ["main"]


def test_the_words_of_a_refusal_are_those_of_check(a_repo: Repository) -> None:
    policy(a_repo, stages=[{"name": "staging"}, SOAKED])
    said = run("promote", "churn@1.1.0", "production", "--reason", "now").stderr
    document = builders.an_assignment("churn", "1.1.0", "production", previous="1.0.0", reason="now")
    head = a_repo.record(a_repo.write("main", document), [a_repo.commit("main")], "by hand")
    checked = run("check", "--base", "main", "--head", head, "--offline").stdout
    told = [line for line in checked.splitlines() if "error[" in line]
    assert len(told) == 3
    assert [line for line in said.splitlines() if "error[" in line] == told


def test_a_dry_run_shows_the_whole_and_says_whether_it_would_be_refused(a_repo: Repository) -> None:
    policy(a_repo, stages=[{"name": "staging"}, SOAKED])
    result = run("promote", "churn@1.2.0", "production", "--reason", "now", "--dry-run")
    assert result.exit_code == 3
    assert result.stdout.startswith(
        "branch: promote/churn/production/1.2.0\ntitle: Promote churn@1.2.0 to production\n"
    )
    assert "  pass  p99_ms at most 40: 12.5\n" in result.stdout
    assert result.stdout.endswith("promotion: fails (3 errors, 1 decision for a person)\n")
    good = run("promote", "churn@1.1.0", "staging", "--reason", "now", "--dry-run")
    assert (good.exit_code, good.stderr, good.stdout.splitlines()[-1]) == (0, "", "promotion: passes")
    assert branches(a_repo) == ["main"]


def test_where_only_time_is_missing_the_moment_and_the_command_are_told(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    soak = {"name": "production", "after": ["staging"], "soak": "2d"}
    policy(a_repo, stages=[{"name": "staging"}, soak])
    code, said = refused("promote", "churn@1.2.0", "production", "--reason", "it's better")
    hint = re.search(r"^ hint: from (\S+ \S+) UTC on: (.+)$", said, re.MULTILINE)
    assert code == 3
    assert hint is not None
    asked = shlex.split(hint[2])
    assert asked == ["modelry", "promote", "churn@1.2.0", "production", "--reason", "it's better"]
    ends = datetime.fromisoformat(f"{hint[1]}+00:00")
    monkeypatch.setattr(judging, "datetime", standing_clock(ends - timedelta(minutes=2)))
    assert run(*asked[1:]).exit_code == 3
    monkeypatch.setattr(judging, "datetime", standing_clock(ends))
    assert run(*asked[1:]).exit_code == 0


def test_a_withdrawn_version_is_not_promoted_and_the_way_out_is_told() -> None:
    land("yank", "churn@1.1.0", "--reason", "leaks")
    code, said = refused("promote", "churn@1.1.0", "staging", "--reason", "now")
    assert code == 3
    assert "error[yanked-in-stage]: churn@1.1.0 is yanked and holds staging" in said
    assert "= take another version; if it is sound: modelry unyank churn@1.1.0 --reason …" in said


# several at once


@pytest.fixture
def two_models(a_repo: Repository, store: Path) -> Repository:
    """Beside churn, fraud: 1.0.0 and 2.0.0, in no stage."""
    files = builders.a_model("fraud", ["1.0.0", "2.0.0"])
    folders.write(builders.store(files), store)
    commit(a_repo, files, "Register fraud")
    return a_repo


@pytest.mark.usefixtures("two_models")
def test_several_models_are_promoted_in_one_branch_and_one_merge() -> None:
    branch = land("promote", "fraud@2.0.0", "churn@1.1.0", "staging", "--reason", "the spring release")
    assert branch == "promote/batch/staging/" + hashlib.sha256(b"churn@1.1.0 fraud@2.0.0").hexdigest()[:12]
    assert (resolved("churn@staging"), resolved("fraud@staging")) == ((0, "churn@1.1.0"), (0, "fraud@2.0.0"))


def test_the_same_batch_has_the_same_branch_whatever_the_order(two_models: Repository) -> None:
    first = run("promote", "fraud@2.0.0", "churn@1.1.0", "staging", "--reason", "spring")
    again = run("promote", "churn@1.1.0", "fraud@2.0.0", "staging", "--reason", "spring")
    other = run("promote", "churn@1.1.0", "fraud@1.0.0", "staging", "--reason", "spring")
    assert first.stdout == again.stdout != other.stdout
    assert again.stderr == f"{first.stdout.strip()} says so already: nothing to do\n"
    assert len(branches(two_models)) == 3


@pytest.mark.parametrize(
    ("references", "code", "told"),
    [
        (["churn@1.2.0", "fraud@2.0.0"], 6, "error: churn@1.2.0 holds staging already\n"),
        (["churn@1.1.0", "fraud@9.0.0"], 5, "error: fraud has no version 9.0.0\n"),
        (["churn@1.1.0", "churn@1.0.0"], 2, "error: churn is named twice\n"),
    ],
)
def test_one_bad_member_refuses_the_batch(
    two_models: Repository, references: list[str], code: int, told: str
) -> None:
    result = run("promote", *references, "staging", "--reason", "spring")
    assert (result.exit_code, told in result.stderr) == (code, True)
    assert branches(two_models) == ["main"]


def test_a_member_that_misses_a_gate_is_named(two_models: Repository) -> None:
    run("promote", "fraud@2.0.0", "staging", "--reason", "first")
    code, said = refused("promote", "churn@1.2.0", "fraud@2.0.0", "production", "--reason", "spring")
    assert code == 3
    assert re.findall(r"error\[.+", said) == [
        "error[stage-skipped]: fraud@2.0.0 never held staging, which production asks for"
    ]
    assert "promote/batch" not in " ".join(branches(two_models))


# another term


@pytest.fixture
def with_terms(a_repo: Repository) -> Repository:
    policy(
        a_repo, stages=[{"name": "staging"}, {**SOAKED, "soak": "1m", "gates": [], "expires_after": "26w"}]
    )
    return a_repo


def test_the_holder_is_given_another_term_and_meets_all_gates_again(with_terms: Repository) -> None:
    assert land("promote", "churn@1.0.0", "production", "--reason", "looked at in spring") == (
        "renew/churn/production/1.0.0"
    )
    path = layout.stage("churn", "production")
    assert yaml.parse(with_terms.tree("origin/main").read(path)).value == {
        "schema": "assignment/v1",
        "version": "1.0.0",
        "sha256": hashlib.sha256(builders.artifact("churn", "1.0.0")).hexdigest(),
        "previous": "1.0.0",
        "reason": "looked at in spring",
    }
    assert "Modelry-Class: promotion" in with_terms.run("log", "-1", "--format=%B", "origin/main")
    land("promote", "churn@1.0.0", "production", "--reason", "looked at in autumn")
    told = [event for event in events(with_terms) if event[2] == "production"]
    assert [event[:2] for event in told] == [
        ("promoted", "1.0.0"),
        ("renewed", "1.0.0"),
        ("renewed", "1.0.0"),
    ]
    assert told[-1][3] == "looked at in autumn"
    term = {**SOAKED, "expires_after": "26w"}
    policy(with_terms, stages=[{"name": "staging"}, term])
    code, said = refused("promote", "churn@1.0.0", "production", "--reason", "looked at again")
    assert code == 3
    assert re.findall(r"error\[.+", said) == [
        "error[metric-misses-gate]: churn@1.0.0 misses a gate of production: auc at least 0.99; found: 0.914",
        "error[metric-misses-gate]: churn@1.0.0 misses a gate of production: evaluation fairness; found: not on record",
    ]


@pytest.mark.usefixtures("with_terms")
def test_a_term_is_not_renewed_in_the_same_words() -> None:
    land("promote", "churn@1.0.0", "production", "--reason", "as good as ever")
    assert refused("promote", "churn@1.0.0", "production", "--reason", "as good as ever") == (
        6,
        (
            "error: churn@1.0.0 was renewed in production in the same words\n"
            " hint: say what was looked at this time: another --reason, or --evidence URL\n"
        ),
    )


def test_a_way_back_after_a_renewal_is_a_rollback_on_record(with_terms: Repository) -> None:
    policy(with_terms, stages=[{"name": "staging", "expires_after": "4w"}])
    land("promote", "churn@1.1.0", "staging", "--reason", "better")
    land("promote", "churn@1.1.0", "staging", "--reason", "still better")
    land("rollback", "churn", "staging", "--reason", "worse")
    assert "Modelry-Class: rollback" in with_terms.run("log", "-1", "--format=%B", "origin/main")
    assert events(with_terms)[-1][:3] == ("rolled back", "1.2.0", "staging")


# rollback


def test_going_back_is_one_command_and_one_merge_whatever_policy_asks(
    a_repo: Repository, tmp_path: Path
) -> None:
    land("promote", "churn@1.1.0", "staging", "--reason", "better")
    asks = {**SOAKED, "name": "staging", "after": []}
    policy(a_repo, stages=[asks, {"name": "production"}], formats={"staging": ["skops"]})
    user = tmp_path / "user"
    a_repo.run("clone", "--quiet", a_repo.run("remote", "get-url", "origin").strip(), str(user))
    at = ("--registry", str(user))
    proposed = run("rollback", "churn", "staging", "--reason", "scores drift", *at)
    assert (proposed.exit_code, proposed.stdout) == (0, "rollback/churn/staging/1.2.0\n")
    merged = run("merge", "rollback/churn/staging/1.2.0", *at)
    assert merged.exit_code == 0, merged.stderr
    origin = Repository(Path(a_repo.run("remote", "get-url", "origin").strip()))
    held = yaml.parse(origin.tree("main").read(layout.stage("churn", "staging"))).value
    assert isinstance(held, dict)
    assert (held["version"], held["previous"], held["reason"]) == ("1.2.0", "1.1.0", "scores drift")
    assert run("resolve", "churn@staging", *at).stdout.startswith("churn@1.2.0 ")


def test_the_last_good_holder_is_none_that_was_yanked_rolled_back_from_or_lost(
    a_repo: Repository, store: Path
) -> None:
    for version in ("1.1.0", "1.0.0", "1.2.0", "1.1.0"):
        land("promote", f"churn@{version}", "staging", "--reason", "try")
    assert land("rollback", "churn", "staging", "--reason", "worse") == "rollback/churn/staging/1.2.0"
    # 1.1.0 is what one has just come back from; of 1.0.0 the artifact is gone.
    lost = hashlib.md5(builders.artifact("churn", "1.0.0")).hexdigest()
    (store / "files/md5" / lost[:2] / lost[2:]).unlink()
    assert refused("rollback", "churn", "staging", "--reason", "worse") == (
        5,
        (
            "error: no good version held staging of churn before: 1.1.0 was rolled back itself, "
            "1.0.0 was rolled back itself\n"
            " hint: promote another version instead, or name one with --to\n"
        ),
    )
    assert a_repo.resolves("rollback/churn/staging/1.0.0") is None


def test_a_version_whose_artifact_is_gone_is_passed_over_and_refused_by_name(store: Path) -> None:
    for version in ("1.1.0", "1.0.0"):
        land("promote", f"churn@{version}", "staging", "--reason", "try")
    lost = hashlib.md5(builders.artifact("churn", "1.1.0")).hexdigest()
    (store / "files/md5" / lost[:2] / lost[2:]).unlink()
    assert refused("rollback", "churn", "staging", "--to", "1.1.0", "--reason", "worse") == (
        4,
        (
            "error: the artifact of churn@1.1.0 is in no remote\n"
            " hint: push it again, or name another version with --to\n"
        ),
    )
    assert run("rollback", "churn", "staging", "--reason", "worse").stdout == "rollback/churn/staging/1.2.0\n"
    assert run("rollback", "churn", "staging", "--reason", "worse", "--offline").stdout == (
        "rollback/churn/staging/1.1.0\n"
    )


def test_a_branch_that_an_earlier_merge_left_at_origin_is_in_nobodys_way(
    a_repo: Repository, tmp_path: Path
) -> None:
    land("promote", "churn@1.1.0", "staging", "--reason", "better")
    land("rollback", "churn", "staging", "--reason", "worse")
    land("promote", "churn@1.1.0", "staging", "--reason", "mended")
    user = tmp_path / "user"
    a_repo.run("clone", "--quiet", a_repo.run("remote", "get-url", "origin").strip(), str(user))
    result = run("rollback", "churn", "staging", "--reason", "worse again", "--registry", str(user))
    assert (result.exit_code, result.stdout) == (0, "rollback/churn/staging/1.2.0\n")
    assert run("merge", "rollback/churn/staging/1.2.0", "--registry", str(user)).exit_code == 0


# yank and unyank


def test_a_yank_is_lifted_on_record_and_may_be_set_again(a_repo: Repository) -> None:
    land("yank", "churn@1.1.0", "--reason", "leaks", "--severity", "high")
    assert resolved("churn@1.1.0")[0] == 8
    assert run("unyank", "churn@1.1.0", "--reason", "it was another one").stdout == "unyank/churn/1.1.0\n"
    asked = run("merge", "unyank/churn/1.1.0", "--offline")
    assert (asked.exit_code, "churn@1.1.0 would no longer be withdrawn" in asked.stderr) == (3, True)
    assert run("merge", "unyank/churn/1.1.0", "--offline", "--approve").exit_code == 0
    assert resolved("churn@1.1.0") == (0, "churn@1.1.0")
    land("yank", "churn@1.1.0", "--reason", "it leaks after all")
    assert resolved("churn@1.1.0")[0] == 8
    land("unyank", "churn@1.1.0", "--reason", "mended at the source")
    tree = a_repo.tree("origin/main")
    assert layout.version("churn", "1.1.0", "yanked.yaml") not in tree.entries
    assert yaml.parse(tree.read(layout.unyank("churn", "1.1.0", 1))).value == {
        "schema": "unyank/v1",
        "reason": "it was another one",
        "yank": {"schema": "yank/v1", "reason": "leaks", "severity": "high"},
    }
    assert [event for event in events(a_repo) if "yank" in event[0]] == [
        ("yanked", "1.1.0", None, "leaks"),
        ("unyanked", "1.1.0", None, "it was another one"),
        ("yanked", "1.1.0", None, "it leaks after all"),
        ("unyanked", "1.1.0", None, "mended at the source"),
    ]
    assert [
        record["reason"] for record in json.loads(run("show", "churn@1.1.0", "--json").stdout)["unyanked"]
    ] == [
        "it was another one",
        "mended at the source",
    ]


def test_only_what_is_yanked_is_unyanked() -> None:
    assert refused("unyank", "churn@1.1.0", "--reason", "why not") == (
        6,
        "error: churn@1.1.0 is not yanked\n hint: there is nothing to do\n",
    )


def test_a_yank_names_a_replacement_that_can_be_taken() -> None:
    land("yank", "churn@1.1.0", "--reason", "leaks")
    land("promote", "churn@1.0.0", "staging", "--reason", "make room")
    assert refused("yank", "churn@1.2.0", "--reason", "leaks", "--replacement", "1.1.0")[1] == (
        "error: churn@1.1.0 is yanked itself\n hint: name another --replacement\n"
    )


# deprecate


def test_a_deprecation_changes_one_field_and_leaves_all_else_as_people_wrote_it(a_repo: Repository) -> None:
    path = layout.model("churn")
    text = (a_repo.top / path).read_text("utf-8").replace("task:", "# asked for by sales\ntask:")
    commit(a_repo, {path: text.encode(), **builders.a_model("household")}, "A comment, and another model")
    land("deprecate", "churn", "--reason", "households tell more", "--replacement", "household")
    said = a_repo.tree("origin/main").read(path).decode()
    assert said == f"{text}deprecated:\n  reason: households tell more\n  replacement: household\n"
    assert "DEPRECATED: households tell more\n" in run("show", "churn").stdout
    assert resolved("churn@staging") == (0, "churn@1.2.0")
    land("deprecate", "churn", "--undo", "--reason", "they do not")
    assert a_repo.tree("origin/main").read(path).decode() == text


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--replacement", "chum"], 5, "error: there is no model chum\n hint: did you mean churn?\n"),
        (
            ["--replacement", "churn"],
            2,
            "error: churn cannot replace itself\n hint: name another model with --replacement\n",
        ),
        (["--undo"], 6, "error: churn is not deprecated\n hint: there is nothing to do\n"),
    ],
)
def test_a_deprecation_that_means_nothing_is_refused(args: list[str], code: int, told: str) -> None:
    assert refused("deprecate", "churn", "--reason", "old", *args) == (code, told)


# waive


def test_a_waiver_excuses_one_gate_until_its_day_and_can_be_taken_back(a_repo: Repository) -> None:
    gates = [{"metric": "auc", "at_least": 0.99}, {"metric": "p99_ms", "at_most": 40}]
    policy(a_repo, stages=[{"name": "staging"}, {"name": "production", "gates": gates}])
    promotion = ("promote", "churn@1.2.0", "production", "--reason", "spring")
    assert run(*promotion).exit_code == 3
    wish = ("waive", "churn", "--rule", "metric-misses-gate", "--version", "1.2.0", "--stage", "production")
    why = ("--metric", "auc", "--reason", "measured on old data", "--approver", "@alice")
    branch = land(*wish, *why, "--for", "14d")
    name = "metric-misses-gate-auc-production-1-2-0"
    assert branch == f"waive/churn/{name}"
    assert yaml.parse(a_repo.tree("origin/main").read(layout.waiver("churn", name))).value == {
        "schema": "waiver/v1",
        "rule": "metric-misses-gate",
        "version": "1.2.0",
        "stage": "production",
        "gate": "auc",
        "reason": "measured on old data",
        "approver": "@alice",
        "expires": str((datetime.now(UTC) + timedelta(days=14)).date()),
    }
    shown = run(*promotion, "--dry-run").stdout
    assert f"  pass  auc at least 0.99: 0.914 (waived: {name})\n" in shown
    land("waive", "churn", "--undo", name, "--reason", "new data is there")
    assert run(*promotion).exit_code == 3


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--rule", "stage-skipped"], 2, "a waiver needs one end"),
        (["--rule", "stage-skipped", "--for", "2d", "--until", "2999-01-01"], 2, "a waiver needs one end"),
        (["--rule", "stage-skipped", "--for", "soon"], 2, "--for soon is no number of days or weeks"),
        (
            ["--rule", "stage-skipped", "--until", "soon", "--approver", "@alice"],
            2,
            "`expires` is not a date",
        ),
        (["--for", "2d", "--approver", "@alice"], 2, "`rule` is missing"),
        (
            ["--rule", "stage-skipped", "--for", "2d", "--approver", "@mallory"],
            3,
            "@mallory does not own churn",
        ),
        (
            ["--rule", "digest-mismatch", "--for", "2d", "--approver", "@alice"],
            3,
            "is no rule that can be waived",
        ),
        (["--undo", "latency"], 5, "churn has no waiver latency"),
    ],
)
def test_a_waiver_that_would_not_hold_is_refused(
    a_repo: Repository, args: list[str], code: int, told: str
) -> None:
    result = run("waive", "churn", "--reason", "in a hurry", *args)
    assert (result.exit_code, told in result.stderr) == (code, True), result.stderr
    assert branches(a_repo) == ["main"]


# undo


def said_of(repository: Repository) -> dict[str, object]:
    """Give what main answers: who holds what, what is withdrawn, deprecated, waived."""
    model = commits.registry(repository, "origin/main").model("churn")
    return {
        "stages": {stage: document.must.version for stage, document in model.stages.items()},
        "yanked": [number for number, version in model.versions.items() if version.yanked is not None],
        "deprecated": model.info.must.deprecated,
        "waivers": {name: document.must for name, document in model.waivers.items()},
    }


YANK = ("yank", "churn@1.1.0", "--reason", "it's leaking", "--severity", "high", "--replacement", "1.2.0")
DEPRECATE = ("deprecate", "churn", "--reason", "nobody's model")
WAIVE = ("waive", "churn", "--rule", "stage-skipped", "--stage", "production", "--until", "2999-12-31")
WAIVED = (*WAIVE, "--reason", 'it\'s "urgent"', "--approver", "@acme/growth")


@pytest.mark.parametrize(
    ("before", "wish"),
    [
        ([], ("promote", "churn@1.1.0", "staging", "--reason", "better")),
        (
            [("promote", "churn@1.1.0", "staging", "--reason", "better")],
            ("rollback", "churn", "staging", "--reason", "worse"),
        ),
        ([], YANK),
        ([YANK], ("unyank", "churn@1.1.0", "--reason", "it is not")),
        ([], DEPRECATE),
        ([DEPRECATE], ("deprecate", "churn", "--undo", "--reason", "somebody's")),
        ([], WAIVED),
        ([WAIVED], ("waive", "churn", "--undo", "stage-skipped-production", "--reason", "there is time")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_undo_that_a_proposal_tells_works_as_typed(
    a_repo: Repository, before: list[tuple[str, ...]], wish: tuple[str, ...]
) -> None:
    for earlier in before:
        land(*earlier)
    was = said_of(a_repo)
    land(*wish)
    assert said_of(a_repo) != was
    body = a_repo.run("log", "-1", "--format=%B", "origin/main")
    undo = re.search(r"^Undo: modelry (.+)$", body, re.MULTILINE)
    assert undo is not None
    land(*shlex.split(undo[1]))
    assert said_of(a_repo) == was


def test_what_a_review_says_takes_a_policy_back_works_as_typed(a_repo: Repository) -> None:
    a_repo.run("switch", "--quiet", "--create", "policy")
    files = builders.a_policy(remotes={"store": {"url": str(a_repo.top.parent / "store")}}, title="Softer")
    folders.write(files, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Soften the policy")
    before = a_repo.tree("origin/main").read(layout.POLICY)
    reviewed = json.loads(run("review", "--base", "main", "--format", "json", "--offline").stdout)
    (undo,) = [section["undo"] for section in reviewed["sections"]]
    a_repo.run("push", "--quiet", "origin", "policy")
    assert run("merge", "policy", "--offline").exit_code == 0
    a_repo.run("switch", "--quiet", "main")
    a_repo.run("merge", "--quiet", "--ff-only", "origin/main")
    assert (a_repo.top / layout.POLICY).read_bytes() == files[layout.POLICY] != before
    subprocess.run(["sh", "-c", f"GIT_EDITOR=true {undo}"], cwd=a_repo.top, check=True, capture_output=True)
    assert (a_repo.top / layout.POLICY).read_bytes() == before


def test_a_stage_that_there_is_not_is_told_by_its_own_code() -> None:
    assert refused("promote", "churn@1.1.0", "prodution", "--reason", "better") == (
        5,
        "error: there is no stage prodution\n hint: did you mean production?\n",
    )


def test_a_bare_repository_is_judged_by_a_change_and_has_no_files(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = run("promote", "churn@1.1.0", "staging", "--reason", "better").stdout.strip()
    bare = Path(a_repo.run("remote", "get-url", "origin").strip())
    monkeypatch.chdir(bare)
    assert refused("check") == (
        2,
        (
            f"error: {bare} is a bare repository: there are no files to judge\n"
            " hint: judge a change of it: modelry check --base REV --head REV\n"
        ),
    )
    judged = run("check", "--base", "main", "--head", branch, "--offline")
    assert (judged.exit_code, judged.stdout.splitlines()[-1]) == (0, "promotion: passes")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert refused("check")[0] == 5
