"""`modelry serve`: the catalog on this machine."""

import click

from modelry import catalog
from modelry.cli import options
from modelry.errors import NotFoundError
from modelry.storage import moments, serving, site
from modelry.storage import top as tops


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine's loopback.")
@click.option("--no-build", is_flag=True, help="Serve what is built already.")
@options.registry
def serve(port: int, host: str, no_build: bool, registry: str | None) -> None:
    """Build the catalog and show it on this machine, until Ctrl-C.

    It listens on loopback only: to show it to others, publish the folder that `modelry build` makes.

    \b
    Examples:
      modelry serve                 build, then http://127.0.0.1:8000/
      modelry serve --port 0        on whatever port is free
      modelry serve --no-build      what is in site/_build/catalog already
    """
    top = tops.find(options.folder(registry))
    folder = top / site.DEFAULT
    if not no_build:
        read, moment = moments.read(top)
        site.build(catalog.files(read, moment), folder, moment.when)
    elif not (folder / "index.html").is_file():
        raise NotFoundError(f"nothing is built in {folder}", hint="modelry build")
    serving.serve(folder, host, port, click.echo)
