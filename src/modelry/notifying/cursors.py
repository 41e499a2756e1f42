"""Up to which commit of main each receiver was told: a ref of its own at origin, so that any machine goes on there."""

from collections.abc import Mapping

from modelry.errors import ConflictError
from modelry.git import GitError, Repository

REFS = "refs/modelry/notified/"


def read(repository: Repository) -> Mapping[str, str]:
    """Give the commits by the receivers' names."""
    if repository.has_origin:
        told = repository.run("ls-remote", "origin", f"{REFS}*")
    else:
        told = repository.run("for-each-ref", "--format=%(objectname)%09%(refname)", REFS)
    rows = (row.split("\t") for row in told.splitlines())
    return {ref.removeprefix(REFS): commit for commit, ref in rows}


def move(repository: Repository, name: str, new: str | None, old: str | None) -> None:
    """Remember a commit in the place of another; raises `ConflictError` where somebody else told it meanwhile."""
    if new in {None, old}:
        return
    ref = f"{REFS}{name}"
    if not repository.has_origin:
        repository.move_together((ref, str(new), old))
        return
    try:
        repository.push(f"--force-with-lease={ref}:{old or ''}", "origin", f"{new}:{ref}")
    except GitError as error:
        if read(repository).get(name) == old:
            raise
        raise ConflictError(
            f"{name} was told by somebody else meanwhile",
            hint="run the command again: what it got twice has the same id",
        ) from error
