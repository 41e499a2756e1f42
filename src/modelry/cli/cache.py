"""`modelry cache`: what this machine keeps of registries."""

import json
from datetime import UTC, datetime

import click

from modelry.cli import options
from modelry.client import cache as caches
from modelry.client import keeping, seen
from modelry.errors import Exit, NotFoundError


@click.group()
def cache() -> None:
    """See, verify and clear what this machine keeps of registries: bytes that were fetched, and last answers.

    It lies in ~/.cache/modelry, and how far each registry had come in ~/.local/state/modelry, or as XDG_CACHE_HOME and
    XDG_STATE_HOME say; all of it in MODELRY_CACHE where that is set, and nowhere where that is empty. MODELRY_CACHE_SIZE
    says how many bytes are kept: 10G, and no more than a tenth of the disk, unless told.

    \b
    Examples:
      modelry cache list
      modelry cache verify
      modelry cache clear
      modelry cache forget https://acme.github.io/models
    """


@cache.command("list")
@options.json
def list_(*, as_json: bool) -> None:
    """List the files that are kept: SHA-256, bytes, when they were used last, whether a lock holds them.

    \b
    Examples:
      modelry cache list
      modelry cache list --json
    """
    root = caches.must().root
    kept = keeping.listed(root)
    rows = [
        {
            "sha256": one.sha256,
            "size": one.size,
            "used": datetime.fromtimestamp(int(one.used), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "held": one.is_held,
        }
        for one in kept
    ]
    if as_json:
        told = {"schema": "cache/v1", "path": str(root), "granted": keeping.granted(root), "files": rows}
        click.echo(json.dumps(told, indent=2))
        return
    for row in rows:
        click.echo(f"{row['sha256']}  {row['size']}  {row['used']}  {'held' if row['held'] else '-'}")
    total = sum(one.size for one in kept)
    click.echo(f"{len(kept)} files, {total:,} of {keeping.granted(root):,} bytes in {root}", err=True)


@cache.command()
def verify() -> None:
    """Read every file that is kept; let go of those that are not what they were, and exit with 4 if there were any.

    \b
    Examples:
      modelry cache verify
    """
    wrong = caches.verify(caches.must().root)
    for told in wrong:
        click.echo(told)
    if wrong:
        click.get_current_context().exit(Exit.INTEGRITY)


@cache.command()
def clear() -> None:
    """Let go of all bytes but those that a lock names. How far each registry had come is still known.

    \b
    Examples:
      modelry cache clear
    """
    gone = keeping.clear(caches.must().root)
    click.echo(f"{len(gone)} files, {sum(one.size for one in gone):,} bytes")


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
