"""How a merge lands: main moves, and the note that tells who approved it moves with it, here and at origin."""

from collections.abc import Mapping
from contextlib import suppress

from modelry.errors import ConflictError
from modelry.git import GitError, Repository
from modelry.storage import evidence, noted
from modelry.storage.noted import Notes

_TRIES = 5
"""How often we make our notes anew when somebody else's land first."""


class MovedError(ConflictError):
    """Somebody else moved main while we judged: on what it is now, the same may still stand."""


def land(repository: Repository, commit: str, old: str, line: str) -> None:
    """Move main from `old` to a commit, with a line of evidence on it.

    Raises `MovedError` when main has moved meanwhile. Killed between the two, or where the server cannot
    move both at once, main may have moved alone; `record` then gives it its note.
    """
    name = repository.main
    if repository.has_origin:
        _push(repository, evidence.NOTES, {commit: line}, f"{commit}:refs/heads/{name}", old)
    elif repository.is_checked_out(name):
        # git moves the work tree and the branch together, and stops before it loses anything of the user's.
        repository.run("merge", "--quiet", "--ff-only", commit)
        record(repository, {commit: line})
    else:
        repository.move_together(
            (f"refs/heads/{name}", commit, old), _note(repository, evidence.NOTES, {commit: line})
        )


def record(repository: Repository, lines: Mapping[str, str], notes: Notes = evidence.NOTES) -> None:
    """Put lines on commits, of evidence unless told, here and at origin; nobody's line is lost, whoever is first."""
    if repository.has_origin:
        _push(repository, notes, lines)
        return
    for _ in range(_TRIES):
        try:
            repository.move_together(_note(repository, notes, lines))
        except ConflictError:
            continue
        return
    raise _restless()


def _note(repository: Repository, notes: Notes, lines: Mapping[str, str]) -> tuple[str, str, str | None]:
    return notes.ref, noted.added(repository, notes, lines), repository.resolves(notes.ref)


def _push(
    repository: Repository,
    notes: Notes,
    lines: Mapping[str, str],
    main: str | None = None,
    old: str | None = None,
) -> None:
    """Push the notes and, where it moves, main: both or neither, where the server can."""
    branch = f"refs/heads/{repository.main}"
    for _ in range(_TRIES):
        theirs = repository.resolves(notes.theirs)
        made = noted.added(repository, notes, lines)
        wanted = {notes.ref: (f"{made}:{notes.ref}", theirs)} if made != theirs else {}
        if main is not None:
            wanted[branch] = (main, old)
        try:
            _push_all(repository, wanted)
        except GitError as error:
            evidence.fetch(repository)
            now = repository.resolves(f"refs/remotes/origin/{repository.main}")
            if main is not None and now == main.partition(":")[0]:
                main = None  # it went through; the notes did not
            elif main is not None and now != old:
                raise MovedError(
                    f"main has moved meanwhile, to {now}", hint="run the command again"
                ) from error
            elif main is not None and "cannot lock ref" in str(error):
                raise MovedError(
                    "main is being moved by somebody else", hint="run the command again"
                ) from error
            elif repository.resolves(notes.theirs) == theirs:
                raise  # nobody was first: origin says no
        else:
            for ref in (notes.ref, notes.theirs):
                with suppress(ConflictError):  # origin has it; whoever moves ours now will fetch it
                    repository.move_together((ref, made, repository.resolves(ref)))
            return
    raise _restless()


def _push_all(repository: Repository, wanted: Mapping[str, tuple[str, str | None]]) -> None:
    leases = [f"--force-with-lease={ref}:{old or ''}" for ref, (_, old) in wanted.items()]
    specs = [spec for spec, _ in wanted.values()]
    if not wanted:
        return
    try:
        repository.run("push", "--quiet", "--atomic", *leases, "origin", *specs)
    except GitError as error:
        if "does not support --atomic" not in str(error):
            raise
        # Main first: a note on what never reached main would be a false one.
        for lease, spec in reversed(list(zip(leases, specs, strict=True))):
            repository.run("push", "--quiet", lease, "origin", spec)


def _restless() -> ConflictError:
    return ConflictError(
        "others keep recording evidence: main has moved, and its note is still missing",
        hint="run the command again",
    )
