"""What a merge leaves beside main: a note with an in-toto statement, which no race and no crash loses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import builders
from modelry import __version__, proposals
from modelry.forges import landing, local
from modelry.git import GitError, Repository
from modelry.model import evidence as model
from modelry.model import layout, names, notes
from modelry.reports import documents
from modelry.storage import commits, evidence, folders

ADA = {"name": "Ada Test", "email": "ada@example.org"}
BOB = {"name": "Bob", "email": "bob@example.org"}


def a_clone(origin: Path, folder: Path, name: str = "Bob") -> Repository:
    Repository(folder.parent).run("clone", "--quiet", str(origin), str(folder))
    clone = Repository(folder)
    clone.run("config", "user.name", name)
    clone.run("config", "user.email", f"{name.lower()}@example.org")
    return clone


@pytest.fixture
def bobs(a_repo: Repository, tmp_path: Path) -> Repository:
    """Another clone of origin: Bob's, who may approve what Ada proposes."""
    return a_clone(Path(a_repo.run("remote", "get-url", "origin").strip()), tmp_path / "bob")


def proposed(repository: Repository, version: str = "1.1.0", stage: str = "staging") -> str:
    registry = commits.registry(repository, repository.base)
    found = registry.find(names.reference(f"churn@{version}"))
    return local.propose(proposals.promote(registry, found, stage, "because"), repository).branch


def merged(repository: Repository, branch: str, *, approve: bool = False) -> local.Merged:
    return local.merge(repository, branch, approve=approve, offline=True)


def noted(repository: Repository, commit: str) -> list[Any]:
    """Give the lines of a commit's note as git itself shows them."""
    return [
        json.loads(line)
        for line in repository.run("notes", "--ref=modelry", "show", commit).splitlines()
        if line
    ]


def ask_for_approval(repository: Repository) -> None:
    policy = builders.a_policy(
        remotes={"store": {"url": str(repository.top.parent / "store")}},
        stages=[{"name": "staging", "approvals": {"count": 1}}, {"name": "production"}],
    )
    folders.write(policy, repository.top)
    repository.run("commit", "--quiet", "--all", "--message", "Ask for approval")
    repository.run("push", "--quiet")


def test_a_merge_records_who_moved_which_bytes_by_which_policy(a_repo: Repository, bobs: Repository) -> None:
    ask_for_approval(a_repo)
    base = a_repo.commit("main")
    branch = proposed(a_repo)
    commit = merged(bobs, branch, approve=True).commit
    (statement,) = noted(bobs, commit)
    when = statement["predicate"]["merged_at"]
    sha256 = builders.an_assignment("churn", "1.1.0")[layout.stage("churn", "staging")].decode()
    sha256 = sha256.partition("sha256: ")[2][:64]
    assert statement == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": "churn@1.1.0", "digest": {"sha256": sha256}},
            {"name": "acme-models", "digest": {"gitCommit": commit}},
        ],
        "predicateType": "https://modelry.github.io/modelry/schemas/evidence/v1.json",
        "predicate": {
            "registry": "acme-models",
            "commit": commit,
            "head": a_repo.commit(branch),
            "proposal": {"branch": branch},
            "classes": ["promotion"],
            "author": ADA,
            "approvers": [BOB | {"when": when}],
            "merger": BOB,
            "merged_at": when,
            "checks": [{"name": "modelry check", "conclusion": "success", "tool": f"modelry {__version__}"}],
            "policy": {
                "path": layout.POLICY,
                "blob": a_repo.run("rev-parse", f"{base}:{layout.POLICY}").strip(),
                "commit": base,
            },
            "moves": [
                {
                    "model": "churn",
                    "stage": "staging",
                    "before": "1.2.0",
                    "after": "1.1.0",
                    "sha256": sha256,
                }
            ],
        },
    }
    Draft202012Validator(documents.of("evidence")).validate(statement)


def test_the_note_is_at_origin_as_soon_as_main_is(a_repo: Repository, origin: Path) -> None:
    commit = merged(a_repo, proposed(a_repo)).commit
    assert [line["predicate"]["commit"] for line in noted(Repository(origin), commit)] == [commit]
    assert evidence.read(a_repo) == evidence.read(Repository(origin))


@pytest.mark.parametrize("bare", [True, False], ids=["in a bare repository", "where there is no origin"])
def test_a_merge_without_an_origin_records_as_well(a_repo: Repository, origin: Path, bare: bool) -> None:
    branch = proposed(a_repo)
    repository = Repository(origin) if bare else a_repo
    if not bare:
        a_repo.run("remote", "remove", "origin")
    commit = merged(repository, branch).commit
    assert evidence.read(repository)[commit].proposal.branch == branch


def test_nobodys_evidence_is_lost_when_two_clones_merge_by_turns(
    a_repo: Repository, bobs: Repository
) -> None:
    commits = []
    for number, version in enumerate(["1.1.0", "1.0.0", "1.1.0", "1.2.0"]):
        repository = (a_repo, bobs)[number % 2]
        repository.run("fetch", "--quiet", "origin")
        commits.append(merged(repository, proposed(repository, version)).commit)
    evidence.fetch(a_repo)
    assert set(evidence.read(a_repo)) == set(commits)


