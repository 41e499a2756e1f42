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
@click.option("--offline", is_flag=True, help="Do not ask the remotes whether its artifact is there.")
@options.dry_run
@options.registry
def rollback(
    model: str, stage: str, reason: str, to: str | None, registry: str | None, *, offline: bool, dry_run: bool
) -> None:
    """Propose that STAGE of MODEL goes back to a version that held it before.

    Going back skips all gates but integrity: what was good enough once is the safe place to be. The last good one
    is the latest that nobody rolled back from, that is not yanked and whose artifact is still in a remote.

    \b
    Examples:
      modelry rollback churn production --reason "scores drift since the release"
      modelry rollback churn production --to 1.0.0 --reason "1.1.0 has the same fault"
    """
    repository, current = proposing.begin(options.folder(registry))
    held = judging.holders(repository, repository.base, model, stage)
    present = judging.presence(repository, current, offline=offline)
    numbers = [holder.version for holder in held]
    target = proposals.last_good(current.model(model), stage, numbers, to, present)
    proposal = proposals.rollback(current.model(model), stage, target, reason)
    proposing.propose(repository, proposal, dry_run=dry_run, offline=offline)
