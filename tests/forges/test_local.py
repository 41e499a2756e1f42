"""Plain git as a forge: proposals become branches, and the merger judges results before main moves."""

import fcntl
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import builders
from modelry import forges, judging, proposals
from modelry.errors import ConflictError, LockedError, NotFoundError
from modelry.forges import local
from modelry.forges.approving import RefusedMergeError
from modelry.git import Repository
from modelry.model import layout, names
from modelry.proposals import Proposal
from modelry.storage import commits, folders


def a_promotion(repository: Repository, version: str = "1.1.0", stage: str = "staging") -> Proposal:
    registry = commits.registry(repository, repository.base)
    return proposals.promote(registry, registry.find(names.reference(f"churn@{version}")), stage, "because")


def merge(repository: Repository, branch: str, *, approve: bool = False) -> local.Merged:
    return local.merge(repository, branch, approve=approve, offline=True)


def another_clone(repository: Repository, folder: Path, name: str = "Bob") -> Repository:
    origin = repository.run("remote", "get-url", "origin").strip()
    Repository(folder.parent).run("clone", "--quiet", origin, str(folder))
    clone = Repository(folder)
    clone.run("config", "user.name", name)
    clone.run("config", "user.email", f"{name.lower()}@example.org")
    return clone


def holder(repository: Repository, stage: str, revision: str = "origin/main") -> str:
    found = commits.registry(repository, revision).model("churn").holder(stage)
    assert found is not None
    return found.number


def test_proposing_leaves_work_tree_index_and_head_as_they_are(a_repo: Repository) -> None:
    (a_repo.top / "registry/registry.yaml").write_text("being edited", "utf-8")
    before = a_repo.run("status", "--porcelain=v2", "--branch"), (a_repo.top / ".git/index").read_bytes()
    done = local.propose(a_promotion(a_repo), a_repo)
    assert (
        a_repo.run("status", "--porcelain=v2", "--branch"),
        (a_repo.top / ".git/index").read_bytes(),
    ) == before
    assert done.branch == "promote/churn/staging/1.1.0"
    assert a_repo.commit(f"origin/{done.branch}") == done.commit
    assert a_repo.run("diff", "--name-only", "origin/main", done.commit).split() == [
        layout.stage("churn", "staging")
    ]
    assert a_repo.run("log", "-1", "--format=%s", done.commit).strip() == "Promote churn@1.1.0 to staging"


def test_proposing_the_same_again_is_no_news(a_repo: Repository) -> None:
    first = local.propose(a_promotion(a_repo), a_repo)
    again = local.propose(a_promotion(a_repo), a_repo)
    assert first.is_news
    assert again == forges.Proposed(first.branch, first.commit, is_news=False, pushed_to=first.pushed_to)


def test_proposing_something_else_on_the_branch_makes_it_anew_from_main(a_repo: Repository) -> None:
    first = local.propose(a_promotion(a_repo), a_repo)
    registry = commits.registry(a_repo, a_repo.base)
    other = proposals.promote(
        registry, registry.find(names.reference("churn@1.1.0")), "staging", "a better reason"
    )
    second = local.propose(other, a_repo)
    assert second.commit != first.commit
    assert a_repo.commit(f"{second.commit}^") == a_repo.commit("origin/main")
    assert a_repo.commit(f"origin/{second.branch}") == second.commit


def test_a_branch_that_was_deleted_at_origin_is_pushed_again(a_repo: Repository) -> None:
    done = local.propose(a_promotion(a_repo), a_repo)
    Repository(Path(a_repo.run("remote", "get-url", "origin").strip())).run("branch", "-D", done.branch)
    again = local.propose(a_promotion(a_repo), a_repo)
    assert (again.commit, again.is_news) == (done.commit, False)
    assert a_repo.run("ls-remote", "origin", f"refs/heads/{done.branch}").split()[0] == done.commit


