"""A real git server over HTTP on loopback: nginx, fcgiwrap and git's own http-backend, with passwords and hooks.

`Host.repository()` makes a bare repository whose main only `merge-bot` may push, as a forge protects it. `speaks` lets
it take what a push says beside its commits: `agit` as Gitea and Forgejo do (`refs/for/BRANCH`), `gitlab` as GitLab does
(`-o merge_request.create`). It keeps the requests, each with its number, and answers the pusher in that forge's words.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import processes
from modelry.git import Repository

NGINX, FCGIWRAP = Path("/usr/sbin/nginx"), Path("/usr/sbin/fcgiwrap")
PASSWORD = "secret"  # noqa: S105 - of a server that lives as long as the tests
PEOPLE = ("ada", "bob", "merge-bot")

CONFIGURATION = """\
daemon off;
pid nginx.pid;
error_log error.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    server {{
        listen 127.0.0.1:{port};
{location}
    }}
}}
"""

GUIDE = Path(__file__).parent.parent / "site/docs/how-to/plain-git.md"
"""Where the part of the configuration stands that serves git: what the guide tells is what runs here."""

PROTECTED = """\
#!/bin/sh
if [ "$1" = refs/heads/main ] && [ "$REMOTE_USER" != merge-bot ]; then
    echo "main is protected: open a pull request" >&2
    exit 1
fi
"""

REQUESTED = """\
#!/bin/sh
exec {python} -S {script} {kind} {page}
"""


class Hosted:
    """One bare repository of the server."""

    def __init__(self, host: "Host", name: str) -> None:
        self.host = host
        self.name = name
        self.path = host.folder / "repositories" / f"{name}.git"
        self.page = f"{host.url}/{name}"
        """Where a forge would show it."""

    def url(self, user: str = "ada") -> str:
        """Give the address at which somebody is let in."""
        return f"http://{user}:{PASSWORD}@{self.host.address}/{self.name}.git"

    @property
    def git(self) -> Repository:
        """The repository as the server itself sees it."""
        return Repository(self.path)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The requests that pushes have opened, oldest first."""
        kept = self.path / "requests.json"
        found: list[dict[str, Any]] = json.loads(kept.read_text("utf-8")) if kept.exists() else []
        return found

    def hook(self, name: str, script: str) -> None:
        """Let the server run this at pushes."""
        path = self.path / "hooks" / name
        path.write_text(script, "utf-8")
        path.chmod(0o755)


class Host:
    """A server, and the folder with all that it serves."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self._numbers = itertools.count(1)

    def repository(
        self, *, protected: bool = True, speaks: Literal["agit", "gitlab"] | None = None, name: str = ""
    ) -> Hosted:
        """Make an empty bare repository that nobody else uses."""
        made = Hosted(self, name or f"models-{next(self._numbers)}")
        made.path.parent.mkdir(exist_ok=True)
        Repository(made.path.parent).run("init", "--quiet", "--bare", "--initial-branch=main", str(made.path))
        made.git.run("config", "http.receivepack", "true")
        if protected:
            made.hook("update", PROTECTED)
        if speaks is not None:
            made.git.run("config", "receive.advertisePushOptions", "true")
            script = Path(__file__).with_name("requested.py")
            text = REQUESTED.format(python=sys.executable, script=script, kind=speaks, page=made.page)
            made.hook("proc-receive" if speaks == "agit" else "post-receive", text)
        if speaks == "agit":
            made.git.run("config", "receive.procReceiveRefs", "refs/for")
        return made


@contextmanager
def running(folder: Path) -> Iterator[Host]:
    """Run a server on a free port."""
    people = "".join(f"{name}:{{PLAIN}}{PASSWORD}\n" for name in PEOPLE)

    def command(root: Path, port: int) -> list[str]:
        configuration = CONFIGURATION.format(
            port=port,
            location=_location(folder, root),
            user="user root;" if os.geteuid() == 0 else "",
        )
        (root / "nginx.conf").write_text(configuration, "utf-8")
        (root / "people").write_text(people, "utf-8")
        return [str(NGINX), "-p", str(root), "-c", "nginx.conf", "-e", "error.log"]

    gateway = [str(FCGIWRAP), "-s", f"unix:{folder / 'cgi.socket'}", "-c", "2"]
    with ExitStack() as started:
        started.callback(processes.stop, processes.start(gateway, folder))
        port, _ = started.enter_context(processes.serving(command, folder / "server"))
        # Slower than the server below it only where the machine is busy.
        while not (folder / "cgi.socket").exists():
            time.sleep(0.01)
        yield Host(folder, port)


def _location(folder: Path, root: Path) -> str:
    """Give what the guide says, with the places of this server."""
    told = GUIDE.read_text("utf-8").partition("```nginx\n")[2].partition("```\n")[0]
    places = {
        "/usr/lib/git-core": Repository(folder).run("--exec-path").strip(),
        "/srv/git": str(folder / "repositories"),
        "/run/fcgiwrap.socket": str(folder / "cgi.socket"),
        "/etc/nginx/people": str(root / "people"),
    }
    for place, ours in places.items():
        assert place in told, place
        told = told.replace(place, ours)
    return told
