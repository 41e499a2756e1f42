"""`modelry init`: begin a registry."""

from pathlib import Path

import click

from modelry import proposals
from modelry.errors import ConflictError
from modelry.model import layout
from modelry.storage import documents, folders


@click.command()
@click.argument("directory", metavar="DIR", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--remote", default=".artifacts", show_default=True, metavar="URL", help="The DVC remote for artifacts."
)
@click.option("--id", "id_", help="The registry's identity; otherwise the folder's name.")
@click.option("--title", default="Our models", show_default=True, help="What people call it.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Where the catalog will be.")
@click.option(
    "--repository", default="http://127.0.0.1", show_default=True, help="Where pull requests will be."
)
def init(directory: Path, remote: str, id_: str | None, title: str, url: str, repository: str) -> None:
    """Write the skeleton of a registry into DIR: its policy, its DVC remote, its ignore rules.

    What is there already stays as it is. Commit what was written; that is the base of all that follows.

    \b
    Examples:
      modelry init .
      modelry init models --remote s3://acme-models/dvc
    """
    top = directory.absolute()
    if (top / layout.POLICY).exists():
        raise ConflictError(f"{top / layout.POLICY} is there already", hint="there is nothing to do")
    name = id_ or top.name.lower()
    policy = proposals.skeleton(name, title, url, repository, remote)
    made = {**documents.files(policy), **folders.scaffold(top, "store", remote)}
    folders.write(made, top)
    for path in made:
        click.echo(path)
    click.echo("now: git add --all && git commit --message 'Begin the registry'", err=True)
