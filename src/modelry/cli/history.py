"""`modelry history`: what happened, by whom and why."""

import click

from modelry.cli import options
from modelry.reports import history as histories
from modelry.reports import overview
from modelry.storage import moments


@click.command()
@click.argument("model", required=False)
@click.option("--stage", help="Only what moved this stage.")
@click.option("--since", metavar="REV|DATE", help="Only what came after a commit, or from a day on (UTC).")
@click.option(
    "--until",
    "--at",
    "until",
    metavar="REV|DATE",
    help="Only what main had by then: at a commit, or at the end of a day (UTC).",
)
@options.json
@options.registry
def history(
    model: str | None,
    stage: str | None,
    since: str | None,
    until: str | None,
    registry: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what happened to MODEL, or to the whole registry, newest first: main's own record.

    Registrations, promotions, rollbacks, evaluations, yanks, waivers, deprecations and changes of policy, each
    with its day in UTC, who proposed it, who approved it and why. A bare clone is enough; nothing is fetched.

    \b
    Examples:
      modelry history
      modelry history churn --stage production
      modelry history --since 2026-03-01 --until 2026-03-31 --json
    """
    past = moments.past(options.folder(registry), until, model, stage, since)
    if past.unknown_before is not None:
        click.echo(f"note: {histories.unknown(past.unknown_before)}", err=True)
    document = overview.to_json(histories.document(past)) if as_json else histories.text(past.events)
    click.echo(document, nl=False)
