"""`modelry schema`: the JSON Schemas of the registry's documents, and of the reports for programs."""

from pathlib import Path

import click

from modelry.errors import RefusedError
from modelry.model import schema as schemas
from modelry.reports import documents as reports
from modelry.storage import folders


@click.command()
@click.argument("directory", required=False, default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option("--check", is_flag=True, help="Write nothing; exit 3 when a schema is stale.")
def schema(directory: Path, *, check: bool) -> None:
    """Write `schemas/<kind>/v1.json` below DIRECTORY for every kind of document, and of report.

    \b
    Examples:
      modelry schema
      modelry schema --check
    """
    made = {**schemas.files(), **reports.schemas()}
    stale = [path for path, data in made.items() if folders.differs(directory / path, data)]
    if check and stale:
        raise RefusedError(f"stale: {', '.join(stale)}", hint="write them: modelry schema")
    folders.write({path: made[path] for path in stale}, directory)
    for path in stale:
        click.echo(path)
