"""A real web server on loopback, nginx: with a password for who reads or writes, and the same for anybody who only reads."""

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

import processes

NGINX = Path("/usr/sbin/nginx")
PASSWORD = "canary-of-http"  # noqa: S105 - of a server that lives as long as the tests
WRITER, READER = "writer", "reader"

CONFIGURATION = """\
daemon off;
pid nginx.pid;
error_log error.log;
{user}
events {{}}
http {{
    access_log off;
    client_max_body_size 0;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    server {{
        listen 127.0.0.1:{port};
        root {served};
        auth_basic "models";
        auth_basic_user_file readers;
        location / {{
            dav_methods PUT DELETE;
            create_full_put_path on;
            limit_except GET HEAD {{ auth_basic_user_file writers; }}
        }}
        location /public/ {{
            alias {served}/;
            auth_basic off;
            limit_except GET HEAD {{ deny all; }}
        }}
    }}
}}
"""


class Folder(NamedTuple):
    """A remote of the server, empty and nobody else's."""

    url: str
    public: str
    """The same for anybody who only reads."""
    path: Path

    def settings(self, user: str = WRITER) -> Mapping[str, str]:
        """What DVC is to be told, so that somebody is let in."""
        return {"url": self.url, "method": "PUT", "auth": "basic", "user": user, "password": PASSWORD}


class Server:
    """A server, and the folder that it serves."""

    def __init__(self, port: int, served: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.served = served
        self._numbers = itertools.count(1)

    def folder(self) -> Folder:
        """Make a folder that nobody else uses."""
        name = f"dvc-{next(self._numbers)}"
        (self.served / name).mkdir()
        return Folder(f"{self.url}/{name}", f"{self.url}/public/{name}", self.served / name)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Run a server on a free port; skips the test where nginx is missing."""
    if not NGINX.exists():
        pytest.skip(f"{NGINX} is missing: apt-get install nginx-light")
    served = folder / "served"
    served.mkdir()

    def command(own: Path, port: int) -> list[str]:
        user = "user root;" if os.geteuid() == 0 else ""
        (own / "nginx.conf").write_text(CONFIGURATION.format(port=port, served=served, user=user), "utf-8")
        for name, users in (("readers", (WRITER, READER)), ("writers", (WRITER,))):
            lines = [f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users]
            (own / name).write_text("".join(lines), "utf-8")
        return [str(NGINX), "-p", str(own), "-c", "nginx.conf", "-e", "error.log"]

    with processes.serving(command, folder / "server") as (port, _):
        yield Server(port, served)
