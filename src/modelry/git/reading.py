"""Much in one go: blobs, files of commits, and where a text stands."""

from collections.abc import Callable, Iterable, Sequence

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


def holding(repository: Repository, revision: str, text: str, ending: str) -> Sequence[str]:
    """Give the files of a commit with this ending in whose bytes a text stands."""
    how = ("--threads=1", "--no-color", "--no-recurse-submodules", "--text", "--full-name", "-l", "-z", "-F")
    try:
        asked = ("grep", *how, "-e", text, revision, "--", f":(top)*{ending}")
        shown = running.run(repository.path, asked, b"", {}).decode("utf-8", "surrogateescape")
    except GitError as error:
        if error.status == 1:  # there is none
            return ()
        raise
    return [path.removeprefix(f"{revision}:") for path in shown.split("\0") if path]
