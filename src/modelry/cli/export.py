"""`modelry export`: the files by which others take a version."""

from pathlib import Path

import click

from modelry import exports
from modelry.cli import options
from modelry.exports.base import Options
from modelry.storage import folders, manifests, moments


@click.command()
@click.argument("target", type=click.Choice(list(exports.TARGETS)))
@click.argument("references", metavar="REF...", nargs=-1, required=True)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="The folder to write into.")
@click.option("--namespace", help="The Kubernetes namespace; otherwise that of whoever applies the files.")
@click.option("--image", default=Options.image, show_default=True, help="An image in which modelry is.")
@click.option("--materialized", metavar="URL", help="Where versions lie by name: URL/<model>/<version>/.")
@options.at
@options.registry
def export(
    target: str,
    references: tuple[str, ...],
    *,
    output: Path | None,
    at: str | None,
    registry: str | None,
    **given: str | None,
) -> None:
    """Write the files by which TARGET takes the versions that REF mean, each pinned by its digest.

    `@production` alone means every model that has something in that stage. Without --output,
    the files are printed, their names on stderr. The same registry makes the same bytes.

    \b
    Examples:
      modelry export kserve churn@production --output deploy
      modelry export kustomize @production --namespace models --output env
      modelry export env churn@production
    """
    found = moments.seen(options.folder(registry), at)
    asked = Options(**{key: value for key, value in given.items() if value is not None})
    made = manifests.files(exports.export(target, found, references, asked))
    if output is not None:
        folders.write(made, output)
        click.echo("".join(f"{output / path}\n" for path in made), nl=False)
        return
    for path, data in made.items():
        click.echo(f"--> {path}", err=True)
        click.echo(data, nl=False)
