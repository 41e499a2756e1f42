"""`modelry cache`: what this machine keeps of registries."""

import click

from modelry.client import seen
from modelry.errors import NotFoundError


@click.group()
def cache() -> None:
    """See and clear what this machine keeps of registries.

    It lies in ~/.cache/modelry, and how far each registry had come in ~/.local/state/modelry, or as XDG_CACHE_HOME and
    XDG_STATE_HOME say; all of it in MODELRY_CACHE where that is set, and nowhere where that is empty.

    \b
    Examples:
      modelry cache forget https://acme.github.io/models
    """


@cache.command()
@click.argument("url")
def forget(url: str) -> None:
    """Forget how far the registry at URL had come, and what it answered: where main was begun anew on purpose.

    \b
    Examples:
      modelry cache forget https://acme.github.io/models
    """
    if not seen.forget(seen.name(url)):
        raise NotFoundError(f"nothing was seen of {url}")
    click.echo(f"forgot {url}")
