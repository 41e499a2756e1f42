"""A GitHub that has settings only: it answers from a dump, and takes the calls that change them, over TCP and a socket file.

It stands in for what the emulator of the other tests has no endpoints for. Its shapes are those of GitHub's documentation, and of answers that others' programs expect.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseServer, ThreadingTCPServer, ThreadingUnixStreamServer
from typing import Any

HOME = "/repos/acme/models"
NOT_FOUND = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}


@dataclass
class Forge:
    """The settings of acme/models, and who asked for what."""

    answers: dict[str, Any]
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    broken: list[int] = field(default_factory=list)
    """How the next requests fail."""
    url: str = ""
    socket: Path = Path()

    def take(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Give status and answer of a request."""
        endpoint = path.partition("?")[0].removeprefix(HOME).strip("/") or "repository"
        self.asked.append((method, endpoint))
        if self.broken:
            return self.broken.pop(0), {"message": "try again"}
        if method != "GET":
            return self._change(method, endpoint, body)
        answer = self.answers.get(endpoint) or NOT_FOUND
        is_error = isinstance(answer, dict) and "message" in answer
        return int(answer["status"]) if is_error else 200, answer

    def _change(self, method: str, endpoint: str, body: Any) -> tuple[int, Any]:
        kind, _, rest = endpoint.partition("/")
        match method, kind:
            case "POST", "rulesets":
                number = 100 + len(self.answers["rulesets"])
                self._ruleset({"id": number, "source_type": "Repository", **body})
            case "PUT", "rulesets":
                self._ruleset({**self.answers[endpoint], **body})
            case "PUT", "environments":
                self._environment(rest, body)
            case "POST", "environments":
                assert body == {"name": "main"}
            case "PATCH", "repository":
                self.answers["repository"]["security_and_analysis"].update(body["security_and_analysis"])
            case "PUT", "immutable-releases":
                self.answers[endpoint] = {"enabled": True, "enforced_by_owner": False}
            case _:
                there: dict[str, Any] = self.answers[endpoint]
                self.answers[endpoint] = {
                    **({"https_enforced": True} if "message" in there else there),
                    **body,
                }
        return 200, {}

    def _ruleset(self, ruleset: dict[str, Any]) -> None:
        number = ruleset["id"]
        self.answers[f"rulesets/{number}"] = ruleset
        short = {key: ruleset[key] for key in ("id", "name", "target", "enforcement")}
        others = [one for one in self.answers["rulesets"] if one["id"] != number]
        self.answers["rulesets"] = [*others, short]

    def _environment(self, name: str, body: Any) -> None:
        reviewers = [
            {"type": one["type"], "reviewer": {"id": one["id"]}} for one in body["reviewers"] or [_SOMEBODY]
        ]
        made = {
            "name": name,
            "deployment_branch_policy": body["deployment_branch_policy"],
            "protection_rules": [
                {
                    "type": "required_reviewers",
                    "prevent_self_review": body["prevent_self_review"],
                    "reviewers": reviewers,
                }
            ],
        }
        there = self.answers["environments"]["environments"]
        self.answers["environments"]["environments"] = [
            *(one for one in there if one["name"] != name),
            made,
        ]


_SOMEBODY = {"type": "Team", "id": 31}
"""Whom a person fills in, as the script asks."""


@contextmanager
def serving(dump: dict[str, Any], folder: Path) -> Iterator[Forge]:
    """Serve the settings of a dump on loopback, and at a socket in a folder, until the block ends."""
    forge = Forge(deepcopy(dump["answers"]), socket=folder / "forge.sock")

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            forge.tokens.add(self.headers.get("Authorization", ""))
            body = self._body()
            status, answer = forge.take(self.command, self.path, json.loads(body) if body else None)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_POST = do_PATCH = _any  # noqa: N815 - names of the standard library

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            return b"".join(parts)

        def address_string(self) -> str:
            return "somebody"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as web:
        forge.url = f"http://127.0.0.1:{web.server_address[1]}"
        with ThreadingUnixStreamServer(str(forge.socket), Handler) as local:
            threads = [_started(server) for server in (web, local)]
            yield forge
            for server in (web, local):
                server.shutdown()
            for thread in threads:
                thread.join()


def _started(server: BaseServer) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    return thread
