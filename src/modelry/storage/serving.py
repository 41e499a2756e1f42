"""A built catalog shown on this machine, over HTTP on loopback."""

import functools
import ipaddress
from collections.abc import Callable
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from modelry.errors import RegistryError, UsageError


def serve(folder: Path, host: str, port: int, say: Callable[[str], object]) -> None:
    """Serve a folder until Ctrl-C, once its address was said; port 0 takes a free one.

    Raises `UsageError` for a host that others could reach, `RegistryError` where the port is taken.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    with _server(host, port, handler) as server, suppress(KeyboardInterrupt):
        say(f"http://{host}:{server.server_port}/")
        server.serve_forever()


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
