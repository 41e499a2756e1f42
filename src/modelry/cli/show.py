"""`modelry show`: one model, or one version."""

import click

from modelry.cli import options
from modelry.model import names
from modelry.reports import overview
from modelry.storage import documents, folders
from modelry.storage import top as tops


@click.command()
@click.argument("reference", metavar="REF")
@options.json
@options.registry
def show(reference: str, registry: str | None, *, as_json: bool) -> None:
    """Show a model with its versions, or all that is on record of one version.

    \b
    Examples:
      modelry show churn
      modelry show churn@production --json
    """
    wanted = names.reference(reference)
    found = documents.registry(folders.tree(tops.find(options.folder(registry))))
    model = found.model(wanted.model)
    if reference == wanted.model and not as_json:
        click.echo(overview.model_text(model), nl=False)
        return
    version = found.find(wanted)
    click.echo(
        overview.to_json(overview.version(version)) if as_json else overview.version_text(version), nl=False
    )
