"""Main's line: its commits along first parents, what each changed, and which was the last on a day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

from modelry.errors import NotFoundError
from modelry.git import Repository
from modelry.model.files import Entry

_LANDED = "--format=%H%x00%P%x00%cI%x00%an <%ae>%x00%cn <%ce>%x00%B"
_TOLD = re.compile(
    r"(?:^|\0)([0-9a-f]{40,64})(?=\0)"
    r"|:([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\0([^\0]+)"
)
"""A commit's id, then for each path of it `:modes ids letter` and the path."""
_ABSENT = "000000"
"""The mode of what is not there."""
_FEW = 1000
"""Commits that are compared quicker than a second process starts."""


class Landed(NamedTuple):
    """One commit of the line."""

    commit: str
    parents: str
    """Their ids, with blanks between; the first is the line's."""
    when: str
    """Committer's time, ISO 8601."""
    author: str
    """As `Name <address>`."""
    committer: str
    message: str

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return " " in self.parents


class Touch(NamedTuple):
    """One path that one commit of the line changed."""

    commit: str
    path: str
    before: Entry | None
    """None where there was none."""
    after: Entry | None


def at(repository: Repository, when: str) -> str:
    """Give the commit of a revision, or main's last of a day or time: 2026-03-01, 2026-03-01T12:00:00Z.

    A day ends in UTC. Raises `NotFoundError` for what is neither, or lies before main began.
    """
    if (found := repository.resolves(when)) is not None:
        return found
    limit = second(when, end=True)
    if limit is None:
        return repository.commit(when)
    commit = _last(repository, limit)
    if commit is None and repository.boundary:
        raise NotFoundError(
            f"this clone is shallow, and does not reach back to {when}", hint="git fetch --unshallow"
        )
    if commit is None:
        raise NotFoundError(
            f"main has nothing from before {when}", hint="see its beginning: git log --reverse"
        )
    return commit


def after(repository: Repository, when: str, revision: str) -> frozenset[str]:
    """Give the line's commits after a revision, or from a day or time on, up to another revision.

    Raises `NotFoundError` for what is neither revision nor time.
    """
    limit = None if repository.resolves(when) else second(when, end=False)
    start = repository.commit(when) if limit is None else _last(repository, limit - 1)
    left = (f"^{start}",) if start is not None else ()
    return frozenset(repository.run("rev-list", "--first-parent", revision, *left, "--").split())


def between(repository: Repository, old: str, new: str) -> frozenset[str] | None:
    """Give the line's commits after an old one up to a new one; None where the old one is not on the new one's line."""
    told = repository.run("rev-list", "--first-parent", "--parents", new, f"^{old}", "--").splitlines()
    rows = [row.split(" ") for row in told]
    return frozenset(row[0] for row in rows) if rows and old in rows[-1][1:2] else None


def _last(repository: Repository, limit: int) -> str | None:
    """Give main's last commit up to a second since 1970; None before its first.

    Main's order is what counts, for clocks run backwards: what follows a commit came later than that one, whatever
    it says of itself. So the answer for a day stays the same for ever once main has a commit from after it.
    """
    told = repository.run("log", "--first-parent", "--format=%ct %H", repository.base).splitlines()
    found = None
    for seconds, commit in (line.split() for line in reversed(told)):
        if int(seconds) > limit:
            break
        found = commit
    return found


def second(when: str, *, end: bool) -> int | None:
    """Give the second since 1970 at which a day begins or ends in UTC, or of a time; None for what is neither."""
    try:
        moment = datetime.fromisoformat(when)
    except ValueError:
        return None
    if end and len(when) == len("2026-03-01"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())


def commits(
    repository: Repository, revision: str, *paths: str, since: str | None = None
) -> tuple[Landed, ...]:
    """Give the line's commits up to a revision, oldest first; with paths, only those that changed one of them.

    Those that `since` excludes, as `^COMMIT`, are not among them.
    """
    told = repository.run(
        *("-c", "log.follow=false", "log", "--first-parent", "-z", "--encoding=UTF-8", _LANDED),
        *(revision, *([since] if since else ()), "--", *map(_whole, paths)),
    )
    return tuple(_landed(told))[::-1]


def these(repository: Repository, wanted: Iterable[str]) -> dict[str, Landed]:
    """Give commits by their ids."""
    given = "".join(f"{commit}\n" for commit in dict.fromkeys(wanted)).encode()
    command = ("log", "--no-walk=unsorted", "--stdin", "-z", "--encoding=UTF-8", _LANDED)
    return {one.commit: one for one in _landed(repository.run(*command, given=given))} if given else {}


def _landed(told: str) -> Iterator[Landed]:
    fields = [iter(told.split("\0"))] * len(Landed._fields)
    # The last separator leaves an empty token behind, which fills no record.
    return (Landed(*record) for record in zip(*fields, strict=False))


def authors(repository: Repository, wanted: Iterable[str]) -> dict[str, str]:
    """Give the authors of commits, as `Name <address>`."""
    given = "".join(f"{commit}\n" for commit in dict.fromkeys(wanted)).encode()
    command = ("log", "--no-walk=unsorted", "--stdin", "--encoding=UTF-8", "--format=%H %an <%ae>")
    told = repository.run(*command, given=given).splitlines() if given else []
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in told}


def touched(repository: Repository, line: Sequence[Landed], *paths: str) -> Iterator[Touch]:
    """Give each path below `paths` that each commit changed against its first parent, in the commits' order."""
    asked = [f"{one.commit} {one.parents.partition(' ')[0]}".rstrip() + "\n" for one in line]
    # Git compares trees on one core: each half of a long line is given to a process of its own.
    command = ("diff-tree", "--stdin", "--root", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--")
    limits = tuple(map(_whole, paths))
    size = max(_FEW, -(-len(asked) // 2))
    halves = ["".join(asked[start : start + size]).encode() for start in range(0, len(asked), size)]
    with ThreadPoolExecutor(2) as pool:
        for told in pool.map(lambda half: repository.run(*command, *limits, given=half), halves):
            yield from _touches(told)


def _whole(path: str) -> str:
    """Give a path as git takes it from the top, in whichever folder it is asked, and by its letters."""
    return f":(top,literal){path}"


def _touches(told: str) -> Iterator[Touch]:
    commit = ""
    for seen, old_mode, mode, old, new, path in _TOLD.findall(told):
        if path:
            before = Entry(old_mode, old) if old_mode != _ABSENT else None
            yield Touch(commit, path, before, Entry(mode, new) if mode != _ABSENT else None)
        else:
            commit = seen
