"""`modelry verify`: whether bytes are those of a version."""

import json
from pathlib import Path

import click

from modelry.cli import options
from modelry.client import progress, verification
from modelry.client.resolution import Resolution


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.argument("reference", metavar="REF")
@options.resolving
@options.json
def verify(path: Path, found: Resolution, *, as_json: bool, **_: object) -> None:
    """Say whether the file or folder at PATH is what REF means; exit with 4 if it is not.

    The error names what was expected and what was found; of a folder, the first file that differs.

    \b
    Examples:
      modelry verify model.onnx churn@production
      modelry verify /srv/models/churn.onnx churn@1.2.0 --registry https://acme.github.io/models
    """
    with progress.bar(str(path), found.size) as tick:
        verification.verify(found, path, tick)
    answer = {"schema": "verify/v1", "path": str(path), "resolution": found.to_json()}
    click.echo(json.dumps(answer, indent=2) if as_json else f"{path}  {found.label}  sha256:{found.sha256}")
