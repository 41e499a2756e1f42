"""`modelry pull`: fetch and verify the bytes that a reference means."""

import json

import click

from modelry import client
from modelry.cli import options
from modelry.client import progress
from modelry.client import pull as pulling
from modelry.client.asking import How
from modelry.client.resolution import Resolution


@click.command()
@click.argument("reference", metavar="REF")
@click.argument("destination", metavar="[DEST]", required=False, type=click.Path())
@options.resolving
@options.json
@click.option("--force", is_flag=True, help="Replace something else that lies there.")
@click.option(
    "--cache/--no-cache", "keep", default=True, help="Whether bytes that come over a network are kept."
)
@click.option("--link", is_flag=True, help="Give DEST the cache's own file, to be read only.")
def pull(
    found: Resolution,
    destination: str | None,
    registry: str | None,
    how: How,
    *,
    as_json: bool,
    force: bool,
    **kept: bool,
) -> None:
    """Fetch the bytes that REF means to DEST, and print where they lie.

    DEST is the file or folder to make, or a folder to put it into (one that is there, or `name/`); without it, the artifact gets its own
    name here. The bytes come straight from the registry's remotes and are verified by SHA-256 and size
    before they get their name: DEST is what it was, or all of the new, whatever happens.

    What came over a network is kept, and not fetched again: see modelry cache.

    \b
    Examples:
      modelry pull churn@production
      modelry pull churn@1.2.0 /srv/models/churn.onnx --force
      modelry pull churn@production models/ --registry https://acme.github.io/models
      modelry pull churn@production --locked modelry.lock
    """
    with progress.bar(found.label, found.size) as tick:
        where = pulling.target(found, destination)
        means = client.means(found, registry, offline=how.offline, **kept)
        pulled = pulling.pull(found, where, force=force, tick=tick, means=means)
    for warning in pulled.warnings:
        click.echo(f"warning: {warning}; another remote had it right", err=True)
    if not pulled.fetched:
        click.echo(f"already there: {found.label}", err=True)
    answer = {
        "schema": "pull/v1",
        "path": str(pulled.path),
        "fetched": pulled.fetched,
        "resolution": found.to_json(),
    }
    click.echo(json.dumps(answer, indent=2) if as_json else str(pulled.path))
