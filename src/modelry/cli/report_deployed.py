"""`modelry report-deployed`: put on record what runs where."""

import click

from modelry.cli import options
from modelry.forges import reporting
from modelry.git import Repository
from modelry.storage import deployed


@click.command(name="report-deployed")
@click.argument("reference", metavar="REF")
@click.option(
    "--environment", "-e", required=True, metavar="NAME", help="Where it runs: eu-west, production."
)
@click.option("--url", help="Where it can be looked at.")
@click.option("--gone", is_flag=True, help="It runs there no more, and nothing else of the model does.")
@click.option("--dry-run", is_flag=True, help="Print what would be put on record; write nothing.")
@options.registry
def report_deployed(
    reference: str,
    environment: str,
    url: str | None,
    registry: str | None,
    *,
    gone: bool,
    dry_run: bool,
) -> None:
    """Put on record that an environment runs what REF means, so that everybody sees intended against running.

    For whoever deploys, once it runs: a line in the git notes refs/notes/modelry-deployed, pushed to origin. With a stage
    in REF, or a stage's name as NAME, the environment follows that stage, and `modelry list --deployed` tells where it lags.

    \b
    Examples:
      modelry report-deployed churn@1.2.0 --environment production
      modelry report-deployed churn@production -e eu-west --url https://churn.eu.acme.example
      modelry report-deployed churn -e eu-west --gone
    """
    repository = Repository(options.folder(registry))
    said, is_news = reporting.report(repository, reference, environment, url, gone=gone, dry_run=dry_run)
    click.echo(deployed.text(said))
    click.echo(
        "would be recorded" if is_news and dry_run else "recorded" if is_news else "on record already",
        err=True,
    )
