"""A connection to a web server is used again where that is right, and never for anything that it was not made for."""

import os
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from modelry.storage import connections
from modelry.storage.logins import Trust

BODY = b"weights" * 100


class Server:
    """A server that keeps connections, and counts them; it may end one after each answer without a word."""

    def __init__(self) -> None:
        self.made = 0
        self.asked: list[tuple[str, str, str | None]] = []
        self.is_rude = False
        self.sent = len(BODY)
        """How much of a body is sent of what was announced."""
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                served.made += 1
                super().setup()

            def do_GET(self) -> None:
                who = self.headers.get("Proxy-Authorization")
                served.asked.append((self.command, self.path, who))
                self.send_response(200)
                self.send_header("Content-Length", str(len(BODY)))
                self.end_headers()
                self.wfile.write(BODY[: served.sent])
                if served.is_rude or served.sent < len(BODY):
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(connections, "_idle", [])
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    for _, connection in connections._idle:
        connection.close()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def ask(url: str, trust: Trust = Trust()) -> bytes:  # noqa: B008 - it is frozen
    with connections.send(url, {}, trust, 5) as response:
        return response.read(1 << 20)


def test_one_connection_does_for_many_requests(server: Server) -> None:
    assert [ask(f"{server.url}/{number}") for number in range(5)] == [BODY] * 5
    assert server.made == 1


def test_a_body_of_which_little_is_left_is_read_to_its_end(server: Server) -> None:
    for _ in range(3):
        connections.send(f"{server.url}/", {}, Trust(), 5).close()
    assert server.made == 1


def test_what_has_lost_its_body_is_not_used_again(server: Server) -> None:
    server.sent = 10
    with connections.send(f"{server.url}/", {}, Trust(), 5) as response:
        assert [response.read1(100), response.read1(100)] == [BODY[:10], b""]
    assert connections._idle == []


def test_a_server_that_ended_a_kept_connection_is_asked_by_another(server: Server) -> None:
    server.is_rude = True
    assert [ask(f"{server.url}/{number}") for number in range(3)] == [BODY] * 3
    assert server.made == 3


def test_a_server_that_always_ends_connections_is_an_error(server: Server) -> None:
    server.server.RequestHandlerClass.do_GET = lambda self: self.connection.close()  # type: ignore[attr-defined]
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system says
        ask(server.url)


def test_a_connection_is_not_used_for_what_trusts_others(server: Server) -> None:
    ask(server.url)
    ask(server.url, Trust("authorities.pem"))
    ask(server.url.replace("127.0.0.1", "localhost"))
    assert server.made == 3


def test_what_is_forked_makes_its_own(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(server.url)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    ask(server.url)
    assert server.made == 2


def test_few_are_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST", 2)
    at_once = [connections.send(server.url, {}, Trust(), 5) for _ in range(4)]
    for response in at_once:
        response.close()
    assert (server.made, len(connections._idle)) == (4, 2)


@pytest.mark.parametrize("named", ["http://me:p%40ss@{host}", "http://{host}", "{host}"])
def test_a_proxy_is_told_the_whole_address(
    server: Server, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("http_proxy", named.format(host=server.host))
    assert ask("http://models.invalid/o?x=1") == BODY
    who = f"Basic {b64encode(b'me:p@ss').decode()}" if "@" in named else None
    assert server.asked == [("GET", "http://models.invalid/o?x=1", who)]


def test_a_proxy_is_asked_for_a_tunnel_and_sees_no_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str | None]] = []

    def refuse(self: BaseHTTPRequestHandler) -> None:
        seen.append((self.path, self.headers.get("Proxy-Authorization")))
        self.send_error(407)

    server.server.RequestHandlerClass.do_CONNECT = refuse  # type: ignore[attr-defined]
    monkeypatch.setenv("https_proxy", f"http://me:secret@{server.host}")
    with pytest.raises(OSError, match="407"):
        connections.send("https://models.invalid/o", {"Authorization": "Bearer canary"}, Trust(), 5)
    assert seen == [("models.invalid:443", f"Basic {b64encode(b'me:secret').decode()}")]


def test_no_proxy_is_asked_for_what_is_excepted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert ask(server.url) == BODY


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_nothing_but_the_web_is_asked(url: str) -> None:
    with pytest.raises(ValueError, match="is not the web"):
        connections.send(url, {}, Trust(), 5)
