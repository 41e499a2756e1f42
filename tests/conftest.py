"""What every test stands on: a clean environment, no network but loopback, and a real repository to work in.

- `store`, `origin` and `a_repo` are a folder as DVC remote, a bare repository and a clone of it: churn 1.0.0 is in
  production and 1.2.0 in staging. Ask for those that the test is about.
- `page` and its friends come from pytest-playwright and start Debian's Chromium.
- With MODELRY_REQUIRE_ALL set, as in `.ci/run`, a test that would be skipped fails instead.
"""

import os
import sys
import time
from collections.abc import Generator, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import pytest

import builders
from modelry.git import Repository
from modelry.storage import folders

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
_OURS = ("MODELRY_", "GIT_", "DVC_", "XDG_")
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
    """Nothing of the user's: an empty home, a git identity of our own, UTC, and no variables of modelry, git or DVC."""
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text(GIT, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_OURS) or name.lower() in _PROXIES:
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield


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
    folders.write(folders.scaffold(top, "store", str(store)), top)
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


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium instead of one that Playwright would have downloaded."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": QUIET}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address is the pages' own; stands in for pytest-playwright's fixture, which pytest 9 warns of."""
