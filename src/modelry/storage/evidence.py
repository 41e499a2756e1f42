"""Evidence where it lies: in git notes on merge commits, which travel by a ref of their own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime

from modelry import __version__
from modelry.git import Repository, reading
from modelry.model import changes, evidence, layout, notes
from modelry.model.changes import Changes
from modelry.model.evidence import Approver, Check, Given, Judged, Predicate, Someone
from modelry.model.files import Tree
from modelry.model.notes import Evidence
from modelry.storage import documents

REF = "refs/notes/modelry"
"""The notes of this clone; `git log --notes=modelry` shows them."""
THEIRS = "refs/notes/origin/modelry"
"""Origin's notes, as they were when we last looked."""

Sign = Callable[[str], str]
"""Put a statement's line into a signed envelope."""


def read(repository: Repository, wanted: Collection[str] | None = None) -> Mapping[str, Evidence]:
    """Give all evidence that this clone has, or that on commits, in one pass; ours and what was fetched from origin."""
    found: dict[str, bytes] = {}
    for head in _heads(repository):
        for commit, note in _notes(repository, head, wanted).items():
            found[commit] = notes.joined([found[commit], note]) if commit in found else note
    return {commit: notes.read(note) for commit, note in found.items()}


def fetch(repository: Repository) -> None:
    """Fetch origin's branches, and its notes with them."""
    # A plain clone has no refspec for notes; a setting on the command line is added to those of the file.
    notes = f"+{REF}*:{THEIRS}*"
    repository.run("-c", f"remote.origin.fetch={notes}", "fetch", "--quiet", "origin")


def added(repository: Repository, lines: Mapping[str, str]) -> str:
    """Give a commit of notes with these lines on these commits, beside all that we and origin have; no ref moves."""
    heads = _heads(repository)
    base = _joined(repository, heads) if len(heads) > 1 else next(iter(heads), None)
    news = {commit: f"{line}\n".encode() for commit, line in lines.items()}
    return _written(repository, base, [base] if base else [], news)


def has(repository: Repository, commit: str, line: str) -> bool:
    """Say whether a commit's note, ours or origin's, has a line already."""
    trees = [repository.tree(head) for head in _heads(repository)]
    notes = [tree.read(path) for tree in trees for path in tree.entries if _commit(path) == commit]
    return line.encode() in b"\n".join(notes).splitlines()


def forgotten(repository: Repository, old: str, new: str) -> list[str]:
    """Give the commits of whose notes a line is gone between two states of the notes."""
    before, after = (_notes(repository, head, None) for head in (old, new))
    return [
        commit
        for commit, note in before.items()
        if not set(note.splitlines()) <= set(after.get(commit, b"").splitlines())
    ]


def _heads(repository: Repository) -> list[str]:
    """Give the newest notes: ours, origin's, or both where neither has all of the other's."""
    ours, theirs = repository.resolves(REF), repository.resolves(THEIRS)
    heads = list(dict.fromkeys(head for head in (theirs, ours) if head is not None))
    if len(heads) > 1:
        for one, other in (heads, heads[::-1]):
            if repository.succeeds("merge-base", "--is-ancestor", one, other):
                return [other]
    return heads


def _joined(repository: Repository, heads: Sequence[str]) -> str:
    """Give a merge of two histories of notes, which has every line of both."""
    theirs, ours = (repository.tree(head) for head in heads)
    known = {(_commit(path), entry.id) for path, entry in theirs.entries.items()}
    news = [path for path, entry in ours.entries.items() if (_commit(path), entry.id) not in known]
    return _written(repository, heads[0], heads, {_commit(path): ours.read(path) for path in news})