def test_somebody_elses_proposal_on_the_branch_is_not_overwritten(a_repo: Repository, tmp_path: Path) -> None:
    bobs = another_clone(a_repo, tmp_path / "bob")
    registry = commits.registry(bobs, bobs.base)
    version = registry.find(names.reference("churn@1.1.0"))
    theirs = local.propose(proposals.promote(registry, version, "staging", "Bob's reason"), bobs)
    with pytest.raises(ConflictError, match=f"origin has something else on {theirs.branch}"):
        local.propose(a_promotion(a_repo), a_repo)
    assert a_repo.run("ls-remote", "origin", f"refs/heads/{theirs.branch}").split()[0] == theirs.commit
    same = local.propose(proposals.promote(registry, version, "staging", "Bob's reason"), a_repo)
    assert (same.commit, same.is_news) == (theirs.commit, False)


def test_proposing_what_main_says_already_is_refused(a_repo: Repository) -> None:
    path = layout.stage("churn", "staging")
    same = Proposal("nothing/new", "Nothing", "", files={path: a_repo.tree("origin/main").read(path)})
    with pytest.raises(ConflictError, match="main says so already"):
        local.propose(same, a_repo)


def test_a_merge_moves_origins_main_and_the_clones_and_says_who_did_what(a_repo: Repository) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    merged = merge(a_repo, branch)
    assert merged.is_news
    assert a_repo.commit("origin/main") == a_repo.commit("HEAD") == merged.commit
    assert a_repo.run("status", "--porcelain").strip() == ""
    assert holder(a_repo, "staging") == "1.1.0"
    sha256 = hashlib.sha256(builders.artifact("churn", "1.1.0")).hexdigest()
    assert a_repo.run("log", "-1", "--format=%B").strip().splitlines() == [
        "Promote churn@1.1.0 to staging",
        "",
        "staging of churn passes from 1.2.0 to 1.1.0.",
        "",
        "Why: because",
        "",
        "Evidence:",
        f"- churn@1.1.0 is sha256 {sha256}",
        "- customers-2026@1: auc 0.914, p99_ms 12.5",
        "",
        "Undo: modelry rollback churn staging --to 1.2.0 --reason 'undo: 1.1.0 took staging'",
        "",
        "Proposed-by: Ada Test <ada@example.org>",
        "Modelry-Class: promotion",
        "Modelry-Branch: promote/churn/staging/1.1.0",
        "Checked-by: modelry 0.1.0",
    ]


def test_merging_again_is_no_news(a_repo: Repository) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    first = merge(a_repo, branch)
    assert merge(a_repo, branch) == local.Merged(first.commit, branch, is_news=False, report=None)


def test_a_merge_keeps_what_the_user_is_editing(a_repo: Repository) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    (a_repo.top / "registry/registry.yaml").write_text("being edited", "utf-8")
    merged = merge(a_repo, branch)
    assert a_repo.commit("origin/main") == merged.commit
    assert (a_repo.top / "registry/registry.yaml").read_text("utf-8") == "being edited"


def test_what_breaks_a_rule_is_not_merged(a_repo: Repository) -> None:
    before = a_repo.commit("origin/main")
    wrong = builders.an_assignment("churn", "1.1.0", "staging", previous="1.0.0")
    branch = local.propose(Proposal("promote/stale", "Stale", "", files=wrong), a_repo).branch
    with pytest.raises(
        RefusedMergeError, match="main stays as it is: the merge result breaks rules"
    ) as caught:
        merge(a_repo, branch)
    assert [(f.rule, f.message) for f in caught.value.report.errors] == [
        ("stale-promotion", "`previous` is 1.0.0, but 1.2.0 holds staging on main")
    ]
    a_repo.run("fetch", "--quiet", "origin")
    assert a_repo.commit("origin/main") == before


def test_a_branch_that_is_not_there_is_told(a_repo: Repository) -> None:
    with pytest.raises(NotFoundError, match="there is no branch promote/nobody"):
        merge(a_repo, "promote/nobody")


def test_of_two_promotions_to_one_stage_the_second_conflicts(a_repo: Repository) -> None:
    one = local.propose(a_promotion(a_repo, "1.1.0"), a_repo).branch
    two = local.propose(a_promotion(a_repo, "1.0.0"), a_repo).branch
    merge(a_repo, one)
    with pytest.raises(
        ConflictError, match=r"conflicts with main in registry/models/churn/stages/staging\.yaml"
    ):
        merge(a_repo, two)
    assert holder(a_repo, "staging") == "1.1.0"


