"""`modelry demo`: the whole loop, on this machine."""

import tempfile
from pathlib import Path

import click

from modelry import demo as plays
from modelry.storage import serving


@click.command()
@click.argument("directory", metavar="DIR", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--serve/--no-serve", default=True, help="Show the catalog at the end, until Ctrl-C; not in scripts."
)
@click.option("--port", default=0, help="Where to serve; otherwise a free port.")
def demo(directory: Path | None, port: int, *, serve: bool) -> None:
    """Play register, check, review, promote, roll back, publish and pull in DIR, on real models, offline.

    Each command is shown as you would type it, and can be typed by hand with the same result.

    \b
    Examples:
      modelry demo
      modelry demo /tmp/loop --no-serve
    """
    home = (directory or Path(tempfile.mkdtemp(prefix="modelry-demo-"))).absolute()
    plays.play(home, click.echo)
    if serve:
        click.echo("\n# The catalog, until Ctrl-C:")
        serving.serve(home / "site", "127.0.0.1", port, click.echo)
    else:
        click.echo(f"\n# The catalog lies in {home / 'site'}")