def _written(
    repository: Repository, base: str | None, parents: Sequence[str], news: Mapping[str, bytes]
) -> str:
    """Give a commit of notes that has these lines beside those of its base; the base, where it has them."""
    tree = repository.tree(base) if base else None
    paths = {_commit(path): path for path in tree.entries} if tree else {}
    files = {}
    for commit, note in news.items():
        # Git spreads many notes over folders: what has a note keeps its place, or it would have two.
        path = paths.get(commit, f"{commit[:2]}/{commit[2:]}")
        held = tree.read(path) if tree and commit in paths else b""
        made = notes.joined([held, note])
        if made != held:
            files[path] = made
    if base is not None and not files and len(parents) == 1:
        return base
    return repository.record(repository.write(base, files), parents, "Record the evidence of merges\n")


def _notes(repository: Repository, head: str, wanted: Collection[str] | None) -> dict[str, bytes]:
    entries = repository.tree(head).entries
    ids = {
        commit: entry.id
        for path, entry in entries.items()
        if (commit := _commit(path)) and (wanted is None or commit in wanted)
    }
    notes = reading.blobs(repository, dict.fromkeys(ids.values()))
    return {commit: notes[blob] for commit, blob in ids.items()}


def _commit(path: str) -> str:
    """Give the commit that a note is about; its path is the id, spread over folders."""
    return path.replace("/", "")


def changed(repository: Repository, commit: str) -> Changes:
    """Give what a commit of main changed, seen from main; of the first one, all that it has."""
    after = repository.tree(commit)
    parent = repository.resolves(f"{commit}^1")
    before = repository.tree(parent) if parent else Tree({}, after.read)
    return changes.between(documents.registry(before), documents.registry(after))


def statement(repository: Repository, commit: str, change: Changes, given: Given) -> evidence.Statement:
    """Give the statement of a commit of main: what git says of it, and what else is known.

    Nothing is taken from a commit's message, which its author chose.
    """
    shown = repository.run("log", "-1", "--format=%P%x00%cI%x00%cn%x00%ce", commit)
    parents, when, *merger = shown.rstrip("\n").split("\0")
    line = parents.split()
    head = line[1] if len(line) > 1 else commit
    author = repository.run("log", "-1", "--format=%an%x00%ae", head).rstrip("\n").split("\0")
    before, after = change.before, change.after
    policy = after.policy.value or before.policy.value
    entry = before.tree.entries.get(layout.POLICY) if line else None
    predicate = Predicate.model_validate(
        {
            "registry": policy.id if policy is not None else None,
            "commit": commit,
            "head": head,
            "proposal": given.proposal,
            "classes": change.classes,
            "author": _someone(author, given.author),
            "approvers": given.approvers,
            "merger": _someone(merger),
            "merged_at": datetime.fromisoformat(when).astimezone(UTC).isoformat(),
            "checks": given.checks,
            "policy": Judged(path=layout.POLICY, blob=entry.id, commit=line[0]) if entry else None,
            "moves": evidence.moved(change),
        }
    )
    return evidence.of(predicate, evidence.artifacts(change))


def checked(*, passed: bool) -> Check:
    """Say that we judged a change ourselves, and how it ended."""
    return Check(
        name="modelry check", conclusion="success" if passed else "failure", tool=f"modelry {__version__}"
    )


def somebody(who: str, when: datetime | None = None) -> Approver:
    """Read `Name <address>`, as git has people."""
    name, _, address = who.rpartition(" <")
    known = {"name": name[:500], "email": address.removesuffix(">")[:500] or None}
    return Approver.model_validate(known | {"when": when.astimezone(UTC).isoformat() if when else None})


def approver(repository: Repository, who: str, commit: str) -> Approver:
    """Give who approved by merging: `Name <address>`, at the moment of the merge commit."""
    shown = repository.run("log", "-1", "--format=%cI", commit)
    return somebody(who, datetime.fromisoformat(shown.strip()))


def _someone(ident: list[str], account: Someone | None = None) -> Someone:
    name, address = (part[:500] for part in ident)
    known = account or Someone(name=name)
    return Someone(name=name, email=address or None, forge=known.forge, id=known.id)
