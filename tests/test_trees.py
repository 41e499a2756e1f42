"""A tree that is read off another one is what git lists."""

import random
from pathlib import Path

import pytest

import builders
from modelry import checks, judging
from modelry.git import Repository
from modelry.model import files, layout
from modelry.model.files import Tree
from modelry.storage import documents


@pytest.mark.parametrize("seed", range(5))
def test_a_tree_since_another_is_the_tree(a_repo: Repository, seed: int) -> None:
    chance = random.Random(seed)
    base = a_repo.tree(a_repo.commit("HEAD"))
    removed = chance.sample(sorted(base.entries), 3)
    changed = {path: b"changed" for path in chance.sample(sorted(base.entries), 3) if path not in removed}
    added = {f"{chance.choice('abz')}{chance.choice('.-/0')}{number}": b"new" for number in range(9)}
    # A file becomes a folder of the same name, and the reverse; and git would take it for a rename.
    first = next(path for path in base.entries if path not in removed and path not in changed)
    added |= {f"{first}/within": base.read(first), "moved": base.read(removed[0])}
    tree = a_repo.write("HEAD", changed | added, removed=[*removed, first])

    quickly, slowly = a_repo.tree(tree, since=base), a_repo.tree(tree)

    assert quickly.entries == slowly.entries
    assert list(quickly.entries) == list(slowly.entries) == sorted(slowly.entries)
    assert files.between(base, quickly) == files.between(base, slowly)
    assert [quickly.read(path) for path in quickly.entries] == [slowly.read(path) for path in slowly.entries]


def test_what_is_asked_for_folder_by_folder_is_what_is_listed_at_once(a_repo: Repository) -> None:
    lonely = {
        f"{layout.MODELS}/lonely/training/train.py": b"",
        f"{layout.MODELS}/Junk/x": b"",
        "a.b": b"",
        "a/b": b"",
    }
    commit = a_repo.write("HEAD", lonely)
    whole = Tree(dict(a_repo.tree(commit).entries), a_repo.tree(commit).read)
    parts = {path.rsplit("/", depth)[0] for path in whole.entries for depth in range(1, path.count("/") + 1)}
    for folder in sorted(parts | {"absent", "a.b", layout.POLICY, "registry/models/absent"}):
        one = a_repo.tree(commit)
        modes = {name: entry.mode for name, entry in one.folder(folder).items()}
        assert modes == {name: entry.mode for name, entry in whole.folder(folder).items()}
        assert sorted(one.below(folder)) == sorted(whole.below(folder))
    entries = a_repo.tree(commit).entries
    assert {path: entries[path] for path in whole.entries} == whole.entries
    assert [path for path in ("a", "registry", "registry/models", "a/b/c", "a.b/c") if path in entries] == []
    models = documents.registry(a_repo.tree(commit)).models
    assert [name for name in ("churn", "lonely", "Junk", "absent") if name in models] == ["churn"]
    assert [models[name].paths for name in models] == [
        model.paths for model in documents.registry(whole).models.values()
    ]


def test_modes_and_submodules_are_edits_whatever_is_configured(a_repo: Repository) -> None:
    a_repo.run("config", "diff.ignoreSubmodules", "all")
    a_repo.run("config", "diff.renames", "copies")
    (a_repo.top / layout.POLICY).chmod(0o755)
    commit = a_repo.commit("HEAD")
    a_repo.run("add", "--all")
    a_repo.run("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    tree = a_repo.run("write-tree").strip()
    base = a_repo.tree(commit)
    assert files.between(base, a_repo.tree(tree, since=base)) == files.between(base, a_repo.tree(tree))
    assert {edit.path for edit in files.between(base, a_repo.tree(tree))} == {"lib", layout.POLICY}


def test_a_path_that_is_no_text_is_told_as_git_tells_it(a_repo: Repository, tmp_path: Path) -> None:
    base = a_repo.tree(a_repo.commit("HEAD"))
    blob = a_repo.run("hash-object", "-w", "--stdin", given=b"x").strip()
    names = [b"caf\xe9", "café".encode(), "\U0001f600".encode(), b"tab\there", b"line\nend", b'"quoted"']
    lines = b"".join(b"100644 %s\t%s\0" % (blob.encode(), name) for name in names)
    index = {"GIT_INDEX_FILE": str(tmp_path / "index")}
    a_repo.run("read-tree", "HEAD", extra=index)
    a_repo.run("update-index", "-z", "--index-info", given=lines, extra=index)
    tree = a_repo.run("write-tree", extra=index).strip()
    quickly, slowly = a_repo.tree(tree, since=base), a_repo.tree(tree)
    assert quickly.entries == slowly.entries
    assert list(quickly.entries) == list(slowly.entries) == sorted(slowly.entries)
    assert {name.decode("utf-8", "surrogateescape") for name in names} <= quickly.entries.keys()


def test_several_processes_may_read_one_commit(a_repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_PART", 1)
    policy = builders.a_policy(title="Another title")
    odd = builders.an_assignment("churn", "9.9.9")
    more = builders.a_model("fraud", ["1.0.0"]) | builders.a_model("risk", ["1.0.0"])
    tree = a_repo.write("HEAD", {**more, **policy, **odd})
    reports = []
    for processes in (1, 2, 3):
        context = judging.change(a_repo, a_repo.commit("HEAD"), tree, offline=True)
        # The parent's own reader runs already when the others begin.
        assert documents.text(context.after.tree, layout.POLICY) is not None
        reports.append(checks.run(checks.ALL, context, processes))
    assert reports[0] == reports[1] == reports[2]
    assert "unknown-version" in {finding.rule for finding in reports[0].findings}
