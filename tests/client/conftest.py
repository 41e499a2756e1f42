"""A clone with its store on this disk."""

import hashlib
import json
from pathlib import Path

import pytest

import builders
from modelry.model import digests, layout
from modelry.storage import folders

TREE = {"config.json": b'{"layers": 2}\n', "weights/a.bin": b"a" * 3000, "weights/b.bin": b"b" * 10}
"""The files of an artifact that is a folder."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A registry with churn 1.0.0 in production and 1.2.0 in staging, its store beside it."""
    top = tmp_path / "clone"
    files = builders.a_registry(versions=3)
    folders.write(files, top)
    folders.write(builders.store(files), top / "store")
    return top


@pytest.fixture
def bert(clone: Path) -> Path:
    """The same, with bert 1.0.0, whose artifact is a folder."""
    listed = [{"path": path, "size": len(data), "sha256": _sha256(data)} for path, data in TREE.items()]
    md5s = {path: _md5(data) for path, data in TREE.items()}
    of_list = json.dumps([{"md5": md5, "relpath": path} for path, md5 in md5s.items()]).encode()
    address = f"{_md5(of_list)}.dir"
    size = sum(map(len, TREE.values()))
    record = {
        "path": "bert",
        "format": "safetensors",
        "size": size,
        "sha256": digests.of_folder((path, len(data), _sha256(data)) for path, data in TREE.items()),
        "files": listed,
    }
    files = builders.a_model("bert", ["1.0.0"]) | builders.a_version("bert", "1.0.0", artifact=record)
    pointer = f"outs:\n- md5: {address}\n  size: {size}\n  nfiles: 3\n  hash: md5\n  path: bert\n"
    del files[layout.version("bert", "1.0.0", "model.onnx.dvc")]
    folders.write(files | {layout.version("bert", "1.0.0", "bert.dvc"): pointer.encode()}, clone)
    folders.write(
        {place(address): of_list} | {place(md5s[path]): TREE[path] for path in TREE}, clone / "store"
    )
    return clone


def place(md5: str) -> str:
    """Where an object lies in a remote."""
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
