"""Much in one go: blobs, files of commits, and where a text stands."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from modelry.git import running
from modelry.git.blobs import Blobs, absent
from modelry.git.repository import Repository
from modelry.git.running import GitError


def one_by_one(repository: Repository) -> Callable[[str], bytes]:
    """Give what reads blobs by their ids, all through one process."""
    return Blobs(repository.path).read


def blobs(repository: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """Give blobs by their ids; raises `GitError` when the repository does not hold one."""
    given = "".join(f"{blob}\n" for blob in ids).encode()
    data = running.run(repository.path, ("cat-file", "--batch"), given, {}) if given else b""
    found, start = {}, 0
    while start < len(data):
        end = data.index(b"\n", start)
        blob, _, size = data[start:end].decode().partition(" ")
        if size == "missing":
            raise absent(blob)
        start = end + 1 + int(size.rpartition(" ")[2])
        found[blob] = data[end + 1 : start]
        start += 1
    return found


def files(repository: Repository, names: Iterable[str]) -> dict[str, bytes]:
    """Give files by name, `commit:path`, without those that are not there."""
    with Blobs(repository.path) as asked:
        found = {name: asked.find(name) for name in names}
    return {name: data for name, data in found.items() if data is not None}


_FEW = 20
"""How many things are asked for one by one; where there are more, git tells all that are like them."""


def holding(
    repository: Repository, revision: str, texts: Collection[str], pattern: str, ending: str
) -> Callable[[], Mapping[str, Sequence[str]]]:
    """Begin to search a commit's files with this ending, and give what waits for the answer: which hold each text.

    The texts are what the pattern, a regular expression, finds.
    """
    wanted = ("-F", *(f"-e{text}" for text in texts)) if len(texts) <= _FEW else ("-E", f"-e{pattern}")
    how = ("--threads=1", "--no-color", "--no-recurse-submodules", "--text", "--full-name", "-o", "-z")
    asked = ("grep", *how, *wanted, revision, "--", f":(top)*{ending}")
    told = running.begun(repository.path, asked) if texts else bytes

    def answer() -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for path, text in dict.fromkeys(_HELD.findall(_none_or(told))):
            found.setdefault(text, []).append(path.removeprefix(f"{revision}:"))
        return found

    return answer


_HELD = re.compile("([^\0]+)\0([^\n]*)\n")
"""A path, and what was found there."""


def _none_or(told: Callable[[], bytes]) -> str:
    try:
        return told().decode("utf-8", "surrogateescape")
    except GitError as error:
        if error.status == 1:  # there is none
            return ""
        raise


def ever(repository: Repository, revision: str, paths: Collection[str]) -> Callable[[], frozenset[str]]:
    """Begin to look through main's line up to a commit, and give what waits for the answer: which paths it ever had."""
    wanted = paths if len(paths) <= _FEW else [posixpath.commonpath(paths)]
    how = ("--first-parent", "--diff-merges=first-parent", "--no-renames", "--name-only", "-z", "--format=")
    limits = (f":(top,literal){path}" for path in wanted)
    asked = ("-c", "log.follow=false", "log", *how, revision, "--", *limits)
    told = running.begun(repository.path, asked) if paths else bytes
    return lambda: frozenset(told().decode("utf-8", "surrogateescape").split("\0")) & frozenset(paths)
