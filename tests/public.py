"""A public web for tests: names that all stand for one TLS server on loopback, with an authority of its own."""

import datetime as dt
import ssl
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from client.serving import Web, answer
from modelry.storage import guard, sources

HOST = "models.acme.example"
"""What the server can prove to be, beside every name below `cdn.example`."""


class Public(Web):
    """The web as a test wants it: what is `put` is at `HOST`, and at every other name that resolves to the server."""

    def __init__(self, port: int) -> None:
        super().__init__(f"https://{HOST}")
        self.port = port
        self.machines: dict[str, list[str]] = {}
        """The addresses that names stand for, each time that they are asked for; all others are the server's."""
        self.resolved: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[tuple[str, int]]:
        """Give the machines of a name, at the server's port."""
        self.resolved.append(f"{host}:{port}")
        turns = self.machines.get(host, ["127.0.0.1"])
        return [(turns.pop(0) if len(turns) > 1 else turns[0], self.port)]


def admits(ip: str) -> bool:
    """Admit loopback beside what is public: the one liberty that a test takes."""
    return ip == "127.0.0.1" or guard.is_public(ip)


@cache
def authority() -> tuple[bytes, bytes]:
    """Give the certificate of an authority, and the server's chain with its key."""
    now = dt.datetime.now(dt.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority for tests")])

    def certificate(number: int, *extensions: x509.ExtensionType) -> bytes:
        name = issuer if number == 0 else x509.Name([])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(keys[number].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("*.cdn.example")])
    key = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate(0, x509.BasicConstraints(ca=True, path_length=None)), certificate(1, names) + key


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority()[0].decode())


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up: they are what most of these tests are about."""


@contextmanager
def serving() -> Iterator[Public]:
    """Let the sources of this process be a server on loopback, which answers 404 until it is told better."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(f"{self.headers['Host']}{self.path}")
            web.headers.append(dict(self.headers))
            answers = web.answers.get(self.path, [answer(status=404)])
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with tempfile.NamedTemporaryFile(suffix=".pem") as chain:
        chain.write(authority()[1])
        chain.flush()
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(chain.name)
    with _Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        web = Public(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        network = guard.Network(web.resolve, admits, cache(_trusting))
        try:
            with patch.object(guard, "NETWORK", network), patch.object(sources, "FOUND", set()):
                yield web
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def folder(top: Path) -> Iterator[Public]:
    """Serve the files below a folder."""
    with serving() as web:
        for path in top.rglob("*"):
            if path.is_file():
                web.put(f"/{path.relative_to(top).as_posix()}", path.read_bytes())
        yield web
