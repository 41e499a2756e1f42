"""Options that several commands share, and how a command says what it wrote."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from modelry import client
from modelry.client.asking import How
from modelry.client.resolution import Resolution
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
offline = click.option(
    "--offline",
    is_flag=True,
    envvar="MODELRY_OFFLINE",
    help="Ask nobody: take what was seen last, and bytes that are on this machine.",
)
repository = click.option(
    "--repository",
    envvar="MODELRY_REPOSITORY",
    metavar="URL",
    help="Where git finds the registry when its site cannot be reached. Otherwise where its site said.",
)
max_age = click.option(
    "--max-age",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Where nobody can be asked, take nothing that was seen longer ago; exit 7.",
)
allow_yanked = click.option("--allow-yanked", is_flag=True, help="Take a withdrawn version too.")
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


Command = Callable[..., object]


def asking(command: Command) -> Command:
    """Let a command be told who may be asked; it gets that as `how`."""

    @functools.wraps(command)
    def told(*, offline: bool, repository: str | None, max_age: float | None, **kwargs: Any) -> object:  # noqa: ANN401
        return command(how=How(offline, repository, max_age), **kwargs)

    return registry(offline(repository(max_age(told))))


def resolving(command: Command) -> Command:
    """Let a command be told what its REF means; it gets that as `found`. Who answered, if not who was asked, is said."""

    @functools.wraps(command)
    def told(
        *,
        reference: str,
        registry: str | None,
        locked: Path | None,
        how: How,
        allow_yanked: bool,
        **kwargs: Any,  # noqa: ANN401
    ) -> object:
        found = client.resolve(reference, registry, allow_yanked=allow_yanked, locked=locked, how=how)
        answered(found)
        return command(found=found, registry=registry, how=how, **kwargs)

    return asking(locked(allow_yanked(told)))


def answered(found: Resolution) -> None:
    """Say on stderr who answered, where that is not who was asked."""
    if found.warning is not None:
        click.echo(f"warning: {found.warning}", err=True)


def folder(registry: str | None) -> Path:
    """Give the folder to start from when the registry must be one on this machine."""
    if registry is not None and "://" in registry:
        raise UsageError(
            f"{registry} is an address, and this command needs a clone",
            hint="git clone it, and name the folder",
        )
    return Path(registry or ".").absolute()
