"""Evidence where it lies: in git notes on merge commits, which travel by a ref of their own."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from modelry import __version__
from modelry.git import Repository
from modelry.model import changes, evidence, layout, notes
from modelry.model.changes import Changes
from modelry.model.evidence import Approver, Check, Given, Judged, Predicate, Someone
from modelry.model.files import Tree
from modelry.model.notes import Evidence
from modelry.storage import documents, noted
from modelry.storage.noted import Notes

REF = "refs/notes/modelry"
"""The notes of this clone; `git log --notes=modelry` shows them."""
NOTES = Notes(REF, "Record the evidence of merges\n")
THEIRS = NOTES.theirs
"""Origin's notes, as they were when we last looked."""

Sign = Callable[[str], str]
"""Put a statement's line into a signed envelope."""


def read(repository: Repository, wanted: Collection[str] | None = None) -> Mapping[str, Evidence]:
    """Give all evidence that this clone has, or that on commits, in one pass; ours and what was fetched from origin."""
    return {commit: notes.read(note) for commit, note in noted.read(repository, NOTES, wanted).items()}


def fetch(repository: Repository) -> None:
    """Fetch origin's branches, and its notes with them."""
    # A plain clone has no refspec for notes; a setting on the command line is added to those of the file.
    notes = f"+{REF}*:{THEIRS}*"
    repository.run("-c", f"remote.origin.fetch={notes}", "fetch", "--quiet", "origin")


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
