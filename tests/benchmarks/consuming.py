"""What consumers of a published catalog ask for again and again: an answer that has not changed, bytes that were fetched."""

import json
from collections.abc import Iterator
from pathlib import Path

import webserver
from benchmarks import pulled
from benchmarks.commands import BESIDE, BIN, Size, peer
from benchmarks.measuring import Command
from modelry.client import folder as clones
from modelry.storage import folders

_CHUNK = bytes(range(256)) * 4096
_CLICK = peer("python -c 'import click'", "python", "-c", "import click")


def resolving(size: Size, folder: Path) -> Iterator[Command]:  # noqa: ARG001 - as every case
    """Resolve by HTTP what was resolved before; the first round has filled what is kept."""
    url, _ = _published(folder, b"a model")
    asked = (str(BIN / "modelry"), "resolve", "churn@1.0.0", "--registry", url)
    yield Command("modelry", ("env", f"MODELRY_CACHE={folder / 'cache'}", *asked), ())
    yield Command("the same with MODELRY_CACHE=", ("env", "MODELRY_CACHE=", *asked), ())
    yield _CLICK
    yield Command("curl of the document", ("curl", "-fsS", f"{url}/api/v1/models/churn.json"), ())


def pulling(size: Size, folder: Path) -> Iterator[Command]:
    """Pull by HTTP what was pulled before."""
    url, stored = _published(folder, _CHUNK * size.mib)
    target = folder / "pulled"
    asked = (str(BIN / "modelry"), "pull", "churn@1.0.0", str(target), "--registry", url)
    kept = ("env", f"MODELRY_CACHE={folder / 'cache'}", *asked)
    yield Command("modelry", kept, (target,))
    yield Command("the same with --link", (*kept, "--link"), (target,))
    yield Command("the same with --no-cache", (*kept, "--no-cache"), (target,))
    yield Command("cp", ("cp", str(stored), str(target)), (target,))
    yield _CLICK


def _published(folder: Path, body: bytes) -> tuple[str, Path]:
    """Publish a registry with one model; give its address, and where its bytes lie."""
    (folder / "nginx").mkdir()
    served = BESIDE.enter_context(webserver.running(folder / "nginx")).folder()
    objects = pulled.registry(folder / "registry", f"{served.public}/dvc", body)
    document = clones.document("churn", folder / "registry") | {"sequence": 1, "commit": "c0" * 20}
    folders.write({"api/v1/models/churn.json": json.dumps(document).encode()}, served.path)
    folders.write(objects, served.path / "dvc")
    return served.public, served.path / "dvc" / next(iter(objects))
