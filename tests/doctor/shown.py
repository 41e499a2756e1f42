"""The doctor's examples: a sound setup, and what each changes in it, brought before `modelry doctor`.

    sound/                               what all examples start from: files of a registry on GitHub, and its settings
    examples/<rule>/<good|bad>-<situation>/
        after/…                          laid over that                                   (optional)
        removed.txt                      the paths that are removed, one a line            (optional)
        settings.patch.json              what is other in the settings, by RFC 6902        (optional)
        expected.txt                     what `modelry doctor --settings` says             (bad only)

`PYTHONPATH=tests python -m doctor.shown --write` writes every expected.txt anew; read the difference before you commit it.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from click.testing import CliRunner

from modelry import examining
from modelry.catalog import rules
from modelry.cli import group
from modelry.doctor import Remark
from modelry.model.files import Files
from modelry.storage import zizmor

HOME = Path(__file__).parent
SOUND = HOME / "sound"
EXAMPLES = HOME / "examples"
SETTINGS = "settings.json"


class Diagnosed(NamedTuple):
    """What `modelry doctor` said."""

    code: int
    said: str


def folders() -> list[Path]:
    """Give the examples' folders, in order."""
    return sorted(EXAMPLES.glob("*/*"))


def name(example: Path) -> str:
    """Give an example's name, for a test's id."""
    return f"{example.parent.name}/{example.name}"


def lay(example: Path, top: Path) -> Path:
    """Lay an example into `top`, its settings beside the files, and give it."""
    shutil.copytree(SOUND, top)
    if (example / "after").is_dir():
        shutil.copytree(example / "after", top, dirs_exist_ok=True)
    removed = example / "removed.txt"
    for path in removed.read_text("utf-8").splitlines() if removed.is_file() else ():
        (top / path).unlink()
    changed = example / "settings.patch.json"
    if changed.is_file():
        settings = patched(
            json.loads((top / SETTINGS).read_text("utf-8")), json.loads(changed.read_text("utf-8"))
        )
        (top / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    return top


def patched(document: Any, operations: list[dict[str, Any]]) -> Any:
    """Give a document with a JSON Patch applied, as far as the examples use it."""
    for operation in operations:
        *path, last = (
            part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]
        )
        inner = document
        for part in path:
            inner = inner[int(part) if isinstance(inner, list) else part]
        key: Any = int(last) if isinstance(inner, list) and last != "-" else last
        match operation["op"]:
            case "remove":
                del inner[key]
            case "add" if isinstance(inner, list):
                inner.append(operation["value"])
            case _:
                assert operation["op"] == "add" or key in range(len(inner)) or key in inner, operation
                inner[key] = operation["value"]
    return document


def doctor(top: Path, *args: str) -> Diagnosed:
    """Run `modelry doctor` in a folder; of the same files zizmor is asked once."""
    before = Path.cwd()
    os.chdir(top)
    try:
        with patch.object(examining, "auditor", auditor):
            result = CliRunner().invoke(group, ["doctor", *args], catch_exceptions=False)
    finally:
        os.chdir(before)
    return Diagnosed(result.exit_code, result.stdout)


def auditor(files: Files) -> Callable[[], Sequence[Remark]]:
    """Give what asks zizmor, or says again what it said."""
    return lambda: _audited(tuple(files.items()))


@cache
def _audited(files: tuple[tuple[str, bytes], ...]) -> Sequence[Remark]:
    program = zizmor.program()
    assert program is not None
    return zizmor.audit(program, dict(files))


def files(top: Path) -> dict[str, bytes]:
    """Give the files below a folder."""
    found = sorted(path for path in top.rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in found}


def values() -> Iterator[rules.Example]:
    """Give the examples as values, for the page of the doctor's rules."""
    before = files(SOUND)
    for example in folders():
        with tempfile.TemporaryDirectory() as folder:
            after = files(lay(example, Path(folder) / "after"))
        kind, _, situation = example.name.partition("-")
        expected = example / "expected.txt"
        said = expected.read_text("utf-8") if expected.is_file() else ""
        yield rules.Example(
            example.parent.name, kind == "good", situation.replace("-", " "), before, after, said
        )


def _write() -> None:
    for example in folders():
        if example.name.startswith("bad-"):
            with tempfile.TemporaryDirectory() as folder:
                found = doctor(lay(example, Path(folder) / "top"), "--settings", SETTINGS)
            (example / "expected.txt").write_text(found.said, "utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    _write()
