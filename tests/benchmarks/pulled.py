"""A registry with an artifact worth pulling, in whichever remote."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import builders
from modelry.model import digests, layout
from modelry.model.files import Files
from modelry.scaffolding import ground
from modelry.storage import folders


def registry(top: Path, url: str, artifact: bytes | Mapping[str, bytes], **settings: str) -> Files:
    """Write a registry whose churn 1.0.0 is a file `model.onnx`, or a folder `model`; give the remote's objects."""
    name = "model.onnx" if isinstance(artifact, bytes) else "model"
    record, objects, md5, more = _file(artifact) if isinstance(artifact, bytes) else _folder(artifact)
    pointer = f"outs:\n- md5: {md5}\n  size: {record['size']}\n{more}  hash: md5\n  path: {name}\n"
    policy = builders.a_policy(remotes={"store": {"url": url}})
    version = builders.a_version(artifact={"path": name, "format": "onnx", **record})
    files = {**builders.a_registry(), **policy, **version, **ground.files("store", url)}
    del files[layout.version("churn", "1.0.0", "model.onnx.dvc")]
    told = "".join(f"    {key} = {value}\n" for key, value in settings.items())
    local = f"[core]\n    no_scm = true\n['remote \"store\"']\n{told}"
    own = {
        layout.version("churn", "1.0.0", f"{name}.dvc"): pointer.encode(),
        ".dvc/config.local": local.encode(),
    }
    folders.write({**files, **own}, top)
    return objects


def _file(data: bytes) -> tuple[dict[str, Any], Files, str, str]:
    return {"size": len(data), "sha256": _sha256(data)}, {_place(_md5(data)): data}, _md5(data), ""


def _folder(files: Mapping[str, bytes]) -> tuple[dict[str, Any], Files, str, str]:
    listed = json.dumps([{"md5": _md5(data), "relpath": path} for path, data in files.items()]).encode()
    inner = [(path, len(data), _sha256(data)) for path, data in sorted(files.items())]
    record = {
        "size": sum(size for _, size, _ in inner),
        "sha256": digests.of_folder(inner),
        "files": [{"path": path, "size": size, "sha256": sha256} for path, size, sha256 in inner],
    }
    objects = {_place(_md5(data)): data for data in files.values()}
    address = f"{_md5(listed)}.dir"
    return record, objects | {_place(address): listed}, address, f"  nfiles: {len(files)}\n"


def _place(md5: str) -> str:
    return f"files/md5/{md5[:2]}/{md5[2:]}"


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
