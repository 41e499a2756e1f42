"""`modelry init`: begin a registry, or bring newer files to one."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from modelry import founding
from modelry.cli import options, proposing


@click.command()
@click.argument("directory", metavar="DIR", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab", "local"]),
    help="Where pull requests will be; otherwise told by origin, and local where there is none.",
)
@click.option(
    "--remote", metavar="URL", help="The DVC remote for artifacts; otherwise in the repository itself."
)
@click.option("--id", help="The registry's identity; otherwise the repository's name.")
@click.option("--title", help="What people call it.")
@click.option("--url", help="Where the catalog will be; otherwise the forge's pages, as far as one can know.")
@click.option("--repository", metavar="URL", help="Where pull requests will be; otherwise origin.")
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="@TEAM",
    help="Who reviews policy, workflows and new models: a team, or at least two people.",
)
@click.option(
    "--tool", metavar="REQUIREMENT", help="What CI installs modelry from; otherwise what you installed."
)
@click.option("--update", is_flag=True, help="Propose newer files; what you changed in them stays.")
@click.option("--keep", multiple=True, metavar="PATH", help="With --update: leave this file as it is.")
@click.option(
    "--take",
    multiple=True,
    metavar="PATH",
    help="With --update: take the new one, and drop what was changed.",
)
@options.dry_run
def init(
    directory: Path,
    *,
    update: bool,
    keep: tuple[str, ...],
    take: tuple[str, ...],
    dry_run: bool,
    **asked: Any,  # noqa: ANN401 - the answers
) -> None:
    """Write what a registry begins with into DIR: policy, DVC remote, ignore rules, and what its forge needs.

    On GitHub these are workflows, CODEOWNERS, rulesets, templates and an issue form. What is there already stays as
    it is, and is named. Afterwards the steps that are left are printed.

    With --update, a proposal brings what a newer modelry writes, and CODEOWNERS up to date with the models' owners. What was
    edited is merged, what was deleted stays deleted, the policy is not touched; options given now are remembered.

    \b
    Examples:
      modelry init models
      modelry init . --forge github --remote s3://acme-models/dvc --owner @acme/ml-platform
      modelry init --update
    """
    top = directory.absolute()
    if update:
        bring(top, asked, keep, take, dry_run=dry_run)
        return
    beginning = founding.begin(top, asked)
    click.echo(f"forge: {beginning.answers.forge} ({beginning.why})", err=True)
    if not dry_run:
        founding.write(beginning, top)
    for path in [*beginning.changed, *beginning.new]:
        click.echo(path)
    for path in beginning.left:
        click.echo(f"left as it is: {path}", err=True)
    click.echo("\n" + "\n".join(beginning.steps), err=True)


def bring(
    top: Path, asked: Mapping[str, Any], keep: Collection[str], take: Collection[str], *, dry_run: bool
) -> None:
    """Propose newer files."""
    repository, registry = proposing.begin(top)
    proposal, done = founding.update(repository, registry, asked, keep, take)
    for path in done.left:
        click.echo(f"left as it is: {path}", err=True)
    if proposal is None:
        click.echo("nothing to do: all is as this modelry writes it, or as you have it", err=True)
    else:
        proposing.propose(repository, proposal, dry_run=dry_run)
