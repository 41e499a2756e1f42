"""A plain git server refuses a push to main that check refuses: real pushes, over HTTP and into a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

import builders
from modelry import judging
from modelry.errors import RegistryError
from modelry.forges import receiving
from modelry.forges.receiving import Update
from modelry.git import Repository
from modelry.model import layout
from modelry.storage import access, evidence, folders, noted

MODELRY = Path(sys.executable).with_name("modelry")
HOOK = f"#!/bin/sh\nexec {MODELRY} hook pre-receive\n"


def push(repository: Repository, *specs: str, to: str = "origin") -> tuple[int, str]:
    """Push, and give the exit code and what the pusher sees, also where it is let in."""
    command = ["git", "-C", str(repository.top), "push", "--quiet", to, *specs]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    lines = [line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines()]
    shown = [line for line in lines if not line.startswith(("error: failed to push", "To "))]
    return done.returncode, "".join(f"{line}\n" for line in shown)


def guard(bare: Path, hook: str = HOOK) -> None:
    path = bare / "hooks/pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(hook, "utf-8")
    path.chmod(0o755)


def commit(repository: Repository, files: dict[str, bytes], message: str = "A change") -> str:
    folders.write(files, repository.top)
    repository.run("add", "--all")
    repository.run("commit", "--quiet", "--allow-empty", "--message", message)
    return repository.commit("HEAD")


def altered(repository: Repository) -> dict[str, bytes]:
    """Give a merged version's record, rewritten."""
    path = layout.version("churn", "1.0.0")
    return {path: repository.tree("main").read(path).replace(b"0.914", b"0.999")}


def deprecated(repository: Repository) -> dict[str, bytes]:
    """Give a change that breaks no rule."""
    path = layout.model("churn")
    text = repository.tree("main").read(path)
    return {path: text.replace(b"title: ", b"title: Better ")}


@pytest.fixture
def bare(a_repo: Repository, origin: Path) -> Repository:
    """The origin of `a_repo`, as the server sees it; it is guarded."""
    guard(origin)
    assert a_repo.has_origin
    return Repository(origin)


def judged(
    a_repo: Repository,
    bare: Repository,
    new: str | None,
    account: str | None = None,
    ref: str = "refs/heads/main",
) -> receiving.Verdict:
    """Judge a push to main without pushing, where the server has the objects."""
    if new is not None:
        bare.run("fetch", "--quiet", str(a_repo.top), new)
    old = bare.run("rev-parse", "--verify", ref).strip()
    return receiving.judge(bare, [Update(ref, old, new)], account, offline=True)


def why(verdict: receiving.Verdict) -> list[str]:
    return [refusal.why for refusal in verdict.refusals]


def test_what_check_refuses_is_refused_with_its_findings_and_lands_when_mended(
    a_repo: Repository, bare: Repository
) -> None:
    before = bare.commit("main")
    bad = commit(a_repo, altered(a_repo))
    record = layout.version("churn", "1.0.0")
    told = (
        f"{record}:1:1: error[version-altered]: churn@1.0.0 is merged, and this was changed\n"
        f"  = put it back: git checkout main -- {record}\n"
        "new version: fails (1 error)\n"
        f"error: main stays as it is: {bad[:12]} breaks rules\n"
        " hint: mend it on a branch: modelry check --base origin/main\n"
        " ! [remote rejected] main -> main (pre-receive hook declined)\n"
    )
    assert push(a_repo, "main") == (1, told)
    assert (bare.commit("main"), bare.resolves(bad)) == (before, None)  # nothing of it is kept
    a_repo.run("reset", "--quiet", "--hard", "origin/main")
    good = commit(a_repo, deprecated(a_repo))
    assert push(a_repo, "main") == (0, "metadata: passes\n")
    assert bare.commit("main") == good


