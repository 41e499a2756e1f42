"""`modelry unyank`: propose that a withdrawn version may be taken again."""

import click

from modelry import proposals
from modelry.cli import options, proposing
from modelry.model import names


@click.command()
@click.argument("reference", metavar="REF")
@click.option("--reason", required=True, help="Why it may be used again, in one line; stays on record.")
@options.dry_run
@options.registry
def unyank(reference: str, reason: str, registry: str | None, *, dry_run: bool) -> None:
    """Propose that REF, which was withdrawn, may be taken again. An owner has to approve.

    Its tombstone goes, and a record that keeps the tombstone's words stays with the version.

    \b
    Examples:
      modelry unyank churn@1.1.1 --reason "the rows were not of the test set: see the advisory"
    """
    repository, current = proposing.begin(options.folder(registry))
    proposal = proposals.unyank(current.find(names.reference(reference)), reason)
    proposing.propose(repository, proposal, dry_run=dry_run)
