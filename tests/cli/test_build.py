"""`modelry build` and `modelry serve`: exit codes, stdout, stderr, and a catalog that a client can use."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

import builders
from modelry.cli import group
from modelry.git import Repository
from modelry.storage import folders


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)


def test_it_builds_the_commit_and_prints_the_folder(
    a_repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(a_repo.top / "registry")
    folders.write({"registry/models/churn/training/a.py": b"new\n"}, a_repo.top)
    done = run("build")
    commit = a_repo.commit("HEAD")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        f"{a_repo.top}/site/_build/catalog\n",
        f"note: showing {commit[:10]}, without one path that are not committed\n",
    )
    index = json.loads((a_repo.top / "site/_build/catalog/api/v1/index.json").read_bytes())
    assert (index["commit"], index["sequence"]) == (commit, 1)


def test_it_builds_another_commit_into_another_folder(a_repo: Repository, tmp_path: Path) -> None:
    first = a_repo.commit("HEAD")
    folders.write(builders.a_model("later"), a_repo.top)
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Register later")
    done = run("build", tmp_path / "out", "--registry", a_repo.top, "--at", first, "--json")
    assert json.loads(done.stdout) == {
        "schema": "build/v1",
        "path": f"{tmp_path}/out",
        "commit": first,
        "sequence": 1,
    }
    assert not (tmp_path / "out/models/later").exists()


def test_it_refuses_an_address(tmp_path: Path) -> None:
    done = run("build", tmp_path / "out", "--registry", "https://acme.example/models")
    assert (done.exit_code, done.stdout) == (2, "")


def test_it_says_where_a_registry_is_missing(tmp_path: Path) -> None:
    done = run("build", "--registry", tmp_path)
    assert done.exit_code == 5
    assert done.stderr.startswith("error: there is no registry/registry.yaml in ")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])  # noqa: S104 - refused
def test_it_serves_on_loopback_only(host: str, a_repo: Repository) -> None:
    (a_repo.top / "site/_build/catalog").mkdir(parents=True)
    (a_repo.top / "site/_build/catalog/index.html").write_text("built")
    done = run("serve", "--no-build", "--host", host, "--registry", a_repo.top)
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        2,
        f"error: {host} is not this machine's loopback",
    )


def test_it_serves_nothing_that_is_not_built(a_repo: Repository) -> None:
    done = run("serve", "--no-build", "--registry", a_repo.top)
    assert (done.exit_code, done.stderr.splitlines()[1]) == (5, " hint: modelry build")


@pytest.fixture
def served(a_repo: Repository) -> Iterator[str]:
    """The address of a catalog that `modelry serve` has built."""
    policy = builders.a_policy(remotes={"here": {"url": ".artifacts"}})
    objects = builders.store(builders.a_registry(1, 3))
    folders.write(
        {**policy, **{f"registry/.artifacts/{path}": data for path, data in objects.items()}}, a_repo.top
    )
    a_repo.run("add", "--all")
    a_repo.run("commit", "--quiet", "--message", "Publish the artifacts with the site")
    # Where the tests run in a shell's background, Ctrl-C is ignored, and the ignoring is inherited.
    heeded = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [
        sys.executable,
        "-c",
        f"{heeded}; from modelry.cli import main; main()",
        "serve",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, cwd=a_repo.top, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def test_what_it_serves_is_what_a_client_pulls_from(served: str, tmp_path: Path) -> None:
    assert served.startswith("http://127.0.0.1:")
    with urlopen(f"{served}models/churn/") as page:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    with urlopen(f"{served}assets/modelry.js") as script:
        assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    done = run("pull", "churn@production", tmp_path / "pulled", "--registry", served)
    assert (done.exit_code, done.stderr) == (0, "")
    pulled = [path for path in (tmp_path / "pulled").rglob("*") if path.is_file()] or [tmp_path / "pulled"]
    assert pulled[0].read_bytes() == builders.artifact("churn", "1.0.0")


def test_a_port_that_is_taken_is_told(served: str, a_repo: Repository) -> None:
    port = served.rstrip("/").rpartition(":")[2]
    done = run("serve", "--no-build", "--port", port, "--registry", a_repo.top)
    assert (done.exit_code, done.stderr.splitlines()[1]) == (1, " hint: --port 0 takes a free one")