def test_each_commit_that_main_gets_is_judged_by_the_policy_of_the_one_before(
    a_repo: Repository, bare: Repository
) -> None:
    raised = builders.a_policy(
        remotes={"store": {"url": "../store"}},
        stages=[
            {"name": "staging", "gates": [{"metric": "auc", "at_least": 0.95}]},
            {"name": "production"},
        ],
    )
    first = commit(a_repo, dict(raised), "Raise the bar")
    second = commit(a_repo, builders.an_assignment("churn", "1.1.0", previous="1.2.0"), "Promote")
    found = judged(a_repo, bare, second)
    assert why(found) == [f"main stays as it is: {second[:12]} breaks rules"]
    assert [[finding.rule for finding in report.errors] for report in found.judged] == [
        [],
        ["metric-misses-gate"],
    ]
    assert why(judged(a_repo, bare, first)) == []


def test_main_is_not_deleted_and_loses_no_commit(a_repo: Repository, bare: Repository) -> None:
    assert why(judged(a_repo, bare, None)) == ["main is the registry, and stays"]
    a_repo.run("commit", "--quiet", "--amend", "--message", "Another beginning")
    assert why(judged(a_repo, bare, a_repo.commit("main"))) == [
        "main only grows, and this would take commits out of it"
    ]


def test_main_is_what_is_merged_into_and_never_what_is_merged(a_repo: Repository, bare: Repository) -> None:
    a_repo.run("switch", "--quiet", "--create", "topic")
    commit(a_repo, {"README.md": b"hello\n"})
    a_repo.run("switch", "--quiet", "main")
    commit(a_repo, deprecated(a_repo))
    assert push(a_repo, "main") == (0, "metadata: passes\n")
    a_repo.run("switch", "--quiet", "topic")
    a_repo.run("merge", "--quiet", "--no-edit", "main")
    turned = a_repo.commit("HEAD")
    first = a_repo.commit("HEAD^")
    assert why(judged(a_repo, bare, turned)) == [
        f"main stays as it is: {first[:12]} has main as what was merged, not as what it was merged into"
    ]


@pytest.mark.parametrize("when", ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"])
def test_a_commit_that_lies_about_when_it_was_made_does_not_land(
    a_repo: Repository, bare: Repository, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", when)
    made = commit(a_repo, deprecated(a_repo))
    assert why(judged(a_repo, bare, made)) == [
        f"main stays as it is: {made[:12]} is dated {when[:10]} 00:00 UTC: before what it follows, or in the future"
    ]


def test_branches_come_and_go_unjudged_and_tags_and_evidence_stay(
    a_repo: Repository, bare: Repository
) -> None:
    bad = commit(a_repo, altered(a_repo))
    a_repo.run("tag", "v1")
    note = noted.added(a_repo, evidence.NOTES, {bad: '{"one": 1}'})
    assert push(a_repo, "main:topic", "v1", f"{note}:{evidence.REF}") == (0, "")
    assert push(a_repo, "--delete", "topic") == (0, "")
    assert why(judged(a_repo, bare, None, ref="refs/tags/v1")) == ["v1 is a tag already, and tags stay"]
    assert why(judged(a_repo, bare, None, ref=evidence.REF)) == [
        f"evidence on record would be gone from {evidence.REF}: of all commits"
    ]
    other = a_repo.record(a_repo.write(None, {bad: b'{"two": 2}\n'}), [], "Rewritten")
    assert why(judged(a_repo, bare, other, ref=evidence.REF)) == [
        f"evidence on record would be gone from {evidence.REF}: of {bad}"
    ]
    a_repo.run("update-ref", evidence.REF, note)
    more = noted.added(a_repo, evidence.NOTES, {bad: '{"two": 2}'})
    assert why(judged(a_repo, bare, more, ref=evidence.REF)) == []


def test_of_several_refs_all_land_or_none(a_repo: Repository, bare: Repository) -> None:
    commit(a_repo, altered(a_repo))
    a_repo.run("branch", "innocent", "origin/main")
    code, _ = push(a_repo, "innocent", "main")
    assert (code, bare.resolves("innocent")) == (1, None)


def test_another_name_of_main_is_main(a_repo: Repository, bare: Repository) -> None:
    bare.run("symbolic-ref", "refs/heads/master", "refs/heads/main")
    bad = commit(a_repo, altered(a_repo))
    assert why(judged(a_repo, bare, bad, ref="refs/heads/master")) == [
        f"master stays as it is: {bad[:12]} breaks rules"
    ]


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ({}, "passes"),
        (
            {layout.version("churn", "1.0.0"): b"nonsense"},
            "error: main would begin with a registry that breaks",
        ),
        ({layout.POLICY: None}, "has no registry/registry.yaml"),
    ],
    ids=["a registry", "a registry that breaks rules", "no registry"],
)
def test_main_begins_with_a_registry_that_passes(
    a_repo: Repository, tmp_path: Path, brought: dict[str, bytes | None], said: str
) -> None:
    for path, data in brought.items():
        if data is None:
            (a_repo.top / path).unlink()
    commit(a_repo, {path: data for path, data in brought.items() if data is not None})
    a_repo.run("init", "--quiet", "--bare", str(tmp_path / "new.git"))
    guard(tmp_path / "new.git")
    code, shown = push(a_repo, "main", to=str(tmp_path / "new.git"))
    assert (code, said in shown) == (int(bool(brought)), True)


