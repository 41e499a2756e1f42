"""zizmor, another project's auditor of workflows: the only module that runs it, on a copy of the files, without a network."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelry.checks.base import Problem, UnavailableError
from modelry.doctor import Remark
from modelry.model.files import Files
from modelry.model.places import Position
from modelry.storage import folders

_ANSWERS = frozenset({0, 11, 12, 13, 14})
"""What it exits with when it looked; from 11 on it found something."""
_NOTHING = 3
"""What it exits with when there is nothing to look at."""
_PATIENCE = 120


def program() -> str | None:
    """Give where it is installed: beside this Python, or in the path."""
    return shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")


def audit(found: str, files: Files) -> list[Remark]:
    """Give what it says of files. Raises `UnavailableError` where it could not look."""
    with tempfile.TemporaryDirectory(prefix="modelry-zizmor-") as folder:
        folders.write(files, Path(folder))
        options = ("--offline", "--no-config", "--persona=auditor", "--no-progress", "--format=json-v1")
        try:
            done = subprocess.run(
                [found, *options, "."], cwd=folder, capture_output=True, check=False, timeout=_PATIENCE
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnavailableError(f"zizmor could not look: {error}") from error
    if done.returncode == _NOTHING:
        return []
    if done.returncode not in _ANSWERS:
        said = done.stderr.decode(errors="replace").strip().split("\n")[-1]
        raise UnavailableError(f"zizmor could not look: {said}")
    return [_remark(one) for one in json.loads(done.stdout) if not one["ignored"]]


def _remark(found: dict[str, Any]) -> Remark:
    primary = next(_primary(found), found["locations"][0])
    path = primary["symbolic"]["key"]["Local"]["verbatim_path"].removeprefix("./")
    start = primary["concrete"]["location"]["start_point"]
    said = primary["symbolic"]["annotation"]
    message = f"{found['ident']}: {found['desc']}: {said}"
    return Remark(
        found["ident"],
        Problem(path, message, Position(start["row"] + 1, start["column"] + 1), f"see {found['url']}"),
    )


def _primary(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one for one in found["locations"] if one["symbolic"]["kind"] == "Primary")
