"""`modelry forge`: what CI says on a forge: one report comment, one issue per concern."""

from typing import IO

import click

from modelry import forges
from modelry.cli import options
from modelry.errors import UsageError
from modelry.git import Repository


@click.group()
def forge() -> None:
    """Say on the forge what CI found: each report in one place, edited when it changes.

    The forge is that of main's policy (`repository`), or the one that CI says it works for (GITHUB_REPOSITORY,
    CI_PROJECT_URL). Who asks, says a token in GH_TOKEN or GITHUB_TOKEN, for GitLab in GITLAB_TOKEN.

    \b
    Examples:
      modelry review --base main --format markdown | modelry forge comment --pull-request 12 -
      modelry forge issue --label registry-audit --title "The audit found something" audit.md
    """


@forge.command()
@click.argument("file", type=click.File())
@click.option(
    "--pull-request", "number", type=click.IntRange(1), metavar="N", required=True, help="Its number."
)
@options.dry_run
@options.registry
def comment(file: IO[str], number: int, registry: str | None, *, dry_run: bool) -> None:
    """Put FILE, or - for stdin, on a pull request as the one comment of ours; said again, it is edited in place.

    \b
    Examples:
      modelry forge comment --pull-request 12 report.md
    """
    text = file.read()
    if dry_run:
        click.echo(text, nl=False)
        return
    said = forges.connected(Repository(options.folder(registry))).comment(number, text)
    click.echo(said.how, err=True)
    click.echo(said.url)


@forge.command()
@click.argument("file", type=click.File(), required=False)
@click.option("--label", required=True, help="What it is about; there is one open issue of each label.")
@click.option("--title", help="Its title.")
@click.option("--close", is_flag=True, help="All is well: close it.")
@options.dry_run
@options.registry
def issue(
    file: IO[str] | None, label: str, title: str | None, registry: str | None, *, close: bool, dry_run: bool
) -> None:
    """Open the issue of a label with the text in FILE, or edit the open one; --close closes it.

    \b
    Examples:
      modelry forge issue --label registry-audit --title "The audit found something" audit.md
      modelry forge issue --label registry-audit --close
    """
    if close == (file is not None) or (title is None) != close:
        raise UsageError("an issue needs --title and FILE, or --close", hint="give the one or the other")
    text = file.read() if file is not None else ""
    if dry_run:
        click.echo(text, nl=False)
        return
    hub = forges.connected(Repository(options.folder(registry)))
    said = hub.issue(label, title, text) if title is not None else hub.close(label)
    click.echo(said.how, err=True)
    click.echo(said.url, nl=bool(said.url))
