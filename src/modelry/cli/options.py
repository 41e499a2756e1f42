"""Options that several commands share, and how a command says what it wrote."""

from pathlib import Path

import click

from modelry.errors import UsageError

registry = click.option(
    "--registry",
    envvar="MODELRY_REGISTRY",
    metavar="PATH|URL",
    help="The registry: a folder, or for reading the address of a catalog. Otherwise found upward from here.",
)
at = click.option(
    "--at", metavar="REV|DATE", help="As it was then: at a commit, or at the end of a day (UTC)."
)
locked = click.option(
    "--locked",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take what `modelry lock` wrote, and ask no registry.",
)
json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
sign = click.option(
    "--sign",
    envvar="MODELRY_SIGN",
    metavar="KEY",
    help="Sign the evidence: a private key in PEM form, Ed25519 or ECDSA P-256; env:NAME for one in a variable.",
)
pull_request = click.option(
    "--pull-request",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="Ask the forge who approved this very commit in pull request N; see modelry forge --help for who asks.",
)
dry_run = click.option("--dry-run", is_flag=True, help="Print the files, change nothing.")


def folder(registry: str | None) -> Path:
    """Give the folder to start from when the registry must be one on this machine."""
    if registry is not None and "://" in registry:
        raise UsageError(
            f"{registry} is an address, and this command needs a clone",
            hint="git clone it, and name the folder",
        )
    return Path(registry or ".").absolute()
