"""`modelry resolve`: which bytes a reference means."""

import click

from modelry import client
from modelry.cli import options
from modelry.storage import remotes


@click.command()
@click.argument("reference", metavar="REF")
@options.registry
@options.json
@click.option("--allow-yanked", is_flag=True, help="Answer for a withdrawn version too.")
def resolve(reference: str, *, registry: str | None, as_json: bool, allow_yanked: bool) -> None:
    """Say which bytes REF means: MODEL@STAGE, MODEL@1.2.0, MODEL@latest or MODEL.

    Prints one line: the version, its SHA-256, its size in bytes and the address to try first,
    with two spaces between; - where there is no address. Programs read --json, which has all addresses and more.

    \b
    Examples:
      modelry resolve churn@production
      modelry resolve churn@1.2.0 --json
      modelry resolve churn --registry https://acme.github.io/models
    """
    found = client.resolve(reference, registry, allow_yanked=allow_yanked)
    if as_json:
        import json  # noqa: PLC0415 - a line of text should not wait for it

        click.echo(json.dumps(found.to_json(), indent=2))
    else:
        address = remotes.shown(found.addresses[0]) if found.addresses else "-"
        click.echo(f"{found.label}  sha256:{found.sha256}  {found.size}  {address}")
