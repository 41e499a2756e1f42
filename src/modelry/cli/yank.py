"""`modelry yank`: propose that nobody takes a version any more."""

import click

from modelry import proposals
from modelry.cli import options, proposing
from modelry.model import names


@click.command()
@click.argument("reference", metavar="REF")
@click.option("--reason", required=True, help="Why; consumers are shown it.")
@click.option(
    "--severity",
    type=click.Choice(["low", "moderate", "high", "critical"]),
    default="moderate",
    show_default=True,
    help="How bad it is to keep using it.",
)
@click.option("--replacement", metavar="VERSION", help="The version to take instead.")
@click.option("--advisory", metavar="URL", help="Where more is said.")
@options.dry_run
@options.registry
def yank(
    reference: str,
    reason: str,
    severity: str,
    replacement: str | None,
    advisory: str | None,
    registry: str | None,
    *,
    dry_run: bool,
) -> None:
    """Propose to withdraw REF: it stays on record, but resolve and pull refuse it.

    \b
    Examples:
      modelry yank churn@1.1.1 --reason "trained on rows of the test set" --replacement 1.1.2
    """
    repository, current = proposing.begin(options.folder(registry))
    version = current.find(names.reference(reference))
    proposal = proposals.yank(current, version, reason, severity, replacement, advisory)
    proposing.propose(repository, proposal, dry_run=dry_run)
