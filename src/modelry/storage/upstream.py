"""The few files of a registry that a model's consumers need, fetched from its repository by git, where there is one."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from modelry.errors import NotFoundError, StaleError
from modelry.git import elsewhere, reading
from modelry.model import layout
from modelry.model.files import Files
from modelry.storage.bodies import shown

_UNASKED = ("/evaluations/", "/waivers/", "/training/", "/card.md")


class Upstream(NamedTuple):
    """A registry's main, as its repository shows it."""

    commit: str
    sequence: int
    """The commit's place on main's line."""
    files: Files
    """The policy, and what is needed of one model."""


def head(repository: str) -> str:
    """Give the commit that main is at; raises `GitError` where nobody can say."""
    return elsewhere.head(repository)


def fetched(repository: str, model: str, known: tuple[int, str] | None) -> Upstream:
    """Fetch what is needed of a model; raises `StaleError` unless main goes on from a place that is known.

    Raises `NotFoundError` where the repository holds no registry, `GitError` where git says no.
    """
    with tempfile.TemporaryDirectory(prefix="modelry-upstream-") as folder:
        clone = elsewhere.commits(repository, Path(folder, "git"))
        line = elsewhere.line(clone)
        if known is not None:
            _goes_on(line, *known, shown(repository))
        found = elsewhere.blobs(clone, (layout.POLICY, f"{layout.MODELS}/{model}"))
        if layout.POLICY not in found:
            raise NotFoundError(f"{shown(repository)} holds no registry: its main has no {layout.POLICY}")
        wanted = {path: id_ for path, id_ in found.items() if not any(part in path for part in _UNASKED)}
        elsewhere.bring(clone, wanted.values())
        blobs = reading.blobs(clone, dict.fromkeys(wanted.values()))
        return Upstream(line[0], len(line), {path: blobs[id_] for path, id_ in wanted.items()})


def _goes_on(line: Sequence[str], sequence: int, commit: str, where: str) -> None:
    if len(line) < sequence:
        raise StaleError(
            f"main of {where} has {len(line)} commits; {sequence} were seen already",
            hint="it is an old copy, or main was begun anew: ask who keeps it",
        )
    if line[-sequence] != commit:
        raise StaleError(
            f"commit {sequence} on main of {where} is {line[-sequence]}; it was {commit}",
            hint="main was rewritten, or this is another repository: ask who keeps it",
        )
