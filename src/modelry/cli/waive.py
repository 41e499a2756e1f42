"""`modelry waive`: propose an exception to what policy asks."""

import click

from modelry import proposals, registering
from modelry.checks.waivers import WAIVABLE
from modelry.cli import options, proposing


@click.command()
@click.argument("model")
@click.option("--rule", metavar="ID", help=f"The rule: {', '.join(WAIVABLE)}.")
@click.option("--version", metavar="VERSION", help="The version it is for; otherwise all.")
@click.option("--stage", help="The stage it is for; otherwise all.")
@click.option("--gate", "--metric", "gate", metavar="NAME", help="The gate it is for; otherwise all.")
@click.option("--until", metavar="DATE", help="The last day on which it holds: 2026-06-30.")
@click.option("--for", "lasting", metavar="DURATION", help="How long it holds from today on: 14d, 2w.")
@click.option("--reason", required=True, help="Why the exception is right, in one line.")
@click.option(
    "--approver", metavar="OWNER", help="The owner who takes responsibility, as model.yaml spells it."
)
@click.option("--name", help="What the waiver is called; otherwise made of what it is for.")
@click.option("--undo", metavar="NAME", help="Propose to take this waiver back.")
@options.dry_run
@options.registry
def waive(  # noqa: PLR0913 - a parameter for each flag
    model: str,
    until: str | None,
    lasting: str | None,
    reason: str,
    name: str | None,
    undo: str | None,
    registry: str | None,
    *,
    dry_run: bool,
    **flags: str | None,
) -> None:
    """Propose a dated exception to what policy asks of MODEL; it counts once main has it, and ends by itself.

    \b
    Examples:
      modelry waive churn --rule metric-misses-gate --version 1.2.0 --stage production --for 14d \\
          --reason "latency is measured on the old cluster" --approver @alice
      modelry waive churn --undo metric-misses-gate-production-1-2-0 --reason "the new cluster is there"
    """
    repository, current = proposing.begin(options.folder(registry))
    proposal = (
        proposals.unwaive(current, model, undo, reason)
        if undo is not None
        else proposals.waive(
            current, model, registering.waiver(flags | {"reason": reason}, until, lasting), name
        )
    )
    proposing.propose(repository, proposal, dry_run=dry_run)
