"""What the commands that propose have in common: judge first, then the branch, then how to go on."""

from pathlib import Path

import click

from modelry import checks, forges, judging
from modelry.errors import RefusedError
from modelry.forges import Proposed, local
from modelry.git import Repository
from modelry.model.registry import Registry
from modelry.proposals import Proposal
from modelry.reports import findings, wishes
from modelry.storage import commits


def begin(folder: Path) -> tuple[Repository, Registry]:
    """Give the repository that one stands in, up to date with its origin, and main's registry."""
    repository = Repository(folder)
    if repository.has_origin:
        repository.run("fetch", "--quiet", "origin")
    return repository, commits.registry(repository, repository.base)


def propose(repository: Repository, proposal: Proposal, *, dry_run: bool, offline: bool = False) -> None:
    """Put a proposal on its branch, unless the rules would refuse it; `dry_run` only shows it, with what it meets."""
    tree = repository.write(repository.base, local.files(proposal), proposal.removed)
    context = judging.change(repository, repository.commit(repository.base), tree, offline=offline)
    report = checks.run(checks.ALL, context)
    if dry_run:
        show(proposal)
        click.echo(f"\n{wishes.prospects(context)}{findings.summary(report)}", nl=False)
    if report.errors:
        told = "" if dry_run else wishes.prospects(context)
        click.echo(findings.text(report, context.after.source.text) + told, err=True, nl=False)
        raise RefusedError(
            "nothing was proposed: it would be refused", hint=wishes.remedy(context, report, proposal)
        )
    for finding in report.persons:
        click.echo(f"note: {finding.message}; {finding.hint}", err=True)
    if not dry_run:
        forge = forges.chosen(context.before.policy.must, repository)
        tell(forge.propose(proposal, repository, report.classes))


def show(proposal: Proposal) -> None:
    """Print a proposal, as it would be written."""
    click.echo(wishes.shown(proposal, local.files(proposal)), nl=False)


def tell(done: Proposed) -> None:
    """Say where a proposal is now, and how to go on from there; stdout has the pull request's page, or the branch."""
    if done.url is not None:
        told = f"{done.branch}: its pull request {'is open' if done.is_news else 'says so already'}"
    elif done.opens is not None:
        told = f"pushed to {done.pushed_to}; open its pull request: {done.opens}"
    elif not done.is_news:
        told = f"{done.branch} says so already: nothing to do"
    elif done.pushed_to:
        told = f"pushed to {done.pushed_to}; open a pull request there, or: modelry merge {done.branch}"
    else:
        told = f"on a branch of its own; when it has been reviewed: modelry merge {done.branch}"
    click.echo(told, err=True)
    click.echo(done.url or done.branch)
