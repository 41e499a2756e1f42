"""`modelry export`: files that others read, and bytes that come by the addresses in them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import builders
from client.serving import Web, answer
from modelry.cli import group
from modelry.git import Repository
from modelry.model.uris import Uri
from modelry.storage import folders


@pytest.fixture
def published(web: Web, tmp_path: Path) -> Web:
    """A registry's catalog, with its artifacts below it."""
    files = {
        **builders.a_registry(1, 2),
        **builders.a_policy(url=web.url, remotes={"store": {"url": f"{web.url}/store"}}),
    }
    folders.write(files, tmp_path / "registry")
    done = run("build", tmp_path / "site", "--registry", tmp_path / "registry")
    assert (done.exit_code, done.stderr) == (0, "")
    for path in (tmp_path / "site/api").rglob("*.json"):
        web.put(f"/{path.relative_to(tmp_path / 'site')}", answer(_committed(path)))
    for name, data in builders.store(files).items():
        web.put(f"/store/{name}", data)
    return web


def _committed(path: Path) -> bytes:
    """Give a document as of a commit: what is built of a folder has none, and a client refuses it."""
    return json.dumps(json.loads(path.read_bytes()) | {"commit": "c0" * 20, "sequence": 1}).encode()


def run(*args: object) -> Result:
    return CliRunner().invoke(group, [str(arg) for arg in args], catch_exceptions=False)


def test_the_script_of_a_target_brings_the_bytes(published: Web, tmp_path: Path) -> None:
    top = tmp_path / "registry"
    done = run("export", "triton", "churn@production", "--registry", top, "--output", tmp_path / "served")
    assert (done.exit_code, done.stdout) == (
        0,
        f"{tmp_path}/served/fetch.sh\n{tmp_path}/served/churn/config.pbtxt\n",
    )
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    for _ in range(2):
        subprocess.run(
            ["sh", tmp_path / "served/fetch.sh"],
            check=True,
            env={**os.environ, "PATH": path},
            capture_output=True,
        )
    assert (tmp_path / "served/churn/1/model.onnx").read_bytes() == builders.artifact("churn", "1.0.0")
    assert published.asked.count(next(path for path in published.asked if path.startswith("/store/"))) == 1


def test_an_address_that_is_pinned_to_other_bytes_gives_none(published: Web, tmp_path: Path) -> None:
    address = str(Uri(published.url, "churn@1.0.0", "ab" * 32))
    done = run("pull", address, tmp_path / "model.onnx")
    assert done.exit_code == 4
    assert done.stderr.startswith(f"error: {published.url} says that churn@1.0.0 has sha256 ")
    assert not (tmp_path / "model.onnx").exists()


def test_files_are_printed_where_no_folder_is_named(a_repo: Repository) -> None:
    done = run("export", "env", "churn@production", "--registry", a_repo.top)
    assert (done.exit_code, done.stderr) == (0, "--> models.env\n")
    assert done.stdout.startswith("MODEL_CHURN_VERSION=1.0.0\nMODEL_CHURN_SHA256=")


def test_an_unknown_reference_is_told(a_repo: Repository) -> None:
    done = run("export", "env", "@nowhere", "--registry", a_repo.top)
    assert (done.exit_code, done.stderr.splitlines()[0]) == (5, "error: there is no stage nowhere")


def test_a_catalog_is_no_clone(published: Web) -> None:
    done = run("export", "env", "churn", "--registry", published.url)
    assert (done.exit_code, done.stderr.splitlines()[0]) == (
        2,
        f"error: {published.url} is an address, and this command needs a clone",
    )
