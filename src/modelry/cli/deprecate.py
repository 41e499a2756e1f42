"""`modelry deprecate`: propose to say of a whole model that it should no longer be used."""

import click

from modelry import proposals
from modelry.cli import options, proposing
from modelry.storage import yaml


@click.command()
@click.argument("model")
@click.option("--reason", required=True, help="Why, in one line; consumers are shown it.")
@click.option("--replacement", metavar="MODEL", help="The model to use instead.")
@click.option("--undo", is_flag=True, help="Propose that it may be used again.")
@options.dry_run
@options.registry
def deprecate(
    model: str, reason: str, replacement: str | None, registry: str | None, *, undo: bool, dry_run: bool
) -> None:
    """Propose to say of MODEL that it should no longer be used. Everything of it stays, and still resolves.

    To keep people from one version, see `modelry yank`.

    \b
    Examples:
      modelry deprecate churn --reason "superseded by the household model" --replacement household-churn
      modelry deprecate churn --undo --reason "the household model is late"
    """
    repository, current = proposing.begin(options.folder(registry))
    proposal = (
        proposals.undeprecate(current, model, reason, yaml.remove)
        if undo
        else proposals.deprecate(current, model, reason, replacement, yaml.edit)
    )
    proposing.propose(repository, proposal, dry_run=dry_run)
