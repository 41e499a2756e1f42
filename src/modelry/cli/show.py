"""`modelry show`: one model, or one version."""

import click

from modelry.cli import options
from modelry.model import names
from modelry.reports import holding, overview
from modelry.storage import moments


@click.command()
@click.argument("reference", metavar="REF")
@options.at
@options.json
@options.registry
def show(reference: str, at: str | None, registry: str | None, *, as_json: bool) -> None:
    """Show a model with its versions, or all that is on record of one version.

    Of a version that holds a stage: since when, who proposed and who approved it, and why.

    \b
    Examples:
      modelry show churn
      modelry show churn@production --json
      modelry show churn@production --at 2026-03-01
    """
    wanted = names.reference(reference)
    start = options.folder(registry)
    found = moments.seen(start, at)
    model = found.model(wanted.model)
    if reference == wanted.model and not as_json:
        click.echo(overview.model_text(model), nl=False)
        return
    version, taken = found.find(wanted), moments.taken(start, at, wanted.model)
    document = overview.version(version) | {"stages": holding.stages(model, version.number, taken)}
    told = overview.version_text(version) + holding.sentences(model, version.number, taken)
    click.echo(overview.to_json(document) if as_json else told, nl=False)
