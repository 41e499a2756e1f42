"""What the commands that propose have in common: judge first, then the branch, then how to go on."""

from pathlib import Path

import click

from modelry import checks, judging
from modelry.errors import RefusedError
from modelry.forges import local
from modelry.git import Repository
from modelry.model.registry import Registry
from modelry.proposals import Proposal
from modelry.reports import findings


def begin(folder: Path) -> tuple[Repository, Registry]:
    """Give the repository that one stands in, up to date with its origin, and main's registry."""
    repository = Repository(folder)
    if repository.has_origin:
        repository.run("fetch", "--quiet", "origin")
    return repository, judging.registry(repository, repository.base)


def propose(repository: Repository, proposal: Proposal, *, dry_run: bool, offline: bool = False) -> None:
    """Put a proposal on its branch, unless the rules would refuse it or `dry_run` only shows it."""
    files = local.files(proposal)
    if dry_run:
        click.echo(shown(proposal, files), nl=False)
        return
    base = repository.commit(repository.base)
    context = judging.change(repository, base, repository.write(base, files), offline=offline)
    report = checks.run(checks.ALL, context)
    if report.errors:
        click.echo(findings.text(report, context.after.source.text), err=True, nl=False)
        raise RefusedError(
            "nothing was proposed: it would be refused", hint="mend what the findings name, and run again"
        )
    done = local.propose(proposal, repository)
    for finding in report.persons:
        click.echo(f"note: {finding.message}", err=True)
    if not done.is_news:
        click.echo(f"{done.branch} says so already: nothing to do", err=True)
    elif done.pushed_to:
        click.echo(
            f"pushed to {done.pushed_to}; open a pull request there, or: modelry merge {done.branch}",
            err=True,
        )
    else:
        click.echo(
            f"on a branch of its own; when it has been reviewed: modelry merge {done.branch}", err=True
        )
    click.echo(done.branch)


def shown(proposal: Proposal, files: dict[str, bytes]) -> str:
    """Give what a proposal would write, as text."""
    parts = [f"branch: {proposal.branch}\ntitle: {proposal.title}\n\n{proposal.body}"]
    for path, data in files.items():
        text = data.decode() if b"\0" not in data else f"({len(data)} bytes)\n"
        parts.append(f"--- {path}\n{text}")
    return "\n".join(parts)
