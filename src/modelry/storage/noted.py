"""Git notes as we keep them: lines on commits, which travel by a ref of their own, and of which nobody's is lost."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from modelry.git import Repository, reading
from modelry.model.notes import joined


class Notes(NamedTuple):
    """One kind of notes."""

    ref: str
    """Those of this clone: `refs/notes/…`."""
    title: str
    """What a commit of them says."""

    @property
    def theirs(self) -> str:
        """Origin's, as they were when we last looked."""
        return self.ref.replace("refs/notes/", "refs/notes/origin/")


def read(repository: Repository, notes: Notes, wanted: Collection[str] | None = None) -> Mapping[str, bytes]:
    """Give the notes by commit, all or those wanted, in one pass; ours and what was fetched from origin."""
    found: dict[str, bytes] = {}
    for head in _heads(repository, notes):
        for commit, note in _notes(repository, head, wanted).items():
            found[commit] = joined([found[commit], note]) if commit in found else note
    return found


def added(repository: Repository, notes: Notes, lines: Mapping[str, str]) -> str:
    """Give a commit of notes with these lines on these commits, beside all that we and origin have; no ref moves."""
    heads = _heads(repository, notes)
    base = _joined(repository, notes, heads) if len(heads) > 1 else next(iter(heads), None)
    news = {commit: f"{line}\n".encode() for commit, line in lines.items()}
    return _written(repository, notes, base, [base] if base else [], news)


def has(repository: Repository, notes: Notes, commit: str, line: str) -> bool:
    """Say whether a commit's note, ours or origin's, has a line already."""
    trees = [repository.tree(head) for head in _heads(repository, notes)]
    held = [tree.read(path) for tree in trees for path in tree.entries if _commit(path) == commit]
    return line.encode() in b"\n".join(held).splitlines()


def forgotten(repository: Repository, old: str, new: str) -> list[str]:
    """Give the commits of whose notes a line is gone between two states of the notes."""
    before, after = (_notes(repository, head, None) for head in (old, new))
    return [
        commit
        for commit, note in before.items()
        if not set(note.splitlines()) <= set(after.get(commit, b"").splitlines())
    ]


def _heads(repository: Repository, notes: Notes) -> list[str]:
    """Give the newest notes: ours, origin's, or both where neither has all of the other's."""
    ours, theirs = repository.resolves(notes.ref), repository.resolves(notes.theirs)
    heads = list(dict.fromkeys(head for head in (theirs, ours) if head is not None))
    if len(heads) > 1:
        for one, other in (heads, heads[::-1]):
            if repository.succeeds("merge-base", "--is-ancestor", one, other):
                return [other]
    return heads


def _joined(repository: Repository, notes: Notes, heads: Sequence[str]) -> str:
    """Give a merge of two histories of notes, which has every line of both."""
    theirs, ours = (repository.tree(head) for head in heads)
    known = {(_commit(path), entry.id) for path, entry in theirs.entries.items()}
    news = [path for path, entry in ours.entries.items() if (_commit(path), entry.id) not in known]
    return _written(repository, notes, heads[0], heads, {_commit(path): ours.read(path) for path in news})


def _written(
    repository: Repository, notes: Notes, base: str | None, parents: Sequence[str], news: Mapping[str, bytes]
) -> str:
    """Give a commit of notes that has these lines beside those of its base; the base, where it has them."""
    tree = repository.tree(base) if base else None
    paths = {_commit(path): path for path in tree.entries} if tree else {}
    files = {}
    for commit, note in news.items():
        # Git spreads many notes over folders: what has a note keeps its place, or it would have two.
        path = paths.get(commit, f"{commit[:2]}/{commit[2:]}")
        held = tree.read(path) if tree and commit in paths else b""
        made = joined([held, note])
        if made != held:
            files[path] = made
    if base is not None and not files and len(parents) == 1:
        return base
    return repository.record(repository.write(base, files), parents, notes.title)


def _notes(repository: Repository, head: str, wanted: Collection[str] | None) -> dict[str, bytes]:
    entries = repository.tree(head).entries
    ids = {
        commit: entry.id
        for path, entry in entries.items()
        if (commit := _commit(path)) and (wanted is None or commit in wanted)
    }
    held = reading.blobs(repository, dict.fromkeys(ids.values()))
    return {commit: held[blob] for commit, blob in ids.items()}


def _commit(path: str) -> str:
    """Give the commit that a note is about; its path is the id, spread over folders."""
    return path.replace("/", "")
