"""Who says yes to a merge by plain git: whoever merges, if they may say it of each thing that asks for a person."""

from typing import NamedTuple

from modelry.checks import Report, people
from modelry.errors import RefusedError
from modelry.git import Repository
from modelry.storage import evidence


class Consent(NamedTuple):
    """Who said yes to a merge."""

    approver: str | None
    """`Name <address>`; None where nobody had to."""
    doubts: tuple[str, ...] = ()
    """What nothing here shows of them."""


class RefusedMergeError(RefusedError):
    """The merge result breaks a rule, or nobody who may has approved it; carries the report."""

    def __init__(self, message: str, report: Report, *, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.report = report


def asked(repository: Repository, branch: str, head: str, report: Report, *, approve: bool) -> Consent:
    """Say who approves, if somebody must; raises `RefusedMergeError` where the report forbids the merge."""
    if report.errors:
        raise RefusedMergeError(
            "main stays as it is: the merge result breaks rules",
            report,
            hint="mend the branch, and merge again",
        )
    if not report.persons:
        return Consent(None)
    if not approve:
        raise RefusedMergeError(
            "main stays as it is: somebody has to approve",
            report,
            hint=f"if you may and do, say so: modelry merge {branch} --approve",
        )
    who = whoever_merges(repository)
    author = evidence.somebody(repository.run("log", "-1", "--format=%an <%ae>", head).strip())
    doubts: list[str] = []
    for finding in report.persons:
        if finding.approvals is None:
            continue
        found = people.approvals(finding.approvals, author, [evidence.somebody(who)])
        if found.contradictions:
            raise RefusedMergeError(
                f"main stays as it is: {finding.message}; {'; '.join(found.contradictions)}",
                report,
                hint="let somebody who may approve it merge it; for more than one approval, merge on a forge",
            )
        doubts += found.missing
    return Consent(who, tuple(dict.fromkeys(doubts)))


def whoever_merges(repository: Repository) -> str:
    """Give who commits here, as `Name <address>`."""
    return repository.run("var", "GIT_COMMITTER_IDENT").rpartition(">")[0] + ">"