def record(repository: Repository, commit: str, number: int) -> None:
    """Record of a commit that it was this pull request."""
    known = evidence.read(repository)[commit].recorded[0].statement
    predicate = known.predicate.model_copy(update={"proposal": model.Proposed(number=number)})
    landing.record(repository, {commit: model.line(model.of(predicate, {}))})


def before_each_push(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], None]) -> None:
    """Let something happen between what a clone saw of origin and its push."""
    run = Repository.run

    def slow(self: Repository, *args: str, **options: Any) -> str:
        if args[0] == "push" and "--atomic" in args:
            happen()
        return run(self, *args, **options)

    monkeypatch.setattr(Repository, "run", slow)


def test_a_race_for_the_notes_is_lost_and_run_again_and_both_are_kept(
    a_repo: Repository, bobs: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = merged(a_repo, proposed(a_repo)).commit
    evidence.fetch(bobs)

    def overtake() -> None:  # while Ada's merge is on its way, CI records the pull request of the one before
        monkeypatch.undo()
        evidence.fetch(bobs)
        record(bobs, first, 7)

    before_each_push(monkeypatch, overtake)
    second = merged(a_repo, proposed(a_repo, "1.0.0")).commit
    found = evidence.read(a_repo)
    assert (found[first].proposal.number, found[first].proposal.branch) == (7, "promote/churn/staging/1.1.0")
    assert found[second].proposal.branch == "promote/churn/staging/1.0.0"
    evidence.fetch(bobs)
    assert evidence.read(bobs) == found


def test_main_that_moved_meanwhile_leaves_a_note_only_of_what_landed(
    a_repo: Repository, bobs: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = proposed(a_repo)

    def overtake() -> None:
        monkeypatch.undo()
        bobs.run("commit", "--quiet", "--allow-empty", "--message", "first")
        bobs.run("push", "--quiet", "origin", "HEAD:main")

    before_each_push(monkeypatch, overtake)
    commit = merged(a_repo, branch).commit
    evidence.fetch(a_repo)
    assert list(evidence.read(a_repo)) == [commit]
    assert a_repo.run("log", "-1", "--format=%s", f"{commit}^1").strip() == "first"


def test_a_server_that_cannot_move_both_at_once_gets_main_first(a_repo: Repository, origin: Path) -> None:
    Repository(origin).run("config", "receive.advertiseAtomic", "false")
    commit = merged(a_repo, proposed(a_repo)).commit
    assert Repository(origin).commit("main") == commit
    assert list(evidence.read(Repository(origin))) == [commit]


def test_a_server_that_refuses_notes_gets_no_main_either(a_repo: Repository, origin: Path) -> None:
    hook = origin / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/notes/*) exit 1;; esac\n', "utf-8")
    hook.chmod(0o755)
    before = a_repo.commit("origin/main")
    with pytest.raises(GitError, match="refs/notes/modelry"):
        merged(a_repo, proposed(a_repo))
    assert Repository(origin).commit("main") == before
    assert evidence.read(a_repo) == {}


def a_merge_without_a_note(repository: Repository, branch: str, *, approve: bool = False) -> str:
    """Merge, and lose the note, as when the merger is killed between the two."""
    commit = merged(repository, branch, approve=approve).commit
    repository.run("push", "--quiet", "origin", f":{evidence.REF}")
    for ref in (evidence.REF, evidence.THEIRS):
        repository.run("update-ref", "-d", ref)
    return commit


def test_a_merge_that_lost_its_note_gets_the_same_when_it_is_run_again(
    a_repo: Repository, bobs: Repository, origin: Path
) -> None:
    ask_for_approval(a_repo)
    branch = proposed(a_repo)
    commit = a_merge_without_a_note(bobs, branch, approve=True)
    branch_after = a_repo.commit(branch)
    first: notes.Evidence | None = None
    for _ in range(2):
        assert merged(bobs, branch, approve=True).is_news is False
        found = evidence.read(Repository(origin))
        assert list(found) == [commit]
        assert first in (None, found[commit])
        first = found[commit]
    assert first is not None
    assert [str(approver) for approver in first.approvers] == ["Bob <bob@example.org>"]
    assert [said.head for said in first.statements] == [branch_after]


def test_an_approval_that_only_a_message_claims_is_not_recorded(a_repo: Repository, bobs: Repository) -> None:
    """Whoever can push main can write `Approved-by` into a message; running merge on it must not launder it."""
    ask_for_approval(a_repo)
    branch = proposed(a_repo)
    commit = a_merge_without_a_note(bobs, branch, approve=True)
    a_repo.run("pull", "--quiet", "origin", "main")
    merged(a_repo, branch, approve=True)  # Ada, who is not the Bob of the message
    assert evidence.read(a_repo)[commit].approvers == ()
    assert "Approved-by: Bob <bob@example.org>" in a_repo.run("log", "-1", "--format=%B", commit).splitlines()


def test_a_branch_that_main_has_without_a_merge_is_given_no_note(a_repo: Repository) -> None:
    branch = proposed(a_repo)
    a_repo.run("merge", "--quiet", "--ff-only", branch)
    a_repo.run("push", "--quiet", "origin", "main")
    assert merged(a_repo, branch).is_news is False
    assert evidence.read(a_repo) == {}
