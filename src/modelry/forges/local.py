"""Plain git as a forge: a proposal is a branch, and the serial merger judges the merge result and moves main."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from modelry import __version__, checks, judging
from modelry.errors import ConflictError, LockedError, NotFoundError
from modelry.forges import approving, landing
from modelry.forges.base import Proposed
from modelry.forges.landing import MovedError
from modelry.git import MergeConflictError, Repository, merging
from modelry.model import evidence as recorded
from modelry.model import landings
from modelry.model.evidence import Given
from modelry.model.evidence import Proposed as Where
from modelry.model.notes import Evidence
from modelry.proposals import Proposal
from modelry.storage import documents, evidence
from modelry.storage import line as main
from modelry.storage.bodies import shown
from modelry.storage.evidence import Sign

_TRIES = 9
"""How often a merge that was overtaken is judged again: as many clones may race as people have."""


def propose(
    proposal: Proposal,
    repository: Repository,
    labels: Sequence[str] = (),  # noqa: ARG001 - a branch has none
) -> Proposed:
    """Put a proposal on its branch, and push that; the work tree, the index and HEAD stay as they are.

    Asked again with the same files, it changes nothing; with others, the branch is made anew from main.
    Raises `ConflictError` when main says so already, or somebody else has something else on the branch.
    """
    return pushed(proposal, repository, push)[0]


Push = Callable[[Repository, str, str | None], Sequence[str]]
"""Brings a branch to origin, which has another commit there, or none; gives what the server said."""


def pushed(proposal: Proposal, repository: Repository, push: Push) -> tuple[Proposed, Sequence[str]]:
    """Put a proposal on its branch as `propose` does, bring it to origin by `push`, and give what the server said."""
    base = repository.commit(repository.base)
    tree = repository.write(base, files(proposal), proposal.removed)
    if tree == repository.run("rev-parse", f"{base}^{{tree}}").strip():
        raise ConflictError("main says so already", hint="there is nothing to propose")
    old, theirs = repository.resolves(f"refs/heads/{proposal.branch}"), _pushed(repository, proposal.branch)
    said = next((head for head in (old, theirs) if head and _says(repository, head, tree, base)), None)
    if theirs is not None and theirs not in {old, said} and not _is_merged(repository, theirs, base):
        raise ConflictError(
            f"origin has something else on {proposal.branch}",
            hint=f"look at it: git log -p origin/{proposal.branch}; to replace it: git branch --force "
            f"{proposal.branch} origin/{proposal.branch}, and run the command again",
        )
    commit = said or repository.record(tree, [base], f"{proposal.title}\n\n{proposal.body}")
    if commit != old:
        repository.move(proposal.branch, commit, old)
    if not repository.has_origin:
        return Proposed(proposal.branch, commit, said is None, None), ()
    words = push(repository, proposal.branch, theirs)
    origin = shown(repository.run("remote", "get-url", "origin").strip())
    return Proposed(proposal.branch, commit, said is None, origin), words


def _says(repository: Repository, head: str, tree: str, base: str) -> bool:
    """Say whether a commit is this tree on this base."""
    shown = repository.run("log", "-1", "--format=%T %P", head)
    return shown.split() == [tree, base]


def _is_merged(repository: Repository, head: str, base: str) -> bool:
    """Say whether main has a proposal of this name already: what is left of the branch is in nobody's way."""
    return repository.succeeds("merge-base", "--is-ancestor", head, base)


def _pushed(repository: Repository, branch: str) -> str | None:
    """Give what origin has on a branch now; our own note of it may be of yesterday."""
    if not repository.has_origin:
        return None
    shown = repository.run("ls-remote", "origin", f"refs/heads/{branch}").split()
    if not shown:
        return None
    repository.run("fetch", "--quiet", "origin", f"+refs/heads/{branch}:refs/remotes/origin/{branch}")
    return shown[0]


def files(proposal: Proposal) -> dict[str, bytes]:
    """Give all files that a proposal writes."""
    return {**documents.files(proposal.documents), **proposal.files}


def push(repository: Repository, branch: str, theirs: str | None, *options: str) -> Sequence[str]:
    """Push a branch, with push options, unless origin has it so already; give what the server said."""
    if theirs == repository.commit(f"refs/heads/{branch}"):
        return ()
    lease = f"--force-with-lease=refs/heads/{branch}:{theirs or ''}"
    told = [f"--push-option={option}" for option in options]
    return repository.push(*told, lease, "origin", f"refs/heads/{branch}:refs/heads/{branch}")


@dataclass(frozen=True)
class Merged:
    """A proposal that main has."""

    commit: str
    branch: str
    is_news: bool
    """Whether main moved: False when it had the branch already."""
    report: checks.Report | None
    approver: str | None = None
    """Who said yes, where somebody had to."""
    notes: tuple[str, ...] = ()
    """What an audit will not be able to show of it."""


def merge(
    repository: Repository, branch: str, *, approve: bool, offline: bool, sign: Sign | None = None
) -> Merged:
    """Merge a branch into main: lock, merge in memory, judge the result by main's policy, move main if it stands.

    When somebody else moves main meanwhile, the new main is what it is judged by, again. The evidence of it is
    recorded with it, signed where `sign` is given. Raises `RefusedError` with the findings, `ConflictError` when git
    cannot merge, naming what was first, or main never stands still, and `LockedError` when another merger is at
    work. Killed at any moment, it leaves main as it was or merged; run again, it finishes.
    """
    with _locked(repository):
        for _ in range(_TRIES):
            with suppress(MovedError):
                return _merge(repository, branch, approve=approve, offline=offline, sign=sign)
        return _merge(repository, branch, approve=approve, offline=offline, sign=sign)


