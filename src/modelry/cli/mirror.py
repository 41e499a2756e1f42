"""`modelry mirror`: copy versions from the public addresses that they name into the registry's remote."""

import click

from modelry import mirroring
from modelry.cli import options
from modelry.client import progress
from modelry.errors import Exit
from modelry.git import Repository
from modelry.reports import mirrored
from modelry.storage import commits


@click.command()
@click.option(
    "--base", metavar="REV", help="Which commit of main counts; otherwise main as it is known here."
)
@click.option("--dry-run", is_flag=True, help="Say what would be copied; copy nothing.")
@options.json
@options.registry
@click.pass_context
def mirror(
    ctx: click.Context, base: str | None, registry: str | None, *, dry_run: bool, as_json: bool
) -> None:
    """Copy into the remote what merged versions have at a public address only.

    For each version of main whose record names a source, and which lies in no remote: it is downloaded, held against its
    SHA-256, its size and its pointer, pushed by DVC to the first remote that is not in the repository, and read back. What
    is in a remote is left alone, so it may be run after each merge, and again.

    \b
    Examples:
      modelry mirror --dry-run                     what is still to be copied?
      modelry mirror                               after each merge, in CI, with a key that may write
    """
    repository = Repository(options.folder(registry))
    commit = repository.commit(base or repository.base)
    found = commits.registry(repository, commit)
    name, outcomes = mirroring.mirror(repository, found, progress.bar, dry_run=dry_run)
    code, rows = Exit.DONE, []
    for version, error in outcomes:
        code = max(code, Exit.DONE if error is None else error.code)
        rows.append(mirrored.row(version, error, dry_run=dry_run))
        if not as_json:
            click.echo(mirrored.line(rows[-1], name or ""), nl=False, err=error is not None)
    if as_json:
        click.echo(mirrored.to_json(commit, name, rows), nl=False)
    ctx.exit(code)