def test_two_changes_that_are_each_right_and_together_wrong_are_refused_in_either_order(
    a_repo: Repository,
) -> None:
    registry = commits.registry(a_repo, a_repo.base)
    version = registry.find(names.reference("churn@1.1.0"))
    yank = local.propose(proposals.yank(registry, version, "leaks", "high", None), a_repo).branch
    promotion = local.propose(a_promotion(a_repo, "1.1.0"), a_repo).branch
    start = a_repo.commit("origin/main")
    for first, second in ((yank, promotion), (promotion, yank)):
        merge(a_repo, first)
        with pytest.raises(RefusedMergeError) as caught:
            merge(a_repo, second)
        assert "yanked-in-stage" in [finding.rule for finding in caught.value.report.errors]
        a_repo.run("push", "--quiet", "--force", "origin", f"{start}:refs/heads/main")
        a_repo.run("reset", "--quiet", "--hard", start)


@pytest.fixture
def asks_for_approval(a_repo: Repository) -> Repository:
    policy = builders.a_policy(
        remotes={"store": {"url": str(a_repo.top.parent / "store")}},
        stages=[{"name": "staging", "approvals": {"count": 1}}, {"name": "production"}],
    )
    folders.write(policy, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Ask for approval")
    a_repo.run("push", "--quiet")
    return a_repo


def test_a_promotion_that_asks_for_a_person_waits_for_one(asks_for_approval: Repository) -> None:
    branch = local.propose(a_promotion(asks_for_approval), asks_for_approval).branch
    with pytest.raises(RefusedMergeError, match="somebody has to approve") as refused:
        merge(asks_for_approval, branch)
    assert refused.value.hint == f"if you may and do, say so: modelry merge {branch} --approve"


def test_nobody_approves_a_proposal_of_their_own(asks_for_approval: Repository) -> None:
    branch = local.propose(a_promotion(asks_for_approval), asks_for_approval).branch
    with pytest.raises(
        RefusedMergeError, match=r"1 approval is asked for, but Ada Test <ada@example.org> proposed it"
    ):
        merge(asks_for_approval, branch, approve=True)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"count": 2}, r"2 approvals are asked for, but 1 approved"),
        (
            {"count": 1, "from": ["carol@example.org"]},
            "but Bob <bob@example.org> is none of carol@example.org",
        ),
    ],
)
def test_nobody_approves_alone_for_two_or_for_somebody_else(
    a_repo: Repository, tmp_path: Path, asked: dict[str, Any], told: str
) -> None:
    policy = builders.a_policy(
        remotes={"store": {"url": str(a_repo.top.parent / "store")}},
        stages=[{"name": "staging", "approvals": asked}, {"name": "production"}],
    )
    folders.write(policy, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Ask for approval")
    a_repo.run("push", "--quiet")
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    with pytest.raises(RefusedMergeError, match=told):
        merge(another_clone(a_repo, tmp_path / "bob"), branch, approve=True)


def test_an_approver_is_recorded(asks_for_approval: Repository, tmp_path: Path) -> None:
    branch = local.propose(a_promotion(asks_for_approval), asks_for_approval).branch
    bobs = another_clone(asks_for_approval, tmp_path / "bob")
    merge(bobs, branch, approve=True)
    assert "Approved-by: Bob <bob@example.org>" in bobs.run("log", "-1", "--format=%B").splitlines()


@pytest.fixture
def carols(a_repo: Repository) -> Repository:
    """A registry whose churn belongs to Carol, by her address; 1.1.0 of it is yanked."""
    files = {
        **builders.a_model(versions=["1.0.0", "1.1.0", "1.2.0"], owners=["carol@example.org"]),
        **builders.a_yank("churn", "1.1.0"),
    }
    folders.write(files, a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Give churn to Carol")
    a_repo.run("push", "--quiet")
    return a_repo


def a_waiver(repository: Repository, approver: str = "carol@example.org") -> Proposal:
    registry = commits.registry(repository, repository.base)
    given = {"rule": "stage-skipped", "gate": None, "approver": approver, "expires": "2999-12-31"}
    document = builders.a_document("waiver", version="1.2.0", stage="production", **given)
    return proposals.waive(registry, "churn", document, "slow")


def an_unyank(repository: Repository) -> Proposal:
    registry = commits.registry(repository, repository.base)
    return proposals.unyank(registry.find(names.reference("churn@1.1.0")), "it was another")


@pytest.mark.parametrize(
    ("proposal", "told"),
    [
        (a_waiver, "carol@example.org has to approve that churn@1.2.0 is excused from "),
        (an_unyank, "churn@1.1.0 would no longer be withdrawn; 1 approval is asked for"),
    ],
)
def test_only_an_owner_says_yes_to_a_waiver_and_to_a_lifted_yank(
    carols: Repository, tmp_path: Path, proposal: Callable[[Repository], Proposal], told: str
) -> None:
    branch = local.propose(proposal(carols), carols).branch
    with pytest.raises(RefusedMergeError, match=f"{told}.*, but Bob <bob@example.org> is none of carol@"):
        merge(another_clone(carols, tmp_path / "bob"), branch, approve=True)
    done = merge(another_clone(carols, tmp_path / "carol", "Carol"), branch, approve=True)
    assert (done.approver, done.notes) == ("Carol <carol@example.org>", ())


def test_an_owner_who_proposes_a_waiver_has_said_so(carols: Repository, tmp_path: Path) -> None:
    hers = another_clone(carols, tmp_path / "carol", "Carol")
    branch = local.propose(a_waiver(hers), hers).branch
    assert merge(hers, branch, approve=True).approver == "Carol <carol@example.org>"


def test_whose_account_a_name_is_cannot_be_told_and_is_said(a_repo: Repository, tmp_path: Path) -> None:
    branch = local.propose(a_waiver(a_repo, "@alice"), a_repo).branch
    done = merge(another_clone(a_repo, tmp_path / "bob"), branch, approve=True)
    assert done.notes == ("nothing here shows that Bob <bob@example.org> is one of @alice",)


def test_a_merge_that_nobody_signs_is_told_where_policy_names_signers(a_repo: Repository) -> None:
    policy = builders.a_policy(
        remotes={"store": {"url": str(a_repo.top.parent / "store")}},
        signers={"ci": {"public_key": "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}},
    )
    folders.write(policy, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--message", "Name a signer")
    a_repo.run("push", "--quiet")
    (note,) = merge(a_repo, local.propose(a_promotion(a_repo), a_repo).branch).notes
    assert note.startswith("nobody signed its evidence, and policy names signers (ci): ")


def test_a_second_merger_is_kept_out_while_one_is_at_work(a_repo: Repository) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    with (a_repo.common / "modelry-merge.lock").open("w") as file:
        file.write("4711")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LockedError, match=r"another modelry merge is at work \(process 4711\)"):
            merge(a_repo, branch)
    assert merge(a_repo, branch).is_news


def test_a_merge_in_the_bare_repository_itself_moves_its_main(a_repo: Repository, origin: Path) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    merged = merge(Repository(origin), branch)
    assert Repository(origin).commit("main") == merged.commit


def test_a_merger_that_saw_an_older_main_does_not_undo_what_came_since(
    a_repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = local.propose(a_promotion(a_repo), a_repo).branch
    bobs = another_clone(a_repo, tmp_path / "bob")
    judge, overtaken = judging.change, list[bool]()

    def slow_judge(*args: Any, **options: Any) -> object:
        if args[0] is not bobs and not overtaken:
            overtaken.append(True)  # while one merger judges, another one is done
            registry = commits.registry(bobs, "origin/main")
            done = local.propose(
                proposals.yank(
                    registry, registry.find(names.reference("churn@1.1.0")), "leaks", "high", None
                ),
                bobs,
            )
            merge(bobs, done.branch)
        return judge(*args, **options)

    monkeypatch.setattr(judging, "change", slow_judge)
    with pytest.raises(RefusedMergeError) as caught:
        merge(a_repo, branch)
    assert overtaken
    assert [finding.rule for finding in caught.value.report.errors] == ["yanked-in-stage"]
    assert holder(bobs, "staging", "origin/main") == "1.2.0"
