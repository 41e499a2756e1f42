"""`modelry show`: one model, or one version."""

import click

from modelry import judging
from modelry.cli import options
from modelry.model import names
from modelry.reports import overview
from modelry.storage import top as tops


@click.command()
@click.argument("reference", metavar="REF")
@options.at
@options.json
@options.registry
def show(reference: str, at: str | None, registry: str | None, *, as_json: bool) -> None:
    """Show a model with its versions, or all that is on record of one version.

    \b
    Examples:
      modelry show churn
      modelry show churn@production --json
      modelry show churn@production --at 2026-03-01
    """
    wanted = names.reference(reference)
    found = judging.seen(tops.find(options.folder(registry)), at)
    model = found.model(wanted.model)
    if reference == wanted.model and not as_json:
        click.echo(overview.model_text(model), nl=False)
        return
    version = found.find(wanted)
    click.echo(
        overview.to_json(overview.version(version)) if as_json else overview.version_text(version), nl=False
    )
