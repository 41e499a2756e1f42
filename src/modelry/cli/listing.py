"""`modelry list`: the models at a glance."""

import click

from modelry import judging
from modelry.cli import options
from modelry.reports import overview
from modelry.storage import top as tops


@click.command(name="list")
@click.option("--stage", help="Only models with a version in this stage.")
@options.at
@options.json
@options.registry
def listing(stage: str | None, at: str | None, registry: str | None, *, as_json: bool) -> None:
    """List models, their latest version and who holds their stages.

    \b
    Examples:
      modelry list
      modelry list --stage production --json
      modelry list --at 2026-03-01                 what was where on that day
    """
    found = judging.seen(tops.find(options.folder(registry)), at)
    rows = [row for row in overview.models(found) if stage is None or stage in row["stages"]]
    document = {"schema": "list/v1", "models": rows}
    click.echo(overview.to_json(document) if as_json else overview.models_text(rows), nl=False)
