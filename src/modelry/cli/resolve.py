"""`modelry resolve`: which bytes a reference means."""

import click

from modelry.cli import options
from modelry.client.resolution import Resolution
from modelry.storage import remotes


@click.command()
@click.argument("reference", metavar="REF")
@options.resolving
@options.json
def resolve(found: Resolution, *, as_json: bool, **_: object) -> None:
    """Say which bytes REF means: MODEL@STAGE, MODEL@1.2.0, MODEL@latest or MODEL.

    Prints one line: the version, its SHA-256, its size in bytes and the address to try first,
    with two spaces between; - where there is no address. Programs read --json, which has all addresses and more.

    A catalog that cannot be reached is stood in for by its repository, and then by what was seen of it last, with a warning.
    An answer older than one that was seen is refused with 7.

    \b
    Examples:
      modelry resolve churn@production
      modelry resolve churn@1.2.0 --json
      modelry resolve churn --registry https://acme.github.io/models
    """
    if as_json:
        import json  # noqa: PLC0415 - a line of text should not wait for it

        click.echo(json.dumps(found.to_json(), indent=2))
    else:
        address = remotes.shown(found.addresses[0]) if found.addresses else "-"
        click.echo(f"{found.label}  sha256:{found.sha256}  {found.size}  {address}")
