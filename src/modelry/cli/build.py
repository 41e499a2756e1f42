"""`modelry build`: the catalog, from a commit to a folder."""

import json
from pathlib import Path

import click

from modelry import catalog
from modelry.cli import options
from modelry.storage import moments, site
from modelry.storage import top as tops


@click.command()
@click.argument(
    "directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False)
)
@options.registry
@click.option("--at", metavar="REV", help="The commit to show; HEAD unless told.")
@options.json
def build(directory: Path | None, registry: str | None, at: str | None, as_json: bool) -> None:
    """Build the catalog: pages and JSON API, into DIR (site/_build/catalog unless told).

    It shows a commit, so that everyone who builds it gets the same bytes; a folder that git does not have is
    shown as it lies. DIR is the old site or the new one at every moment, whatever happens.

    \b
    Examples:
      modelry build                                the catalog of HEAD, into site/_build/catalog
      modelry build public --at v1.4               of a tag, into another folder
      modelry build --registry ../models /srv/www  of another clone
    """
    top = tops.find(options.folder(registry))
    destination = (directory or top / site.DEFAULT).absolute()
    read, moment = moments.read(top, at)
    if changed := moments.uncommitted(top, moment):
        click.echo(
            f"note: showing {str(moment.commit)[:10]}, without {changed} that are not committed", err=True
        )
    site.build(catalog.files(read, moment), destination, moment.when)
    answer = {
        "schema": "build/v1",
        "path": str(destination),
        "commit": moment.commit,
        "sequence": moment.sequence,
    }
    click.echo(json.dumps(answer) if as_json else destination)
