"""Git through our one door: real repositories, read from objects and written without a work tree."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modelry.errors import ConflictError, NotFoundError
from modelry.git import GitError, Repository, merging, running
from modelry.model.files import Entry


def a_commit(repository: Repository, base: str, files: dict[str, bytes], message: str = "a change") -> str:
    return repository.record(repository.write(base, files), [base], message)


def state(repository: Repository) -> tuple[str, str, bytes]:
    """What a user would see of us if we touched their things: HEAD, the status, the index's bytes."""
    status = repository.run("status", "--porcelain=v2", "--branch", "--untracked-files=all")
    return repository.run("rev-parse", "HEAD"), status, (repository.top / ".git/index").read_bytes()


def test_a_tree_tells_mode_and_id_of_every_path_and_reads_bytes_by_it(a_repo: Repository) -> None:
    (a_repo.top / "link").symlink_to("registry")
    (a_repo.top / "run").write_bytes(b"#!\n")
    (a_repo.top / "run").chmod(0o755)
    a_repo.run("add", "link", "run")
    a_repo.run("commit", "--quiet", "--message", "odd files")
    tree = a_repo.tree("HEAD")
    assert tree.entries["link"].mode == "120000"
    assert tree.entries["run"] == Entry("100755", a_repo.run("rev-parse", "HEAD:run").strip())
    assert tree.read("run") == b"#!\n"
    assert tree.read("link") == b"registry"
    assert list(tree.entries) == sorted(tree.entries)


def test_threads_that_read_one_tree_get_each_their_own_bytes(a_repo: Repository) -> None:
    files = {f"file-{number}": f"{number}\n".encode() * (number * 97) for number in range(100)}
    tree = a_repo.tree(a_commit(a_repo, "HEAD", files))
    with ThreadPoolExecutor(8) as pool:
        read = dict(zip(list(files) * 5, pool.map(tree.read, list(files) * 5), strict=True))
    assert read == files


def test_a_git_that_dies_is_no_answer(a_repo: Repository) -> None:
    tree = a_repo.tree("HEAD")
    tree.read("registry/registry.yaml")
    process = a_repo._blobs._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(GitError, match="ended before it answered"):
        tree.read("registry/registry.yaml")


def test_writing_a_tree_touches_neither_work_tree_nor_index_nor_head(a_repo: Repository) -> None:
    (a_repo.top / "registry/registry.yaml").write_text("being edited", "utf-8")
    (a_repo.top / "new").write_text("not yet added", "utf-8")
    a_repo.run("add", "new")
    before = state(a_repo)
    tree = a_repo.write("HEAD", {"a/b.txt": b"b", "c.txt": b""}, removed=["registry/registry.yaml"])
    assert state(a_repo) == before
    written = a_repo.tree(tree)
    assert {"a/b.txt", "c.txt"} <= written.entries.keys()
    assert "registry/registry.yaml" not in written.entries
    assert "new" not in written.entries
    assert written.read("a/b.txt") == b"b"


def test_a_branch_moves_only_from_where_it_was_seen(a_repo: Repository) -> None:
    first, second = (a_commit(a_repo, "HEAD", {"a": text}) for text in (b"1", b"2"))
    a_repo.move("topic", first, None)
    with pytest.raises(ConflictError, match="topic has moved meanwhile"):
        a_repo.move("topic", second, None)
    with pytest.raises(ConflictError, match="topic has moved meanwhile"):
        a_repo.move("topic", second, second)
    a_repo.move("topic", second, first)
    assert a_repo.commit("topic") == second


def test_a_conflicting_merge_names_the_paths(a_repo: Repository) -> None:
    ours, theirs = (a_commit(a_repo, "HEAD", {"registry/registry.yaml": text}) for text in (b"1\n", b"2\n"))
    with pytest.raises(ConflictError, match=r"conflicts with main in registry/registry\.yaml"):
        merging.merge(a_repo, ours, theirs)


def test_a_merge_in_memory_gives_both_sides(a_repo: Repository) -> None:
    before = state(a_repo)
    ours, theirs = a_commit(a_repo, "HEAD", {"a": b"a"}), a_commit(a_repo, "HEAD", {"b": b"b"})
    merged = a_repo.tree(merging.merge(a_repo, ours, theirs))
    assert {"a", "b"} <= merged.entries.keys()
    assert state(a_repo) == before


def test_a_revision_that_is_not_there_is_told_by_name(a_repo: Repository) -> None:
    with pytest.raises(NotFoundError, match="there is no commit nowhere"):
        a_repo.commit("nowhere")
    assert a_repo.resolves("nowhere") is None


def test_an_option_is_never_taken_for_a_revision(a_repo: Repository) -> None:
    with pytest.raises(NotFoundError, match="there is no commit --help"):
        a_repo.commit("--help")


def test_a_lock_that_a_killed_git_left_is_named_with_what_to_do(a_repo: Repository) -> None:
    (a_repo.common / "refs/heads/topic.lock").write_bytes(b"")
    with pytest.raises(GitError, match=r"topic\.lock") as caught:
        a_repo.move("topic", a_repo.commit("HEAD"), None)
    assert (
        caught.value.hint
        == "another git is at work, or one was killed: if none runs, remove the file that it names"
    )


def test_outside_of_a_repository_the_hint_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository") as caught:
        _ = Repository(tmp_path).common
    assert caught.value.hint == "go into a clone of the registry's repository"


def test_a_repositorys_own_hooks_and_filters_are_not_run(a_repo: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for name in ("reference-transaction", "post-checkout", "pre-commit"):
        hook = a_repo.common / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {mark}\n", "utf-8")
        hook.chmod(0o755)
    a_repo.move("topic", a_commit(a_repo, "HEAD", {"a": b"a"}), None)
    assert not mark.exists()


def test_the_base_is_origins_main_where_there_is_an_origin(a_repo: Repository, tmp_path: Path) -> None:
    assert a_repo.base == "origin/main"
    alone = tmp_path / "alone"
    Repository(tmp_path).run("init", "--quiet", "--initial-branch=master", str(alone))
    repository = Repository(alone)
    repository.run("commit", "--quiet", "--allow-empty", "--message", "first")
    assert repository.base == "master"


def test_much_is_asked_and_answered_as_little_is(a_repo: Repository) -> None:
    blobs = a_repo.run("rev-parse", "HEAD:registry/registry.yaml").strip()
    asked = f"{blobs}\n".encode()
    many = running._MUCH // len(asked) + 2
    little = a_repo.run("cat-file", "--batch-check", given=asked)
    assert a_repo.run("cat-file", "--batch-check", given=asked * many) == little * many
    with pytest.raises(GitError, match=r"^git cat-file: "):
        a_repo.run("cat-file", "--no-such-option", given=asked * many)
