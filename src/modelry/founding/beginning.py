"""How a registry begins in a folder that may hold anything already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelry import scaffolding
from modelry.errors import ConflictError, UsageError
from modelry.founding import answering, memory
from modelry.git import Repository
from modelry.model import scaffold
from modelry.model.files import Files
from modelry.model.scaffold import Answers
from modelry.scaffolding import ground
from modelry.storage import folders

_IGNORE = ".gitignore"


@dataclass(frozen=True)
class Beginning:
    """What a registry begins with in a folder."""

    answers: Answers
    why: str
    """Why this forge."""
    new: Files
    """What is not there yet."""
    changed: Files
    """What is there, and needs lines of ours."""
    left: Sequence[str]
    """What is there, and stays as it is."""
    steps: Sequence[str]
    """What is left to do, numbered."""


def begin(top: Path, asked: Mapping[str, Any]) -> Beginning:
    """Say what would begin a registry in `top`, writing nothing; `asked` are answers that were given.

    Raises `ConflictError` where `modelry init` has been, and `UsageError` for answers that cannot be.
    """
    if (top / scaffold.PATH).exists():
        raise ConflictError(
            f"{top / scaffold.PATH} is there already", hint="to bring newer files: modelry init --update"
        )
    has_git = _has_git(top)
    answers, why = answering.of(top, asked, has_git=has_git)
    made = scaffolding.files(answers)
    new = {path: data for path, data in made.items() if not (top / path).exists()}
    changed = {}
    if _IGNORE not in new:
        before = (top / _IGNORE).read_bytes()
        changed = {} if (after := ground.ignoring(before)) == before else {_IGNORE: after}
    ours = {path for path in made if path in new or not folders.differs(top / path, made[path])}
    left = [path for path in made if path not in ours and path not in changed]
    ids = {path: folders.blob_id(made[path]) for path in made if path in ours}
    new[scaffold.PATH] = memory.dump(answers, ids)
    has_origin = has_git and Repository(top).has_origin
    steps = scaffolding.steps(answers, has_git=has_git, has_origin=has_origin)
    return Beginning(answers, why, new, changed, left, steps)


def write(beginning: Beginning, top: Path) -> None:
    """Write it: all of it, or nothing."""
    folders.add(beginning.new, top, beginning.changed)


def _has_git(top: Path) -> bool:
    """Say whether `top` is a repository's; raises `UsageError` for a folder inside of one."""
    folder = next(each for each in (top, *top.parents) if each.is_dir())
    repository = Repository(folder)
    if not repository.succeeds("rev-parse", "--git-dir"):
        return False
    if repository.is_bare or repository.top.resolve() != top.resolve():
        raise UsageError(
            f"{top} is inside the repository {repository.top}",
            hint=f"a registry lies at the top of its repository: modelry init {repository.top}",
        )
    return True
