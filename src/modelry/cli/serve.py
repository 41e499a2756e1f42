"""`modelry serve`: the catalog on this machine."""

import functools
import ipaddress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import click

from modelry import catalog
from modelry.cli import options
from modelry.errors import NotFoundError, RegistryError, UsageError
from modelry.storage import moments, site
from modelry.storage import top as tops


class _Handler(SimpleHTTPRequestHandler):
    """Serves the built folder, and says of each file what it is, whatever this machine's own list says."""

    extensions_map = {  # noqa: RUF012 - http.server's own attribute
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".xml": "application/xml",
        ".gz": "application/gzip",
        "": "application/octet-stream",
    }

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own signature
        """Say nothing: stdout is the address, stderr is for trouble."""


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
      modelry serve --no-build      what is in site/_build already
    """
    top = tops.find(options.folder(registry))
    folder = top / "site" / "_build"
    if not no_build:
        read, moment = moments.read(top)
        site.build(catalog.files(read, moment), folder, moment.when)
    elif not (folder / "index.html").is_file():
        raise NotFoundError(f"nothing is built in {folder}", hint="modelry build")
    with _server(host, port, functools.partial(_Handler, directory=str(folder))) as server:
        click.echo(f"http://{host}:{server.server_port}/")
        server.serve_forever()


def _server(host: str, port: int, handler: functools.partial[_Handler]) -> ThreadingHTTPServer:
    try:
        is_loopback = host == "localhost" or ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise UsageError(
            f"{host} is not this machine's loopback",
            hint="modelry build DIR, and publish that folder instead",
        )
    try:
        return ThreadingHTTPServer((host, port), handler)
    except OSError as error:
        raise RegistryError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="--port 0 takes a free one"
        ) from error
