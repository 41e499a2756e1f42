"""An object on a web server comes whole, or the error says why not."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from client.serving import Answer, Web, answer
from modelry.errors import RegistryError
from modelry.storage import remotes
from modelry.storage import web as downloads

BODY = bytes(range(256)) * 40


def read(address: str) -> bytes:
    with remotes.open_object(address) as body:
        return b"".join(iter(lambda: body.read(4096), b""))


def test_an_object_is_read_whole_and_tells_its_size(web: Web) -> None:
    with remotes.open_object(web.put("/o", BODY)) as body:
        assert body.size == len(BODY)
        assert b"".join(iter(lambda: body.read(1 << 20), b"")) == BODY


def test_an_object_without_a_length_is_read_to_its_end(web: Web) -> None:
    assert read(web.put("/o", answer(BODY, length=-1))) == BODY


def test_a_missing_object_is_absent_at_once(web: Web, waits: list[float]) -> None:
    with pytest.raises(remotes.AbsentError) as error:
        read(f"{web.url}/o")
    assert (str(error.value), waits) == (f"{web.url}/o: HTTP 404 Not Found", [])


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(web: Web, waits: list[float], status: int) -> None:
    assert read(web.put("/o", answer(status=status), answer(BODY))) == BODY
    assert waits == [0.625]


@pytest.mark.parametrize("status", [400, 401, 403, 416])
def test_a_refusal_is_believed(web: Web, waits: list[float], status: int) -> None:
    with pytest.raises(RegistryError, match=f"/o: HTTP {status} "):
        read(web.put("/o", answer(status=status)))
    assert waits == []


def test_a_server_that_always_fails_is_left_after_four_attempts(web: Web, waits: list[float]) -> None:
    with pytest.raises(RegistryError) as error:
        read(web.put("/o", answer(status=503)))
    assert str(error.value) == f"{web.url}/o: HTTP 503 Service Unavailable (4 attempts)"
    assert (len(web.asked), waits) == (4, [0.625, 1.25, 2.5])


@pytest.mark.parametrize(("asked", "waited"), [("3", 3.75), ("3600", 12.5), ("soon", 0.625), ("-1", 0.625)])
def test_a_server_may_ask_for_patience_within_reason(
    web: Web, waits: list[float], asked: str, waited: float
) -> None:
    assert read(web.put("/o", answer(status=429, Retry_After=asked), answer(BODY))) == BODY
    assert waits == [waited]


def test_a_server_that_is_not_there_is_named_without_the_password(waits: list[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(RegistryError) as error:
        read(f"http://me:secret@127.0.0.1:{port}/o")
    assert str(error.value) == f"http://127.0.0.1:{port}/o: Connection refused (4 attempts)"
    assert len(waits) == 3


def test_a_body_that_breaks_off_goes_on_where_it_was(web: Web, waits: list[float]) -> None:
    rest = answer(BODY[3000:], 206, Content_Range=f"bytes 3000-10239/{len(BODY)}")
    assert read(web.put("/o", answer(BODY[:3000], length=len(BODY)), rest)) == BODY
    assert [headers.get("Range") for headers in web.headers] == [None, "bytes=3000-"]
    assert waits == [0.625]


def test_a_server_that_knows_no_ranges_is_read_again_from_the_start(web: Web, waits: list[float]) -> None:
    assert read(web.put("/o", answer(BODY[:3000], length=len(BODY)), answer(BODY))) == BODY
    assert waits == [0.625]


def test_a_server_that_begins_again_and_breaks_off_sooner_is_tried_again(
    web: Web, waits: list[float]
) -> None:
    parts = [answer(BODY[:3000], length=len(BODY)), answer(BODY[:10], length=len(BODY)), answer(BODY)]
    assert read(web.put("/o", *parts)) == BODY
    assert waits == [0.625, 1.25]


def test_a_body_that_always_breaks_off_is_an_error(web: Web, waits: list[float]) -> None:
    with pytest.raises(RegistryError) as error:
        read(web.put("/o", answer(BODY[:3000], length=len(BODY))))
    assert str(error.value).startswith(f"{web.url}/o: the connection ended ")
    assert str(error.value).endswith("(4 attempts)")
    assert len(waits) == 3


def test_a_chunked_body_that_breaks_off_is_an_error(web: Web, waits: list[float]) -> None:
    with pytest.raises(RegistryError, match=r"\(4 attempts\)"):
        read(web.put("/o", answer(b"400\r\nabc", length=-1, Transfer_Encoding="chunked")))
    assert len(waits) == 3


def test_bytes_beyond_the_announced_length_are_not_read(web: Web) -> None:
    assert read(web.put("/o", answer(BODY + b"more", length=len(BODY)))) == BODY


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(web: Web, status: int) -> None:
    web.put("/there", BODY)
    assert read(web.put("/o", answer(status=status, Location="/there"))) == BODY


@pytest.mark.parametrize(("host", "told"), [("127.0.0.1", "Basic bWU6cEBzcw=="), ("localhost", None)])
def test_a_password_is_sent_to_its_own_server_only(web: Web, host: str, told: str | None) -> None:
    web.put("/there", BODY)
    address = web.put("/o", answer(status=302, Location=f"{web.url.replace('127.0.0.1', host)}/there"))
    assert read(address.replace("://", "://me:p%40ss@")) == BODY
    assert [headers.get("Authorization") for headers in web.headers] == ["Basic bWU6cEBzcw==", told]


def test_five_redirects_are_followed_and_no_more(web: Web) -> None:
    web.put("/5", BODY)
    for number in range(5):
        web.put(f"/{number}", answer(status=302, Location=f"/{number + 1}"))
    assert read(f"{web.url}/0") == BODY
    with pytest.raises(RegistryError) as error:
        read(web.put("/loop", answer(status=302, Location="/loop")))
    assert str(error.value) == f"{web.url}/loop: redirects more than 5 times"
    assert web.asked.count("/loop") == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_away_from_the_web_is_refused(web: Web, target: str) -> None:
    with pytest.raises(RegistryError, match="/o: "):
        read(web.put("/o", answer(status=302, Location=target)))
    assert web.asked == ["/o"]


def test_a_redirect_to_less_safety_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Response:
        status = 302
        headers = {"Location": "http://127.0.0.1/o"}  # noqa: RUF012 - it stands for one answer

        def close(self) -> None: ...

    monkeypatch.setattr(downloads, "send", lambda *_, **__: Response())
    with pytest.raises(RegistryError) as error:
        read("https://127.0.0.1/o")
    assert str(error.value) == "https://127.0.0.1/o: redirects to http://127.0.0.1/o, which is not followed"


def test_a_compressed_answer_is_refused_unread(web: Web) -> None:
    with pytest.raises(RegistryError, match="sends it compressed"):
        read(web.put("/o", answer(b"\x1f\x8b" * 10, Content_Encoding="gzip")))


def test_a_silent_server_is_not_waited_for_long(
    web: Web, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(downloads, "TIMEOUT", 0.1)
    with pytest.raises(RegistryError) as error:
        read(web.put("/o", _stalling(over)))
    over.set()
    assert str(error.value) == f"{web.url}/o: timed out (4 attempts)"
    assert len(waits) == 3


def _stalling(over: threading.Event) -> Answer:
    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"begun")
        over.wait(10)

    return stall


def test_a_server_that_drips_is_given_up(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not over.wait(0.02):
            handler.wfile.write(b".")

    monkeypatch.setattr(downloads, "PATIENCE", 0.3)
    with pytest.raises(RegistryError, match="the server is too slow"):
        read(web.put("/o", drip))
    over.set()


@pytest.mark.parametrize("address", ["http://a..b/o", "http://127.0.0.1:port/o"])
def test_an_address_that_cannot_be_meant_is_an_error(address: str, waits: list[float]) -> None:
    with pytest.raises(RegistryError):
        read(address)
    assert len(waits) <= 3


def test_of_a_certificate_that_does_not_verify_the_refusal_is_believed(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed")

    monkeypatch.setattr(downloads, "send", refuse)
    with pytest.raises(RegistryError) as error:
        read("https://127.0.0.1/o")
    assert (str(error.value), waits) == ("https://127.0.0.1/o: certificate verify failed", [])


def test_a_proxy_is_asked_where_the_environment_names_one(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", web.url)
    web.put("http://registry.invalid/o", BODY)
    assert read("http://registry.invalid/o") == BODY
