"""Synthetic registries: as many models and versions as one likes, each record of about 70 lines."""

import hashlib
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import builders
from modelry.model import layout
from modelry.storage import folders

Path_and_data = tuple[str, bytes]

PROPOSED = "register/churn"
"""The branch that registers one version more than main has."""

_MODEL, _VERSION = "model-99999", "1.99999.0"
_WHO = "Ada Test <ada@example.org> 1772366400 +0000"


def registry(models: int, versions: int) -> Iterator[Path_and_data]:
    """Give the files: each model's first version is in production, its last in staging; the first model is churn."""
    yield layout.POLICY, builders.a_policy()[layout.POLICY]
    for name in _names(models):
        yield layout.model(name), builders.a_model()[layout.model("churn")] if name == "churn" else _DOCUMENT
        for minor in range(versions):
            yield from version(name, minor)
        for stage, minor in (("production", 0), ("staging", versions - 1)):
            yield layout.stage(name, stage), _swap(_ASSIGNMENT, name, minor)


def version(name: str, minor: int) -> Iterator[Path_and_data]:
    """Give the files of a version."""
    for file, data in _FILES.items():
        yield layout.version(name, _number(minor), file), _swap(data, name, minor)


def _names(models: int) -> list[str]:
    return ["churn", *(f"model-{number:05}" for number in range(1, models))]


def _number(minor: int) -> str:
    return f"1.{minor}.0"


# To dump a document takes a millisecond, to replace the few words in which it differs from another none.
_DOCUMENT = builders.a_model()[layout.model("churn")]
_ASSIGNMENT = next(iter(builders.an_assignment(_MODEL, _VERSION).values()))
_FILES = {path.rpartition("/")[2]: data for path, data in builders.a_version(_MODEL, _VERSION).items()}


def _facts(name: str, number: str) -> tuple[bytes, ...]:
    data = builders.artifact(name, number)
    md5, sha256 = hashlib.md5(data, usedforsecurity=False), hashlib.sha256(data)
    told = (name, number, md5.hexdigest(), sha256.hexdigest(), f"size: {len(data)}\n")
    return tuple(text.encode() for text in told)


_TEMPLATE = _facts(_MODEL, _VERSION)


def _swap(data: bytes, name: str, minor: int) -> bytes:
    for old, new in zip(_TEMPLATE, _facts(name, _number(minor)), strict=True):
        data = data.replace(old, new)
    return data


def in_folder(files: Iterable[Path_and_data], top: Path) -> Path:
    """Write files below a folder, and give it."""
    folders.write(dict(files), top)
    return top


def in_repository(models: int, versions: int, top: Path) -> Path:
    """Make a clone that stands on main, one commit with the registry; `PROPOSED` has one version of churn more."""
    _git(top.parent, "init", "--quiet", "--initial-branch=main", str(top))
    process = subprocess.Popen(["git", "-C", str(top), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        process.stdin.writelines(_stream("refs/heads/main", registry(models, versions)))
        process.stdin.writelines(
            _stream(f"refs/heads/{PROPOSED}", version("churn", versions), after="refs/heads/main")
        )
    assert process.returncode == 0
    _git(top, "reset", "--quiet", "--hard", "main")
    return top


def tagged_for_gto(versions: int, top: Path) -> Path:
    """Make a repository with churn alone, whose versions GTO finds: by tags."""
    in_repository(1, versions, top)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for minor in range(versions):
        _git(top, *who, "tag", "--annotate", "--message", "Release", f"churn@v{_number(minor)}", "main")
    return top


def _stream(branch: str, files: Iterable[Path_and_data], after: str = "") -> Iterator[bytes]:
    parent = f"from {after}\n" if after else ""
    yield f"commit {branch}\ncommitter {_WHO}\ndata 5\nBegin\n{parent}".encode()
    for path, data in files:
        yield b"M 100644 inline %b\ndata %d\n" % (path.encode(), len(data))
        yield data
        yield b"\n"


def _git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(folder), *args], check=True)
