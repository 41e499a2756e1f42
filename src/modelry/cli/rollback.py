"""`modelry rollback`: propose that a stage goes back."""

import click

from modelry import judging, proposals
from modelry.cli import options, proposing


@click.command()
@click.argument("model")
@click.argument("stage")
@click.option("--reason", required=True, help="Why, in one line; stays on record.")
@click.option(
    "--to",
    metavar="VERSION",
    help="The version to go back to; otherwise the last good one that held the stage.",
)
@options.dry_run
@options.registry
def rollback(
    model: str, stage: str, reason: str, to: str | None, registry: str | None, *, dry_run: bool
) -> None:
    """Propose that STAGE of MODEL goes back to a version that held it before.

    Going back skips all gates but integrity: what was good enough once is the safe place to be.

    \b
    Examples:
      modelry rollback churn production --reason "scores drift since the release"
      modelry rollback churn production --to 1.0.0 --reason "1.1.0 has the same fault"
    """
    repository, current = proposing.begin(options.folder(registry))
    held = judging.holders(repository, repository.base, model, stage)
    target = proposals.last_good(current.model(model), stage, [holder.version for holder in held], to)
    proposal = proposals.rollback(current.model(model), stage, target, reason)
    proposing.propose(repository, proposal, dry_run=dry_run)
