"""Evidence in notes: two clones that wrote at once lose nothing, and what is gone is told."""

from modelry.git import Repository
from modelry.model import evidence as kinds
from modelry.model.evidence import Given, Someone
from modelry.storage import evidence, noted


def line(repository: Repository, commit: str, account: str) -> str:
    given = Given(author=Someone(name=account, forge="github", id=account))
    change = evidence.changed(repository, commit)
    return kinds.line(evidence.statement(repository, commit, change, given))


def accounts(repository: Repository, commit: str) -> set[str | None]:
    return {said.author.id for said in evidence.read(repository)[commit].statements}


def test_what_two_clones_recorded_at_once_is_joined(a_repo: Repository) -> None:
    commit = a_repo.commit("main")
    lines = {name: line(a_repo, commit, name) for name in ("ours", "theirs", "news")}
    for ref, name in ((evidence.REF, "ours"), (evidence.THEIRS, "theirs")):
        alone = a_repo.record(a_repo.write(None, {commit: f"{lines[name]}\n".encode()}), [], f"By {name}")
        a_repo.run("update-ref", ref, alone)
    assert accounts(a_repo, commit) == {"ours", "theirs"}

    before, joined = a_repo.commit(evidence.REF), noted.added(a_repo, evidence.NOTES, {commit: lines["news"]})
    a_repo.run("update-ref", evidence.REF, joined)
    assert accounts(a_repo, commit) == {"ours", "theirs", "news"}
    assert all(noted.has(a_repo, evidence.NOTES, commit, told) for told in lines.values())
    assert noted.forgotten(a_repo, before, joined) == []
    assert noted.forgotten(a_repo, joined, before) == [commit]


def test_what_is_recorded_already_makes_no_commit(a_repo: Repository) -> None:
    commit = a_repo.commit("main")
    told = line(a_repo, commit, "ada")
    first = noted.added(a_repo, evidence.NOTES, {commit: told})
    a_repo.run("update-ref", evidence.REF, first)
    assert noted.added(a_repo, evidence.NOTES, {commit: told}) == first
