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

PROMOTED = "promote/churn"
"""The branch that gives production to churn's latest version."""

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
    """Make a clone that stands on main, one commit with the registry; `PROPOSED` has one version of churn more, `PROMOTED` another in production."""
    _git(top.parent, "init", "--quiet", "--initial-branch=main", str(top))
    process = subprocess.Popen(["git", "-C", str(top), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        process.stdin.writelines(_stream("refs/heads/main", registry(models, versions)))
        process.stdin.writelines(
            _stream(f"refs/heads/{PROPOSED}", version("churn", versions), after="refs/heads/main")
        )
        assignment = builders.an_assignment("churn", _number(versions - 1), "production", previous=_number(0))
        process.stdin.writelines(
            _stream(f"refs/heads/{PROMOTED}", assignment.items(), after="refs/heads/main")
        )
    assert process.returncode == 0
    _git(top, "reset", "--quiet", "--hard", "main")
    return top


def with_history(models: int, versions: int, top: Path) -> Path:
    """Make a bare repository whose main has as many commits as it has versions, each the merge of a proposal.

    Half of them register two versions of a model, half move a stage to the newest: to staging, then to production.
    """
    _git(top.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(top))
    process = subprocess.Popen(["git", "-C", str(top), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    with process:
        assert process.stdin is not None
        process.stdin.writelines(
            _stream("refs/heads/main", [(layout.POLICY, builders.a_policy()[layout.POLICY])])
        )
        for number, (title, files) in enumerate(_proposals(models, versions)):
            process.stdin.writelines(_merged(number, title, list(files)))
    assert process.returncode == 0
    return top


def _proposals(models: int, versions: int) -> Iterator[tuple[str, Iterator[Path_and_data]]]:
    """Give what reaches main, in turn for all models: two versions, then a stage for the newer."""
    held: dict[tuple[str, str], int] = {}
    for minor in range(0, versions, 2):
        new = range(minor, min(minor + 2, versions))
        for name in _names(models):
            yield f"Register {name} {_number(new[-1])}", _registered(name, new)
        for name in _names(models):
            stage = ("staging", "production")[minor // 2 % 2]
            before = held.get((name, stage))
            held[name, stage] = new[-1]
            yield f"Promote {name}@{_number(new[-1])} to {stage}", _assigned(name, stage, new[-1], before)


def _registered(name: str, minors: Iterable[int]) -> Iterator[Path_and_data]:
    for minor in minors:
        if minor == 0:
            yield layout.model(name), _DOCUMENT
        yield from version(name, minor)


def _assigned(name: str, stage: str, minor: int, before: int | None) -> Iterator[Path_and_data]:
    previous = "null" if before is None else _number(before)
    text = _swap(_ASSIGNMENT, name, minor)
    yield layout.stage(name, stage), text.replace(b"previous: null", f"previous: {previous}".encode())


def _merged(number: int, title: str, files: list[Path_and_data]) -> Iterator[bytes]:
    """Give a proposal's commit, and the merge of it into main an hour later."""
    when = 1_700_000_000 + number * 3600
    author, merger = (f"{who} <{who.lower()}@example.org> {when} +0000" for who in ("Ada", "Grace"))
    trailers = "Proposed-by: Ada <ada@example.org>\nApproved-by: Grace <grace@example.org>\nModelry-Class: promotion\nModelry-Branch: proposed\nChecked-by: modelry 0.1.0\n"
    said = f"{title}\n\nBetter than before.\n"
    yield _commit("refs/heads/proposed", author, said, b"from refs/heads/main\n")
    yield from _changes(files)
    yield _commit("refs/heads/main", merger, f"{said}\n{trailers}", b"merge refs/heads/proposed\n")
    yield from _changes(files)


def _commit(branch: str, who: str, message: str, parents: bytes) -> bytes:
    text = message.encode()
    return f"commit {branch}\ncommitter {who}\ndata {len(text)}\n".encode() + text + parents


def tagged_for_gto(versions: int, top: Path) -> Path:
    """Make a repository with churn alone, whose versions GTO finds: by tags."""
    in_repository(1, versions, top)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for minor in range(versions):
        _git(top, *who, "tag", "--annotate", "--message", "Release", f"churn@v{_number(minor)}", "main")
    return top


def _stream(branch: str, files: Iterable[Path_and_data], after: str = "") -> Iterator[bytes]:
    yield _commit(branch, _WHO, "Begin", f"\nfrom {after}\n".encode() if after else b"\n")
    yield from _changes(files)


def _changes(files: Iterable[Path_and_data]) -> Iterator[bytes]:
    for path, data in files:
        yield b"M 100644 inline %b\ndata %d\n" % (path.encode(), len(data))
        yield data
        yield b"\n"


def _git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", str(folder), *args], check=True)
