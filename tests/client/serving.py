"""A web server on loopback that answers as a test tells it."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]
"""Whatever a server may do when it is asked."""


class Web:
    """A web server on loopback: each path has its answers, given in turn, the last one for ever."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []

    def put(self, path: str, *answers: Answer | bytes | dict[str, Any]) -> str:
        """Set the answers at a path, and give its address."""
        self.answers[path] = [
            one if callable(one) else answer(one if isinstance(one, bytes) else json.dumps(one).encode())
            for one in answers
        ]
        return self.url + path


def answer(body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> Answer:
    """Answer with a body, and a Content-Length that may lie; -1 sends none."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if length != -1:
            handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return give
