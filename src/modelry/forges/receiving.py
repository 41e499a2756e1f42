"""The gate of a plain git server: what is pushed to main is judged before it lands, by the policy that main has."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from modelry import checks, judging
from modelry.checks import Report, people
from modelry.errors import RegistryError
from modelry.git import Repository
from modelry.model.evidence import Approver
from modelry.storage import evidence, noted

_CLOCKS = timedelta(minutes=10)
"""By how much the clocks of those who merge may differ."""


class Update(NamedTuple):
    """One ref of a push: what it was, and what it would be; None where it is not there."""

    ref: str
    old: str | None
    new: str | None


class Refusal(NamedTuple):
    """Why a push may not land, and what to do instead."""

    why: str
    hint: str


class Verdict(NamedTuple):
    """What comes of a push: all of it lands, or nothing."""

    refusals: tuple[Refusal, ...]
    judged: tuple[Report, ...]
    """Of each commit that main would get, what was found."""
    approver: str | None
    """Who says yes by pushing it, where somebody has to."""


class _Step(NamedTuple):
    """A commit that main would get."""

    commit: str
    parents: Sequence[str]
    when: datetime

    @property
    def proposal(self) -> str:
        """What was merged by it; itself, where it is no merge."""
        return self.parents[1] if len(self.parents) > 1 else self.commit


def updates(lines: Iterable[bytes]) -> list[Update]:
    """Read what git tells a hook of a push: `OLD NEW REF` on each line."""
    told = [line.decode("utf-8", "surrogateescape").removesuffix("\n").split(" ", 2) for line in lines]
    return [Update(ref, *(name if int(name, 16) else None for name in names)) for *names, ref in told]


def judge(repository: Repository, pushed: Iterable[Update], account: str | None, *, offline: bool) -> Verdict:
    """Judge a push to a bare repository; raises `RegistryError` where nobody could look.

    Guarded are the branch that HEAD names, the evidence of merges, and the tags that are there. A push to main is the
    merge, and whoever does it, by the name under which the server let them in, approves what needs a person.
    """
    if not repository.is_bare:
        raise RegistryError(f"{repository.path} is no bare repository", hint="git clone --bare makes one")
    main = repository.run("symbolic-ref", "HEAD").strip()
    meant = _aliases(repository)
    refusals: list[Refusal] = []
    judged: list[Report] = []
    for update in pushed:
        if meant.get(update.ref, update.ref) == main:
            reports, refusal = _main(repository, update, _person(repository, account), offline=offline)
            judged += reports
        else:
            refusal = _other(repository, update)
        refusals += [refusal] if refusal is not None else []
    return Verdict(tuple(refusals), tuple(judged), account if any(each.persons for each in judged) else None)


def _aliases(repository: Repository) -> dict[str, str]:
    """Give the branches that are other names of a branch, as main and master may be."""
    shown = repository.run("for-each-ref", "--format=%(refname) %(symref)", "refs/heads").splitlines()
    pairs = [line.split(" ") for line in shown]
    return {name: symref for name, symref in pairs if symref}


def _person(repository: Repository, account: str | None) -> Approver | None:
    """Give what the server knows of who pushes; their address stands in its configuration."""
    if not account:
        return None
    known = repository.run("config", "--default", "", f"modelry.{account}.email").strip()
    return Approver(name=account, id=account, email=known or (account if "@" in account else None))


def _other(repository: Repository, update: Update) -> Refusal | None:
    """Let branches and new tags through; what is on record stays."""
    ref, old, new = update
    if ref == evidence.REF and old is not None:
        lost = noted.forgotten(repository, old, new) if new is not None else ["all commits"]
        if lost:
            return Refusal(
                f"evidence on record would be gone from {ref}: of {lost[0]}",
                "git fetch origin '+refs/notes/modelry:refs/notes/origin/modelry'; modelry merge adds to it",
            )
    if ref.startswith("refs/tags/") and old is not None:
        return Refusal(
            f"{ref.removeprefix('refs/tags/')} is a tag already, and tags stay", "choose another name"
        )
    return None


def _main(
    repository: Repository, update: Update, who: Approver | None, *, offline: bool
) -> tuple[list[Report], Refusal | None]:
    """Judge commit by commit, as if each had been pushed alone, until one is refused."""
    name, old, new = update.ref.removeprefix("refs/heads/"), update.old, update.new
    if new is None:
        return [], Refusal(f"{name} is the registry, and stays", "delete another branch")
    if old is None:
        context = judging.beginning(repository, new, offline=offline)
        report = checks.run(checks.ALL, context)
        why = f"{name} would begin with a registry that breaks rules"
        return [report], Refusal(why, "mend it, and push again") if report.errors else None
    if not repository.succeeds("merge-base", "--is-ancestor", old, new):
        return [], Refusal(
            f"{name} only grows, and this would take commits out of it",
            f"git fetch origin; git rebase origin/{name}; to undo a promotion: modelry rollback",
        )
    reports: list[Report] = []
    before = _steps(repository, "--no-walk", old)[0]
    for step in _steps(repository, "--first-parent", "--reverse", f"{old}..{new}"):
        if (refusal := _misplaced(name, before, step)) is None:
            context = judging.change(repository, before.commit, step.commit, offline=offline)
            reports.append(checks.run(checks.ALL, context))
            refusal = _unfit(repository, step, reports[-1], who)
        if refusal is not None:
            return reports, refusal._replace(why=f"{name} stays as it is: {refusal.why}")
        before = step
    return reports, None


def _steps(repository: Repository, *which: str) -> list[_Step]:
    shown = repository.run("log", "--format=%H %ct %P", *which).splitlines()
    told = [line.split() for line in shown]
    return [_Step(commit, parents, datetime.fromtimestamp(int(when), UTC)) for commit, when, *parents in told]


def _misplaced(name: str, before: _Step, step: _Step) -> Refusal | None:
    """Refuse what would make main's own line tell another story: another order, or another time."""
    short = step.commit[:12]
    if step.parents[0] != before.commit:
        return Refusal(
            f"{short} has {name} as what was merged, not as what it was merged into",
            f"git switch {name}; git merge --no-ff BRANCH; or: modelry merge BRANCH",
        )
    if not before.when - _CLOCKS <= step.when <= datetime.now(UTC) + _CLOCKS:
        return Refusal(
            f"{short} is dated {step.when:%Y-%m-%d %H:%M} UTC: before what it follows, or in the future",
            "set the clock; then: git commit --amend --no-edit",
        )
    return None


def _unfit(repository: Repository, step: _Step, report: Report, who: Approver | None) -> Refusal | None:
    """Refuse what breaks rules, and what needs a person other than the one who pushes."""
    short = step.commit[:12]
    if report.errors:
        return Refusal(f"{short} breaks rules", "mend it on a branch: modelry check --base origin/main")
    if not report.persons:
        return None
    if who is None:
        told = "let the server tell it: REMOTE_USER, or --pusher NAME where the hook is called"
        return Refusal(f"{short} needs a person's approval, and nobody knows who pushes", told)
    author = evidence.somebody(repository.run("log", "-1", "--format=%an <%ae>", step.proposal).strip())
    for finding in report.persons:
        if finding.approvals is None:
            continue
        against, missing = people.approvals(finding.approvals, author, [who])
        if against or missing:
            return Refusal(
                f"{short} needs another's approval: {finding.message}; {'; '.join([*against, *missing])}",
                "let somebody who may approve it push it: modelry merge BRANCH --approve"
                if against
                else f"tell the server their address: git config modelry.{who.name}.email ADDRESS",
            )
    return None