def test_where_nobody_can_look_nothing_lands(a_repo: Repository, origin: Path) -> None:
    commit(a_repo, dict(builders.a_policy(remotes={"store": {"url": "gs://acme/dvc"}})))
    assert push(a_repo, "main") == (0, "")
    guard(origin)
    commit(a_repo, builders.a_version("churn", "1.3.0"))
    code, shown = push(a_repo, "main")
    assert (code, shown.startswith("error: could not look: gs://acme/dvc/files/md5/")) == (1, True)
    guard(origin, HOOK.replace(str(MODELRY), "/nowhere/modelry"))
    code, shown = push(a_repo, "main")
    assert (code, "/nowhere/modelry: not found" in shown) == (1, True)


@pytest.mark.parametrize(
    ("account", "address", "told"),
    [
        (None, "", "needs a person's approval, and nobody knows who pushes"),
        ("eve", "", "nothing here shows that eve is not its author, Ada Test <ada@example.org>"),
        ("bob", "", "nothing here shows that bob is not its author, Ada Test <ada@example.org>"),
        ("bob", "bob@example.org", None),
        ("ada@example.org", "", "ada@example.org <ada@example.org> proposed it"),
    ],
)
def test_whoever_pushes_approves_if_policy_lets_them(
    a_repo: Repository, bare: Repository, account: str | None, address: str, told: str | None
) -> None:
    asked = {"name": "staging", "approvals": {"from": ["@bob", "ada@example.org"]}}
    policy = builders.a_policy(remotes={"store": {"url": "../store"}}, stages=[asked, {"name": "production"}])
    commit(a_repo, dict(policy))
    assert push(a_repo, "main") == (0, "policy: passes\n")
    if address:
        bare.run("config", f"modelry.{account}.email", address)
    new = commit(a_repo, builders.an_assignment("churn", "1.1.0", previous="1.2.0"))
    found = judged(a_repo, bare, new, account)
    assert [told in each for each in why(found) if told] == ([True] if told else [])
    assert (found.approver, len(found.refusals)) == (account, int(told is not None))


def test_a_repository_with_a_work_tree_guards_nothing_and_says_so(a_repo: Repository) -> None:
    with pytest.raises(RegistryError, match="is no bare repository"):
        receiving.judge(a_repo, [], None, offline=True)


def test_how_the_server_is_let_into_remotes_lies_beside_its_objects(
    a_repo: Repository, bare: Repository
) -> None:
    local = b"['remote \"store\"']\n    url = s3://acme/dvc\n    profile = gate\n"
    folders.write({access.LOCAL: local}, bare.path)
    found = judging.access_of(bare, a_repo.tree("main"))
    assert found.settings("s3://acme/dvc") == {"url": "s3://acme/dvc", "profile": "gate"}