def _merge(repository: Repository, branch: str, *, approve: bool, offline: bool, sign: Sign | None) -> Merged:
    if repository.has_origin:
        evidence.fetch(repository)
    old, head = repository.commit(repository.base), _head(repository, branch)
    if repository.succeeds("merge-base", "--is-ancestor", head, old):
        _complete(repository, branch, head, approve=approve, offline=offline, sign=sign)
        _follow(repository, old)
        return Merged(old, branch, is_news=False, report=None)
    tree = _result(repository, old, head)
    context = judging.change(repository, old, tree, offline=offline)
    report = checks.run(checks.ALL, context)
    yes = approving.asked(repository, branch, head, report, approve=approve)
    commit = repository.record(tree, [old, head], _message(repository, branch, head, report, yes.approver))
    line = _line(repository, commit, branch, context, report, yes.approver, sign)
    landing.land(repository, commit, old, line)
    _follow(repository, commit)
    notes = (*yes.doubts, *_unsigned(context, sign))
    return Merged(commit, branch, is_news=True, report=report, approver=yes.approver, notes=notes)


def _unsigned(context: checks.Context, sign: Sign | None) -> Iterator[str]:
    signers = context.policy.signers if context.policy is not None else {}
    if signers and sign is None:
        yield (
            f"nobody signed its evidence, and policy names signers ({', '.join(signers)}): modelry audit verify will not "
            "count it; to sign it, run the same command again with --sign KEY"
        )


def _result(repository: Repository, main: str, head: str) -> str:
    """Give the tree of a merge; where git cannot make it, say which commit of main was first."""
    try:
        return merging.merge(repository, main, head)
    except MergeConflictError as error:
        told = ("log", "-1", "--first-parent", "--format=%H was first (%s)", main, "--", *error.paths)
        first = repository.run(*told).strip()
        raise MergeConflictError(f"{error}: {first}", error.paths, hint=error.hint) from error


def _line(
    repository: Repository,
    commit: str,
    branch: str,
    context: checks.Context,
    report: checks.Report,
    approver: str | None,
    sign: Sign | None,
) -> str:
    """Give what is recorded of a merge that we have judged ourselves."""
    given = Given(
        proposal=Where(branch=branch),
        approvers=(evidence.approver(repository, approver, commit),) if approver else (),
        checks=(evidence.checked(passed=not report.errors),),
    )
    statement = evidence.statement(repository, commit, context.changes, given)
    line = recorded.line(statement)
    return sign(line) if sign is not None else line


def _complete(
    repository: Repository, branch: str, head: str, *, approve: bool, offline: bool, sign: Sign | None
) -> None:
    """Record the evidence of a merge that has none, or none that is signed: whoever merged was killed before it was there.

    The message says who approved, and could be forged; so it is believed only of whoever says it again.
    """
    commit = merging.merged_by(repository, head)
    known = evidence.read(repository).get(commit or "", Evidence()).recorded
    if commit is None or any(sign is None or each.envelope is not None for each in known):
        return
    context = judging.change(repository, f"{commit}^1", commit, offline=offline)
    who = approving.whoever_merges(repository)
    said = landings.claim(main.these(repository, [commit])[commit].message, merges=True)
    approver = who if approve and who in (said.approved_by or ()) else None
    report = checks.run(checks.ALL, context)
    line = _line(repository, commit, branch, context, report, approver, sign)
    landing.record(repository, {commit: line})


def _head(repository: Repository, branch: str) -> str:
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        if (found := repository.resolves(name)) is not None:
            return found
    raise NotFoundError(f"there is no branch {branch}", hint="see what there is: git branch --all")


def _message(
    repository: Repository, branch: str, head: str, report: checks.Report, approver: str | None
) -> str:
    proposed = repository.run("log", "-1", "--format=%B%x00%an <%ae>", head)
    text, _, author = proposed.strip().partition("\0")
    title, _, body = text.strip().partition("\n")
    trailers = [f"Proposed-by: {author}"]
    trailers += [f"Approved-by: {approver}"] if approver else []
    trailers += [
        f"Modelry-Class: {', '.join(report.classes)}",
        f"Modelry-Branch: {branch}",
        f"Checked-by: modelry {__version__}",
    ]
    return f"{title}\n\n{body.strip()}\n\n" + "\n".join(trailers) + "\n"


def _follow(repository: Repository, commit: str) -> None:
    """Let the local main follow origin's, where that loses nothing."""
    name = repository.main
    local = repository.resolves(f"refs/heads/{name}")
    if (
        local is None
        or local == commit
        or not repository.succeeds("merge-base", "--is-ancestor", local, commit)
    ):
        return
    if repository.is_checked_out(name):
        if repository.run("status", "--porcelain", "--untracked-files=no").strip() == "":
            repository.run("merge", "--quiet", "--ff-only", commit)
    else:
        repository.move(name, commit, local)


@contextmanager
def _locked(repository: Repository) -> Iterator[None]:
    """Hold the merger's lock; the kernel lets go of it when the process ends, however it ends."""
    path = repository.common / "modelry-merge.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise LockedError(
                f"another modelry merge is at work (process {file.read().strip() or '?'})",
                hint="wait for it, then run again",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
