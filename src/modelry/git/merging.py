"""Merging in memory: what main would be with a branch on it, and where main has it already."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from modelry.errors import ConflictError
from modelry.git import running
from modelry.git.repository import Repository
from modelry.git.running import GitError


class MergeConflictError(ConflictError):
    """Two commits cannot be merged; carries the paths that both have changed."""

    def __init__(self, message: str, paths: Sequence[str], *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.paths = tuple(paths)


def merge(repository: Repository, ours: str, theirs: str) -> str:
    """Merge two commits in memory and give the tree's id; raises `MergeConflictError` with the paths."""
    # A `.gitattributes` in the work tree, which may be a pull request's, would choose how files are merged, and
    # by which program: git is given an empty one.
    with tempfile.TemporaryDirectory(prefix="modelry-merge-") as name:
        empty = Path(name)
        place = {
            "GIT_DIR": os.fspath(repository.common),
            "GIT_WORK_TREE": name,
            "GIT_INDEX_FILE": os.fspath(empty / "index"),
        }
        command = ("merge-tree", "--write-tree", "--name-only", "--no-messages", ours, theirs)
        try:
            return running.run(empty, command, b"", place).decode().strip()
        except GitError as error:
            if error.status != 1:
                raise
            _, *paths = error.answer.decode(errors="replace").splitlines()
            raise MergeConflictError(
                f"conflicts with main in {', '.join(paths)}",
                paths,
                hint="make the change again from main: somebody else's landed first",
            ) from error


def three_way(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """Merge two changes of one file; None where both have changed the same lines."""
    with tempfile.TemporaryDirectory(prefix="modelry-merge-") as name:
        for file, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(name) / file).write_bytes(data)
        try:
            return running.run(Path(name), ("merge-file", "-p", "-q", "ours", "base", "theirs"), b"", {})
        except GitError:
            return None


def laid_over(repository: Repository, ours: str, fork: str, theirs: str) -> str:
    """Give the id of the tree that `ours` becomes with all that `theirs` changed since `fork`, conflicts or not."""
    return repository.edited(ours, repository.differing(fork, theirs))


def merged_by(repository: Repository, head: str) -> str | None:
    """Give the commit of main's first-parent line that merged a commit; None where no merge did."""
    # Those that have it, oldest last; of what was merged before it, none.
    asked = ("rev-list", "--first-parent", "--parents", "--merges", f"{head}..{repository.base}")
    lines = [line.split() for line in repository.run(*asked).splitlines()]
    return next((commit for commit, _, *merged in lines if head in merged), None)
