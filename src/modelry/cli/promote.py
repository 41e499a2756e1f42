"""`modelry promote`: propose that a version takes a stage."""

import click

from modelry import proposals
from modelry.cli import options, proposing
from modelry.model import names


@click.command()
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.argument("stage")
@click.option("--reason", required=True, help="Why, in one line; stays on record.")
@click.option(
    "--evidence", multiple=True, metavar="URL", help="Where the proof lies; may be given more than once."
)
@options.dry_run
@options.registry
def promote(
    references: tuple[str, ...],
    stage: str,
    reason: str,
    evidence: tuple[str, ...],
    registry: str | None,
    *,
    dry_run: bool,
) -> None:
    """Propose that REF takes STAGE. What `check` would refuse is refused before there is a branch.

    Several REFs take it together or not at all, in one pull request. Where policy sets a stage a term, the version that
    holds it is given another one.

    \b
    Examples:
      modelry promote churn@1.2.0 staging --reason "better on new customers"
      modelry promote churn@staging production --reason "a week in staging without a complaint"
      modelry promote churn@1.2.0 fraud@2.0.1 production --reason "the spring release"
    """
    repository, current = proposing.begin(options.folder(registry))
    versions = [current.find(names.reference(reference)) for reference in references]
    proposal = proposals.promote_all(current, versions, stage, reason, evidence)
    proposing.propose(repository, proposal, dry_run=dry_run)
